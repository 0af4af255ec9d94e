"""How fast the record takes facts, beside the `eventsourcing` library on the same machine in the same run.

Both keep what they commit (SQLite `synchronous=FULL`, PostgreSQL `fsync=on`), take the same payloads and encode them
within the measured time; ours also checks versions and source keys and chains digests. Rounds alternate between the
two, and the median round counts, so that a disturbed second hits neither alone.

    python -m bench.ledger [--json]
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.sqlite import SQLiteFactory
from sqlalchemy import make_url

from ledger.backends import migrate, open_ledger
from ledger.envelope import Append, NewEvent
from ledger.feed import Feed
from ledger.store import Ledger
from terms.ids import StreamId
from tests import postgres

BATCH = 100
ROUNDS = 5
SINGLE = 600  # transactions a round
BATCHED = 6_000  # events a round
TARGETS = {"sqlite_single": 1_500, "sqlite_batched": 15_000, "postgres_batched": 9_000}

Round = Callable[[], float]


def payload(number: int) -> dict[str, Any]:
    """What an order's first event carries: some 500 bytes, most of them sealed text."""
    return {
        "number": f"GD{number:012d}",
        "kind": "投诉",
        "urgency": "一般",
        "district": "D1",
        "received_at": "2023-04-01T08:00:00.000000Z",
        "personal": {"key": "0" * 32, "sealed": "x" * 320},
    }


def _ours(ledger: Ledger, events: int, size: int) -> Round:
    def batch(start: str) -> list[Append]:
        return [
            Append(
                StreamId(f"order-{start}-{n}"),
                0,
                (
                    NewEvent(
                        "WorkOrderReceived", payload(n), datetime.now(UTC), "system:ingest",
                        source="bench", source_key=f"{start}-{n}", mark="0" * 64,
                    ),
                ),
            )
            for n in range(size)
        ]  # fmt: skip

    def one_round() -> float:
        spent = 0.0
        for at in range(0, events, size):
            appends = batch(f"{time.time_ns()}-{at}")
            begun = time.perf_counter()
            ledger.append_each(appends)
            spent += time.perf_counter() - begun
        return events / spent

    return one_round


def _theirs(recorder: ApplicationRecorder, events: int, size: int) -> Round:
    def one_round() -> float:
        spent = 0.0
        for _ in range(0, events, size):
            facts = [(uuid4(), payload(n)) for n in range(size)]
            begun = time.perf_counter()
            recorder.insert_events(
                [
                    StoredEvent(originator, 1, "orders:WorkOrderReceived", orjson.dumps(fact))
                    for originator, fact in facts
                ]
            )
            spent += time.perf_counter() - begun
        return events / spent

    return one_round


def _compare(ours: Round, theirs: Round) -> dict[str, float]:
    ours(), theirs()  # both warm: files grown, statements prepared
    rounds = [(ours(), theirs()) for _ in range(ROUNDS)]
    mine, other = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {"dingze": round(mine), "eventsourcing": round(other), "ratio": round(mine / other, 2)}


@contextmanager
def _opened(url: str) -> Iterator[Ledger]:
    migrate(url)
    ledger = open_ledger(url)
    try:
        yield ledger
    finally:
        ledger.close()


def _sqlite(folder: Path) -> dict[str, Any]:
    with ExitStack() as stack:
        ledger = stack.enter_context(_opened(f"sqlite:///{folder / 'dingze.db'}"))
        factory = SQLiteFactory({"SQLITE_DBNAME": str(folder / "eventsourcing.db"), "CREATE_TABLE": "y"})
        stack.callback(factory.close)
        recorder = factory.application_recorder()
        return {
            "sqlite_single": _compare(_ours(ledger, SINGLE, 1), _theirs(recorder, SINGLE, 1)),
            "sqlite_batched": _compare(_ours(ledger, BATCHED, BATCH), _theirs(recorder, BATCHED, BATCH)),
            "sqlite_reading": _reading(ledger),
        }


def _postgres() -> dict[str, Any]:
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server(durable=True))
        ledger = stack.enter_context(_opened(stack.enter_context(postgres.database(server))))
        other = make_url(stack.enter_context(postgres.database(server)))
        factory = PostgresFactory(
            {
                "POSTGRES_DBNAME": str(other.database),
                "POSTGRES_HOST": str(other.host or other.query.get("host")),
                "POSTGRES_PORT": str(other.port or 5432),
                "POSTGRES_USER": str(other.username),
                "POSTGRES_PASSWORD": str(other.password or "none"),
                "CREATE_TABLE": "y",
            }
        )
        stack.callback(factory.close)
        recorder = factory.application_recorder()
        return {
            "postgres_single": _compare(_ours(ledger, SINGLE, 1), _theirs(recorder, SINGLE, 1)),
            "postgres_batched": _compare(_ours(ledger, BATCHED, BATCH), _theirs(recorder, BATCHED, BATCH)),
            "postgres_reading": _reading(ledger),
        }


def _reading(ledger: Ledger) -> dict[str, int]:
    feed = Feed(ledger)
    events = int(ledger.head())

    def rate(work: Callable[[], object]) -> int:
        begun = time.perf_counter()
        work()
        return round(events / (time.perf_counter() - begun))

    return {
        "events": events,
        "decoded": rate(lambda: sum(len(batch) for batch in feed.batches(size=2_000))),
        "raw": rate(lambda: sum(len(rows) for rows in feed.raw_batches(size=2_000))),
        "verified": rate(ledger.verify),
    }


def _fsyncs(folder: Path) -> int:
    """How often a second this disk keeps 4 KiB for good: no single-event figure can be above it."""
    with (folder / "fsync").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(SINGLE):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return round(SINGLE / (time.perf_counter() - begun))


def measure() -> dict[str, Any]:
    """All figures: per second, with the library's beside ours, the targets and whether they are met.

    Where no PostgreSQL can be had, its part says why instead.
    """
    with tempfile.TemporaryDirectory(prefix="dingze-bench-") as folder:
        figures = {"disk_fsyncs": _fsyncs(Path(folder))} | _sqlite(Path(folder))
    try:
        figures |= _postgres()
    except postgres.NoServer as absent:
        figures["postgres_absent"] = str(absent)
    reached = {name: figures[name]["dingze"] >= least for name, least in TARGETS.items() if name in figures}
    return figures | {"targets": TARGETS, "reached": reached}


def _table(figures: dict[str, Any]) -> Iterator[str]:
    for name, row in figures.items():
        if isinstance(row, dict) and "ratio" in row:
            target = f"  (target {TARGETS[name]:,})" if name in TARGETS else ""
            yield (
                f"{name:<18} {row['dingze']:>8,}/s   eventsourcing {row['eventsourcing']:>8,}/s"
                f"   ×{row['ratio']}{target}"
            )
        elif name == "disk_fsyncs":
            yield f"{name:<18} {row:>8,}/s   of 4 KiB: the ceiling of single events"
        elif name.endswith("_reading"):
            yield f"{name:<18} decoded {row['decoded']:,}/s, raw {row['raw']:,}/s, verified {row['verified']:,}/s"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    chosen = parser.parse_args(arguments)
    figures = measure()
    print(json.dumps(figures, ensure_ascii=False) if chosen.json else "\n".join(_table(figures)))


if __name__ == "__main__":
    main()
