"""`dingze backup | restore`: a copy of everything that cannot be made again, and a Dingze made of one."""

from pathlib import Path
from typing import Annotated

import typer

from dingze import backup as copies
from dingze.terminal import Json, answer, opened, progress, session
from ledger.copying import read_manifest
from terms.messages import sentence


def add_to(app: typer.Typer) -> None:
    """Put these commands at the top level."""
    app.command()(backup)
    app.command()(restore)


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="a new folder for this backup")],
    json: Json = False,
) -> None:
    """Copy the record, its keys (wrapped), the receipts of erasures and the accounts, while everything goes on."""
    with opened(context) as dingze, progress("备份", dingze.ledger.head()) as advance:
        document = copies.back_up(dingze, to, advance)
    answer(document, json, sentence("backup.made", **document))


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Option("--from", help="the folder of a backup", exists=True, file_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="only look whether the backup is whole")] = False,
    json: Json = False,
) -> None:
    """Make an empty database from a backup of either kind; ends with the head digest the backup was made with."""
    with progress("恢复", read_manifest(source).head.position) as advance:
        if check:
            document = copies.check(source, advance)
        else:
            document = copies.restore(session(context).settings, source, advance)
    answer(document, json, sentence("backup.checked" if check else "backup.restored", **document))
