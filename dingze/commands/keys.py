"""`dingze keys`: the master key that wraps every key of the vault."""

import time
from dataclasses import asdict

import typer

from dingze.folders import key_file
from dingze.terminal import Json, answer, opened
from ledger.rotation import retired_file
from ledger.rotation import rotate as rotate_keys
from terms.actors import Actor, Role
from terms.messages import sentence

app = typer.Typer(help="the master key of the vault", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """The master key of the vault."""


@app.command()
def rotate(context: typer.Context, json: Json = False) -> None:
    """Replace the master key: every key is wrapped anew in one transaction; killed, it is simply begun again."""
    began = time.perf_counter()
    with opened(context) as dingze:
        file = key_file(dingze.settings)
        actor = str(Actor("command-line", Role.ADMINISTRATOR))
        done = rotate_keys(dingze.ledger, file, dingze.clock(), actor)
    retired = str(retired_file(file, done.before))
    document = asdict(done) | {"retired": retired, "seconds": round(time.perf_counter() - began, 3)}
    answer(document, json, sentence("keys.rotated", **document))
