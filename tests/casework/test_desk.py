"""The desk on a real ledger: what is decided is recorded, and of two people who act at once one is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from casework import events as e
from casework.desk import ORDERS, Cause, Desk
from casework.work_order import Status
from casework.work_order import commands as c
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from terms.actors import Actor
from terms.errors import Conflict, NotFound, Refused
from terms.ids import order_stream
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    HOUSING,
    MONDAY,
    PROPOSER,
    REGISTER,
    REVIEWER,
    Life,
    cite,
    clerk,
    head,
    proposal,
)


@dataclass
class Clock:
    """A clock that goes on by a minute each time it is read."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    types = EventTypes(KnownType(name, fact.SCHEMA) for name, fact in e.FACTS.items())
    opened = open_ledger(database_url, clock=Clock(), types=types)
    yield opened
    opened.close()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, Clock())


def receive(ledger: Ledger, order_no: str = "G1") -> None:
    life = Life(order_no=order_no).received()
    new = tuple(NewEvent(fact.event_type(), fact.to_payload(), at, "system:gateway") for fact, at in life.facts)
    ledger.append(Append(order_stream(order_no), 0, new))


def test_a_command_is_decided_on_what_the_record_says_and_recorded(desk: Desk, ledger: Ledger) -> None:
    receive(ledger)
    done = desk.do("G1", c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),)), DISPATCHER)
    assert done.state.status is Status.DISPATCHED
    assert desk.order("G1") == done.state
    (event,) = done.events
    assert (event.actor, event.type, event.version) == ("dispatcher:d1", "WorkOrderDispatched", 2)
    assert done.position == ledger.head()


def test_a_refusal_records_nothing(desk: Desk, ledger: Ledger) -> None:
    receive(ledger)
    before = ledger.head()
    with pytest.raises(Refused):
        desk.do("G1", c.SignFor(CHENGGUAN), clerk(CHENGGUAN))
    assert ledger.head() == before


def test_an_order_nobody_knows_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.do("G9", c.Chase(), DISPATCHER)
    with pytest.raises(NotFound):
        desk.order("G9")


def test_a_return_of_an_order_nobody_knows_is_recorded_all_the_same(desk: Desk) -> None:
    done = desk.do("G9", c.RecordReturn(CHENGGUAN, "不归我们"), PROPOSER)
    assert done.events[0].type == "HistoryRecorded" and done.events[0].payload["basis_complete"] is False


def test_a_merge_stands_in_both_streams(desk: Desk, ledger: Ledger) -> None:
    receive(ledger, "G0")
    receive(ledger, "G1")
    desk.do("G1", c.Merge("G0"), DISPATCHER)
    assert desk.order("G1").parent == "G0" and desk.order("G0").children == ("G1",)
    desk.do("G1", c.Unmerge("不是同一件"), DISPATCHER)
    assert desk.order("G1").parent == "" and desk.order("G0").children == ()


def test_automation_that_names_its_cause_acts_once_however_often_it_is_started(desk: Desk, ledger: Ledger) -> None:
    receive(ledger)
    cause = Cause("proposer", "G1/received")
    first = desk.do("G1", c.Propose(proposal()), PROPOSER, cause=cause)
    head_before = ledger.head()
    again = desk.do("G1", c.Propose(proposal()), PROPOSER, cause=cause)
    assert again.events[0].event_id == first.events[0].event_id and ledger.head() == head_before


def test_who_decides_on_a_page_that_is_out_of_date_is_told_what_happened(desk: Desk, ledger: Ledger) -> None:
    receive(ledger)
    desk.do("G1", c.Dispatch(CHENGGUAN), DISPATCHER)
    with pytest.raises(Conflict) as caught:
        desk.do("G1", c.Dispatch(HOUSING), DISPATCHER, seen=1)
    assert caught.value.code == "casework.somebody-was-first"
    assert "派单（派单员）" in caught.value.message


def test_of_two_people_who_act_at_once_one_wins_and_the_other_is_told(desk: Desk, ledger: Ledger) -> None:
    """stage C: one wins, the other is told what happened, nothing is lost."""
    receive(ledger)
    desk.do("G1", c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),)), DISPATCHER)
    seen = ledger.head()
    ready = Barrier(2)
    loaded = Desk.load

    def together(self: Desk, lane: Any, key: str) -> Any:
        found: Any = loaded(self, lane, key)
        ready.wait(timeout=10)
        return found

    class Slow(Desk):
        load = together  # both read before either writes

    slow = Slow(desk.ledger, desk.city, desk.calendar, desk.register, desk.clock)
    with ThreadPoolExecutor(2) as pool:
        acts = [
            pool.submit(slow.do, "G1", c.SignFor(CHENGGUAN), clerk(CHENGGUAN)),
            pool.submit(slow.do, "G1", c.AddSupport(HOUSING, "核查"), REVIEWER),
        ]
    faults = [act.exception() for act in acts]
    (told,) = [fault for fault in faults if fault is not None]
    assert isinstance(told, Conflict) and told.code == "casework.somebody-was-first"
    assert "签收（C03 部门经办人）" in told.message or "加派（异议审核员）" in told.message
    assert ledger.head() == seen + 1
    assert [event.version for event in ledger.stream(order_stream("G1"))] == [1, 2, 3]


def test_what_the_desk_says_is_what_a_replay_says(desk: Desk, ledger: Ledger) -> None:
    receive(ledger)
    steps: tuple[tuple[c.Command, Actor], ...] = (
        (c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),), supports=(HOUSING,)), DISPATCHER),
        (c.SignFor(CHENGGUAN), clerk(CHENGGUAN)),
        (c.Shelve("等待", (MONDAY + timedelta(days=5)).date()), REVIEWER),
        (c.Resume(), REVIEWER),
        (c.SubmitResult(CHENGGUAN, "完成"), head(CHENGGUAN)),
    )
    for command, actor in steps:
        done = desk.do("G1", command, actor)
        assert done.state == desk.load(ORDERS, "G1").state
