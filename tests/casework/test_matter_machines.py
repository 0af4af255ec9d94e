"""Cases and findings driven through thousands of random moves (stage C, must show)."""

import contextlib
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from casework import events as e
from casework.boundary_case import commands as b
from casework.boundary_case.state import OPEN, Step
from casework.boundary_case.state import replay as replay_case
from casework.events.fact import Attachment
from casework.finding import commands as f
from casework.finding.state import Hold, Phase
from casework.finding.state import replay as replay_finding
from terms.actors import Actor
from terms.errors import NotPermitted, Refused
from terms.ids import UnitCode
from tests.casework.test_boundary_case import BODY, DIRECTOR, JUSTICE, OFFICER, POINTS, Dispute, application
from tests.casework.test_finding import BOUNDARY, VIOLATION, WATCH, Loop, proposing
from tests.casework.town import CHENGGUAN, CITY, ECOLOGY, HOUSING, TIMERS, WATER, unit_leader

QUICK = settings(
    max_examples=90, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
TALLY = {"case": 0, "case kept": 0, "finding": 0, "finding kept": 0}
PARTIES = (CHENGGUAN, HOUSING, ECOLOGY)
LATER, SCAN = date(2026, 7, 1), Attachment(name="决定.pdf")


CASE_ONCE = (
    b.AttachOrder, b.RingCaseClocks, b.SignMinutes, b.FileMinutes, b.GiveOpinion, b.AcceptApplication,
    b.ApplyForCoordination, b.ReportUpward, b.RecordDecision, b.WithdrawCase,
)  # fmt: skip
FINDING_ONCE = (
    f.RingFindingClocks, f.ReceiptNotice, f.ProposeHold, f.ProposeFinding, f.RaiseFinding, f.GiveFeedback,
    f.IssueNotice, f.IssuePaper, f.ReportRectification, f.DecideHold, f.LiftHold,
)  # fmt: skip
Due = dict[tuple[str, UnitCode, datetime], datetime]


def never_back(clocks: tuple[e.Deadline, ...], before: Due) -> Due:
    """The due times of all clocks so far; none is due before it starts, and none was ever moved back."""
    for one in clocks:
        assert one.starts <= one.warn_at <= one.due
        assert before.get((one.clock, one.unit, one.starts), one.due) <= one.due
    return before | {(one.clock, one.unit, one.starts): one.due for one in clocks}


def office(dispute: Dispute) -> Actor:
    """Whoever the case lies with."""
    return DIRECTOR if dispute.case.jurisdiction == "duty" else JUSTICE


def case_offers(dispute: Dispute, unit: UnitCode, flag: bool) -> tuple[tuple[b.CaseCommand, Actor], ...]:
    """Moves that fit, and some that do not."""
    case, mine, handler = dispute.case, unit_leader(unit), office(dispute)
    convener = case.convener or CHENGGUAN
    by_convener = unit_leader(convener) if convener in PARTIES else OFFICER
    minutes = b.DraftMinutes(convener, "稿", CHENGGUAN, POINTS)
    opinion = b.IssueOpinion("1号", CHENGGUAN, POINTS, "x", LATER)
    decision = b.RecordDecision(BODY, "1号", date(2026, 6, 1), SCAN if flag else None, CHENGGUAN, POINTS, LATER)
    fitting: dict[Step, tuple[tuple[b.CaseCommand, Actor], ...]] = {
        Step.NEGOTIATING: (
            (b.HoldNegotiation(convener, PARTIES, "x"), by_convener),
            (minutes, by_convener),
            (application(unit=unit, basis=("C03-1",)), mine),
        ),
        Step.SIGNING: (
            (b.SignMinutes(unit, "局长"), mine),
            (b.FileMinutes("1号", LATER), OFFICER),
            (minutes if flag else application(unit=unit), by_convener if flag else mine),
        ),
        Step.APPLIED: (
            (b.AcceptApplication(flag, "x"), handler),
            (b.MoveJurisdiction("x") if flag else b.AcceptApplication(), handler),
        ),
        Step.ACCEPTED: ((b.AskOpinions(), handler),),
        Step.OPINIONS: (
            (b.GiveOpinion(unit, "x", ("C03-1",), no_clause=flag), mine),
            (b.HoldMeeting(PARTIES, "x"), handler),
        ),
        Step.MEETING: ((opinion, handler), (b.AskOpinions() if flag else opinion, handler)),
        Step.ANSWERING: (
            (b.AnswerOpinion(unit, flag, "x"), mine),
            (b.AnswerOpinion(unit, True), mine),
            (b.ReportUpward(BODY, "x") if flag else opinion, handler),
        ),
        Step.REPORTED: ((decision, OFFICER),),
        Step.UNKNOWN: (),
        Step.CLOSED: (),
    }
    always = (
        (b.AttachOrder("G7"), OFFICER),
        (b.RingCaseClocks(), TIMERS),
        (decision, mine),
        (b.GiveOpinion(WATER, "x", no_clause=True), unit_leader(WATER)),
    )
    return (*fitting[case.step] * 3, *always, *(((b.WithdrawCase("x"), OFFICER),) if flag and unit == ECOLOGY else ()))


class CaseMachine(RuleBasedStateMachine):
    """One case between three departments."""

    def __init__(self) -> None:
        super().__init__()
        self.dispute = Dispute()
        self.due: Due = {}

    @initialize()
    def begin(self) -> None:
        """编办 open it."""
        self.dispute.opened()

    @rule(
        which=st.integers(0, 60),
        unit=st.sampled_from(PARTIES),
        flag=st.booleans(),
        hours=st.sampled_from([0, 1, 9, 30, 300]),
    )
    def move(self, which: int, unit: UnitCode, flag: bool, hours: int) -> None:
        """Somebody wants something."""
        TALLY["case"] += 1
        self.dispute.now += timedelta(hours=hours)
        offers = case_offers(self.dispute, unit, flag)
        command, actor = offers[which % len(offers)]
        before = self.dispute.case
        try:
            facts = self.dispute.do(command, actor)
        except (Refused, NotPermitted) as refusal:
            assert self.dispute.case is before and "{" not in refusal.message and refusal.message != refusal.code
            return
        TALLY["case kept"] += len(facts)
        if isinstance(command, CASE_ONCE):
            again = self.dispute.case
            with contextlib.suppress(Refused):  # given twice it adds nothing: it says so, or a rule does
                assert self.dispute.do(command, actor) == ()
            assert self.dispute.case == again

    @invariant()
    def a_case_never_leaves_its_orders_without_an_owner(self) -> None:
        """The status-quo unit was named when it was opened and stays."""
        case = self.dispute.case
        if case.step is not Step.UNKNOWN:
            assert case.opened is not None and case.opened.status_quo

    @invariant()
    def what_is_written_was_agreed_or_decided_and_the_case_is_closed(self) -> None:
        """Nothing becomes a duty point on one office's word."""
        case = self.dispute.case
        if case.written is None:
            assert case.outcome in ("", "withdrawn")
            return
        assert case.step is Step.CLOSED
        agreed = set(case.parties) <= (case.signed if case.outcome == "minutes" else case.agreed)
        assert agreed or case.decision is not None
        assert case.decision is None or case.decision.body in CITY.cases.competent_bodies
        assert case.rounds <= CITY.cases.opinion_rounds

    @invariant()
    def clocks_run_only_while_it_is_open(self) -> None:
        """A closed case has no clock; a running one is due after it started."""
        case = self.dispute.case
        assert case.step in OPEN or not case.clocks
        self.due = never_back(case.clocks, self.due)
        assert case.version == len(self.dispute.facts) and case.last_at == self.dispute.facts[-1][1]

    def teardown(self) -> None:
        """Replay equals live."""
        told = [(e.read(fact.event_type(), fact.to_payload()), at) for fact, at in self.dispute.facts]
        assert replay_case("BC-1", told) == self.dispute.case  # type: ignore[arg-type]  # all are facts of the case


class FindingMachine(RuleBasedStateMachine):
    """One finding and its unit."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = Loop()
        self.due: Due = {}

    @rule(
        which=st.integers(0, 60),
        flag=st.booleans(),
        violation=st.booleans(),
        hours=st.sampled_from([0, 1, 9, 600]),
    )
    def move(self, which: int, flag: bool, violation: bool, hours: int) -> None:
        """Somebody wants something."""
        TALLY["finding"] += 1
        self.loop.now += timedelta(hours=hours)
        unit = unit_leader(CHENGGUAN)
        problem = VIOLATION if violation else BOUNDARY
        fitting: dict[Phase, tuple[tuple[f.FindingCommand, Actor], ...]] = {
            Phase.UNKNOWN: ((proposing(), WATCH),),
            Phase.PROPOSED: ((f.RaiseFinding("events", problem, CHENGGUAN, "t", "x"), OFFICER),),
            Phase.RAISED: ((f.GiveFeedback("x"), OFFICER),),
            Phase.FED_BACK: (
                (f.IssueNotice("1号", "x", "y"), DIRECTOR),
                (f.IssuePaper("supervision_order", "2号", "x"), DIRECTOR),
                (f.AnswerFeedback(CHENGGUAN, flag, "x"), unit),
            ),
            Phase.RECTIFYING: (
                (f.ReportRectification(CHENGGUAN, "x"), unit),
                (f.ProposeHold(), WATCH),
                (f.DecideHold(flag, "x"), DIRECTOR),
                (f.ReceiptNotice(CHENGGUAN, "x"), unit),
            ),
            Phase.REPORTED: ((f.Reassess(flag, "x"), OFFICER), (f.LiftHold("x"), DIRECTOR)),
            Phase.CLOSED: (),
            Phase.DISMISSED: (),
        }
        always: tuple[tuple[f.FindingCommand, Actor], ...] = (
            (f.RingFindingClocks(), TIMERS),
            (f.DecideHold(True), OFFICER),
            (f.DismissFinding("x"), OFFICER),
            (f.ReportRectification(HOUSING, "x"), unit_leader(HOUSING)),
        )
        offers = (*fitting[self.loop.finding.phase] * 4, *always)
        command, actor = offers[which % len(offers)]
        before = self.loop.finding
        try:
            facts = self.loop.do(command, actor)
        except (Refused, NotPermitted) as refusal:
            assert self.loop.finding is before and "{" not in refusal.message
            return
        TALLY["finding kept"] += len(facts)
        if isinstance(command, FINDING_ONCE):
            again = self.loop.finding
            with contextlib.suppress(Refused):  # given twice it adds nothing: it says so, or a rule does
                assert self.loop.do(command, actor) == ()
            assert self.loop.finding == again
        for fact in facts:
            if isinstance(fact, e.HoldSigned):
                assert actor is DIRECTOR and before.notice

    @invariant()
    def a_hold_stands_on_an_overdue_notice_and_ends_with_the_finding(self) -> None:
        """No unit is held on less, none longer."""
        finding = self.loop.finding
        if finding.on_hold:
            assert finding.notice and finding.problem_class in CITY.findings.violation_classes
        assert finding.phase is not Phase.CLOSED or finding.hold not in (Hold.SIGNED, Hold.PROPOSED)
        self.due = never_back(finding.clocks, self.due)
        assert finding.version == len(self.loop.facts)
        assert not self.loop.facts or finding.last_at == self.loop.facts[-1][1]

    def teardown(self) -> None:
        """Replay equals live."""
        told = [(e.read(fact.event_type(), fact.to_payload()), at) for fact, at in self.loop.facts]
        assert replay_finding("F-1", told) == self.loop.finding  # type: ignore[arg-type]  # all are its facts


def test_cases_hold_through_random_moves() -> None:
    run_state_machine_as_test(CaseMachine, settings=QUICK)
    assert TALLY["case"] >= 3_900 and TALLY["case kept"] >= 500


def test_findings_hold_through_random_moves() -> None:
    run_state_machine_as_test(FindingMachine, settings=QUICK)
    assert TALLY["finding"] >= 3_900 and TALLY["finding kept"] >= 400
