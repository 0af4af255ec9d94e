"""Deciding who answers: proposal, dispatch, passing on, signing, consultation, reassignment, supports."""

from casework import events as e
from casework.clocks import Clock
from casework.grounds import desk_of, same_duty
from casework.guards import require
from casework.standing import status_quo
from casework.work_order import commands as c
from casework.work_order.choosing import (
    check_lead,
    check_supports,
    cited_for,
    city_leads_where_duties_cross,
    desk_for,
    fresh_clocks,
    name_of,
)
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import BEFORE_DISPATCH, IN_HANDS, WITH_LEAD, Status, WorkOrder
from routing.proposal import Citation
from terms.ids import UnitCode

Facts = tuple[e.OrderFact, ...]


def propose(order: WorkOrder, command: c.Propose, context: Context) -> Facts:
    """Keep the router's answer; after dispatch it is shown, it moves nothing."""
    in_status(order, command, BEFORE_DISPATCH | WITH_LEAD)
    proposed = e.AssignmentProposed(
        order_no=order.order_no, proposal=command.proposal, why=command.why, attempt=order.proposals + 1
    )
    if command.duplicate_of in ("", order.suspected):
        return (proposed,)
    require(command.duplicate_of != order.order_no, "another-order")
    return (
        proposed,
        e.DuplicateSuspected(
            order_no=order.order_no, of=command.duplicate_of, score=command.likeness, grounds=command.grounds
        ),
    )


def dispatch(order: WorkOrder, command: c.Dispatch, context: Context) -> Facts:
    """派单: by rule on a sure proposal with a clause or decision in force, by hand with the reason for departing."""
    in_status(order, command, BEFORE_DISPATCH)
    citations = command.citations or _proposed_citations(order, command.lead)
    check_lead(order, command.lead, citations, context)
    desk = desk_for(command.lead, command.desk, context)
    check_supports(order, command.lead, command.supports, context)
    standing = context.standing
    quo, ground = status_quo(standing, _clause_unit(order, context), UnitCode(context.city.fallback_unit))
    if standing.open_case:
        require(
            same_duty(command.lead, quo, context.register) or command.lead == desk_of(quo, context.register),
            "disputed-goes-to-status-quo",
            unit=name_of(quo, context),
            case=standing.open_case,
        )
    if command.by == "rule":
        _by_rule(order, command, citations, context)
    followed = order.proposal is not None and order.proposal.lead == command.lead
    has_reason = bool(command.reason.strip()) or command.by == "rule" or followed or bool(standing.open_case)
    require(has_reason or order.proposal is None, "departure-needs-a-reason")
    on_decision = standing.decided is not None and same_duty(command.lead, standing.decided, context.register)
    return (
        e.WorkOrderDispatched(
            order_no=order.order_no,
            lead=command.lead,
            supports=command.supports,
            desk=desk,
            by=command.by,
            citations=citations,
            deadlines=fresh_clocks(
                order,
                command.lead,
                command.supports,
                citations,
                context,
                complex_matter=command.complex_matter,
                given_days=command.statutory_days,
                total=order.clock(Clock.TOTAL) is None,
            ),
            reason=command.reason,
            matter=order.matter,
            matter_id=order.matter_id,
            proposal_followed=followed,
            fallback=command.lead == context.city.fallback_unit and not cited_for(command.lead, citations, context),
            disputed=standing.open_case,
            decision=standing.decision if on_decision else "",
            status_quo=ground if standing.open_case else "",
            decided_by_version=context.city.version,
            register_edition=context.register.digest,
        ),
    )


def _proposed_citations(order: WorkOrder, lead: UnitCode) -> tuple[Citation, ...]:
    """The router's citations, when the lead is the one it named."""
    found = order.proposal
    return found.citations if found is not None and found.lead == lead else ()


def _clause_unit(order: WorkOrder, context: Context) -> UnitCode | None:
    found = order.proposal
    if found is None or found.lead is None or not cited_for(found.lead, found.citations, context):
        return None
    return found.lead


def _by_rule(order: WorkOrder, command: c.Dispatch, citations: tuple[Citation, ...], context: Context) -> None:
    """A lead without a clause or decision in force is never automatic (design, Routing)."""
    found = order.proposal
    disputed = bool(context.standing.open_case)
    sure = found is not None and found.automatic and found.abstained is None and found.lead == command.lead
    require(disputed or sure, "rule-needs-a-sure-proposal")
    decided = context.standing.decided
    grounded = cited_for(command.lead, citations, context) or (
        decided is not None and same_duty(command.lead, decided, context.register)
    )
    require(disputed or grounded, "rule-needs-a-clause")
    require(not any(one.what in HANDLED for one in order.history), "handled-elsewhere")


HANDLED = frozenset({"dispatched", "signed", "reassigned", "started", "result", "accepted", "follow_up", "closed"})


def pass_on(order: WorkOrder, command: c.PassOn, context: Context) -> Facts:
    """The district desk passes the order on among its bureaus and subdistricts (北京条例 art. 12)."""
    in_status(order, command, IN_HANDS)
    require(order.lead is not None and order.lead == order.desk, "already-passed-on")
    require(desk_of(command.lead, context.register) == order.desk, "inside-the-district")
    require(command.lead != order.desk, "inside-the-district")
    require(order.objection is None, "return-open")
    check_lead(order, command.lead, command.citations, context)
    check_supports(order, command.lead, command.supports, context)
    fresh = tuple(unit for unit in command.supports if order.member(unit) is None)
    return (
        e.WorkOrderDispatched(
            order_no=order.order_no,
            lead=command.lead,
            supports=command.supports,
            desk=order.desk,
            tier="district",
            by="hand",
            citations=command.citations,
            deadlines=fresh_clocks(
                order,
                command.lead,
                fresh,
                command.citations,
                context,
                complex_matter=command.complex_matter,
                given_days=command.statutory_days,
            ),
            reason=command.reason,
            matter=order.matter,
            matter_id=order.matter_id,
            disputed=order.disputed,
            decided_by_version=context.city.version,
            register_edition=context.register.digest,
        ),
    )


