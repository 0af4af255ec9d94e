"""The life of one real quarrel: night construction noise between three departments, told with the real parts.

The ledger, the register, the router and the rules are those of the program; only the clock is moved by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.standings import Standings
from casework import events as e
from casework.boundary_case import commands as b
from casework.clocks import Reckoner
from casework.desk import CASES, Desk
from casework.events.fact import Attachment
from casework.standing import Standing
from casework.work_order import Status
from casework.work_order import commands as c
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from mandates.enact import enact
from mandates.events import EVENT_TYPES, Enactable
from mandates.model import InstrumentKind
from mandates.reading import RegisterReader
from projections.engine import ProjectionEngine
from projections.matters import STANDINGS
from projections.store import ViewStore
from routing.building import build_index
from routing.memory import EMPTY
from routing.proposal import OrderText, Proposal
from routing.propose import propose
from terms.actors import Actor, Role
from terms.errors import Refused
from terms.ids import ClauseId, UnitCode, order_stream
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    PROPOSER,
    REGISTER,
    REVIEWER,
    clerk,
    head,
    unit_leader,
)

OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("b2", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
PARTIES = (ECOLOGY, CHENGGUAN, HOUSING)
BODY = CITY.cases.competent_bodies[0]
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # half past eleven at night in the city
NOISE = ("夜间施工", "工地夜里施工", "半夜打桩", "施工噪声", "工地深夜浇筑")
SAID = "小区旁边的工地半夜打桩，夜间施工噪声大，睡不着觉"


@dataclass
class City:
    """A city with its record, its register, its router and its desk."""

    ledger: Ledger
    store: ViewStore
    now: datetime = NIGHT

    def __post_init__(self) -> None:
        self.register = RegisterReader(self.ledger)
        self.views = ProjectionEngine(self.ledger, self.store, (STANDINGS,), lambda _: {})
        self.standings = Standings(self.views)
        self.desk = Desk(self.ledger, CITY, CALENDAR, self.register.as_of, self.clock, self.standing)

    def standing(self, matter_id: str) -> Standing:
        """What is known of a matter now."""
        self.views.catch_up()
        return self.standings.standing(matter_id)

    def clock(self) -> datetime:
        """Every look at the clock is a second later."""
        self.now += timedelta(seconds=1)
        return self.now

    def enact_the_register(self) -> None:
        """Three clauses that overlap, and one duty point that gives the noise to the ecology bureau."""
        point = replace(REGISTER.duty_points[ClauseId("DP-1")], unit=ECOLOGY, clause=ClauseId("C11-1"), wordings=NOISE)
        things: tuple[Enactable, ...] = (
            *REGISTER.units.values(),
            *REGISTER.instruments.values(),
            *REGISTER.clauses.values(),
            point,
        )
        assert not enact(self.ledger, things, at=self.now, actor="system:import").faults

    def calls(self, order_no: str) -> Proposal:
        """Somebody calls 12345; the router answers; the hotline's process keeps it and dispatches by rule."""
        at = self.clock()
        clocks = (Reckoner(CITY, CALENDAR, at).dispatch("general"),)
        fact = e.WorkOrderReceived(order_no=order_no, kind="投诉", received_at=at, deadlines=clocks)
        event = NewEvent(fact.event_type(), fact.to_payload(), at, "system:gateway", fact.SCHEMA)
        self.ledger.append(Append(order_stream(order_no), 0, (event,)))
        day = CALENDAR.local_day(at)
        self.views.catch_up()
        answer = propose(
            OrderText(text=SAID, kind="投诉", at=day),
            build_index(self.register.as_of(day)),
            EMPTY,
            CITY,
            status_quo=self.standings.disputed(),
        )
        assert answer.lead is not None
        self.desk.do(order_no, c.Propose(answer), PROPOSER)
        self.desk.do(order_no, c.Dispatch(answer.lead, answer.supports, by="rule"), PROPOSER)
        return answer

    def dispatch_of(self, order_no: str) -> e.WorkOrderDispatched:
        """The dispatch of an order, as the record has it."""
        events = self.ledger.stream(order_stream(order_no))
        found = next(event for event in events if event.type == "WorkOrderDispatched")
        return e.WorkOrderDispatched.from_payload(found.payload)


