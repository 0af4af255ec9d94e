"""From topic to routed proposal: a real Kafka, a real PostgreSQL that waits for the disk, and workers as in production.

    python -m bench.stream [--orders 4000] [--cutter rjieba]

Everything shares the machine's processors: broker, server, one `work ingest`, one `work project`, two `work route`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from dingze.settings import Settings
from dingze.wiring import Dingze, initialise
from ingest.kafka import TOPICS
from mandates.enact import enact
from routing.index import RegisterIndex
from sample.calls import ORDERS
from sample.load import sample_items
from tests import kafka_broker, kafka_topics, postgres

IN_FORCE_FROM = datetime(2015, 1, 1, tzinfo=UTC)
WORKERS = (("ingest",), ("project",), ("route", "--share", "1/2"), ("route", "--share", "2/2"))
PARTITIONS = 4
MOST_SECONDS = 600
TARGET = 400  # orders a second from the topic to a proposal in the record


def measure(orders: int = 4_000, cutter: str = "jieba") -> dict[str, Any]:
    """Orders a second with all workers, and the processor seconds each kind of worker took an order."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.server(durable=True))
            servers = stack.enter_context(kafka_broker.servers())
        except (postgres.NoServer, kafka_broker.NoBroker) as absent:
            return {"absent": str(absent)}
        url = stack.enter_context(postgres.database(server))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dingze-stream-")))
        settings = Settings(database_url=url, master_key=folder / "key", cache=folder / "cache")
        dingze = _city(settings)
        stack.callback(dingze.close)
        for topic in TOPICS:
            kafka_topics.make(servers, topic, PARTITIONS)
        bodies = [orjson.loads(line) for line in ORDERS.read_bytes().splitlines()]
        _send(servers, bodies, "warm", 50)
        environment = os.environ | {
            "DINGZE_DATABASE_URL": url,
            "DINGZE_MASTER_KEY": str(settings.master_key),
            "DINGZE_CACHE": str(settings.cache),
            "DINGZE_KAFKA_SERVERS": servers,
            "DINGZE_CUTTER": cutter,
        }
        with _working(environment) as workers:
            _wait(dingze, 50)  # every index is loaded, every pool is open
            _send(servers, bodies, "load", orders)
            before = {name: _processor(worker) for name, worker in workers.items()}
            machine = _busy()
            began = time.perf_counter()
            slowest = _wait(dingze, 50 + orders)
            seconds = time.perf_counter() - began
            machine = _busy() - machine
            spent = {name: _processor(worker) - before[name] for name, worker in workers.items()}
            memory = {name: round(_resident(worker) / 2**20) for name, worker in workers.items()}
        dingze.ledger.verify()
        clauses = len(_index(dingze).citables)
    a_second = orders / seconds
    return {
        "orders": orders,
        "cutter": cutter,
        "citable items": clauses,
        "orders a second": round(a_second),
        "largest backlog seen": slowest,
        "processor ms an order": {name: round(1_000 * value / orders, 2) for name, value in spent.items()},
        "processor ms an order, whole machine": round(1_000 * machine / orders, 2),
        "memory_mb": memory,
        "targets": {"orders a second": TARGET},
        "reached": {"orders a second": a_second >= TARGET},
    }


def _city(settings: Settings) -> Dingze:
    initialise(settings)
    with_mandates = Dingze(settings, clock=lambda: IN_FORCE_FROM)
    enact(with_mandates.ledger, sample_items(), at=IN_FORCE_FROM, actor="system:sample")
    with_mandates.close()
    dingze = Dingze(settings)
    dingze.projections.catch_up()
    _index(dingze)  # lies on disk for every worker
    return dingze


def _index(dingze: Dingze) -> RegisterIndex:
    return dingze.router.index(dingze.register.as_of(dingze.router.day_of(dingze.clock())))


def _send(servers: str, bodies: Sequence[dict[str, Any]], word: str, count: int) -> None:
    now = datetime.now(UTC).isoformat()
    numbered = (
        (f"{word}-{n}", {**bodies[n % len(bodies)], "工单编号": f"{word}-{n}", "受理时间": now}) for n in range(count)
    )
    kafka_topics.send(servers, next(iter(TOPICS)), list(numbered))


@contextmanager
def _working(environment: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    started = {
        " ".join(words): subprocess.Popen([sys.executable, "-m", "dingze", "work", *words], env=environment)
        for words in WORKERS
    }
    try:
        yield started
    finally:
        for worker in started.values():
            worker.terminate()
        for worker in started.values():
            worker.wait(30)


def _wait(dingze: Dingze, proposals: int) -> int:
    """Until so many orders have a proposal; the largest number received and not yet proposed for that was seen."""
    until = time.monotonic() + MOST_SECONDS
    after = largest = received = proposed = 0
    while proposed < proposals:
        if time.monotonic() > until:
            raise TimeoutError(f"{proposed} of {proposals} proposals in {MOST_SECONDS} s")
        rows = dingze.ledger.read_raw(after, 5_000)  # type: ignore[arg-type]  # a position is a whole number
        for row in rows:
            received += row.type == "WorkOrderReceived"
            proposed += row.type == "AssignmentProposed"
        after = rows[-1].position if rows else after
        largest = max(largest, received - proposed)
        if not rows:
            time.sleep(0.1)
    return largest


def _processor(worker: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _busy() -> float:
    """Processor seconds that everything on this machine has used: broker and server too, and whoever else is here."""
    user, nice, system, _, _, hard, soft = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")


def _resident(worker: subprocess.Popen[bytes]) -> int:
    return int(Path(f"/proc/{worker.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=4_000)
    parser.add_argument("--cutter", choices=("jieba", "rjieba"), default="jieba")
    asked = parser.parse_args(arguments)
    print(json.dumps(measure(asked.orders, asked.cutter), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
