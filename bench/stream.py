"""From topic to routed proposal: a real Kafka, a real PostgreSQL that waits for the disk, and workers as in production.

    python -m bench.stream [--orders 4000] [--cutter rjieba]
    python -m bench.stream --steady 300 --minutes 10 [--cutter rjieba]

The first sends all orders at once and measures how fast they are routed. The second sends so many a second and watches
how far behind the proposals are and how much memory each process takes, while people read pages of the console.
Everything shares the machine's processors: broker, server, one `work ingest`, one `work project`, two `work route`.
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
from kafka import KafkaProducer

from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.visit import SESSION_COOKIE
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.kafka import TOPICS
from mandates.enact import enact
from routing.index import RegisterIndex
from sample.calls import ORDERS
from sample.load import sample_items
from terms.actors import Role
from terms.ids import Position
from tests import kafka_broker, kafka_topics, postgres

IN_FORCE_FROM = datetime(2015, 1, 1, tzinfo=UTC)
WORKERS = (("ingest",), ("project",), ("route", "--share", "1/2"), ("route", "--share", "2/2"))
PARTITIONS = 4
READERS = 10  # people at the console
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


def steady(rate: int, minutes: float, cutter: str = "jieba") -> dict[str, Any]:
    """Orders at a steady rate with the console in use: how far proposals are behind and what memory is taken.

    Flat means that proposals are behind no more in the last third than in the first and two seconds, and no process
    takes a tenth and 20 MB more in the last third than in the second: what is remembered by design (the newest 100,000
    open orders of a routing worker) has filled by then.
    """
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
        workers = stack.enter_context(_working(environment))
        readers = stack.enter_context(_reading(dingze, environment, workers))
        _wait(dingze, 50)
        total = int(rate * minutes * 60)
        sending = threading.Thread(target=_send_steadily, args=(servers, bodies, rate, total), daemon=True)
        sending.start()
        samples = _watch(dingze, workers, total, rate, seconds=minutes * 60)
        sending.join(60)
        readers.stop.set()
        dingze.ledger.verify()
    return {"orders a second": rate, "minutes": minutes, "cutter": cutter} | _judged(samples, rate) | readers.told()


@dataclass(slots=True)
class _Sample:
    seconds: float
    behind: int  # sent and not yet proposed for
    memory: dict[str, int]


def _watch(
    dingze: Dingze, workers: dict[str, subprocess.Popen[bytes]], total: int, rate: int, *, seconds: float
) -> list[_Sample]:
    """Every two seconds, until everything sent has its proposal or it will not any more."""
    samples: list[_Sample] = []
    began = time.monotonic()
    after, proposed, looked = dingze.ledger.head(), 0, 0.0
    while proposed < total and time.monotonic() - began < seconds + MOST_SECONDS:
        for heading in dingze.ledger.headings(after, 20_000):
            proposed += heading.type == "AssignmentProposed"
            after = Position(heading.position)
        passed = time.monotonic() - began
        if passed <= seconds and passed - looked >= 2:
            looked = passed
            sent = min(total, int(rate * passed))
            memory = {name: _resident(worker) for name, worker in workers.items()}
            samples.append(_Sample(passed, max(0, sent - proposed), memory))
        time.sleep(0.2)
    return samples


def _judged(samples: Sequence[_Sample], rate: int) -> dict[str, Any]:
    third = max(1, len(samples) // 3)
    thirds = samples[:third], samples[third:-third] or samples, samples[-third:]
    behind = [round(statistics.median(one.behind for one in part) / rate, 2) for part in thirds]
    names = samples[0].memory
    memory = {name: [round(max(one.memory[name] for one in part) / 2**20) for part in thirds] for name in names}
    return {
        "seconds behind, by thirds (median)": behind,
        "most seconds behind": round(max(one.behind for one in samples) / rate, 2),
        "memory_mb, by thirds (most)": memory,
        "reached": {
            "lag flat": behind[2] <= behind[0] + 2,
            "memory flat": all(last <= middle * 1.1 + 20 for _, middle, last in memory.values()),
        },
    }


def _send_steadily(servers: str, bodies: Sequence[dict[str, Any]], rate: int, total: int) -> None:
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", linger_ms=20)
    topic, began = next(iter(TOPICS)), time.monotonic()
    try:
        for number in range(total):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            now = datetime.now(UTC).isoformat()
            body = {**bodies[number % len(bodies)], "工单编号": f"steady-{number}", "受理时间": now}
            producer.send(topic, key=f"steady-{number}".encode(), value=orjson.dumps(body))
    finally:
        producer.close()


class _Readers:
    """People at the console: each opens a page about every four seconds."""

    PAGES = ("/", "/queue", "/queue.json", "/shift")

    def __init__(self, address: str, sessions: Sequence[str]) -> None:
        self.stop = threading.Event()
        self._address = address
        self._times: list[float] = []
        self._refused = 0
        for number, session in enumerate(sessions):
            threading.Thread(target=self._read, args=(number, session), daemon=True).start()

    def _read(self, number: int, session: str) -> None:
        chance = random.Random(number)
        with httpx.Client(base_url=self._address, cookies={SESSION_COOKIE: session}, timeout=60) as client:
            while not self.stop.wait(chance.uniform(2, 6)):
                began = time.monotonic()
                try:
                    answer = client.get(chance.choice(self.PAGES), follow_redirects=True)
                except httpx.TransportError:
                    self._refused += 1
                    continue
                self._refused += answer.status_code >= 400
                self._times.append(time.monotonic() - began)

    def told(self) -> dict[str, Any]:
        """How many pages were read, and how long they took at the reader's end."""
        times = sorted(self._times) or [0.0]
        return {
            "pages read": len(self._times),
            "pages refused": self._refused,
            "page seconds, median and p95": [round(times[int(len(times) * share)], 2) for share in (0.5, 0.95)],
        }


@contextmanager
def _reading(
    dingze: Dingze, environment: dict[str, str], workers: dict[str, subprocess.Popen[bytes]]
) -> Iterator[_Readers]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = next(account for account in SAMPLE_ACCOUNTS if account.role is Role.DISPATCHER)
    dingze.people.add_missing([one])
    sessions = [dingze.people.start_session(one, dingze.clock(), hours=10) for _ in range(READERS)]
    command = [sys.executable, "-m", "dingze", "serve", "--pages-only", "--port", str(port)]
    web = subprocess.Popen(command, env=environment)
    workers["serve --pages-only"] = web  # ended with the others
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while True:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
            break
        except httpx.TransportError:
            if time.monotonic() > until or web.poll() is not None:
                raise
            time.sleep(0.3)
    readers = _Readers(address, sessions)
    try:
        yield readers
    finally:
        readers.stop.set()


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
        rows = dingze.ledger.headings(Position(after), 5_000)  # who measures should cost little
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
    parser.add_argument("--steady", type=int, default=0, help="orders a second, at a steady rate")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--cutter", choices=("jieba", "rjieba"), default="jieba")
    asked = parser.parse_args(arguments)
    figures = steady(asked.steady, asked.minutes, asked.cutter) if asked.steady else measure(asked.orders, asked.cutter)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
