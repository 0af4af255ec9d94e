"""The production form on one machine, for measuring: broker, a database server that waits for the disk, and workers.

The register is the sample city's, filled up with real clauses to the size that is asked for.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.clauses import CLAUSES, INSTRUMENT, real_clauses
from dingze.evaluate import lowest_units
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.kafka import TOPICS
from mandates.enact import enact
from routing.index import RegisterIndex
from sample.calls import ORDERS
from sample.load import sample_items
from tests import kafka_broker, kafka_topics, postgres

IN_FORCE_FROM = datetime(2015, 1, 1, tzinfo=UTC)
WORKERS = (("ingest",), ("project",), ("route", "--share", "1/2"), ("route", "--share", "2/2"))
PARTITIONS = 4
Absent = (postgres.NoServer, kafka_broker.NoBroker, FileNotFoundError)  # what may not be here; the text says what
Processes = dict[str, subprocess.Popen[bytes]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A city whose workers can be started: its parts in this process, its broker, what a worker's process is told."""

    dingze: Dingze
    servers: str
    environment: dict[str, str]

    def register(self) -> dict[str, int]:
        """How large the register in force is: its clauses, and everything a proposal may cite."""
        index = _index(self.dingze)
        return {"clauses": len(index.edition.clauses), "citable items": len(index.citables)}

    def send(self, word: str, count: int) -> None:
        """So many orders at once, numbered after a word."""
        now = datetime.now(UTC).isoformat()
        calls = bodies()
        numbers = [f"{word}-{number}" for number in range(count)]
        messages = [
            (number, {**calls[at % len(calls)], "工单编号": number, "受理时间": now})
            for at, number in enumerate(numbers)
        ]
        kafka_topics.send(self.servers, next(iter(TOPICS)), messages)


@contextmanager
def stage(clauses: int, cutter: str) -> Iterator[Stage]:
    """A city with so many clauses (0: the sample's own) on servers of its own, 50 orders waiting in its topic.

    Raises one of `Absent`.
    """
    if clauses and not CLAUSES.exists():
        raise FileNotFoundError(f"not there: {CLAUSES} (--clauses 0 measures with the sample city's own)")
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server(durable=True))
        servers = stack.enter_context(kafka_broker.servers())
        url = stack.enter_context(postgres.database(server))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dingze-stream-")))
        settings = Settings(database_url=url, master_key=folder / "key", cache=folder / "cache")
        dingze = _city(settings, clauses)
        stack.callback(dingze.close)
        for topic in TOPICS:
            kafka_topics.make(servers, topic, PARTITIONS)
        environment = os.environ | {
            "DINGZE_DATABASE_URL": url,
            "DINGZE_MASTER_KEY": str(settings.master_key),
            "DINGZE_CACHE": str(settings.cache),
            "DINGZE_KAFKA_SERVERS": servers,
            "DINGZE_CUTTER": cutter,
        }
        set_up = Stage(dingze, servers, environment)
        set_up.send("warm", 50)
        yield set_up


@contextmanager
def working(environment: dict[str, str]) -> Iterator[Processes]:
    """The workers of one city, a process each; whatever is added to what is given is ended with them."""
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


def bodies() -> Sequence[dict[str, Any]]:
    """The calls of the sample month, as a hotline sends them."""
    return [orjson.loads(line) for line in ORDERS.read_bytes().splitlines()]


def processor(worker: subprocess.Popen[bytes]) -> float:
    """Processor seconds a process has used."""
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy() -> float:
    """Processor seconds that everything on this machine has used: broker and server too, and whoever else is here."""
    user, nice, system, _, _, hard, soft = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")


def resident(worker: subprocess.Popen[bytes]) -> int:
    """Bytes of memory a process takes."""
    return int(Path(f"/proc/{worker.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _city(settings: Settings, clauses: int) -> Dingze:
    initialise(settings)
    with_mandates = Dingze(settings, clock=lambda: IN_FORCE_FROM)
    enact(with_mandates.ledger, sample_items(), at=IN_FORCE_FROM, actor="system:sample")
    own = with_mandates.register.as_of(datetime.now(UTC).date())
    missing = clauses - len(own.clauses)
    if missing > 0:
        more: list[Any] = [INSTRUMENT, *real_clauses(lowest_units(own), missing)]
        done = enact(with_mandates.ledger, more, at=IN_FORCE_FROM, actor="system:bench")
        assert done.enacted == len(more) and not done.faults
    with_mandates.close()
    dingze = Dingze(settings)
    dingze.projections.catch_up()
    _index(dingze)  # lies on disk for every worker
    return dingze


def _index(dingze: Dingze) -> RegisterIndex:
    return dingze.router.index(dingze.register.as_of(dingze.router.day_of(dingze.clock())))
