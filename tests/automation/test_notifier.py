"""Notices follow the feed: once each where nothing fails, again under the same key where something does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automation.lease import FeedLease
from automation.notifier import Notifier
from casework import events as e
from casework.desk import Desk
from casework.notices import FolderSink, Notice
from casework.work_order import commands as c
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.upcast import EventTypes
from projections.store import ViewStore
from terms.errors import BadInput, Unavailable
from terms.ids import order_stream
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    ECOLOGY,
    MONDAY,
    REGISTER,
    REVIEWER,
    TIMERS,
    Life,
    cite,
    claim,
    head,
)

SECRET = "家住湖滨路的某某"


@dataclass
class Outbox:
    """A sink in memory that can be away, or refuse."""

    sent: list[Notice] = field(default_factory=list)
    away: int = 0
    refuses: bool = False

    def send(self, notice: Notice) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable("casework.notice-not-sent", at="outbox")
        if self.refuses:
            raise BadInput("notice.refused", at="outbox", status=422)
        self.sent.append(notice)


@dataclass
class Clock:
    """Moved by hand."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class House:
    """A record, a desk and a notifier."""

    ledger: Ledger
    outbox: Outbox = field(default_factory=Outbox)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.desk = Desk(self.ledger, CITY, CALENDAR, lambda day: REGISTER, self.clock)
        self.notifier = Notifier(self.ledger, CALENDAR, lambda day: REGISTER, (self.outbox,), lambda: True)

    def receive(self, number: str) -> None:
        life = Life(order_no=number, now=self.clock()).received()
        new = tuple(
            NewEvent(fact.event_type(), fact.to_payload(), at, "system:gateway", fact.SCHEMA) for fact, at in life.facts
        )
        self.ledger.append(Append(order_stream(number), 0, new))

    def quarrel(self) -> None:
        """Dispatched, returned, refused; then a clock runs out."""
        self.receive("G1")
        cited = (cite("C03-1", CHENGGUAN),)
        self.desk.do("G1", c.Dispatch(CHENGGUAN, citations=cited, reason=SECRET), DISPATCHER)
        self.desk.do("G1", claim(CHENGGUAN, note=SECRET), head(CHENGGUAN))
        self.desk.do("G1", c.AnswerAsProposed(ECOLOGY, agrees=False, note=SECRET), head(ECOLOGY))
        self.desk.do("G1", c.ReviewReturn("refuse", SECRET), REVIEWER)
        self.clock.now += timedelta(days=30)
        self.desk.do("G1", c.RingClocks(), TIMERS)

    def sent(self) -> list[tuple[str, str]]:
        return [(one.kind, one.to.unit or str(one.to.role)) for one in self.outbox.sent]


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    ledger = open_ledger(database_url, types=EventTypes(fact.known_type() for fact in e.FACTS.values()))
    yield House(ledger)
    ledger.close()


def test_what_happened_before_it_first_ran_rings_no_telephone(house: House) -> None:
    house.receive("G0")
    house.desk.do("G0", c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),)), DISPATCHER)
    assert house.notifier.step() == 0 and house.outbox.sent == []
    house.desk.do("G0", c.Chase(), DISPATCHER)
    assert house.notifier.step() == 1 and house.sent() == [("OrderChased", "C03")]


def test_dispatch_return_review_and_clocks_are_told_once_and_nothing_anybody_typed(house: House) -> None:
    """stage C, item 8: 通知 by a port."""
    house.notifier.step()
    house.quarrel()
    while house.notifier.step():
        pass
    told = house.sent()
    assert told[:3] == [("WorkOrderDispatched", "C03"), ("ReturnRequested", "reviewer"), ("ProposedUnitAsked", "C11")]
    assert ("ReturnRefused", "C03") in told and any(kind == "ClockExpired" for kind, _ in told)
    keys = [one.key for one in house.outbox.sent]
    assert len(set(keys)) == len(keys)
    assert SECRET not in json.dumps([one.document() for one in house.outbox.sent], ensure_ascii=False)


def test_a_sink_that_is_away_is_waited_for_and_nothing_is_passed_over(house: House) -> None:
    house.notifier.step()
    house.quarrel()
    house.outbox.away = 3
    for _ in range(3):
        before = len(house.outbox.sent)
        house.notifier.step()
        assert len(house.outbox.sent) == before
    while house.notifier.step():
        pass
    assert house.sent()[0] == ("WorkOrderDispatched", "C03") and ("ReturnRefused", "C03") in house.sent()


def test_after_a_crash_a_notice_goes_out_again_under_the_same_key(house: House, tmp_path: Path) -> None:
    """At least once: the key lets the receiver drop what it has."""
    house.notifier.step()
    house.receive("G1")
    house.desk.do("G1", c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),)), DISPATCHER)
    second = Outbox(away=1)
    both = replace(house.notifier, sinks=(FolderSink(tmp_path), house.outbox, second))
    assert both.step() == 1, "the dispatch itself waits: the third sink is away"
    assert both.step() == 1
    assert len(house.outbox.sent) == 2 and len({one.key for one in house.outbox.sent}) == 1
    assert len(second.sent) == 1 and len(list(tmp_path.glob("*.json"))) == 1


def test_a_notice_that_is_never_taken_does_not_stop_the_others(house: House) -> None:
    house.notifier.step()
    house.quarrel()
    house.outbox.refuses = True
    while house.notifier.step():
        pass
    house.outbox.refuses = False
    house.desk.do("G1", c.Chase(), DISPATCHER)
    house.notifier.step()
    assert house.sent() == [("OrderChased", "C03")]


def test_one_notifier_at_a_time_by_a_lease(house: House, database_url: str) -> None:
    store, other = ViewStore(database_url), ViewStore(database_url)
    first, second = FeedLease(store, "notifier"), FeedLease(other, "notifier")
    assert first() and not second()
    house.receive("G1")
    assert replace(house.notifier, holds=second).step() == 0
    assert house.ledger.bookmarks("notifier") == {}
    first.give_back()
    assert second()
    store.close()
    other.close()


def test_without_a_sink_nothing_is_followed(house: House) -> None:
    house.receive("G1")
    assert replace(house.notifier, sinks=()).step() == 0
    assert house.ledger.bookmarks("notifier") == {}
