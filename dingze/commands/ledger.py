"""`dingze ledger`: prove the record, follow it, write it out."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from dingze.commands import proof
from dingze.commands.proof import Workers
from dingze.terminal import Json, answer, opened, progress
from ledger.envelope import Event
from ledger.verifying import verify_parallel
from terms.errors import Unavailable
from terms.ids import Position

app = typer.Typer(help="prove, follow and export the record", no_args_is_help=True)
proof.add_to(app)


def told(event: Event) -> dict[str, Any]:
    """An event as JSON data, envelope and payload; sealed boxes stay sealed."""
    return {name: getattr(event, name) for name in Event._fields}


@app.command()
def verify(context: typer.Context, workers: Workers = 0, json: Json = False) -> None:
    """Recompute the chain of digests from the first event; the first fault is named with its position."""
    began = time.perf_counter()
    with opened(context) as dingze, progress("核验账本", dingze.ledger.head()) as advance:
        link = verify_parallel(dingze.ledger, dingze.settings.database_url, workers=workers, progress=advance)
    seconds = round(time.perf_counter() - began, 3)
    answer(
        {"verified": True, "head": link.position, "digest": link.digest, "seconds": seconds},
        json,
        f"账本完整：共 {link.position} 条，末条摘要 {link.digest}（{seconds} 秒）",
    )


@app.command()
def tail(
    context: typer.Context,
    after: Annotated[int | None, typer.Option(help="from behind this position; default: the last 20")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    json: Json = False,
) -> None:
    """The newest events, or those behind a position."""
    with opened(context) as dingze:
        start = max(0, dingze.ledger.head() - limit) if after is None else after
        events = dingze.ledger.read(Position(start), limit)
    answer(
        {"events": [told(event) for event in events]},
        json,
        *(
            f"{event.position:>8}  {event.recorded_at:%Y-%m-%d %H:%M:%S}  {event.type:<24} {event.stream}"
            for event in events
        ),
    )


@app.command()
def replay(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="the topic, which must be there; not the live one")],
    after: Annotated[int, typer.Option(min=0, help="from behind this position")] = 0,
    upto: Annotated[int | None, typer.Option(min=1, help="up to and with this position; default: the head")] = None,
    json: Json = False,
) -> None:
    """Publish the record again, from any position, into another Kafka topic: the public side of every event."""
    from kafka.errors import KafkaError  # the client is loaded where there is a broker

    from automation.publisher import replay as published

    with opened(context) as dingze:
        end = None if upto is None else Position(upto)
        try:
            sent = published(dingze.ledger, dingze.publishing(), to, after=Position(after), upto=end)
        except KafkaError as error:
            raise Unavailable("publisher.no-answer", at=to, reason=type(error).__name__) from error
        last = min(upto or dingze.ledger.head(), dingze.ledger.head())
    answer(
        {"topic": to, "after": after, "upto": last, "sent": sent},
        json,
        f"已向 {to} 重放第 {after + 1}–{last} 条中对外公开的 {sent} 条",
    )


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Argument(help="a file to write; default: stdout")] = None,
    after: Annotated[int, typer.Option(min=0)] = 0,
    json: Json = False,
) -> None:
    """Every event as one JSON line, in order, sealed boxes sealed; the last line's digest proves all before it."""
    written = 0
    with opened(context) as dingze:
        target = out.open("wb") if out else sys.stdout.buffer
        try:
            position = Position(after)
            while events := dingze.ledger.read(position, 2_000):
                target.writelines(orjson.dumps(told(event), option=orjson.OPT_APPEND_NEWLINE) for event in events)
                position = events[-1].position
                written += len(events)
        finally:
            if out:
                target.close()
    if out:
        answer({"written": written, "file": str(out)}, json, f"已写出 {written} 条到 {out}")