@pytest.fixture
def city(database_url: str) -> Iterator[City]:
    casework = (fact.known_type() for fact in e.FACTS.values())
    types = EventTypes(casework, (KnownType(name) for name in EVENT_TYPES))
    ledger, store = open_ledger(database_url, types=types), ViewStore(database_url)
    yield City(ledger, store)
    store.close()
    ledger.close()


def test_night_construction_noise_between_three_departments(city: City) -> None:
    """Returned twice, designated, a case, opinions, a decision; and the next order cites it."""
    do, do_case = city.desk.do, city.desk.do_case
    city.enact_the_register()

    # A night in March. The router finds the duty point: the ecology bureau, by its clause on environmental noise.
    assert city.calls("G1").lead == ECOLOGY
    total = city.desk.order("G1").clock("total")

    # The ecology bureau: ours is the environment at large, punishing night work is the chengguan's. It is asked first.
    denial = c.RequestReturn(
        ECOLOGY,
        "not_ours",
        denied_clause="C11-1",
        claimed_clause="C03-1",
        proposed_unit=CHENGGUAN,
        note="夜间施工处罚权已划转城管",
        signatory="head-C11",
    )
    do("G1", denial, head(ECOLOGY))
    do("G1", c.StartWork(ECOLOGY), clerk(ECOLOGY))  # the dispute does not stop the work
    moving = c.ReviewReturn("reassign", "处罚权在城管", CHENGGUAN)
    with pytest.raises(Refused, match="proposed-unit-heard-first"):
        do("G1", moving, REVIEWER)
    do("G1", c.AnswerAsProposed(CHENGGUAN, agrees=False, denied_clause="C03-1", note="须住建认定"), head(CHENGGUAN))
    do("G1", moving, REVIEWER)

    # The chengguan bureau: site order is housing's. The second return escalates, now the review has to designate.
    city.now += timedelta(hours=3)
    counter = replace(
        denial,
        unit=CHENGGUAN,
        denied_clause="C03-1",
        claimed_clause="C04-1",
        proposed_unit=HOUSING,
        signatory="head-C03",
    )
    returned = do("G1", counter, head(CHENGGUAN))
    assert [event.type for event in returned.events] == ["ReturnRequested", "ProposedUnitAsked", "EscalatedByRule"]
    do("G1", c.AnswerAsProposed(HOUSING, agrees=False, note="住建只管文明施工"), head(HOUSING))
    with pytest.raises(Refused, match="escalated-must-designate"):
        do("G1", c.ReviewReturn("reassign", "再改派", HOUSING), REVIEWER)
    do("G1", c.ReviewReturn("designate", "先由城管承办", CHENGGUAN), REVIEWER)
    with pytest.raises(Refused, match="designated-may-not-return"):
        do("G1", counter, head(CHENGGUAN))

    # The matter, not the order, is what is unclear: a case. Until it is decided the designated unit goes on.
    told = b.OpenCase("夜间施工噪声", "orders", PARTIES, "谁主办夜间施工噪声投诉", "DP-1", ("G1",))
    case = do_case("BC-1", told, REVIEWER).state
    assert case.opened is not None and (case.opened.status_quo, case.opened.status_quo_ground) == (
        CHENGGUAN,
        "designated",
    )
    assert city.calls("G2").lead == CHENGGUAN
    second = city.dispatch_of("G2")
    assert (second.disputed, second.status_quo) == ("BC-1", "designated")
    do_case("BC-1", b.AttachOrder("G2"), REVIEWER)

    # Meanwhile the requester of the first order sleeps again, on the clock that was never restarted.
    assert city.desk.order("G1").clock("total") == total
    do("G1", c.SubmitResult(CHENGGUAN, "已责令停止夜间施工并处罚"), clerk(CHENGGUAN))
    do("G1", c.ReviewResult(accepted=True), REVIEWER)
    do("G1", c.RecordFollowUp(contacted=True, resolved=True, satisfied=True), DISPATCHER)
    closed = do("G1", c.Close(), DISPATCHER)
    assert closed.state.status is Status.CLOSED

    # The departments negotiate and fail, apply with the five parts, write their opinions, meet.
    do_case("BC-1", b.HoldNegotiation(UnitCode("C39"), PARTIES, "三家各执一词"), OFFICER)
    five = b.ApplyForCoordination(CHENGGUAN, "夜间施工噪声", "三月协商一次", "谁主办", "条目交叉", ("C03-1", "C11-1"))
    do_case("BC-1", five, head(CHENGGUAN))
    do_case("BC-1", b.AcceptApplication(), OFFICER)
    do_case("BC-1", b.AskOpinions(), OFFICER)
    for unit, clause in zip(PARTIES, ("C11-1", "C03-1", "C04-1"), strict=True):
        do_case("BC-1", b.GiveOpinion(unit, "应由他单位主办", (clause,)), head(unit))
    do_case("BC-1", b.HoldMeeting(PARTIES, "协调会"), OFFICER)

    # 编办 do not rule: an opinion one party does not share goes upward, and the competent body decides.
    points = (
        e.PointDraft(link="执法", unit=CHENGGUAN, text="夜间施工噪声投诉由城管局主办并处罚", base_clause="C03-1"),
        e.PointDraft(link="监管", unit=HOUSING, text="住建局督促工地落实夜间施工许可", base_clause="C04-1"),
    )
    may = date(2026, 5, 1)
    do_case("BC-1", b.IssueOpinion("云编函〔2026〕1号", CHENGGUAN, points, "处罚权已划转", may, (HOUSING,)), DIRECTOR)
    do_case("BC-1", b.AnswerOpinion(HOUSING, agrees=False, note="不同意承担监管"), unit_leader(HOUSING))
    do_case("BC-1", b.ReportUpward(BODY, "住建局不同意"), DIRECTOR)
    scan = Attachment(name="云编决1号.pdf", reference="scans/1")
    decision = b.RecordDecision(BODY, "云编委〔2026〕1号", date(2026, 4, 20), scan, CHENGGUAN, points, may, (HOUSING,))
    decided = do_case("BC-1", decision, OFFICER)
    recorded = [event.type for event in decided.events]
    assert recorded[:4] == ["DecisionRecorded", "DutyPointsWritten", "ListChangeProposed", "CaseClosed"]
    assert recorded.count("DutyPointWritten") == 2  # the register took them up in the same append

    # The past stands as it was; the closed order is untouched.
    assert city.register.as_of(date(2026, 3, 2)).duty_points[ClauseId("DP-1")].unit == ECOLOGY
    assert city.desk.order("G1") == closed.state

    # In May somebody calls again: the chengguan bureau, at once, by rule, and it is the decision that is cited.
    city.now = datetime(2026, 5, 6, 15, tzinfo=UTC)
    assert city.calls("G3").lead == CHENGGUAN
    third = city.dispatch_of("G3")
    assert third.decision == "云编委〔2026〕1号" and third.disputed == ""
    cited = city.register.as_of(date(2026, 5, 6)).instrument_of(third.citations[0].clause_id)
    assert cited is not None and cited.kind is InstrumentKind.DECISION and cited.doc_no == "云编委〔2026〕1号"

    # And the record proves itself, from the first call to the last.
    assert city.desk.load(CASES, "BC-1").state.outcome == "decision"
    assert city.ledger.verify().position == city.ledger.head()
    city.ledger.close()
