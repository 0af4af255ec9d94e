"""Orders driven through thousands of random moves: what must always hold, holds (stage C, must show)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casework import events as e
from casework.work_order import Context, WorkOrder, decide, evolve, next_ring, replay
from casework.work_order import commands as c
from casework.work_order.state import BEFORE_DISPATCH, IN_HANDS, WITH_LEAD, Status
from routing.proposal import Citation
from terms.actors import Actor, Role
from terms.errors import NotPermitted, Refused
from terms.ids import UnitCode
from tests.casework.town import (
    ADMINISTRATOR,
    CHENGGUAN,
    D_CHENGGUAN,
    D_HOUSING,
    DESK,
    DISPATCHER,
    DISTRICT,
    ECOLOGY,
    HOUSING,
    PROPOSER,
    REVIEWER,
    STREET,
    SUPERVISOR,
    TIMERS,
    WATER,
    Life,
    cite,
    claim,
    proposal,
    unit_leader,
)

UNITS = (CHENGGUAN, HOUSING, ECOLOGY, WATER, DISTRICT, D_CHENGGUAN, D_HOUSING, STREET)
CLAUSE = {
    CHENGGUAN: "C03-1",
    HOUSING: "C04-1",
    ECOLOGY: "C11-1",
    WATER: "C14-1",
    DISTRICT: "C03-1",
    D_CHENGGUAN: "C03-1",
    D_HOUSING: "C04-1",
    STREET: "JC-1",
}
RECORD = e.Attachment(name="检查记录.pdf", kind="document")
SEALED = {"sealed": "b64", "key": "k"}


class Move:
    """One random choice of everything a command may need."""

    def __init__(self, order: WorkOrder, unit: UnitCode, other: UnitCode, flag: bool, number: int, now: datetime):
        self.order, self.unit, self.other, self.flag, self.number, self.now = order, unit, other, flag, number, now

    @property
    def lead(self) -> UnitCode:
        """Mostly the lead, sometimes anybody: a machine that only knocks at closed doors learns nothing."""
        return self.order.lead if self.order.lead and self.number % 8 else self.unit

    @property
    def support(self) -> UnitCode:
        """Mostly one of the supports."""
        supports = self.order.supports
        return supports[self.number % len(supports)] if supports and self.number % 8 else self.unit

    @property
    def member(self) -> UnitCode:
        """The lead or a support."""
        return self.lead if self.flag else self.support

    @property
    def asked(self) -> UnitCode:
        """A unit that a return points at."""
        found = self.order.objection
        return found.asked[0].unit if found and found.asked and self.number % 8 else self.other

    @property
    def receiver(self) -> UnitCode:
        """The receiver of the last hand-over."""
        return self.order.hand_overs[-1].receiver if self.order.hand_overs and self.number % 8 else self.other

    @property
    def supports(self) -> tuple[UnitCode, ...]:
        return (self.other,) if self.flag else ()


def _claim(move: Move) -> c.RequestReturn:
    told = claim(move.lead, proposed_unit=move.other, claimed_clause=CLAUSE[move.other])
    return c.RequestReturn(
        unit=move.lead,
        reason=told.reason,
        denied_clause=CLAUSE.get(move.lead),
        claimed_clause=told.claimed_clause,
        proposed_unit=move.other,
        note=told.note,
        signatory=told.signatory,
    )


def _partial(move: Move) -> c.RequestReturn:
    return c.RequestReturn(move.lead, "partial", keeps="x", asked_support=move.other, note="n", signatory="s")


VERDICTS = ("refuse", "reassign", "add_support", "designate")
STEPS = ("reminded", "listed", "talk", "raised")
HOTLINE, REVIEW, LEADERS = (
    lambda move: DISPATCHER,
    lambda move: DESK if move.number % 4 == 0 else REVIEWER,
    None,  # the leader of the command's own unit
)
Offer = tuple[Callable[[Move], c.Command], Callable[[Move], Actor] | None]


def grounded(unit: UnitCode) -> tuple[Citation, ...]:
    """A citation that lets the unit lead."""
    return (cite(CLAUSE[unit], unit),)


def heirs(move: Move) -> tuple[UnitCode, ...]:
    """One successor, or two."""
    return tuple(dict.fromkeys((move.other, HOUSING if move.number % 3 else move.other)))


ANY_TIME: tuple[Offer, ...] = (
    (lambda m: c.Propose(proposal(m.unit, CLAUSE[m.unit], automatic=m.flag)), lambda m: PROPOSER),
    (lambda m: c.RequestInformation(("地点",)), HOTLINE),
    (lambda m: c.AddToOrder(SEALED, SEALED), HOTLINE),
    (lambda m: c.Chase(), HOTLINE),
    (lambda m: c.NotAccept("legal_channel"), HOTLINE),
    (lambda m: c.ReferOut("outward", "外市热线", "事发地在外市"), HOTLINE),
    (lambda m: c.AnswerAtOnce("x"), HOTLINE),
    (lambda m: c.Merge("G0") if m.flag else c.Unmerge("x"), HOTLINE),
    (lambda m: c.RecordReturn(m.member, "x", note="n"), lambda m: PROPOSER),
    (lambda m: c.ReadPersonalData("核实"), lambda m: unit_leader(m.unit)),
    (lambda m: c.ErasePersonalData("申请"), lambda m: ADMINISTRATOR),
    (lambda m: c.OpenConsultation((m.unit, m.other), "?"), HOTLINE),
    (lambda m: c.CloseConsultation(m.flag, m.unit), HOTLINE),
    (lambda m: c.RingClocks(), lambda m: TIMERS),
    (lambda m: c.CarryOver(m.member, heirs(m), m.now.date()), lambda m: TIMERS),
)
BEFORE: tuple[Offer, ...] = (
    (lambda m: c.Dispatch(m.unit, m.supports, citations=grounded(m.unit), reason="x"), HOTLINE),
    (lambda m: c.Dispatch(m.unit, m.supports, citations=grounded(m.unit), reason="x"), HOTLINE),
    (lambda m: c.Dispatch(m.order.proposal.lead if m.order.proposal else m.unit, by="rule"), lambda m: PROPOSER),  # type: ignore[arg-type]  # drawn
)
DISPUTE: tuple[Offer, ...] = (
    (_claim, LEADERS),
    (_claim, LEADERS),
    (_claim, LEADERS),
    (_partial, LEADERS),
    (lambda m: c.WithdrawReturn(m.lead), LEADERS),
    (lambda m: c.AskUnit(m.unit), REVIEW),
    (lambda m: c.AnswerAsProposed(m.asked, m.flag, note="n"), LEADERS),
    (lambda m: c.AnswerAsProposed(m.asked, m.flag, note="n"), LEADERS),
    (lambda m: c.ReviewReturn(VERDICTS[m.number % 4], "x", m.asked, citations=grounded(m.asked)), REVIEW),  # type: ignore[arg-type]  # drawn
    (lambda m: c.ReviewReturn(VERDICTS[m.number % 4], "x", m.asked, citations=grounded(m.asked)), REVIEW),  # type: ignore[arg-type]  # drawn
    (lambda m: c.ReviewReturn("designate", "x"), REVIEW),
    (lambda m: c.ObjectAsSupport(m.support, "x"), LEADERS),
    (lambda m: c.DecideSupportObjection(m.support, m.flag, "x"), REVIEW),
)
WORK: tuple[Offer, ...] = (
    (lambda m: c.PassOn(m.unit, citations=grounded(m.unit)), lambda m: DESK),
    (lambda m: c.WithdrawDispatch("x"), HOTLINE),
    (lambda m: c.SignFor(m.member), LEADERS),
    (lambda m: c.Reassign(m.unit, "更正", m.supports, citations=grounded(m.unit)), REVIEW),
    (lambda m: c.AddSupport(m.unit), REVIEW),
    (lambda m: c.StartWork(m.member), LEADERS),
    (lambda m: c.ContactRequester(m.lead, m.flag), LEADERS),
    (lambda m: c.ReportProgress(m.member, "x"), LEADERS),
    (lambda m: c.RequestExtension(m.member, "x", m.number % 7 == 0), LEADERS),
    (lambda m: c.DecideExtension(m.member, m.flag, "x"), REVIEW),
    (lambda m: c.Shelve("x", (m.now + timedelta(days=m.number * 3)).date()), lambda m: REVIEWER),
    (lambda m: c.SendHandOver(m.member, m.other, CLAUSE[m.other], material=(RECORD,)), LEADERS),
    (lambda m: c.ReceiveHandOver(m.receiver, max(1, len(m.order.hand_overs))), LEADERS),
    (lambda m: c.RefuseHandOver(m.receiver, max(1, len(m.order.hand_overs)), "x"), LEADERS),
    (lambda m: c.FeedBackHandOver(m.receiver, max(1, len(m.order.hand_overs)), "x"), LEADERS),
    (lambda m: c.AssignInside(m.member, "一科"), LEADERS),
    (lambda m: c.CollectInside(m.member, "一科", "x"), LEADERS),
    (lambda m: c.SignOff(m.member, m.flag), LEADERS),
    (lambda m: c.SubmitResult(m.member, "x"), LEADERS),
    (lambda m: c.Supervise(m.member, STEPS[m.number % 4], "x"), lambda m: SUPERVISOR),  # type: ignore[arg-type]  # drawn
    (lambda m: c.RequestExclusion(m.member, "x"), LEADERS),
    (lambda m: c.DecideExclusion(m.member, m.flag, "x"), lambda m: REVIEWER),
)
AFTER: tuple[Offer, ...] = (
    (lambda m: c.Resume(), lambda m: REVIEWER),
    (lambda m: c.ReviewResult(m.number % 4 != 0, "x"), REVIEW),
    (lambda m: c.RecordFollowUp(True, m.flag, m.flag), HOTLINE),
    (lambda m: c.OrderRework("x"), HOTLINE),
    (lambda m: c.Close(), HOTLINE),
    (lambda m: c.Terminate("x"), lambda m: REVIEWER),
    (lambda m: c.SubmitResult(m.support, "x"), LEADERS),
    (lambda m: c.Rate(m.lead, m.support, m.number % 6, "x"), LEADERS),
    (lambda m: c.Rate(m.support, m.lead, m.number % 6, "x"), LEADERS),
    (lambda m: c.Archive(), HOTLINE),
)


def offers(order: WorkOrder, number: int) -> tuple[Offer, ...]:
    """Mostly moves that fit where the order stands, sometimes any: both doors are tried, the open and the closed."""
    if number % 6 == 5:
        return ANY_TIME
    if number % 11 == 10:
        return BEFORE + DISPUTE + WORK + AFTER
    if order.status in BEFORE_DISPATCH:
        return BEFORE
    if order.objection is not None and number % 3:
        return DISPUTE
    if order.status in IN_HANDS:
        return WORK + DISPUTE[:4]
    return AFTER


TALLY = {"moves": 0, "kept": 0}
# given twice these add nothing: they say so, or a rule does
ONCE = (
    c.RingClocks, c.SignFor, c.StartWork, c.Dispatch, c.ReviewReturn, c.WithdrawReturn, c.RequestReturn, c.Merge,
    c.SubmitResult, c.Close, c.Terminate, c.Archive, c.NotAccept, c.ReferOut, c.AnswerAtOnce, c.Shelve, c.Resume,
    c.RefuseHandOver, c.CarryOver,
)  # fmt: skip


class OrderMachine(RuleBasedStateMachine):
    """One order, pushed about by everybody at once."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.total_since: datetime | None = None
        self.designated: set[UnitCode] = set()
        self.seen_at: datetime | None = None
        self.handle_due: dict[tuple[UnitCode, datetime], datetime] = {}

    @initialize(urgency=st.sampled_from(["一般", "一般", "紧急"]), days_ago=st.sampled_from([0, 0, 0, 400]))
    def begin(self, urgency: str, days_ago: int) -> None:
        """An order comes in."""
        self.life.received(urgency, days_ago=days_ago)
        self.life.others["G0"] = Life(order_no="G0").received().order

    @rule(
        which=st.integers(0, 1_000),
        unit=st.sampled_from(UNITS),
        other=st.sampled_from(UNITS),
        flag=st.booleans(),
        number=st.integers(0, 47),
        minutes=st.sampled_from([1, 1, 2, 5, 30, 90, 300, 3000]),
    )
    def move(self, which: int, unit: UnitCode, other: UnitCode, flag: bool, number: int, minutes: int) -> None:
        """Somebody wants something; a rule may say no, and then nothing changes."""
        TALLY["moves"] += 1
        life = self.life
        life.now += timedelta(minutes=minutes)
        offered = offers(life.order, number)
        make, who = offered[which % len(offered)]
        chosen = Move(life.order, unit, other, flag, number, life.now)
        command = make(chosen)
        actor = who(chosen) if who else unit_leader(command.unit)  # type: ignore[attr-defined]  # a unit's command
        before = life.order
        try:
            facts = decide(life.order, command, self._context(command, actor))
        except (Refused, NotPermitted) as refusal:
            assert refusal.message != refusal.code and "{" not in refusal.message
            assert life.order is before
            return
        for fact in facts:
            self._check(fact)
            TALLY["kept"] += 1
        life.keep(*facts)
        if isinstance(command, ONCE):
            assert self._again(command, actor) == ()  # a duplicate changes nothing

    def _context(self, command: c.Command, actor: Actor) -> Context:
        """On the day of a 机构改革 the unit has ended."""
        known = self.life.context(actor)
        if not isinstance(command, c.CarryOver):
            return known
        left = {code: unit for code, unit in known.register.units.items() if code != command.unit}
        return replace(known, register=replace(known.register, units=left))

    def _check_carried(self, fact: e.OrderCarriedOver) -> None:
        """A reform is nobody's fault: nothing bounces, no clock begins anew, and it is never its own successor."""
        order, after = self.life.order, evolve(self.life.order, fact, self.life.now)
        assert order.member(fact.from_unit) is not None and after.member(fact.from_unit) is None
        assert after.bounces == order.bounces and after.clock("total") == order.clock("total")
        running = {(one.clock, one.starts, one.due) for one in order.clocks}
        assert all((one.clock, one.starts, one.due) in running or one.clock == "dispatch" for one in after.clocks)
        if fact.from_unit in self.designated:
            self.designated = {fact.to_unit}

    def _again(self, command: c.Command, actor: Actor) -> tuple[e.OrderFact, ...]:
        """What the same command given twice adds; what a rule refuses adds nothing."""
        try:
            return decide(self.life.order, command, self._context(command, actor))
        except (Refused, NotPermitted):
            return ()

    def _check(self, fact: e.OrderFact) -> None:
        assert e.read(fact.event_type(), fact.to_payload()) == fact
        order = self.life.order
        if isinstance(fact, e.ReturnRequested):
            assert fact.unit == order.lead and fact.unit != order.designated
            assert fact.unit not in self.designated, "a designated unit never returns"
        if isinstance(fact, e.UnitDesignated):
            self.designated = {fact.unit}  # the last designation binds
        if isinstance(fact, e.OrderReassigned | e.DispatchWithdrawn):
            self.designated = set()
        if isinstance(fact, e.OrderReassigned | e.UnitDesignated):
            assert order.lead is not None
        if isinstance(fact, e.OrderCarriedOver):
            self._check_carried(fact)

    @invariant()
    def exactly_one_lead_from_dispatch_to_close(self) -> None:
        """One unit leads, and nobody else."""
        order = self.life.order
        leads = [member.unit for member in order.members if member.part == "lead"]
        if order.status in WITH_LEAD:
            assert leads == [order.lead]
        elif order.status not in (Status.CLOSED, Status.TERMINATED, Status.ARCHIVED):
            assert leads == [] and order.lead is None
        assert len({member.unit for member in order.members}) == len(order.members)

    @invariant()
    def a_dispute_never_leaves_an_order_without_an_owner(self) -> None:
        """While a return is open, its unit still has the order, and works."""
        order = self.life.order
        if order.objection is not None:
            assert order.lead == order.objection.unit and order.status in WITH_LEAD

    @invariant()
    def clocks_never_run_backwards(self) -> None:
        """A deadline lies after its start, moves only forward; the citizen's total is never restarted."""
        order = self.life.order
        if not order.starts_clocks:
            assert not [one for one in order.clocks if one.clock not in ("shelf", "answer")]
        for one in order.clocks:
            assert one.starts <= one.warn_at <= one.due
            if one.clock == "handle":
                assert one.due >= self.handle_due.get((one.unit, one.starts), one.due)
                self.handle_due[one.unit, one.starts] = one.due
        total = order.clock("total")
        if total is not None:
            assert self.total_since in (None, total.starts)
            self.total_since = total.starts
        assert len({(one.clock, one.unit) for one in order.clocks}) == len(order.clocks)
        if order.last_at is not None:
            assert order.last_at == self.life.facts[-1][1] and (self.seen_at is None or order.last_at >= self.seen_at)
            self.seen_at = order.last_at

    @invariant()
    def versions_are_contiguous(self) -> None:
        """The version is the number of facts."""
        assert self.life.order.version == len(self.life.facts)

    @invariant()
    def at_rest_nothing_runs(self) -> None:
        """A closed order has no clock to ring."""
        order = self.life.order
        if order.status in (Status.CLOSED, Status.TERMINATED, Status.ARCHIVED, Status.NOT_ACCEPTED):
            assert not order.clocks and next_ring(order) is None
            assert order.objection is None

    def teardown(self) -> None:
        """Replay equals live, from the facts as they would be read from the record."""
        facts = [(e.read(fact.event_type(), fact.to_payload()), at) for fact, at in self.life.facts]
        assert replay("G1", facts) == self.life.order  # type: ignore[arg-type]  # all are order facts
        half = replay("G1", self.life.facts[: len(facts) // 2])
        for fact, at in self.life.facts[len(facts) // 2 :]:
            half = evolve(half, fact, at)
        assert half == self.life.order


def test_orders_hold_through_random_moves() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    TALLY.update(moves=0, kept=0)
    run_state_machine_as_test(
        OrderMachine,
        settings=settings(
            max_examples=260,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert TALLY["moves"] >= 13_000  # with those of test_matter_machines.py more than 20,000
    assert Role.SYSTEM is TIMERS.role and TALLY["kept"] >= 2_500
