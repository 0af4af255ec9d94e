"""Every kind of worker is killed at random moments, with a real Kafka and a real PostgreSQL: `make soak` only.

Afterwards every message is in the record exactly once, in order for its key, with one first proposal; the chain is
valid, views equal a rebuild, and every public event went out, in order for its key. It takes about half a minute a
round, so a plain run leaves it out; what is cheaper runs there (tests/ingest, tests/automation, tests/projections).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from automation.public_event import public
from automation.publisher import TOPIC
from dingze.folders import initialise
from dingze.known import VIEWS
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.kafka import TOPICS
from mandates.enact import enact
from sample.load import sample_items
from terms.errors import DingzeError
from terms.ids import Position
from tests import kafka_broker, kafka_topics, needs, postgres
from tests.automation.conftest import MORNING
from tests.ingest.rows import ORDER

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.faults, kafka_topics.SOCKETS]
ROUNDS = min(25, int(os.environ.get("DINGZE_SOAK", "0")))
KINDS = (
    ("ingest",), ("route", "--share", "1/2"), ("route", "--share", "2/2"), ("project",), ("publish",), ("clocks",),
)  # fmt: skip
EACH = 60  # orders a round
PARTITIONS = 3


class Workers:
    """One process of each kind."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._running: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        for kind in KINDS:
            self.start(kind)

    def start(self, kind: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "dingze", "work", *kind]
        self._running[kind] = subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)

    def kill(self, kind: tuple[str, ...]) -> None:
        self._running[kind].kill()
        self._running[kind].wait()

    def stop(self) -> dict[tuple[str, ...], int]:
        """End all in order; the exit code of each kind."""
        for worker in self._running.values():
            worker.send_signal(signal.SIGTERM)
        return {kind: worker.wait(60) for kind, worker in self._running.items()}


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


@pytest.mark.skipif(not ROUNDS, reason="half a minute a round: part of `make soak`")
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
                }
            )
            try:
                sent, newest = _rounds(dingze, workers, cluster, broker, chance)
            finally:
                codes = workers.stop()
            # one that was started a moment ago may not have begun to listen: the signal itself ends it
            fine = {kind: (0, -signal.SIGTERM) if kind in newest else (0,) for kind in KINDS}
            assert all(code in fine[kind] for kind, code in codes.items()), f"a signal ends a worker in order: {codes}"
            _assert_whole(dingze, broker, sent)
            dingze.close()
    except (postgres.NoServer, kafka_broker.NoBroker) as absent:
        needs.missing("kafka", str(absent))


def _rounds(
    dingze: Dingze, workers: Workers, cluster: postgres.Cluster, broker: kafka_broker.Broker, chance: random.Random
) -> tuple[int, list[tuple[str, ...]]]:
    """The orders sent, and the kinds that were started last."""
    sent, killed = 0, list(KINDS)
    topic = next(iter(TOPICS))
    for number in range(ROUNDS):
        messages = [(f"S{n}", ORDER | {"工单编号": f"S{n}"}) for n in range(sent, sent + EACH)]
        kafka_topics.send(broker.servers, topic, messages)
        sent += EACH
        wait(reached(dingze, "WorkOrderReceived", sent - EACH + 1))
        killed = chance.sample(KINDS, 3)
        for kind in killed:
            time.sleep(chance.uniform(0, 0.5))
            workers.kill(kind)
            workers.start(kind)
        if number % 3 == 1:
            cluster.stop(chance.choice((signal.SIGINT, signal.SIGQUIT)))
            cluster.start()
        wait(reached(dingze, "AssignmentProposed", sent))
    return sent, killed


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
