"""What follows from a command on a finding: the loop 分析—反馈—整改—评估, notices and holds. Pure."""

from collections.abc import Callable
from typing import Any

from casework import events as e
from casework.clocks import NOBODY, Clock
from casework.finding import commands as c
from casework.finding.state import OPEN, Finding, Hold, Phase
from casework.guards import forbid, refuse, require
from casework.numbers import numbered
from casework.occasion import Occasion
from casework.permissions import UNIT_ROLES, may
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.FindingFact, ...]


def in_phase(finding: Finding, phases: frozenset[Phase]) -> None:
    """Raise Refused unless the finding is in one of these phases; the sentence says what comes next."""
    name = finding.phase.name.lower().replace("_", "-")
    require(
        finding.phase in phases,
        "finding-phase",
        phase=str(finding.phase),
        instead=sentence(f"instead.finding-{name}"),
    )


def propose_finding(finding: Finding, command: c.ProposeFinding, occasion: Occasion) -> Facts:
    """A fault is proposed with its evidence; acting under a designation or as fallback is never 越位 or 错位."""
    in_phase(finding, frozenset({Phase.UNKNOWN}))
    require(command.fault in occasion.city.findings.faults, "fault-known", fault=command.fault)
    require(bool(command.evidence), "fault-has-evidence")
    innocent = command.fault in ("越位", "错位") and command.acted_under
    require(not innocent, "designated-or-fallback-is-no-fault", fault=command.fault)
    return (
        e.FindingProposed(
            finding_no=finding.finding_no,
            fault=command.fault,
            unit=command.unit,
            other_units=command.other_units,
            matter=command.matter,
            matter_id=command.matter_id,
            rule=command.rule,
            explanation=command.explanation,
            evidence=command.evidence,
        ),
    )


def raise_finding(finding: Finding, command: c.RaiseFinding, occasion: Occasion) -> Facts:
    """A person raises it; documents are evidence beside events."""
    in_phase(finding, frozenset({Phase.UNKNOWN, Phase.PROPOSED}))
    rules = occasion.city.findings
    require(command.source in rules.sources, "source-of-finding-known", source=command.source)
    require(command.problem_class in rules.problem_classes, "problem-class-known", problem_class=command.problem_class)
    require(not command.fault or command.fault in rules.faults, "fault-known", fault=command.fault)
    require(command.unit in occasion.register.units, "unit-known", unit=command.unit)
    proposed = finding.phase is Phase.PROPOSED
    require(not proposed or command.unit == finding.unit, "finding-of-its-unit")
    require(bool(command.evidence or command.documents or proposed), "fault-has-evidence")
    return (
        e.FindingRaised(
            finding_no=finding.finding_no,
            source=command.source,
            fault=command.fault or finding.fault,
            problem_class=command.problem_class,
            unit=command.unit,
            title=command.title,
            text=command.text,
            evidence=command.evidence,
            documents=command.documents,
        ),
    )


def dismiss_finding(finding: Finding, command: c.DismissFinding, occasion: Occasion) -> Facts:
    """A proposed finding is not raised, with the reason."""
    in_phase(finding, frozenset({Phase.PROPOSED}))
    require(bool(command.reason.strip()), "reason-given")
    return (e.FindingDismissed(finding_no=finding.finding_no, reason=command.reason),)


def give_feedback(finding: Finding, command: c.GiveFeedback, occasion: Occasion) -> Facts:
    """反馈 before anything is demanded."""
    in_phase(finding, frozenset({Phase.RAISED}))
    require(bool(command.text.strip()), "text-given")
    return (e.FeedbackGiven(finding_no=finding.finding_no, unit=finding.unit, text=command.text),)


def answer_feedback(finding: Finding, command: c.AnswerFeedback, occasion: Occasion) -> Facts:
    """The unit is heard."""
    in_phase(finding, frozenset({Phase.FED_BACK, Phase.RECTIFYING}))
    require(command.accepts or bool(command.note.strip()), "reason-given")
    return (
        e.FeedbackAnswered(
            finding_no=finding.finding_no, unit=command.unit, accepts=command.accepts, note=command.note
        ),
    )


