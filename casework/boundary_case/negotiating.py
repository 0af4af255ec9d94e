"""Opening a case, and what the departments do by themselves: negotiate, agree in minutes, file them, or apply."""

from typing import Literal

from casework import events as e
from casework.boundary_case import commands as c
from casework.boundary_case.points import check_points, written
from casework.boundary_case.state import BY_THEMSELVES, OPEN, BoundaryCase, Step
from casework.clocks import Clock
from casework.grounds import belongs, in_force
from casework.guards import refuse, require
from casework.matter import key_of
from casework.numbers import numbered
from casework.occasion import Occasion
from casework.standing import status_quo
from mandates.model import DutyRole
from terms.actors import Role
from terms.ids import ClauseId, UnitCode
from terms.messages import sentence

Facts = tuple[e.CaseFact, ...]
ConvenerGround = Literal["named_lead", "first_listed", "proposer"]
OPENERS: dict[str, frozenset[Role]] = {
    "orders": frozenset({Role.REVIEWER, Role.SYSTEM}),
    "department": frozenset({Role.HEAD, Role.UNIT_LEADER}),
    "bianban": frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR}),
    "instruction": frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR}),
}


def in_step(case: BoundaryCase, steps: frozenset[Step]) -> None:
    """Raise Refused unless the case is at one of these steps; the sentence says what comes next."""
    name = case.step.name.lower()
    require(case.step in steps, "case-step", step=str(case.step), instead=sentence(f"instead.case-{name}"))


def open_case(case: BoundaryCase, command: c.OpenCase, occasion: Occasion) -> Facts:
    """立案, one case a matter; the status-quo unit is named at once, so that nothing is left without an owner."""
    require(case.step is Step.UNKNOWN, "case-opened-once")
    standing = occasion.standing
    require(not standing.open_case, "one-case-a-matter", case=standing.open_case)
    require(occasion.actor.role in OPENERS[command.opened_by], "opened-by-whom-it-says")
    require(len(set(command.parties)) == len(command.parties) >= 2, "two-parties-at-least")
    require(bool(command.question.strip()) and bool(command.matter.strip()), "question-put")
    require(command.opened_by != "orders" or bool(command.orders), "orders-named")
    require(command.opened_by != "instruction" or bool(command.instruction.strip()), "instruction-named")
    own = occasion.actor.unit
    require(command.opened_by != "department" or own in command.parties, "proposer-is-a-party")
    for unit in command.parties:
        require(unit in occasion.register.units, "unit-known", unit=unit)
    _clauses_hold(command, occasion)
    handler = handler_of(command.jurisdiction, occasion)
    proposer = own if command.opened_by == "department" and own else handler
    convener, ground = convener_of(command, proposer, occasion)
    quo, quo_ground = status_quo(standing, _unit_by_clause(command), UnitCode(occasion.city.fallback_unit))
    return (
        e.BoundaryCaseOpened(
            case_no=case.case_no,
            matter=command.matter,
            matter_id=command.matter_id,
            matter_key=key_of(command.matter_id, command.matter, occasion.register),
            opened_by=command.opened_by,
            proposer=proposer,
            parties=command.parties,
            orders=command.orders,
            question=command.question,
            clauses=command.clauses,
            instruction=command.instruction,
            convener=convener,
            convener_ground=ground,
            jurisdiction=command.jurisdiction,
            handler=handler,
            status_quo=quo,
            status_quo_ground=quo_ground,
            register_edition=occasion.register.digest,
            city_version=occasion.city.version,
            deadlines=(occasion.reckoner.start(Clock.NEGOTIATION, occasion.city.clocks.negotiation, convener),),
        ),
    )


def _clauses_hold(command: c.OpenCase, occasion: Occasion) -> None:
    for cited in command.clauses:
        require(cited.unit in command.parties, "clause-of-a-party", clause=cited.clause)
        require(in_force(cited.clause, occasion.register), "clause-in-force", clause=cited.clause)
        require(belongs(cited.clause, cited.unit, occasion.register), "clause-of-a-party", clause=cited.clause)


def handler_of(jurisdiction: str, occasion: Occasion) -> UnitCode:
    """Duty questions go to 编办, questions of enforcement basis to 司法行政 (国办函〔2025〕66号 item (五))."""
    city = occasion.city
    return UnitCode(city.bianban_unit if jurisdiction == "duty" else city.justice_unit)


def convener_of(command: c.OpenCase, proposer: UnitCode, occasion: Occasion) -> tuple[UnitCode, ConvenerGround]:
    """The named lead convenes; with several, the first listed; with none, the proposer (职责分工协商协调办法)."""
    register = occasion.register
    listed = register.boundary_items.get(ClauseId(command.matter_id))
    if listed is not None and listed.lead in command.parties:
        return listed.lead, "named_lead"
    leading = tuple(
        dict.fromkeys(
            cited.unit
            for cited in command.clauses
            if (clause := register.clauses.get(ClauseId(cited.clause))) is not None
            and clause.role is DutyRole.LEAD
            and clause.unit == cited.unit
        )
    )
    in_order = tuple(unit for unit in command.parties if unit in leading)
    if len(in_order) == 1:
        return in_order[0], "named_lead"
    if in_order:
        return in_order[0], "first_listed"
    return proposer, "proposer"


