"""Every kind of worker is killed at random moments, with a real Kafka and a real PostgreSQL that are killed as well.

In each round every kind is killed once, broker and database in turn. Afterwards every message is in the record exactly
once, in order for its key, with one first proposal; the chain is valid, views equal a rebuild, every public event went
out in order for its key, and every notice was told. Three rounds in `make faults`, 25 in `make soak`; a plain run
leaves it out for its length, what is cheaper runs there (tests/ingest, tests/automation, tests/projections).
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from automation import notifier
from automation.public_event import public
from automation.publisher import TOPIC
from casework.work_order import commands as c
from dingze.commands.work import Work
from dingze.folders import initialise
from dingze.known import VIEWS
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.kafka import TOPICS
from mandates.enact import enact
from sample.load import sample_items
from terms.actors import Actor, Role
from terms.errors import DingzeError
from terms.ids import Position, UnitCode
from tests import kafka_broker, kafka_topics, needs, postgres
from tests.automation.conftest import MORNING
from tests.ingest.rows import ORDER
from tests.rounds import rounds

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.faults, kafka_topics.SOCKETS]
ROUNDS = rounds(plain=0)
KINDS = tuple(
    kind
    for what in Work
    for kind in ([(what, "--share", "1/2"), (what, "--share", "2/2")] if what is Work.ROUTE else [(what,)])
)
EACH = 60  # orders a round
DISPATCHER = Actor("d1", Role.DISPATCHER)
UNIT = UnitCode("C03")
PARTITIONS = 3


class Workers:
    """One process of each kind, and two that route."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._running: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        self._doors = {kind: f"127.0.0.1:{_free_port()}" for kind in KINDS}
        self.killed = dict.fromkeys(KINDS, 0)
        for kind in KINDS:
            self.start(kind)

    def start(self, kind: tuple[str, ...]) -> None:
        self._running[kind] = subprocess.Popen(
            [sys.executable, "-m", "dingze", "work", *kind],
            env=self._environment | {"DINGZE_WORKER_ADDRESS": self._doors[kind]},
            stderr=subprocess.DEVNULL,
        )

    def kill(self, kind: tuple[str, ...]) -> None:
        self._running[kind].kill()
        self._running[kind].wait()
        self.killed[kind] += 1

    def ready(self) -> bool:
        """Whether each has started and nothing of it fails."""
        try:
            return all(httpx.get(f"http://{door}/readyz").is_success for door in self._doors.values())
        except httpx.TransportError:
            return False

    def stop(self) -> dict[tuple[str, ...], int]:
        """End all in order; the exit code of each kind."""
        for worker in self._running.values():
            worker.send_signal(signal.SIGTERM)
        return {kind: worker.wait(60) for kind, worker in self._running.items()}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(done: Callable[[], bool], seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except DingzeError:
            pass  # the database is away: that is the test
        assert time.monotonic() < until, "it did not come back"
        time.sleep(0.2)


def reached(dingze: Dingze, kind: str, many: int) -> Callable[[], bool]:
    """Whether the record holds so many events of a kind."""
    return lambda: len(dingze.ledger.read_raw_of([kind], Position(0), dingze.ledger.head())) >= many


@pytest.mark.skipif(not ROUNDS, reason="half a minute a round: part of `make faults` and `make soak`")
def test_every_kind_of_worker_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261130)
    try:
        with postgres.cluster() as cluster, kafka_broker.broker() as broker:
            settings = Settings(database_url=cluster.url, master_key=tmp_path / "key", cache=tmp_path / "cache")
            initialise(settings)
            first = Dingze(settings, clock=lambda: MORNING.replace(year=2015))
            enact(first.ledger, sample_items(), at=first.clock(), actor="system:sample")
            first.close()
            for topic in (*TOPICS, TOPIC):
                kafka_topics.make(broker.servers, topic, PARTITIONS)
            dingze = Dingze(settings)
            dingze.router.index(dingze.register.as_of(dingze.router.day_of(dingze.clock())))  # on disk for every worker
            workers = Workers(
                os.environ
                | {
                    "DINGZE_DATABASE_URL": cluster.url,
                    "DINGZE_MASTER_KEY": str(tmp_path / "key"),
                    "DINGZE_CACHE": str(tmp_path / "cache"),
                    "DINGZE_KAFKA_SERVERS": broker.servers,
                    "DINGZE_NOTICES_FOLDER": str(tmp_path / "notices"),
                }
            )
            try:
                wait(lambda: told_upto(dingze) is not None)
                silent_upto = told_upto(dingze) or 0
                sent = _rounds(dingze, workers, cluster, broker, chance)
                wait(workers.ready)
                wait(lambda: told_upto(dingze) == dingze.ledger.head())
            finally:
                codes = workers.stop()
            assert codes == dict.fromkeys(KINDS, 0), "a signal ends a worker in order"
            assert set(workers.killed.values()) == {ROUNDS}
            _assert_whole(dingze, broker, sent)
            _assert_told(dingze, Position(silent_upto), tmp_path / "notices")
            dingze.close()
    except (postgres.NoServer, kafka_broker.NoBroker) as absent:
        needs.missing("kafka", str(absent))


