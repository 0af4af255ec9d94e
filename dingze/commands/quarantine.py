"""`dingze quarantine`: what could not go in, and giving it another try."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dingze.terminal import Json, answer, opened
from ingest.fields import read_mapping
from ingest.quarantine import held, open_held
from ingest.replay import Replay
from mandates.sheets import read_rows
from terms.actors import Actor, Role
from terms.errors import BadInput
from terms.ids import StreamId

app = typer.Typer(help="what could not go in, and replaying it", no_args_is_help=True)
ACTOR = Actor("command-line", Role.ADMINISTRATOR)


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


@app.command("open")
def open_one(
    context: typer.Context,
    stream: Annotated[str, typer.Argument(help="which, as `list` names it")],
    purpose: Annotated[str, typer.Option(help="what it is opened for; recorded before anything is shown")],
    out: Annotated[Path, typer.Option(help="a new file for the bytes as they came; they may name a person")],
    json: Json = False,
) -> None:
    """Write what came, as it came, to a file, so that it can be mended; who opened it and what for is recorded."""
    with opened(context) as dingze:
        if out.exists():
            raise BadInput("backup.exists", at=str(out))
        row = open_held(dingze.ledger, dingze.vault, StreamId(stream), now=dingze.clock(), actor=ACTOR, purpose=purpose)
    out.touch(0o600)
    out.write_bytes(row.raw)
    answer(
        {"stream": stream, "file": str(out), "bytes": len(row.raw)}, json, f"原样已写入 {out}（{len(row.raw)} 字节）"
    )


@app.command()
def replay(
    context: typer.Context,
    streams: Annotated[list[str] | None, typer.Argument(help="which; default: everything not yet replayed")] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="further names of columns: TOML or JSON")] = None,
    fields: Annotated[Path | None, typer.Option(help="the corrected fields of one held thing: a JSON object")] = None,
    json: Json = False,
) -> None:
    """Give held things another try through the same gateway, as they came or mended; each goes in once."""
    went_in, still = [], []
    cells = _corrected(fields, streams) if fields else None
    names = read_mapping(mapping) if mapping else None
    with opened(context) as dingze:
        replayer = Replay(dingze.gateway)
        for stream in streams or [one.stream for one in held(dingze.ledger) if not one.replayed]:
            try:
                told = replayer.again(
                    StreamId(stream), now=dingze.clock(), actor=str(ACTOR), cells=cells, mapping=names
                )
                went_in.append({"stream": stream, "order_no": told.order_no, "status": told.status})
            except BadInput as error:
                still.append({"stream": stream, **error.problem()})
        dingze.proposer.run()
    answer({"in": went_in, "still_held": still}, json, f"已重放 {len(went_in)} 条，仍有 {len(still)} 条未能进入。")


def _corrected(file: Path, streams: list[str] | None) -> dict[str, Any]:
    """The fields of a file. Raises BadInput unless it holds one object, for one held thing."""
    if len(streams or ()) != 1:
        raise BadInput("input.invalid", at="--fields", reason="更正内容只能用于一条记录，请写明是哪一条")
    rows = list(read_rows(file))
    if len(rows) != 1 or rows[0].fault:
        raise BadInput("input.invalid", at=file.name, reason="更正内容应是一个 JSON 对象")
    return rows[0].cells
