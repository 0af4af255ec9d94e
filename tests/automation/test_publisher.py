"""Events go out to a real Kafka: in order for every key, at least once, by one publisher, again from anywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import make_url

from automation.publisher import Publisher, PublisherLease, PublisherOptions, replay
from casework.events import FACTS, HistoryRecorded
from ingest.quarantine import EVENT_TYPES
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.upcast import EventTypes
from projections.store import ViewStore
from terms.errors import BadInput
from terms.ids import Position, StreamId
from tests import kafka_topics

pytestmark = [pytest.mark.kafka, kafka_topics.SOCKETS]
WHEN = datetime(2024, 3, 4, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sweep() -> Iterator[None]:
    """Leave no sockets of the client to other tests."""
    with kafka_topics.swept():
        yield


@pytest.fixture
def ledger(migrated_sqlite_url: str) -> Iterator[Ledger]:
    """An empty ledger."""
    types = EventTypes((fact.known_type() for fact in FACTS.values()), EVENT_TYPES)
    opened = open_ledger(migrated_sqlite_url, clock=lambda: WHEN, types=types)
    yield opened
    opened.close()


@pytest.fixture
def options(kafka_servers: str) -> PublisherOptions:
    """A topic of this test alone."""
    topic = kafka_topics.fresh("events")
    kafka_topics.make(kafka_servers, topic)
    return PublisherOptions(kafka_servers, topic, transactional_id=topic)


@pytest.fixture
def publisher(ledger: Ledger, options: PublisherOptions) -> Iterator[Publisher]:
    """A publisher that has the lease."""
    made = Publisher(ledger, options, lambda: True)
    yield made
    made.close()


def happen(ledger: Ledger, *orders: str) -> None:
    """Something happens to each of these orders."""
    for number in orders:
        fact = HistoryRecorded(order_no=number, what="progress", happened_at=WHEN, note="内部说明")
        event = NewEvent(fact.event_type(), fact.to_payload(), WHEN, "system:gateway", fact.SCHEMA)
        ledger.append(Append(StreamId(f"order-{number}"), None, (event,)))


def hidden(ledger: Ledger) -> None:
    """Something happens that has no public side."""
    event = NewEvent(type="InputQuarantined", payload={}, occurred_at=WHEN, actor="system:gateway")
    ledger.append(Append(StreamId("quarantine-1"), None, (event,)))


def seen(options: PublisherOptions, at_least: int, topic: str = "") -> list[Any]:
    """The committed messages."""
    return kafka_topics.read(options.servers, topic or options.topic, at_least=at_least)


def position(record: Any) -> int:
    return int(dict(record.headers)["position"])


def test_events_go_out_keyed_by_stream_with_position_and_id_in_their_headers(
    publisher: Publisher, ledger: Ledger, options: PublisherOptions
) -> None:
    happen(ledger, "A", "B")
    hidden(ledger)
    happen(ledger, "A", "C")
    assert publisher.step() == 5
    assert (publisher.step(), publisher.behind()) == (0, 0)
    records = seen(options, 4)
    assert sorted(map(position, records)) == [1, 2, 4, 5]
    for record in records:
        body = orjson.loads(record.value)
        headers = dict(record.headers)
        assert record.key.decode() == body["stream"] == ledger.read(Position(position(record) - 1), 1)[0].stream
        assert headers["event-id"].decode() == body["event_id"]
        assert headers["contract"] == b"dingze.event/1"
        assert "内部说明" not in record.value.decode()


def test_the_order_of_every_key_is_that_of_the_record(
    publisher: Publisher, ledger: Ledger, options: PublisherOptions
) -> None:
    happen(ledger, *(f"{number % 7}" for number in range(300)))
    assert publisher.step() == 300
    by_key: dict[bytes, list[int]] = {}
    for record in seen(options, 300):
        by_key.setdefault(record.key, []).append(position(record))
    assert len(by_key) == 7
    assert all(places == sorted(places) for places in by_key.values())


def test_a_publisher_that_died_before_its_bookmark_sends_again_and_loses_nothing(
    ledger: Ledger, options: PublisherOptions, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(ledger, "A", "B")
    with monkeypatch.context() as crash:
        crash.setattr(Ledger, "append", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publisher.step()
    happen(ledger, "C")
    successor = Publisher(ledger, options, lambda: True)
    assert successor.step() == 3
    successor.close()
    records = seen(options, 5)
    ids = [dict(record.headers)["event-id"] for record in records]
    assert (len(ids), len(set(ids))) == (5, 3), "receivers tell by the event id what they have seen"


def test_what_was_sent_and_not_committed_is_never_seen(
    ledger: Ledger, options: PublisherOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kafka.errors import KafkaTimeoutError

    happen(ledger, "A", "B")
    broken = Publisher(ledger, options, lambda: True)
    with monkeypatch.context() as crash:
        crash.setattr("kafka.KafkaProducer.commit_transaction", lambda *_: (_ for _ in ()).throw(KafkaTimeoutError()))
        assert broken.step() == 0
    assert broken.behind() == 2
    assert broken.step() == 2
    broken.close()
    assert sorted(map(position, seen(options, 2))) == [1, 2]


def test_an_older_publisher_is_fenced_and_steps_back(ledger: Ledger, options: PublisherOptions) -> None:
    older, newer = (Publisher(ledger, options, lambda: True) for _ in range(2))
    happen(ledger, "A")
    assert older.step() == 1
    happen(ledger, "B")
    assert newer.step() == 1
    happen(ledger, "C")
    assert older.step() == 0, "its transaction is refused"
    assert newer.step() in (0, 1)
    for one in (older, newer):
        one.step()
        one.close()
    assert sorted(set(map(position, seen(options, 3)))) == [1, 2, 3]


def test_only_who_has_the_lease_publishes(ledger: Ledger, options: PublisherOptions, tmp_path: Path) -> None:
    url = f"sqlite:///{make_url(f'sqlite:///{tmp_path}/views.db').database}"
    stores = [ViewStore(url) for _ in range(2)]
    first, second = (PublisherLease(store, options.topic) for store in stores)
    happen(ledger, "A")
    one, two = Publisher(ledger, options, first), Publisher(ledger, options, second)
    assert first()
    assert (two.step(), one.step()) == (0, 1)
    first.give_back()
    happen(ledger, "B")
    assert two.step() == 1
    for part in (one, two):
        part.close()
    for store in stores:
        store.close()


def test_the_record_is_replayed_from_any_position_into_another_topic(
    publisher: Publisher, ledger: Ledger, options: PublisherOptions
) -> None:
    happen(ledger, *"ABCDEF")
    publisher.step()
    again = kafka_topics.fresh("again")
    kafka_topics.make(options.servers, again)
    assert replay(ledger, options, again, after=Position(2), upto=Position(5)) == 3
    assert sorted(map(position, seen(options, 3, again))) == [3, 4, 5]
    with pytest.raises(BadInput):
        replay(ledger, options, options.topic, after=Position(0))
    assert publisher.behind() == 0
