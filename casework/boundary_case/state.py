"""The state of one boundary case and how its facts fold into it. Frozen, pure and total."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

from casework import events as e
from casework.clocks import NOBODY, Clock, replace_clocks
from terms.ids import UnitCode


class Step(StrEnum):
    """Where a case stands (domain, section 3, item 2)."""

    UNKNOWN = "未立案"
    NEGOTIATING = "自行协商"
    SIGNING = "纪要会签"
    APPLIED = "申请协调"
    ACCEPTED = "协调受理"
    OPINIONS = "征求意见"
    MEETING = "协调会后"
    ANSWERING = "协调意见征询"
    REPORTED = "上报决定"
    CLOSED = "已了结"


BY_THEMSELVES = frozenset({Step.NEGOTIATING, Step.SIGNING})
OPEN = frozenset(Step) - {Step.UNKNOWN, Step.CLOSED}


@dataclass(frozen=True, slots=True)
class BoundaryCase:
    """One case as it stands."""

    case_no: str
    version: int = 0
    last_at: datetime | None = None
    step: Step = Step.UNKNOWN
    opened: e.BoundaryCaseOpened | None = None
    jurisdiction: str = "duty"
    handler: UnitCode = NOBODY
    orders: tuple[str, ...] = ()
    negotiations: int = 0
    minutes: e.MinutesDrafted | None = None
    drafts: int = 0
    signed: frozenset[UnitCode] = frozenset()
    application: e.ApplicationSubmitted | None = None
    rounds: int = 0
    waiting: frozenset[UnitCode] = frozenset()  # parties whose opinion of this round is still due
    opinions: tuple[e.OpinionGiven, ...] = ()
    meetings: int = 0
    opinion: e.CoordinationOpinionIssued | None = None
    issues: int = 0
    agreed: frozenset[UnitCode] = frozenset()
    disagreed: frozenset[UnitCode] = frozenset()
    reported_to: str = ""
    decision: e.DecisionRecorded | None = None
    written: e.DutyPointsWritten | None = None
    outcome: str = ""
    clocks: tuple[e.Deadline, ...] = ()
    warned: frozenset[tuple[str, UnitCode, datetime]] = frozenset()
    expired: frozenset[tuple[str, UnitCode, datetime]] = frozenset()

    @property
    def parties(self) -> tuple[UnitCode, ...]:
        """The units that dispute the matter, in the order they are listed."""
        return self.opened.parties if self.opened else ()

    @property
    def convener(self) -> UnitCode | None:
        """Who convenes the negotiation."""
        return self.opened.convener if self.opened else None


def evolve(case: BoundaryCase, fact: e.CaseFact, at: datetime) -> BoundaryCase:
    """The case after one more fact."""
    last_at = at if case.last_at is None else max(case.last_at, at)
    return replace(fold(fact, case), version=case.version + 1, last_at=last_at)


def replay(case_no: str, facts: Iterable[tuple[e.CaseFact, datetime]]) -> BoundaryCase:
    """The case after all its facts."""
    case = BoundaryCase(case_no)
    for fact, at in facts:
        case = evolve(case, fact, at)
    return case


@singledispatch
def fold(fact: e.CaseFact, case: BoundaryCase) -> BoundaryCase:
    """Facts that leave the state alone."""
    return case


def _stop(case: BoundaryCase, *clocks: str, unit: UnitCode | None = None) -> tuple[e.Deadline, ...]:
    return tuple(one for one in case.clocks if one.clock not in clocks or (unit is not None and one.unit != unit))


@fold.register
def _(fact: e.BoundaryCaseOpened, case: BoundaryCase) -> BoundaryCase:
    return replace(
        case,
        step=Step.NEGOTIATING,
        opened=fact,
        jurisdiction=fact.jurisdiction,
        handler=fact.handler,
        orders=fact.orders,
        clocks=replace_clocks(case.clocks, fact.deadlines),
    )


@fold.register
def _(fact: e.CaseOrderAttached, case: BoundaryCase) -> BoundaryCase:
    return replace(case, orders=(*case.orders, fact.order_no))


@fold.register
def _(fact: e.JurisdictionMoved, case: BoundaryCase) -> BoundaryCase:
    return replace(case, jurisdiction=fact.jurisdiction, handler=fact.handler, step=Step.APPLIED)


@fold.register
def _(fact: e.NegotiationHeld, case: BoundaryCase) -> BoundaryCase:
    return replace(case, negotiations=case.negotiations + 1, clocks=_stop(case, Clock.NEGOTIATION))


@fold.register
def _(fact: e.MinutesDrafted, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.SIGNING, minutes=fact, drafts=fact.draft, signed=frozenset())


@fold.register
def _(fact: e.MinutesSigned, case: BoundaryCase) -> BoundaryCase:
    return replace(case, signed=case.signed | {fact.unit})


@fold.register
def _(fact: e.ApplicationSubmitted, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.APPLIED, application=fact, clocks=_stop(case, Clock.NEGOTIATION))


@fold.register
def _(fact: e.ApplicationAccepted, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.ACCEPTED)


@fold.register
def _(fact: e.ApplicationSentBack, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.NEGOTIATING, application=None)


@fold.register
def _(fact: e.OpinionsRequested, case: BoundaryCase) -> BoundaryCase:
    clocks = replace_clocks(case.clocks, fact.deadlines)
    return replace(case, step=Step.OPINIONS, rounds=fact.round, waiting=frozenset(fact.units), clocks=clocks)


@fold.register
def _(fact: e.OpinionGiven, case: BoundaryCase) -> BoundaryCase:
    return replace(
        case,
        opinions=(*case.opinions, fact),
        waiting=case.waiting - {fact.unit},
        clocks=_stop(case, Clock.OPINION, unit=fact.unit),
    )


@fold.register
def _(fact: e.CoordinationMeetingHeld, case: BoundaryCase) -> BoundaryCase:
    return replace(
        case, step=Step.MEETING, meetings=case.meetings + 1, waiting=frozenset(), clocks=_stop(case, Clock.OPINION)
    )


@fold.register
def _(fact: e.CoordinationOpinionIssued, case: BoundaryCase) -> BoundaryCase:
    return replace(
        case, step=Step.ANSWERING, opinion=fact, issues=fact.issue, agreed=frozenset(), disagreed=frozenset()
    )


@fold.register
def _(fact: e.CoordinationOpinionAnswered, case: BoundaryCase) -> BoundaryCase:
    if fact.agrees:
        return replace(case, agreed=case.agreed | {fact.unit}, disagreed=case.disagreed - {fact.unit})
    return replace(case, agreed=case.agreed - {fact.unit}, disagreed=case.disagreed | {fact.unit})


@fold.register
def _(fact: e.ReportedUpward, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.REPORTED, reported_to=fact.body)


@fold.register
def _(fact: e.DecisionRecorded, case: BoundaryCase) -> BoundaryCase:
    return replace(case, decision=fact)


@fold.register
def _(fact: e.DutyPointsWritten, case: BoundaryCase) -> BoundaryCase:
    return replace(case, written=fact)


@fold.register
def _(fact: e.CaseClosed, case: BoundaryCase) -> BoundaryCase:
    return replace(case, step=Step.CLOSED, outcome=fact.how, clocks=(), waiting=frozenset())


@fold.register
def _(fact: e.CaseClockWarned, case: BoundaryCase) -> BoundaryCase:
    return replace(case, warned=case.warned | {(fact.clock, fact.unit, fact.due)})


@fold.register
def _(fact: e.CaseClockExpired, case: BoundaryCase) -> BoundaryCase:
    return replace(case, expired=case.expired | {(fact.clock, fact.unit, fact.due)})
