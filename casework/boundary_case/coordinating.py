"""Coordination: taken up, written opinions, meeting, 协调意见, report upward, decision; and the case's clocks."""

from casework import events as e
from casework.boundary_case import commands as c
from casework.boundary_case.negotiating import handler_of, in_step
from casework.boundary_case.points import check_points, written
from casework.boundary_case.state import BoundaryCase, Step
from casework.clocks import Clock
from casework.grounds import in_force, may_decide, ranked
from casework.guards import forbid, refuse, require
from casework.numbers import numbered
from casework.occasion import Occasion
from terms.actors import Role
from terms.ids import UnitCode

Facts = tuple[e.CaseFact, ...]
OFFICES = {
    "duty": frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR}),
    "enforcement_basis": frozenset({Role.JUSTICE_OFFICER}),
}


def of_its_office(case: BoundaryCase, occasion: Occasion) -> None:
    """Duty questions are 编办's, questions of enforcement basis 司法行政's (国办函〔2025〕66号 item (五))."""
    if occasion.actor.role not in OFFICES[case.jurisdiction]:
        raise forbid("jurisdiction")


def move_jurisdiction(case: BoundaryCase, command: c.MoveJurisdiction, occasion: Occasion) -> Facts:
    """The question turned out to be the other office's; it takes the application up itself."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.APPLIED, Step.ACCEPTED}))
    require(bool(command.reason.strip()), "reason-given")
    if case.jurisdiction == "duty":
        return (
            e.JurisdictionMoved(
                case_no=case.case_no,
                jurisdiction="enforcement_basis",
                handler=handler_of("enforcement_basis", occasion),
                reason=command.reason,
            ),
        )
    return (
        e.JurisdictionMoved(
            case_no=case.case_no, jurisdiction="duty", handler=handler_of("duty", occasion), reason=command.reason
        ),
    )


def accept_application(case: BoundaryCase, command: c.AcceptApplication, occasion: Occasion) -> Facts:
    """Taken up, or sent back with what is lacking."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.APPLIED}))
    if command.accepted:
        return (e.ApplicationAccepted(case_no=case.case_no, handler=case.handler),)
    require(bool(command.reason.strip()), "reason-given")
    return (e.ApplicationSentBack(case_no=case.case_no, handler=case.handler, reason=command.reason),)


def ask_opinions(case: BoundaryCase, command: c.AskOpinions, occasion: Occasion) -> Facts:
    """Written opinions, in up to two rounds of five working days each (执法协调 rules)."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.ACCEPTED, Step.OPINIONS, Step.MEETING}))
    at_most = occasion.city.cases.opinion_rounds
    require(case.rounds < at_most, "opinion-rounds", at_most=at_most)
    require(_round_over(case, occasion), "opinions-still-due")
    limit = occasion.city.clocks.written_opinion
    return (
        e.OpinionsRequested(
            case_no=case.case_no,
            round=case.rounds + 1,
            units=case.parties,
            deadlines=tuple(occasion.reckoner.start(Clock.OPINION, limit, unit) for unit in case.parties),
            decided_by_version=occasion.city.version,
        ),
    )


def _round_over(case: BoundaryCase, occasion: Occasion) -> bool:
    """Every opinion came in, or its time is up: silence holds nothing up."""
    due = {clock.unit: clock.due for clock in case.clocks if clock.clock == Clock.OPINION}
    return all(unit in due and occasion.now >= due[unit] for unit in case.waiting)


def give_opinion(case: BoundaryCase, command: c.GiveOpinion, occasion: Occasion) -> Facts:
    """An opinion rests on sources that may decide a duty in this city (宁波), or says that no unit has a clause."""
    in_step(case, frozenset({Step.OPINIONS}))
    require(command.unit in case.waiting, "one-opinion-a-round")
    require(bool(command.position.strip()), "position-given")
    register = occasion.register
    for clause in command.clauses:
        require(in_force(clause, register), "clause-in-force", clause=clause)
    admissible = any(may_decide(clause, register, occasion.city) for clause in command.clauses)
    require(admissible or command.no_clause, "source-may-decide", clause="、".join(command.clauses))
    due = next((one.due for one in case.clocks if one.clock == Clock.OPINION and one.unit == command.unit), None)
    return (
        e.OpinionGiven(
            case_no=case.case_no,
            round=case.rounds,
            unit=command.unit,
            position=command.position,
            clauses=ranked(command.clauses, register, occasion.city),
            no_clause=command.no_clause,
            proposed_lead=command.proposed_lead,
            late=due is not None and occasion.now >= due,
        ),
    )


def hold_meeting(case: BoundaryCase, command: c.HoldMeeting, occasion: Occasion) -> Facts:
    """协调会 after at least one round of opinions."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.OPINIONS, Step.MEETING}))
    require(_round_over(case, occasion), "opinions-still-due")
    require(bool(command.summary.strip()), "summary-given")
    return (e.CoordinationMeetingHeld(case_no=case.case_no, attended=command.attended, summary=command.summary),)