def issue_paper(finding: Finding, command: c.IssuePaper, occasion: Occasion) -> Facts:
    """Buck-passing and delay get a 督办单 or 提示函."""
    in_phase(finding, frozenset({Phase.FED_BACK}))
    numbered(command.number, occasion)
    require(bool(command.text.strip()), "text-given")
    return (
        e.SupervisionPaperIssued(
            finding_no=finding.finding_no,
            paper=command.paper,
            number=command.number,
            addressee=finding.unit,
            text=command.text,
            deadlines=(_rectification(finding, occasion),),
            decided_by_version=occasion.city.version,
        ),
    )


def issue_notice(finding: Finding, command: c.IssueNotice, occasion: Occasion) -> Facts:
    """机构编制督查通知书 is for 机构编制 violations only: numbered, addressed, dated, receipted (呼伦贝尔 003)."""
    in_phase(finding, frozenset({Phase.FED_BACK}))
    require(finding.problem_class in occasion.city.findings.violation_classes, "notice-for-violations-only")
    numbered(command.number, occasion)
    require(bool(command.violation.strip()) and bool(command.text.strip()), "text-given")
    return (
        e.SupervisionNoticeIssued(
            finding_no=finding.finding_no,
            number=command.number,
            addressee=finding.unit,
            violation=command.violation,
            text=command.text,
            issued_on=occasion.calendar.local_day(occasion.now),
            deadlines=(_rectification(finding, occasion),),
            decided_by_version=occasion.city.version,
        ),
    )


def _rectification(finding: Finding, occasion: Occasion) -> e.Deadline:
    return occasion.reckoner.start(Clock.RECTIFICATION, occasion.city.clocks.rectification, finding.unit)


def receipt_notice(finding: Finding, command: c.ReceiptNotice, occasion: Occasion) -> Facts:
    """The receipt; twice changes nothing."""
    in_phase(finding, frozenset({Phase.RECTIFYING, Phase.REPORTED}))
    require(bool(command.received_by.strip()), "signatory-named")
    if finding.receipted:
        return ()
    return (e.NoticeReceipted(finding_no=finding.finding_no, unit=command.unit, received_by=command.received_by),)


def report_rectification(finding: Finding, command: c.ReportRectification, occasion: Occasion) -> Facts:
    """整改 is reported, late or not."""
    in_phase(finding, frozenset({Phase.RECTIFYING}))
    require(bool(command.measures.strip()), "text-given")
    due = finding.rectification()
    return (
        e.RectificationReported(
            finding_no=finding.finding_no,
            unit=command.unit,
            measures=command.measures,
            attachments=command.attachments,
            late=due is not None and occasion.now >= due.due,
        ),
    )


def reassess(finding: Finding, command: c.Reassess, occasion: Occasion) -> Facts:
    """评估: passed it is closed and a hold ends; not passed, it is rectified again with a new deadline."""
    in_phase(finding, frozenset({Phase.REPORTED}))
    number = finding.finding_no
    if not command.passed:
        require(bool(command.note.strip()), "reason-given")
        again = e.FindingReassessed(
            finding_no=number,
            passed=False,
            note=command.note,
            deadlines=(_rectification(finding, occasion),),
            decided_by_version=occasion.city.version,
        )
        return (again,)
    passed = e.FindingReassessed(finding_no=number, passed=True, note=command.note)
    closed = e.FindingClosed(finding_no=number, note=command.note)
    if finding.hold not in (Hold.SIGNED, Hold.PROPOSED):
        return (passed, closed)
    lifted = e.HoldLifted(finding_no=number, unit=finding.unit, reason="整改评估通过")
    return (passed, lifted, closed)


def propose_hold(finding: Finding, command: c.ProposeHold, occasion: Occasion) -> Facts:
    """A 督查通知书 whose rectification is overdue: 原则上暂停受理 the unit's applications (呼伦贝尔 003); said once."""
    in_phase(finding, frozenset({Phase.RECTIFYING, Phase.REPORTED}))
    require(bool(finding.notice), "hold-on-a-notice-only")
    due = finding.rectification()
    if due is None or occasion.now < due.due:
        raise refuse("hold-when-overdue")
    require(finding.phase is Phase.RECTIFYING or finding.reported_late, "hold-when-overdue")
    return _hold(finding, due)


