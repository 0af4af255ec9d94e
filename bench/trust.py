"""What proof costs (verify, backup, restore, a new master key), and what the masking misses in worded calls.

python -m bench.trust
"""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dingze import backup
from dingze.folders import initialise, key_file
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.envelope import Append, NewEvent
from ledger.rotation import rotate
from ledger.verifying import verify_parallel
from terms.ids import StreamId
from tests import postgres
from tests.ingest import worded

EVENTS = 100_000
ORDERS = 20_000  # subjects with a key of their own
AT = datetime(2026, 11, 22, tzinfo=UTC)
BODY = "小区门口的路灯坏了三盏，晚上老人出来看不清台阶，希望尽快修好。" * 4


def measure() -> dict[str, Any]:
    """Seconds by the wall clock, and shares; the record on SQLite and on PostgreSQL."""
    found = {"record": _on_sqlite()}
    try:
        with (
            postgres.server(durable=True) as server,
            postgres.database(server) as one,
            postgres.database(server) as two,
        ):
            found["record on PostgreSQL"] = _record(one, two)
    except postgres.NoServer as absent:
        found["record on PostgreSQL"] = {"absent": str(absent)}
    return found | {"masking": _masking()}


def _on_sqlite() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        return _record(f"sqlite:///{name}/a.db", f"sqlite:///{name}/b.db")


def _record(own: str, other_database: str) -> dict[str, Any]:
    """One database is filled, verified and copied; the other, empty, is restored from the copy."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(database_url=own, master_key=folder / "key", cache=folder / "cache")
        initialise(settings)
        dingze = Dingze(settings)
        for appends, keys in _life(dingze):
            dingze.ledger.append_each(appends, keys)
        url = settings.database_url
        one, link = _timed(dingze.ledger.verify)
        alone = _processor_seconds()
        dingze.ledger.verify()
        alone, shared = _processor_seconds() - alone, _processor_seconds()
        processes = os.cpu_count() or 1
        many, same = _timed(lambda: verify_parallel(dingze.ledger, url, least=EVENTS // (processes * 4)))
        shared = _processor_seconds() - shared
        out, made = _timed(lambda: backup.back_up(dingze, folder / "copy", lambda position: None))
        new, done = _timed(lambda: rotate(dingze.ledger, key_file(settings), AT, "administrator:bench"))
        dingze.close()
        retired = next(folder.glob("key.retired-*"))
        other = Settings(database_url=other_database, master_key=retired, cache=folder / "cache")
        back, restored = _timed(lambda: backup.restore(other, folder / "copy", lambda position: None))
        return {
            "events": EVENTS,
            "keys": done.keys,
            "backup_mb": round(made["bytes"] / 1e6),
            "verify_one_process_seconds": one,
            f"verify_{processes}_processes_seconds": many,
            "verify_processor_seconds": [round(alone, 2), round(shared, 2)],  # alone, and shared out
            "backup_seconds": out,
            "restore_seconds": back,
            "rotate_seconds": new,
            "reached": {"same answer": same == link, "same head digest": restored["digest"] == link.digest},
        }


def _life(dingze: Dingze) -> Iterator[tuple[list[Append], tuple[Any, ...]]]:
    """Orders of five events each, the first with a sealed text."""
    batch = 1_000
    for first in range(0, ORDERS, batch):
        streams = [StreamId(f"order-{number}") for number in range(first, first + batch)]
        ring = dingze.vault.keyring(streams)
        yield (
            [
                Append(
                    stream,
                    0,
                    tuple(
                        NewEvent(
                            "SealProved", {"box": ring.seal(stream, {"text": BODY})} if n == 0 else {"n": n}, AT, "x"
                        )
                        for n in range(EVENTS // ORDERS)
                    ),
                )
                for stream in streams
            ],
            ring.new_keys(),
        )


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return round(time.perf_counter() - began, 2), found


def _processor_seconds() -> float:
    """Of this process and of those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _masking() -> dict[str, Any]:
    rows = [["personal data in worded calls", "texts", "missed"]]
    rows += [[name, str(worded.EACH), f"{worded.missed(kind):.1%}"] for name, kind in worded.KINDS.items()]
    return {"table": rows, "letters covered in calls that name nobody": f"{worded.overdone():.1%}"}


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=1))
