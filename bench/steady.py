"""A steady stream with the console in use: does the lag stay flat, does the memory?

    python -m bench.steady [--rate 300] [--minutes 10] [--clauses 5000] [--cutter rjieba]

So many orders a second go into a real Kafka while ten people read pages of the console. Everything shares the machine's
processors: broker, server, one `work ingest`, one `work project`, two `work route`, the web process, and the readers.
"""

import argparse
import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from kafka import KafkaProducer

from bench.production import Absent, Processes, bodies, resident, stage, working
from bench.stream import CLAUSES, MOST_SECONDS, wait
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.visit import SESSION_COOKIE
from dingze.wiring import Dingze
from ingest.kafka import TOPICS
from terms.actors import Role
from terms.ids import Position

READERS = 10  # people at the console


def measure(rate: int = 300, minutes: float = 10, clauses: int = CLAUSES, cutter: str = "jieba") -> dict[str, Any]:
    """Orders at a steady rate with the console in use: how far proposals are behind and what memory is taken.

    Flat means that proposals are behind no more in the last third than in the first and two seconds, and no process
    takes a tenth and 20 MB more in the last third than in the second: what is remembered by design (the newest 100,000
    open orders of a routing worker) has filled by then.
    """
    try:
        with stage(clauses, cutter) as city, working(city.environment) as workers:
            with _reading(city.dingze, city.environment, workers) as readers:
                wait(city.dingze, 50)
                total = int(rate * minutes * 60)
                sending = threading.Thread(target=_send_steadily, args=(city.servers, rate, total), daemon=True)
                sending.start()
                samples = _watch(city.dingze, workers, total, rate, seconds=minutes * 60)
                sending.join(60)
            city.dingze.ledger.verify()
            register = city.register()
    except Absent as absent:
        return {"absent": str(absent)}
    asked = {"orders a second": rate, "minutes": minutes, "cutter": cutter}
    return asked | register | _judged(samples, rate) | readers.told()


@dataclass(slots=True)
class _Sample:
    seconds: float
    behind: int  # sent and not yet proposed for
    memory: dict[str, int]


def _watch(dingze: Dingze, workers: Processes, total: int, rate: int, *, seconds: float) -> list[_Sample]:
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
            memory = {name: resident(worker) for name, worker in workers.items()}
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


def _send_steadily(servers: str, rate: int, total: int) -> None:
    calls = bodies()
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", linger_ms=20)
    topic, began = next(iter(TOPICS)), time.monotonic()
    try:
        for number in range(total):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            now = datetime.now(UTC).isoformat()
            body = {**calls[number % len(calls)], "工单编号": f"steady-{number}", "受理时间": now}
            producer.send(topic, key=f"steady-{number}".encode(), value=orjson.dumps(body))
    finally:
        producer.close()


class _Readers:
    """People at the console: each opens a page about every four seconds."""

    PAGES = ("/", "/queue", "/queue.json", "/shift")

    def __init__(self, address: str, sessions: Sequence[str]) -> None:
        self._stop = threading.Event()
        self._address = address
        self._times: list[float] = []
        self._refused = 0
        self._people = [
            threading.Thread(target=self._read, args=(number, session), daemon=True)
            for number, session in enumerate(sessions)
        ]
        for person in self._people:
            person.start()

    def stop(self) -> None:
        """Nobody opens another page; returns when the last one that was asked for is read."""
        self._stop.set()
        for person in self._people:
            person.join(60)

    def _read(self, number: int, session: str) -> None:
        chance = random.Random(number)
        with httpx.Client(base_url=self._address, cookies={SESSION_COOKIE: session}, timeout=60) as client:
            while not self._stop.wait(chance.uniform(2, 6)):
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
def _reading(dingze: Dingze, environment: dict[str, str], workers: Processes) -> Iterator[_Readers]:
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
        readers.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=300, help="orders a second")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clauses", type=int, default=CLAUSES)
    parser.add_argument("--cutter", choices=("jieba", "rjieba"), default="jieba")
    asked = parser.parse_args(arguments)
    figures = measure(asked.rate, asked.minutes, asked.clauses, asked.cutter)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
