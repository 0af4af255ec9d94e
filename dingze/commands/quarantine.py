"""`dingze quarantine`: what could not go in, and giving it another try."""

from typing import Annotated

import typer

from dingze.terminal import Json, answer, opened
from ingest.quarantine import held
from ingest.replay import Replay
from terms.actors import Actor, Role
from terms.errors import BadInput
from terms.ids import StreamId

app = typer.Typer(help="what could not go in, and replaying it", no_args_is_help=True)
ACTOR = str(Actor("command-line", Role.ADMINISTRATOR))


@app.command("list")
def show(context: typer.Context, json: Json = False) -> None:
    """Everything held, oldest first, with its place and reason; the bytes stay sealed."""
    with opened(context) as dingze:
        found = held(dingze.ledger)
    answer(
        {"held": [{name: getattr(one, name) for name in one.__slots__} for one in found]},
        json,
        *(f"{one.stream} {one.at} {one.code} {one.reason}" + ("（已重放）" if one.replayed else "") for one in found),
    )


@app.command()
def replay(
    context: typer.Context,
    streams: Annotated[list[str] | None, typer.Argument(help="which; default: everything not yet replayed")] = None,
    json: Json = False,
) -> None:
    """Give held things another try through the same gateway; each goes in once."""
    went_in, still = [], []
    with opened(context) as dingze:
        replayer = Replay(dingze.gateway)
        for stream in streams or [one.stream for one in held(dingze.ledger) if not one.replayed]:
            try:
                told = replayer.again(StreamId(stream), now=dingze.clock(), actor=ACTOR)
                went_in.append({"stream": stream, "order_no": told.order_no, "status": told.status})
            except BadInput as error:
                still.append({"stream": stream, **error.problem()})
        dingze.proposer.run()
    answer({"in": went_in, "still_held": still}, json, f"已重放 {len(went_in)} 条，仍有 {len(still)} 条未能进入。")
