"""One contract for every cluster: librdkafka's mock of three brokers, and a real Kafka in KRaft mode."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from automation.publisher import Publisher, PublisherOptions
from casework.events import FACTS
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.gateway import Gateway
from ingest.kafka import KafkaIntake, KafkaOptions
from ingest.quarantine import EVENT_TYPES, held
from ledger.backends import open_ledger
from ledger.master_key import make_master_key
from ledger.store import Ledger
from ledger.upcast import EventTypes
from ledger.vault import open_vault
from terms.ids import Position
from tests import kafka_mock, kafka_topics
from tests.ingest.kafka_worker import SESSION

pytestmark = [pytest.mark.kafka, kafka_topics.SOCKETS]
WHEN = datetime(2024, 3, 4, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Cluster:
    """Where it is, how the client must speak to it, and how many partitions a topic has."""

    servers: str
    client: Mapping[str, Any]
    partitions: int
    make: Callable[[str], None]


@pytest.fixture(scope="module")
def mocked() -> Iterator[str]:
    """A mock cluster."""
    with kafka_mock.mock_servers() as servers:
        yield servers


@pytest.fixture(params=["mock", "real"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Each cluster in turn."""
    with kafka_topics.swept():
        if request.param == "mock":
            servers = request.getfixturevalue("mocked")
            yield Cluster(servers, kafka_mock.CLIENT, kafka_mock.PARTITIONS, lambda _: None)
        else:
            servers = request.getfixturevalue("kafka_servers")
            yield Cluster(servers, {}, 2, lambda topic: kafka_topics.make(servers, topic))


@pytest.fixture
def gateway(migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Gateway]:
    """A way in to an empty record."""
    types = EventTypes((fact.known_type() for fact in FACTS.values()), EVENT_TYPES)
    ledger = open_ledger(migrated_sqlite_url, clock=lambda: WHEN, types=types)
    key = tmp_path / "key"
    make_master_key(key)
    city = CityConfiguration()
    yield Gateway(ledger, open_vault(ledger, key), city, WorkingCalendar(city))
    ledger.close()


def intake(gateway: Gateway, cluster: Cluster, topic: str, group: str) -> KafkaIntake:
    """A member of the group."""
    client = {**SESSION, **cluster.client}
    options = KafkaOptions(cluster.servers, group, {topic: "work-order"}, wait=0.2, client=client)
    return KafkaIntake(gateway, options, lambda: WHEN)


def take_in(member: KafkaIntake, done: Callable[[], bool]) -> None:
    """Step until it is so."""
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, member.status()
        member.step()


def orders(*numbers: int) -> list[tuple[str | None, Any]]:
    return [(f"M-{n}", {"工单编号": f"M-{n}", "标题": "路灯不亮", "主要内容": f"第{n}号灯杆不亮"}) for n in numbers]


def received(ledger: Ledger) -> list[str]:
    events = ledger.read(Position(0), 10_000)
    return [event.payload["order_no"] for event in events if event.type == "WorkOrderReceived"]


def test_every_message_is_taken_once_though_members_come_and_go(cluster: Cluster, gateway: Gateway) -> None:
    topic, group = kafka_topics.fresh("orders"), kafka_topics.fresh("group")
    cluster.make(topic)
    kafka_topics.send(cluster.servers, topic, orders(*range(40)), **cluster.client)
    first = intake(gateway, cluster, topic, group)
    take_in(first, lambda: len(received(gateway.ledger)) == 40)
    first.close()
    kafka_topics.send(cluster.servers, topic, orders(*range(30, 60)), **cluster.client)
    second = intake(gateway, cluster, topic, group)
    take_in(second, lambda: sum(gateway.ledger.bookmarks(f"kafka:{group}").values()) == 70)
    second.close()
    assert sorted(received(gateway.ledger)) == sorted(f"M-{n}" for n in range(60))
    gateway.ledger.verify()


def test_a_message_nobody_can_read_waits_with_its_bytes_and_stops_no_other(cluster: Cluster, gateway: Gateway) -> None:
    topic = kafka_topics.fresh("orders")
    cluster.make(topic)
    kafka_topics.send(cluster.servers, topic, [("M-1", b'{"no'), *orders(1, 2)], **cluster.client)
    member = intake(gateway, cluster, topic, kafka_topics.fresh("group"))
    take_in(member, lambda: len(received(gateway.ledger)) == 2 and len(held(gateway.ledger)) == 1)
    member.close()


def test_what_is_published_comes_in_the_order_of_the_record_for_every_key(cluster: Cluster, gateway: Gateway) -> None:
    topic, out = kafka_topics.fresh("orders"), kafka_topics.fresh("events")
    cluster.make(topic)
    cluster.make(out)
    kafka_topics.send(cluster.servers, topic, orders(*range(30)), **cluster.client)
    member = intake(gateway, cluster, topic, kafka_topics.fresh("group"))
    take_in(member, lambda: len(received(gateway.ledger)) == 30)
    member.close()
    options = PublisherOptions(cluster.servers, out, transactional_id=out, client=cluster.client)
    publisher = Publisher(gateway.ledger, options, lambda: True)
    assert publisher.step() == 30
    publisher.close()
    sums = {
        "check_crcs": cluster.client != kafka_mock.CLIENT
    }  # the mock hands transactions back with sums that do not fit
    found = kafka_topics.read(cluster.servers, out, cluster.partitions, at_least=30, **cluster.client, **sums)
    places: dict[int, list[int]] = {}
    for record in found:
        places.setdefault(record.partition, []).append(int(dict(record.headers)["position"]))
    assert sorted(place for each in places.values() for place in each) == list(range(1, 31))
    assert all(each == sorted(each) for each in places.values())