def told_upto(dingze: Dingze) -> int | None:
    """How far the worker that sends notices has come; it begins where the record stood when it first ran."""
    return dingze.ledger.bookmarks(notifier.NAME).get(notifier.PLACE)


def _rounds(
    dingze: Dingze, workers: Workers, cluster: postgres.Cluster, broker: kafka_broker.Broker, chance: random.Random
) -> int:
    def send(upto: int) -> int:
        messages = [(f"S{n}", ORDER | {"工单编号": f"S{n}"}) for n in range(sent, upto)]
        kafka_topics.send(broker.servers, next(iter(TOPICS)), messages)
        return upto

    sent = 0
    sent = send(ROUNDS * len(KINDS))  # for the dispatcher, who goes on working through all of it
    waiting = iter(range(sent))
    wait(reached(dingze, "AssignmentProposed", sent))
    for number in range(ROUNDS):
        sent = send(sent + EACH)
        wait(reached(dingze, "WorkOrderReceived", sent - EACH + 1))
        for kind in chance.sample(KINDS, len(KINDS)):
            dingze.desk.do(f"S{next(waiting)}", c.Dispatch(lead=UNIT, reason="按条目派单"), DISPATCHER)
            time.sleep(chance.uniform(0, 0.5))
            workers.kill(kind)
            workers.start(kind)
        if number % 3 == 1:
            cluster.stop(chance.choice((signal.SIGINT, signal.SIGQUIT)))
            cluster.start()
        if number % 3 == 2:
            broker.stop(signal.SIGKILL)
            broker.start()
        wait(reached(dingze, "AssignmentProposed", sent))
    return sent


def _assert_whole(dingze: Dingze, broker: kafka_broker.Broker, sent: int) -> None:
    ledger = dingze.ledger
    received = [row.stream for row in ledger.read_raw_of(["WorkOrderReceived"], Position(0), ledger.head())]
    assert sorted(received) == sorted(f"order-S{n}" for n in range(sent)), "each exactly once"
    place = {stream: at for at, stream in enumerate(received)}
    topic = next(iter(TOPICS))
    log = kafka_topics.read(broker.servers, topic, PARTITIONS, at_least=sent)
    for partition in range(PARTITIONS):
        places = [place[f"order-{record.key.decode()}"] for record in log if record.partition == partition]
        assert places == sorted(places), "in order for its key"
    answered = [row.stream for row in ledger.read_raw_of(["AssignmentProposed"], Position(0), ledger.head())]
    assert sorted(answered) == sorted(received), "one proposal each"
    assert ledger.verify().position == ledger.head()
    dingze.projections.catch_up()
    assert all(dingze.projections.verify(view.name)[0] for view in VIEWS)
    beside = Dingze(dingze.settings.model_copy(update={"kafka_servers": broker.servers}))
    publisher = beside.publisher()
    while publisher.step():
        pass
    publisher.close()
    beside.close()
    outward = [one for one in ledger.read(Position(0), 1_000_000) if public(one) is not None]
    read = kafka_topics.read(broker.servers, TOPIC, PARTITIONS, at_least=len(outward), within=60)
    seen: dict[str, list[int]] = {}
    for record in read:
        position = int(dict(record.headers)["position"])
        of_key = seen.setdefault(record.key.decode(), [])
        if position not in of_key:  # at least once: a second time tells nothing new
            of_key.append(position)
    assert all(places == sorted(places) for places in seen.values()), "in ledger order for its key"
    assert sorted(at for places in seen.values() for at in places) == [int(one.position) for one in outward]


def _assert_told(dingze: Dingze, silent_upto: Position, folder: Path) -> None:
    """Every notice there is to tell lies in the folder, whole, and nothing else."""
    keys = [
        notice.key for event in dingze.ledger.read(silent_upto, 1_000_000) for notice in dingze.notifier.notices(event)
    ]
    assert len(keys) >= ROUNDS * len(KINDS) and len(keys) == len(set(keys)), "of each dispatch, and of clocks"
    assert sorted(path.stem for path in folder.glob("*.json")) == sorted(keys)
