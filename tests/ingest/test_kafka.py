"""Orders and returns from a real Kafka: each once, in order for its key, whatever crashes in between."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from kafka import TopicPartition

from ingest.gateway import Gateway
from ingest.kafka import KafkaIntake, KafkaOptions
from ingest.quarantine import held
from ingest.replay import Replay
from ledger.envelope import Bookmark
from ledger.store import Ledger
from terms.errors import Unavailable
from terms.ids import Position
from tests import kafka_topics
from tests.ingest.conftest import NOW
from tests.ingest.kafka_worker import SESSION
from tests.ingest.rows import ORDER

pytestmark = [pytest.mark.kafka, kafka_topics.SOCKETS]


@pytest.fixture(autouse=True)
def sweep() -> Iterator[None]:
    """Leave no sockets of the client to other tests."""
    with kafka_topics.swept():
        yield


@pytest.fixture
def options(kafka_servers: str) -> KafkaOptions:
    """Topics and a group of this test alone."""
    return made(kafka_servers)


def made(servers: str) -> KafkaOptions:
    """Two topics of two partitions, and a group."""
    orders, returns = kafka_topics.fresh("orders"), kafka_topics.fresh("returns")
    for topic in (orders, returns):
        kafka_topics.make(servers, topic)
    topics = {orders: "work-order", returns: "return"}
    return KafkaOptions(servers, group=kafka_topics.fresh("group"), topics=topics, wait=0.2, client=SESSION)


@pytest.fixture
def member(gateway: Gateway, options: KafkaOptions) -> Iterator[Callable[[], KafkaIntake]]:
    """Makes members of the group; those still there leave at the end."""
    members: list[KafkaIntake] = []

    def join() -> KafkaIntake:
        members.append(KafkaIntake(gateway, options, lambda: NOW))
        return members[-1]

    yield join
    for one in members:
        one.close()


def orders_of(options: KafkaOptions) -> str:
    return next(iter(options.topics))


def orders(count: int, prefix: str = "K") -> list[tuple[str | None, Any]]:
    return [(f"{prefix}-{number}", ORDER | {"工单编号": f"{prefix}-{number}"}) for number in range(count)]


def until(done: Callable[[], bool], *members: KafkaIntake, within: float = 40.0) -> None:
    """Step these members in turn until it is so."""
    end = time.monotonic() + within
    while not done():
        assert time.monotonic() < end, [one.status() for one in members]
        for one in members:
            one.step()


def received(ledger: Ledger) -> list[str]:
    """The numbers of the orders in the record, in its order."""
    events = ledger.read(Position(0), 10_000)
    return [event.payload["order_no"] for event in events if event.type == "WorkOrderReceived"]


def places(ledger: Ledger, options: KafkaOptions) -> int:
    return sum(ledger.bookmarks(f"kafka:{options.group}").values())


def test_orders_and_returns_come_in_with_their_offsets(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions
) -> None:
    topic, returns = options.topics
    kafka_topics.send(options.servers, topic, orders(30))
    kafka_topics.send(options.servers, returns, [("K-1", {"退单单位": "城管", "退单原因": "属地不符"})])
    one = member()
    until(lambda: places(ledger, options) == 31, one)
    assert sorted(received(ledger)) == sorted(f"K-{number}" for number in range(30))
    assert [event.type for event in ledger.read(Position(0), 100)].count("HistoryRecorded") == 1
    assert all(status.behind == 0 and not status.stopped for status in one.status() if status.place is not None)


def test_the_key_names_the_order_where_the_body_does_not(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions
) -> None:
    messages = [("K-9", {"标题": "路灯不亮"}), (None, {"标题": "井盖破损"})]
    kafka_topics.send(options.servers, orders_of(options), messages)
    until(lambda: places(ledger, options) == 2, member())
    assert "K-9" in received(ledger)
    assert len(received(ledger)) == 2


def test_a_member_that_died_before_its_hint_is_followed_by_one_that_doubles_nothing(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KafkaIntake, "_hint", lambda *_: None)
    kafka_topics.send(options.servers, orders_of(options), orders(10))
    first = member()
    until(lambda: places(ledger, options) == 10, first)
    first.close()
    kafka_topics.send(options.servers, orders_of(options), orders(5, "L"))
    second = member()
    until(lambda: places(ledger, options) == 15, second)
    assert (len(received(ledger)), ledger.head()) == (15, 15)


def test_a_database_that_is_away_loses_nothing(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Ledger.append
    away = iter([True, True, True])

    def sometimes(self: Ledger, *appends: Any, **how: Any) -> Any:
        if next(away, False):
            raise Unavailable("ledger.unavailable")
        return append(self, *appends, **how)

    monkeypatch.setattr(Ledger, "append", sometimes)
    kafka_topics.send(options.servers, orders_of(options), orders(20))
    until(lambda: places(ledger, options) == 20, member())
    assert (len(received(ledger)), ledger.head()) == (20, 20)


def test_a_fault_of_the_program_loses_nothing(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka_topics.send(options.servers, orders_of(options), orders(20))
    one = member()
    with monkeypatch.context() as broken:
        broken.setattr(Gateway, "take", lambda *_: (_ for _ in ()).throw(ZeroDivisionError))
        with pytest.raises(ZeroDivisionError):
            until(lambda: False, one)
    until(lambda: places(ledger, options) == 20, one)
    assert (len(received(ledger)), ledger.head()) == (20, 20)


def test_members_that_come_and_go_share_the_work_and_keep_the_order_of_every_key(
    gateway: Gateway, ledger: Ledger, options: KafkaOptions
) -> None:
    topic = orders_of(options)
    small = replace(options, batch=20)
    stops = [threading.Event() for _ in range(3)]
    members = [KafkaIntake(gateway, small, lambda: NOW) for _ in stops]
    threads = [threading.Thread(target=one.run, args=(stop,)) for one, stop in zip(members, stops, strict=True)]
    threads[0].start()
    kafka_topics.send(options.servers, topic, orders(200))
    threads[1].start()
    kafka_topics.send(options.servers, topic, orders(200, "L"))
    stops[0].set()
    threads[2].start()
    kafka_topics.send(options.servers, topic, orders(200, "M"))
    end = time.monotonic() + 60
    while places(ledger, options) < 600 and time.monotonic() < end:
        time.sleep(0.1)
    for stop in stops:
        stop.set()
    for thread in threads:
        thread.join(20)
    assert ledger.head() == 600
    taken = received(ledger)
    assert len(set(taken)) == 600
    place = {number: at for at, number in enumerate(taken)}
    log = kafka_topics.read(options.servers, topic, at_least=600)
    for partition in range(2):
        sent = [place[record.key.decode()] for record in log if record.partition == partition]
        assert sent == sorted(sent)


def test_a_member_that_slept_while_another_went_on_writes_nothing(
    member: Callable[[], KafkaIntake], gateway: Gateway, ledger: Ledger, options: KafkaOptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kafka_topics.send(options.servers, orders_of(options), orders(4))
    sleeper = member()
    take = Gateway.take
    overtaken = iter([True])

    def slow(self: Gateway, rows: Any, kind: str, arrival: Any, bookmarks: Any) -> Any:
        if next(overtaken, False):  # another member takes the same batch first
            take(self, rows, kind, arrival, bookmarks)
        return take(self, rows, kind, arrival, bookmarks)

    monkeypatch.setattr(Gateway, "take", slow)
    until(lambda: places(ledger, options) == 4, sleeper)
    kafka_topics.send(options.servers, orders_of(options), orders(4, "L"))
    until(lambda: places(ledger, options) == 8, sleeper)
    assert (len(received(ledger)), ledger.head()) == (8, 8)


def test_bad_messages_wait_in_quarantine_and_are_replayed(
    member: Callable[[], KafkaIntake], gateway: Gateway, ledger: Ledger, options: KafkaOptions
) -> None:
    bad = [b'{"no": "B-1"', None, b"[]", b"[1]", b"\xff\xfe", b'{"no":"B-2","title":"\xe8"}']
    mendable = {"工单编号": "B-3", "标题": "路灯不亮", "受理时间": "昨天"}
    messages = [*(("b", body) for body in bad), ("b", mendable), *orders(1)]
    kafka_topics.send(options.servers, orders_of(options), messages)
    until(lambda: places(ledger, options) == 8, member())
    assert received(ledger) == ["K-0"]
    waiting = held(ledger)
    assert len(waiting) == 7
    last = next(one for one in waiting if "received_at" in one.at)
    mended = mendable | {"受理时间": "2024-03-04"}
    told = Replay(gateway).again(last.stream, now=NOW, actor="administrator:u1", cells=mended)
    assert (told.status, told.order_no) == ("in", "B-3")


@pytest.mark.parametrize("place", [99, 0])
def test_a_bookmark_outside_the_log_stops_its_partition_and_says_so(
    member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions, place: int
) -> None:
    topic = orders_of(options)
    kafka_topics.send(options.servers, topic, orders(40))
    partition = TopicPartition(topic, 0)
    if place == 0:
        with kafka_topics.administering(options.servers) as admin:
            admin.delete_records({partition: 5})
    ledger.append(bookmarks=(Bookmark(f"kafka:{options.group}", f"{topic}/0", None, place),))
    one = member()
    other = len([record for record in kafka_topics.read(options.servers, topic) if record.partition == 1])
    until(lambda: len(received(ledger)) == other, one)
    one.step()
    stopped = {status.name: status.stopped for status in one.status() if status.stopped}
    assert list(stopped) == [f"{topic}/0"]
    assert ("beyond the end" if place else "before the beginning") in stopped[f"{topic}/0"]
    assert ledger.bookmarks(f"kafka:{options.group}")[f"{topic}/0"] == place


class TestOnBothDatabases:
    """The same on SQLite and PostgreSQL."""

    @pytest.fixture
    def url(self, database_url: str) -> str:
        """Each database in turn."""
        return database_url

    def test_orders_come_in_once(
        self, member: Callable[[], KafkaIntake], ledger: Ledger, options: KafkaOptions
    ) -> None:
        kafka_topics.send(options.servers, orders_of(options), orders(50) + orders(50))
        until(lambda: places(ledger, options) == 100, member())
        assert (len(received(ledger)), ledger.head()) == (50, 50)
        ledger.verify()
