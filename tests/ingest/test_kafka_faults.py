"""Workers and brokers die at any moment; afterwards every message is in the record exactly once, in order for its key.

Three rounds of workers and one of brokers in a plain run, three in `make faults`, 50 and 25 in `make soak`.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest.gateway import Gateway
from ingest.kafka import KafkaIntake, KafkaOptions
from ledger.store import Ledger
from ledger.vault import Vault
from terms.ids import Position
from tests import kafka_broker, kafka_topics, needs
from tests.ingest.conftest import NOW
from tests.ingest.kafka_worker import SESSION
from tests.ingest.rows import ORDER
from tests.rounds import rounds

pytestmark = [pytest.mark.kafka, pytest.mark.faults, kafka_topics.SOCKETS]
ROUNDS = rounds(plain=3, most=50)
BROKER_ROUNDS = rounds(plain=1)


@pytest.fixture(autouse=True)
def sweep() -> Iterator[None]:
    """Leave no sockets of the client to other tests."""
    with kafka_topics.swept():
        yield


def orders(count: int, prefix: str) -> list[tuple[str | None, Any]]:
    return [(f"{prefix}-{number}", ORDER | {"工单编号": f"{prefix}-{number}"}) for number in range(count)]


def received(ledger: Ledger) -> list[str]:
    """The numbers of the orders in the record, in its order."""
    found: list[str] = []
    after = Position(0)
    while events := ledger.read(after, 5_000):
        found += [event.payload["order_no"] for event in events if event.type == "WorkOrderReceived"]
        after = events[-1].position
    return found


def until(done: Callable[[], bool], within: float, meanwhile: Callable[[], object] = lambda: time.sleep(0.1)) -> None:
    end = time.monotonic() + within
    while not done():
        assert time.monotonic() < end
        meanwhile()


def more_than(ledger: Ledger, count: int) -> Callable[[], bool]:
    return lambda: len(received(ledger)) > count


def assert_taken(ledger: Ledger, log: list[Any], sent: int) -> None:
    """Every message of the topic is in the record exactly once, in order for its key, and the chain holds."""
    taken = received(ledger)
    assert (len(taken), len(set(taken)), ledger.head()) == (sent, sent, sent)
    place = {order: at for at, order in enumerate(taken)}
    for partition in {record.partition for record in log}:
        places = [place[record.key.decode()] for record in log if record.partition == partition]
        assert places == sorted(places)
    assert ledger.verify().position == ledger.head()


@dataclass
class Workers:
    """Processes that take in; each starts as the last one did."""

    command: list[str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        self.running.append(subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        self.running.remove(worker)
        worker.kill()
        worker.wait()

    def stop(self) -> list[int]:
        """End all in order; their exit codes."""
        for worker in self.running:
            worker.terminate()
        return [worker.wait(30) for worker in self.running]


class TestOnPostgres:
    """Workers of one group on a database server, killed in the middle of their work."""

    pytestmark = pytest.mark.postgres

    @pytest.fixture
    def url(self, migrated_postgres_url: str) -> str:
        """The database server: the production form."""
        return migrated_postgres_url

    def test_workers_killed_at_any_moment_lose_and_double_nothing(
        self, ledger: Ledger, vault: Vault, url: str, tmp_path: Path, kafka_servers: str
    ) -> None:
        chance = random.Random(20240304)
        topic, group = kafka_topics.fresh("orders"), kafka_topics.fresh("group")
        kafka_topics.make(kafka_servers, topic, partitions=4)
        key = str(tmp_path / "dingze.db.key")
        workers = Workers([sys.executable, "-m", "tests.ingest.kafka_worker", url, key, kafka_servers, group, topic])
        sent = 0
        try:
            for _ in range(2):
                workers.start()
            for number in range(ROUNDS):
                kafka_topics.send(kafka_servers, topic, orders(300, f"R{number}"))
                sent += 300
                until(more_than(ledger, len(received(ledger))), 60)
                time.sleep(chance.uniform(0, 0.2))
                workers.kill(chance.choice(workers.running))
                workers.start()
            until(lambda: len(received(ledger)) >= sent, 90)
        finally:
            codes = workers.stop()
        assert codes == [0, 0], "a signal ends a worker in order"
        assert_taken(ledger, kafka_topics.read(kafka_servers, topic, partitions=4, at_least=sent), sent)


def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(gateway: Gateway, ledger: Ledger) -> None:
    try:
        with kafka_broker.broker() as broker:
            topic = kafka_topics.fresh("orders")
            kafka_topics.make(broker.servers, topic)
            topics = {topic: "work-order"}
            options = KafkaOptions(broker.servers, kafka_topics.fresh("group"), topics, wait=0.2, client=SESSION)
            one = KafkaIntake(gateway, options, lambda: NOW)
            kafka_topics.send(broker.servers, topic, orders(50, "K"))
            sent = 50
            for number in range(BROKER_ROUNDS):
                until(more_than(ledger, sent - 50), 90, one.step)  # killed while it still gives
                broker.stop(signal.SIGKILL)
                for _ in range(3):
                    one.step()
                broker.start()
                kafka_topics.send(broker.servers, topic, orders(50, f"L{number}"))
                sent += 50
            until(lambda: len(received(ledger)) >= sent, 90, one.step)
            one.close()
            log = kafka_topics.read(broker.servers, topic, at_least=sent)
    except kafka_broker.NoBroker as absent:
        needs.missing("kafka", str(absent))
    assert_taken(ledger, log, sent)