def _hold(finding: Finding, due: e.Deadline) -> Facts:
    if not finding.notice or finding.hold in (Hold.PROPOSED, Hold.SIGNED):
        return ()
    return (e.HoldProposed(finding_no=finding.finding_no, unit=finding.unit, due=due.due),)


def decide_hold(finding: Finding, command: c.DecideHold, occasion: Occasion) -> Facts:
    """The 编办 director signs the hold, or does not."""
    in_phase(finding, OPEN)
    require(finding.hold is Hold.PROPOSED, "no-hold-proposed")
    if command.signed:
        return (e.HoldSigned(finding_no=finding.finding_no, unit=finding.unit, note=command.reason),)
    require(bool(command.reason.strip()), "reason-given")
    return (e.HoldDeclined(finding_no=finding.finding_no, unit=finding.unit, reason=command.reason),)


def lift_hold(finding: Finding, command: c.LiftHold, occasion: Occasion) -> Facts:
    """The hold ends when it is done."""
    require(finding.hold is Hold.SIGNED, "no-hold-signed")
    require(bool(command.reason.strip()), "reason-given")
    return (e.HoldLifted(finding_no=finding.finding_no, unit=finding.unit, reason=command.reason),)


def ring_finding_clocks(finding: Finding, command: c.RingFindingClocks, occasion: Occasion) -> Facts:
    """Which clocks are nearly through or ran out; each is said once. A notice whose time ran out proposes the hold."""
    found: list[e.FindingFact] = []
    for clock in finding.clocks if finding.phase is Phase.RECTIFYING else ():
        key: tuple[str, UnitCode, object] = (clock.clock, clock.unit, clock.due)
        told = {"finding_no": finding.finding_no, "clock": clock.clock, "unit": clock.unit, "due": clock.due}
        if key in finding.expired:
            continue
        if occasion.now >= clock.due:
            found.extend((e.FindingClockExpired.from_payload(told), *_hold(finding, clock)))
        elif occasion.now >= clock.warn_at and key not in finding.warned:
            found.append(e.FindingClockWarned.from_payload(told))
    return tuple(found)


Decision = Callable[[Finding, Any, Occasion], Facts]
DECISIONS: dict[type[c.FindingCommand], Decision] = {
    c.ProposeFinding: propose_finding,
    c.RaiseFinding: raise_finding,
    c.DismissFinding: dismiss_finding,
    c.GiveFeedback: give_feedback,
    c.AnswerFeedback: answer_feedback,
    c.IssuePaper: issue_paper,
    c.IssueNotice: issue_notice,
    c.ReceiptNotice: receipt_notice,
    c.ReportRectification: report_rectification,
    c.Reassess: reassess,
    c.ProposeHold: propose_hold,
    c.DecideHold: decide_hold,
    c.LiftHold: lift_hold,
    c.RingFindingClocks: ring_finding_clocks,
}


def permit(command: c.FindingCommand, occasion: Occasion, unit: UnitCode = NOBODY) -> None:
    """Raise NotPermitted unless the role may, and for the unit's part unless it is the actor's own."""
    actor = occasion.actor
    action = sentence(f"command.{type(command).__name__}")
    if not may(actor.role, type(command)):
        raise forbid("role", action=action)
    if isinstance(command, c.AddresseeCommand) and actor.role in UNIT_ROLES:
        if actor.unit != command.unit:
            raise forbid("own-unit", action=action)
        if command.unit != unit:
            raise forbid("addressee-only", action=action)


def decide(finding: Finding, command: c.FindingCommand, occasion: Occasion) -> Facts:
    """What follows from a command, as facts; () when nothing changes. Raises NotPermitted, Refused."""
    permit(command, occasion, finding.unit)
    return DECISIONS[type(command)](finding, command, occasion)
