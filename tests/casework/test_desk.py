"""The desk on a real ledger: what is decided is recorded, and of two people who act at once one is told."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from casework import events as e
from casework.boundary_case import commands as b
from casework.desk import ORDERS, Cause, Desk
from casework.work_order import Status
from casework.work_order import commands as c
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from mandates.edition import RegisterEdition
from mandates.events import EVENT_TYPES
from terms.actors import Actor, Role
from terms.errors import BadInput, Conflict, NotFound, Refused
from terms.ids import Position, UnitCode, order_stream
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    MONDAY,
    PROPOSER,
    REGISTER,
    REVIEWER,
    Life,
    cite,
    claim,
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
    casework = (fact.known_type() for fact in e.FACTS.values())
    types = EventTypes(casework, (KnownType(name) for name in EVENT_TYPES))
    opened = open_ledger(database_url, clock=Clock(), types=types)
    yield opened
    opened.close()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, Clock())


def receive(ledger: Ledger, order_no: str = "G1") -> None:
    life = Life(order_no=order_no).received()
    new = tuple(
        NewEvent(fact.event_type(), fact.to_payload(), at, "system:gateway", fact.SCHEMA) for fact, at in life.facts
    )
    ledger.append(Append(order_stream(order_no), 0, new))


def test_a_merge_rests_on_both_orders_as_they_were_read(ledger: Ledger) -> None:
    """stage C: two people act at once, one wins, the other is told; also when it is the parent that moved on."""
    receive(ledger, "G1")
    receive(ledger, "G2")
    plain = Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, Clock())
    meanwhile = [c.AnswerAtOnce("已答复")]

    def register(day: date) -> RegisterEdition:
        """The edition of the day; while it is fetched, somebody answers the parent."""
        if meanwhile:
            plain.do("G2", meanwhile.pop(), DISPATCHER)
        return REGISTER

    slow = Desk(ledger, CITY, CALENDAR, register, Clock())
    with pytest.raises(Conflict) as caught:
        slow.do("G1", c.Merge("G2"), DISPATCHER)
    assert "即时答复" in caught.value.message
    assert plain.order("G1").status is Status.TO_ACCEPT and plain.order("G2").children == ()
    with pytest.raises(Refused, match="merge-under-an-open-order"):
        slow.do("G1", c.Merge("G2"), DISPATCHER)


CASE = b.OpenCase("夜间施工噪声", "bianban", (ECOLOGY, CHENGGUAN), "谁主办", "DP-1")
OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))


def test_a_matter_is_disputed_under_one_case_at_a_time_by_its_id_and_not_by_its_name(desk: Desk) -> None:
    """stage C, item 3: a boundary case for a matter; the second is refused with a pointer to the first."""
    desk.do_case("BC-1", CASE, OFFICER)
    other_words = replace(CASE, matter="工地夜里太吵")
    no_id = replace(CASE, matter_id="")
    for told in (CASE, other_words, no_id):
        with pytest.raises(Refused, match="one-case-a-matter") as caught:
            desk.do_case("BC-2", told, OFFICER)
        assert caught.value.params["case"] == "BC-1" and "BC-1" in caught.value.message
    unknown = replace(CASE, matter="路灯 维护", matter_id="")
    desk.do_case("BC-2", unknown, OFFICER)
    with pytest.raises(Refused, match="one-case-a-matter"):
        desk.do_case("BC-3", replace(unknown, matter="路灯维护"), OFFICER)
    desk.do_case("BC-1", b.WithdrawCase("已协商一致"), OFFICER)
    assert desk.do_case("BC-4", CASE, OFFICER).state.opened is not None, "once it is settled, it may be opened anew"


def test_of_two_who_open_a_case_for_one_matter_at_once_one_is_told_of_the_other(ledger: Ledger) -> None:
    told: list[str] = []
    barrier = Barrier(2)

    def opens(number: str) -> None:
        mine = Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, Clock())
        barrier.wait()
        try:
            mine.do_case(number, CASE, OFFICER)
        except Refused as refusal:
            told.append(refusal.params["case"])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(opens, ("BC-1", "BC-2")))
    assert len(told) == 1 and told[0] in ("BC-1", "BC-2")
    opened = [event for event in ledger.read(Position(0), 100) if event.type == "BoundaryCaseOpened"]
    assert [event.payload["case_no"] for event in opened] == told


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Merge("G2", similarity=10**12), "api.absurd-number"),
        (c.AssignInside(CHENGGUAN, "一科", due=datetime(2026, 3, 2)), "api.time-without-zone"),
        (c.Shelve("等汛期过去", date(9999, 1, 1)), "api.absurd-date"),
        (c.NotAccept("repeat", note="长" * 20_001), "casework.too-long"),
        (c.AddSupport(HOUSING, reason="空\0字"), "ledger.not-text"),
        (c.RequestInformation(("地点",) * 2_001), "casework.too-many"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_what_nobody_can_reckon_with_is_refused_wherever_it_comes_from(
    desk: Desk, ledger: Ledger, command: Any, code: str
) -> None:
    receive(ledger)
    before = ledger.head()
    with pytest.raises(BadInput) as caught:
        desk.do("G1", command, DISPATCHER)
    assert caught.value.code == code and "{" not in caught.value.message and ledger.head() == before


def test_what_an_officer_types_is_covered_before_it_is_kept(ledger: Ledger) -> None:
    """济南条例 art. 32, 个人信息保护法: a requester's name and number in a note would stay in every view for ever."""
    receive(ledger)
    asked: list[str] = []

    def cover(stream: str, texts: Sequence[str]) -> list[str]:
        asked.append(stream)
        return [text.replace("13800001111", "*" * 11) for text in texts]

    desk = Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, Clock(), cover=cover)
    desk.do("G1", c.Dispatch(CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),), reason="电话13800001111"), DISPATCHER)
    photo = e.Attachment(name="13800001111.jpg", digest="ab" * 32)
    done = desk.do("G1", c.ReportProgress(CHENGGUAN, "已致电13800001111", (photo,)), clerk(CHENGGUAN))
    kept = " ".join(str(event.payload) for event in ledger.stream(order_stream("G1")))
    assert "13800001111" not in kept and "已致电***********" in kept and set(asked) == {"order-G1"}
    assert done.events[0].payload["attachments"][0]["digest"] == "ab" * 32


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


def test_a_return_stands_in_the_record_with_the_time_it_was_made(ledger: Ledger) -> None:
    """domain, section 2: a return has a note, a signatory and a time."""
    receive(ledger)
    clock = Clock(MONDAY)
    desk = Desk(ledger, CITY, CALENDAR, lambda day: REGISTER, clock)
    desk.do("G1", c.Dispatch(CHENGGUAN), DISPATCHER)
    before = clock.now
    returned = desk.do("G1", claim(), head(CHENGGUAN)).events[0]
    assert returned.type == "ReturnRequested" and before < returned.occurred_at <= clock.now


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