def _unit_by_clause(command: c.OpenCase) -> UnitCode | None:
    """The party whose clause stands alone; where several have one, a clause does not settle who goes on."""
    units = tuple(dict.fromkeys(cited.unit for cited in command.clauses))
    return units[0] if len(units) == 1 else None


def attach_order(case: BoundaryCase, command: c.AttachOrder, occasion: Occasion) -> Facts:
    """An order of the matter comes under the case; twice changes nothing."""
    in_step(case, OPEN)
    if command.order_no in case.orders:
        return ()
    return (e.CaseOrderAttached(case_no=case.case_no, order_no=command.order_no),)


def hold_negotiation(case: BoundaryCase, command: c.HoldNegotiation, occasion: Occasion) -> Facts:
    """Departments negotiate first (State Council Order 486 art. 10); the convener convenes."""
    in_step(case, BY_THEMSELVES)
    require(command.unit == case.convener, "convener-convenes")
    require(len(set(command.attended) & set(case.parties)) >= 2, "two-parties-at-least")
    require(bool(command.summary.strip()), "summary-given")
    return (
        e.NegotiationHeld(
            case_no=case.case_no, convener=command.unit, attended=command.attended, summary=command.summary
        ),
    )


def draft_minutes(case: BoundaryCase, command: c.DraftMinutes, occasion: Occasion) -> Facts:
    """The agreement writes duty points within the existing 三定; a new draft is signed anew."""
    in_step(case, BY_THEMSELVES)
    require(command.unit == case.convener, "convener-convenes")
    require(case.negotiations > 0, "negotiate-first")
    check_points(case, command.lead, command.points, occasion)
    require({point.unit for point in command.points} <= set(case.parties), "points-bind-parties")
    return (
        e.MinutesDrafted(
            case_no=case.case_no,
            draft=case.drafts + 1,
            text=command.text,
            lead=command.lead,
            supports=command.supports,
            points=command.points,
        ),
    )


def sign_minutes(case: BoundaryCase, command: c.SignMinutes, occasion: Occasion) -> Facts:
    """A party signs the draft as it stands; twice changes nothing."""
    in_step(case, frozenset({Step.SIGNING}))
    require(bool(command.signatory.strip()), "signatory-named")
    if command.unit in case.signed:
        return ()
    return (e.MinutesSigned(case_no=case.case_no, draft=case.drafts, unit=command.unit, signatory=command.signatory),)


def file_minutes(case: BoundaryCase, command: c.FileMinutes, occasion: Occasion) -> Facts:
    """Minutes signed by all and filed with 编办 hold, and write duty points: here most cases end."""
    in_step(case, frozenset({Step.SIGNING}))
    minutes = case.minutes
    if minutes is None:
        raise refuse("minutes-signed-by-all", lacking="")
    lacking = tuple(unit for unit in case.parties if unit not in case.signed)
    require(not lacking, "minutes-signed-by-all", lacking="、".join(lacking))
    numbered(command.doc_no, occasion)
    return (
        e.MinutesFiled(case_no=case.case_no, draft=case.drafts, doc_no=command.doc_no, scan=command.scan),
        *written(
            case,
            "minutes",
            command.doc_no,
            minutes.lead,
            minutes.supports,
            minutes.points,
            command.effective_from,
            occasion,
        ),
        e.CaseClosed(case_no=case.case_no, how="minutes"),
    )


def apply_for_coordination(case: BoundaryCase, command: c.ApplyForCoordination, occasion: Occasion) -> Facts:
    """协调申请 carries 协调事项、自行协调情况、主要争议、理由、依据; only after the departments tried by themselves."""
    in_step(case, BY_THEMSELVES)
    require(case.negotiations > 0, "negotiate-first")
    told = (command.matter, command.own_efforts, command.main_dispute, command.reasons)
    require(all(part.strip() for part in told) and bool(command.basis), "application-has-five-parts")
    for clause in command.basis:
        require(in_force(clause, occasion.register), "clause-in-force", clause=clause)
    return (
        e.ApplicationSubmitted(
            case_no=case.case_no,
            unit=command.unit,
            matter=command.matter,
            own_efforts=command.own_efforts,
            main_dispute=command.main_dispute,
            reasons=command.reasons,
            basis=command.basis,
        ),
    )


def withdraw_case(case: BoundaryCase, command: c.WithdrawCase, occasion: Occasion) -> Facts:
    """A dispute that is gone is closed before anything was issued; it may be opened anew."""
    in_step(case, OPEN - {Step.ANSWERING, Step.REPORTED})
    require(bool(command.reason.strip()), "reason-given")
    own = occasion.actor.unit
    by_office = occasion.actor.role in (Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR)
    require(by_office or (case.opened is not None and own == case.opened.proposer), "proposer-withdraws")
    return (e.CaseClosed(case_no=case.case_no, how="withdrawn", note=command.reason),)
