"""The state of one finding and how its facts fold into it. Frozen, pure and total."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

from casework import events as e
from casework.clocks import NOBODY, Clock, replace_clocks
from terms.ids import UnitCode


class Phase(StrEnum):
    """The loop 分析—反馈—整改—评估 (domain, section 8)."""

    UNKNOWN = "未立项"
    PROPOSED = "待研判"
    RAISED = "已立项"
    FED_BACK = "已反馈"
    RECTIFYING = "整改中"
    REPORTED = "待评估"
    CLOSED = "已销号"
    DISMISSED = "不予立项"


OPEN = frozenset({Phase.RAISED, Phase.FED_BACK, Phase.RECTIFYING, Phase.REPORTED})


class Hold(StrEnum):
    """Whether the unit's 机构编制 applications are on hold."""

    NONE = ""
    PROPOSED = "proposed"
    SIGNED = "signed"
    DECLINED = "declined"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as it stands."""

    finding_no: str
    version: int = 0
    last_at: datetime | None = None
    phase: Phase = Phase.UNKNOWN
    unit: UnitCode = NOBODY
    fault: str = ""
    problem_class: str = ""
    source: str = ""
    evidence: tuple[str, ...] = ()
    notice: str = ""  # number of the 督查通知书
    papers: tuple[str, ...] = ()
    receipted: bool = True  # nothing issued is waiting for its receipt
    reported_late: bool = False  # the last rectification came after its time
    hold: Hold = Hold.NONE
    clocks: tuple[e.Deadline, ...] = ()
    warned: frozenset[tuple[str, UnitCode, datetime]] = frozenset()
    expired: frozenset[tuple[str, UnitCode, datetime]] = frozenset()

    @property
    def on_hold(self) -> bool:
        """What an outside approval system asks: is the unit's application to wait?"""
        return self.hold is Hold.SIGNED

    def rectification(self) -> e.Deadline | None:
        """The running deadline for the rectification."""
        return next((one for one in self.clocks if one.clock == Clock.RECTIFICATION), None)


def evolve(finding: Finding, fact: e.FindingFact, at: datetime) -> Finding:
    """The finding after one more fact."""
    last_at = at if finding.last_at is None else max(finding.last_at, at)
    return replace(fold(fact, finding), version=finding.version + 1, last_at=last_at)


def replay(finding_no: str, facts: Iterable[tuple[e.FindingFact, datetime]]) -> Finding:
    """The finding after all its facts."""
    finding = Finding(finding_no)
    for fact, at in facts:
        finding = evolve(finding, fact, at)
    return finding


@singledispatch
def fold(fact: e.FindingFact, finding: Finding) -> Finding:
    """Facts that leave the state alone."""
    return finding


@fold.register
def _(fact: e.FindingProposed, finding: Finding) -> Finding:
    return replace(
        finding,
        phase=Phase.PROPOSED,
        unit=fact.unit,
        fault=fact.fault,
        source="events",
        evidence=fact.evidence,
    )


@fold.register
def _(fact: e.FindingRaised, finding: Finding) -> Finding:
    return replace(
        finding,
        phase=Phase.RAISED,
        unit=fact.unit,
        fault=fact.fault,
        problem_class=fact.problem_class,
        source=fact.source,
        evidence=tuple(dict.fromkeys((*finding.evidence, *fact.evidence))),
    )


@fold.register
def _(fact: e.FindingDismissed, finding: Finding) -> Finding:
    return replace(finding, phase=Phase.DISMISSED)


@fold.register
def _(fact: e.FeedbackGiven, finding: Finding) -> Finding:
    return replace(finding, phase=Phase.FED_BACK)


@fold.register
def _(fact: e.SupervisionPaperIssued, finding: Finding) -> Finding:
    return replace(
        finding,
        phase=Phase.RECTIFYING,
        papers=(*finding.papers, fact.number),
        receipted=False,
        clocks=replace_clocks(finding.clocks, fact.deadlines),
    )


@fold.register
def _(fact: e.SupervisionNoticeIssued, finding: Finding) -> Finding:
    return replace(
        finding,
        phase=Phase.RECTIFYING,
        notice=fact.number,
        receipted=False,
        clocks=replace_clocks(finding.clocks, fact.deadlines),
    )


@fold.register
def _(fact: e.NoticeReceipted, finding: Finding) -> Finding:
    return replace(finding, receipted=True)


@fold.register
def _(fact: e.RectificationReported, finding: Finding) -> Finding:
    return replace(finding, phase=Phase.REPORTED, reported_late=fact.late)


@fold.register
def _(fact: e.FindingReassessed, finding: Finding) -> Finding:
    if fact.passed:
        return finding
    return replace(finding, phase=Phase.RECTIFYING, clocks=replace_clocks(finding.clocks, fact.deadlines))


@fold.register
def _(fact: e.HoldProposed, finding: Finding) -> Finding:
    return replace(finding, hold=Hold.PROPOSED)


@fold.register
def _(fact: e.HoldSigned, finding: Finding) -> Finding:
    return replace(finding, hold=Hold.SIGNED)


@fold.register
def _(fact: e.HoldDeclined, finding: Finding) -> Finding:
    return replace(finding, hold=Hold.DECLINED)


@fold.register
def _(fact: e.HoldLifted, finding: Finding) -> Finding:
    return replace(finding, hold=Hold.LIFTED)


@fold.register
def _(fact: e.FindingClosed, finding: Finding) -> Finding:
    return replace(finding, phase=Phase.CLOSED, clocks=())


@fold.register
def _(fact: e.FindingClockWarned, finding: Finding) -> Finding:
    return replace(finding, warned=finding.warned | {(fact.clock, fact.unit, fact.due)})


@fold.register
def _(fact: e.FindingClockExpired, finding: Finding) -> Finding:
    return replace(finding, expired=finding.expired | {(fact.clock, fact.unit, fact.due)})