def issue_opinion(case: BoundaryCase, command: c.IssueOpinion, occasion: Occasion) -> Facts:
    """协调意见 after the meeting, within the existing 三定: 编办 do not rule, a change of the text needs the 编委."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.MEETING, Step.ANSWERING}))
    require(case.step is Step.MEETING or bool(case.disagreed), "opinion-awaits-its-answers")
    numbered(command.doc_no, occasion)
    require(bool(command.reasoning.strip()), "reason-given")
    check_points(case, command.lead, command.points, occasion)
    for clause in command.clauses:
        require(in_force(clause, occasion.register), "clause-in-force", clause=clause)
    return (
        e.CoordinationOpinionIssued(
            case_no=case.case_no,
            issue=case.issues + 1,
            doc_no=command.doc_no,
            lead=command.lead,
            supports=command.supports,
            points=command.points,
            reasoning=command.reasoning,
            clauses=ranked(command.clauses, occasion.register, occasion.city),
            effective_from=command.effective_from,
        ),
    )


def answer_opinion(case: BoundaryCase, command: c.AnswerOpinion, occasion: Occasion) -> Facts:
    """When the last party agrees, the opinion holds and writes duty points too."""
    in_step(case, frozenset({Step.ANSWERING}))
    opinion = case.opinion
    if opinion is None:
        raise refuse("opinion-awaits-its-answers")
    require(command.agrees or bool(command.note.strip()), "reason-given")
    answered = e.CoordinationOpinionAnswered(
        case_no=case.case_no, issue=opinion.issue, unit=command.unit, agrees=command.agrees, note=command.note
    )
    if not command.agrees or not set(case.parties) <= case.agreed | {command.unit}:
        return (answered,)
    return (
        answered,
        *written(
            case,
            "opinion",
            opinion.doc_no,
            opinion.lead,
            opinion.supports,
            opinion.points,
            opinion.effective_from,
            occasion,
        ),
        e.CaseClosed(case_no=case.case_no, how="opinion"),
    )


def report_upward(case: BoundaryCase, command: c.ReportUpward, occasion: Occasion) -> Facts:
    """Not agreed: reported to the competent body, which decides."""
    of_its_office(case, occasion)
    in_step(case, frozenset({Step.ANSWERING}))
    require(bool(case.disagreed), "report-when-not-agreed")
    require(command.body in occasion.city.cases.competent_bodies, "competent-body", body=command.body)
    require(bool(command.summary.strip()), "summary-given")
    return (e.ReportedUpward(case_no=case.case_no, body=command.body, summary=command.summary),)


def record_decision(case: BoundaryCase, command: c.RecordDecision, occasion: Occasion) -> Facts:
    """决定 is recorded with body, 文号, date and scan; only the 编委 change 三定 text (2019 机构编制工作条例)."""
    in_step(case, frozenset({Step.REPORTED}))
    bodies = occasion.city.cases.competent_bodies
    require(command.body in bodies, "competent-body", body=command.body)
    require(bool(command.doc_no.strip()) and command.scan is not None, "decision-has-number-and-scan")
    numbered(command.doc_no, occasion)
    require(command.effective_from >= command.decided_on, "effective-after-decided")
    require(not command.changes_sanding or command.body == bodies[0], "sanding-changed-by-the-bianwei", body=bodies[0])
    if command.scan is None:
        raise refuse("decision-has-number-and-scan")
    check_points(case, command.lead, command.points, occasion, within_sanding=not command.changes_sanding)
    return (
        e.DecisionRecorded(
            case_no=case.case_no,
            body=command.body,
            doc_no=command.doc_no,
            decided_on=command.decided_on,
            scan=command.scan,
            lead=command.lead,
            supports=command.supports,
            points=command.points,
            effective_from=command.effective_from,
            changes_sanding=command.changes_sanding,
        ),
        *written(
            case,
            "decision",
            command.doc_no,
            command.lead,
            command.supports,
            command.points,
            command.effective_from,
            occasion,
        ),
        e.CaseClosed(case_no=case.case_no, how="decision"),
    )


def ring_case_clocks(case: BoundaryCase, command: c.RingCaseClocks, occasion: Occasion) -> Facts:
    """Which clocks are nearly through or ran out; each is said once."""
    found: list[e.CaseFact] = []
    for clock in case.clocks:
        key: tuple[str, UnitCode, object] = (clock.clock, clock.unit, clock.due)
        if key in case.expired:
            continue
        if occasion.now >= clock.due:
            found.append(e.CaseClockExpired(case_no=case.case_no, clock=clock.clock, unit=clock.unit, due=clock.due))
        elif occasion.now >= clock.warn_at and key not in case.warned:
            found.append(e.CaseClockWarned(case_no=case.case_no, clock=clock.clock, unit=clock.unit, due=clock.due))
    return tuple(found)