def withdraw_dispatch(order: WorkOrder, command: c.WithdrawDispatch, context: Context) -> Facts:
    """A dispatch nobody has signed for can be undone, and the time to dispatch begins anew.

    Afterwards the way is a reassignment.
    """
    untouched = order.status is Status.DISPATCHED and not any(one.signed or one.finished for one in order.members)
    require(untouched and not order.past_leads and not order.objections, "signed-for-is-not-withdrawn")
    again = (context.reckoner.dispatch(order.tier),) if order.starts_clocks else ()
    lead = order.lead or UnitCode("")
    return (e.DispatchWithdrawn(order_no=order.order_no, lead=lead, reason=command.reason, deadlines=again),)


def sign_for(order: WorkOrder, command: c.SignFor, context: Context) -> Facts:
    """签收; signing twice changes nothing. Handling started at dispatch already."""
    in_status(order, command, WITH_LEAD)
    member = order.member(command.unit)
    require(member is not None, "no-part", unit=name_of(command.unit, context))
    if member is None or member.signed:
        return ()
    return (e.WorkOrderSignedFor(order_no=order.order_no, unit=command.unit, part=member.part),)


def open_consultation(order: WorkOrder, command: c.OpenConsultation, context: Context) -> Facts:
    """会商: the duty is unclear, units are asked to fix 主办 and 协办 (国办函〔2025〕66号 item (五)); work goes on."""
    in_status(order, command, BEFORE_DISPATCH | IN_HANDS)
    require(order.consultation is None, "one-consultation-at-a-time")
    require(len(set(command.units)) >= 2, "consult-at-least-two")
    for unit in command.units:
        require(unit in context.register.units, "unit-known", unit=unit)
    return (
        e.ConsultationOpened(
            order_no=order.order_no,
            consultation=len(order.consultations) + 1,
            units=command.units,
            question=command.question,
        ),
    )


def close_consultation(order: WorkOrder, command: c.CloseConsultation, context: Context) -> Facts:
    """What the consultation came to; agreed it names a lead among those asked."""
    found = order.consultation
    require(found is not None, "no-consultation-open")
    if found is None:
        return ()
    named = command.lead is not None and command.lead in found.units
    require(not command.agreed or named, "consultation-names-a-lead")
    return (
        e.ConsultationClosed(
            order_no=order.order_no,
            consultation=found.number,
            agreed=command.agreed,
            lead=command.lead,
            supports=command.supports,
            conclusion=command.conclusion,
        ),
    )


def reassign(order: WorkOrder, command: c.Reassign, context: Context) -> Facts:
    """改派 by the hotline: the unit's clocks restart, the citizen's total does not."""
    in_status(order, command, IN_HANDS)
    require(order.objection is None, "return-open")
    require(order.designated is None or command.by != "hand", "designated-stays")
    require(bool(command.reason.strip()), "reason-given")
    return (
        moved(order, command.to, command.supports, command.desk, command.citations, command.reason, context, command),
    )


def moved(
    order: WorkOrder,
    to: UnitCode,
    supports: tuple[UnitCode, ...],
    desk: UnitCode | None,
    citations: tuple[Citation, ...],
    reason: str,
    context: Context,
    command: c.Reassign | None = None,
    objection: int | None = None,
) -> e.OrderReassigned:
    """The fact of a change of lead, after the rules on whom an order may go to."""
    require(to != order.lead, "already-the-lead", unit=name_of(to, context))
    own_desk = desk_for(to, desk, context)
    check_lead(order, to, citations, context)
    if command is None or command.by == "hand":
        city_leads_where_duties_cross(order, to, context)
    check_supports(order, to, supports, context)
    fresh = tuple(unit for unit in supports if order.member(unit) is None)
    return e.OrderReassigned(
        order_no=order.order_no,
        from_unit=order.lead or UnitCode(""),
        to_unit=to,
        supports=supports,
        desk=own_desk,
        by=command.by if command else "review",
        objection=objection,
        citations=citations,
        deadlines=fresh_clocks(order, to, fresh, citations, context),
        reason=reason,
        bounces=order.bounces + 1,
        decision=command.decision if command else "",
        register_edition=context.register.digest,
        decided_by_version=context.city.version,
    )


def add_support(order: WorkOrder, command: c.AddSupport, context: Context) -> Facts:
    """加派: one more support, with its own clocks."""
    in_status(order, command, IN_HANDS)
    require(order.objection is None or order.objection.reason != "partial", "return-open")
    return (joined(order, command.unit, command.share, command.citations, command.reason, context),)


def joined(
    order: WorkOrder,
    unit: UnitCode,
    share: str,
    citations: tuple[Citation, ...],
    reason: str,
    context: Context,
    objection: int | None = None,
) -> e.SupportAdded:
    """The fact of a new support, after the rules on supports."""
    require(order.member(unit) is None, "supports-once")
    check_supports(order, order.lead or UnitCode(""), (unit,), context)
    return e.SupportAdded(
        order_no=order.order_no,
        unit=unit,
        share=share,
        objection=objection,
        citations=citations,
        deadlines=fresh_clocks(order, None, (unit,), citations, context),
        reason=reason,
        register_edition=context.register.digest,
        decided_by_version=context.city.version,
    )
