"""The unit a return points at, and the review: refused, reassigned, a support added, or designated.

Nothing here touches the clocks of the unit that has the order, unless the order leaves it.
"""

from casework import events as e
from casework.grounds import desk_of, in_force
from casework.guards import forbid, refuse, require
from casework.work_order import commands as c
from casework.work_order.choosing import (
    check_lead,
    check_supports,
    city_leads_where_duties_cross,
    desk_for,
    fresh_clocks,
    name_of,
)
from casework.work_order.context import Context
from casework.work_order.dispatching import joined, moved
from casework.work_order.permit import in_status
from casework.work_order.returning import asked_of, open_return
from casework.work_order.state import AT_REST, WITH_LEAD, Asked, Objection, Status, WorkOrder
from terms.actors import Role
from terms.ids import UnitCode

Facts = tuple[e.OrderFact, ...]

# --- the unit it points at -------------------------------------------------------------------------------------


def ask_unit(order: WorkOrder, command: c.AskUnit, context: Context) -> Facts:
    """The review asks a unit before it moves the order there; asking twice changes nothing."""
    found = open_return(order)
    require(command.unit in context.register.units, "unit-known", unit=command.unit)
    require(command.unit != order.lead, "already-the-lead", unit=name_of(command.unit, context))
    if any(one.unit == command.unit for one in found.asked):
        return ()
    return (asked_of(order, found.number, command.unit, context),)


def answer_as_proposed(order: WorkOrder, command: c.AnswerAsProposed, context: Context) -> Facts:
    """It agrees, or answers clause with clause: a refusal cites its own clause or says why."""
    found = open_return(order)
    asked = next((one for one in found.asked if one.unit == command.unit), None)
    require(asked is not None, "not-asked", unit=name_of(command.unit, context))
    require(asked is None or not asked.answered, "answered-already")
    require(command.agrees or bool(command.note.strip() or command.denied_clause), "answer-has-a-ground")
    for clause in (command.denied_clause, command.claimed_clause):
        require(not clause or in_force(clause, context.register), "clause-in-force", clause=clause)
    return (
        e.ProposedUnitAnswered(
            order_no=order.order_no,
            objection=found.number,
            unit=command.unit,
            agrees=command.agrees,
            denied_clause=command.denied_clause,
            claimed_clause=command.claimed_clause,
            note=command.note,
        ),
    )


# --- the review ------------------------------------------------------------------------------------------------


def review_return(order: WorkOrder, command: c.ReviewReturn, context: Context) -> Facts:
    """异议审核: refused, reassigned, a support added, or designated; who is moved to was heard first."""
    found = open_return(order)
    require(bool(command.reason.strip()), "reason-given")
    require(not order.escalated or command.verdict == "designate", "escalated-must-designate")
    _desk_inside_its_district(order, found, command, context)
    if command.verdict == "refuse":
        clauses = tuple(citation.clause_id for citation in command.citations)
        return (
            e.ReturnRefused(
                order_no=order.order_no,
                objection=found.number,
                unit=found.unit,
                reason=command.reason,
                citations=clauses,
            ),
        )
    to = command.to if command.to is not None else (order.lead if command.verdict == "designate" else None)
    if to is None:
        raise refuse("review-names-a-unit")
    if to != order.lead:
        _heard_first(found.asked, to, context)
    if command.verdict == "add_support":
        return (joined(order, to, "", command.citations, command.reason, context, found.number),)
    if command.verdict == "reassign":
        fact = moved(
            order,
            to,
            command.supports,
            command.desk,
            command.citations,
            command.reason,
            context,
            objection=found.number,
        )
        return (fact, *_came_back(order, to, context))
    return (_designated(order, to, command, found, context),)


def _desk_inside_its_district(order: WorkOrder, found: Objection, command: c.ReviewReturn, context: Context) -> None:
    """A district desk reviews returns among its bureaus and subdistricts, not its own and not beyond the district."""
    actor = context.actor
    if actor.role is not Role.DISTRICT_DESK:
        return
    if found.unit == actor.unit:
        raise forbid("not-judge-of-own-return")
    if command.to is not None and desk_of(command.to, context.register) != actor.unit:
        raise refuse("inside-the-district")


def _heard_first(asked: tuple[Asked, ...], to: UnitCode, context: Context) -> None:
    """The proposed unit is asked before an order is moved to it; silence past its clock counts as heard."""
    one = next((one for one in asked if one.unit == to), None)
    heard = one is not None and (one.answered or one.due is None or context.now >= one.due)
    require(heard, "proposed-unit-heard-first", unit=name_of(to, context))


def _came_back(order: WorkOrder, to: UnitCode, context: Context) -> Facts:
    """Ping-pong: the order comes back to a unit that had it before, too often."""
    limit = context.city.escalation.ping_pong_after
    back = sum(1 for past in order.past_leads if past == to)
    if back < limit or order.escalated:
        return ()
    return (
        e.EscalatedByRule(
            order_no=order.order_no,
            rule="ping-pong",
            count=back,
            limit=limit,
            units=tuple(dict.fromkeys((*order.past_leads, to))),
            matter=order.matter,
            matter_id=order.matter_id,
            decided_by_version=context.city.version,
        ),
    )


def _designated(
    order: WorkOrder, to: UnitCode, command: c.ReviewReturn, found: Objection, context: Context
) -> e.UnitDesignated:
    """指定承办 is binding (潍坊条例 art. 22): no return clock starts for the unit."""
    check_lead(order, to, command.citations, context)
    city_leads_where_duties_cross(order, to, context)
    check_supports(order, to, command.supports, context)
    stays = to == order.lead
    fresh = tuple(unit for unit in command.supports if order.member(unit) is None)
    return e.UnitDesignated(
        order_no=order.order_no,
        unit=to,
        from_unit=order.lead or to,
        supports=command.supports,
        desk=desk_for(to, command.desk, context),
        objection=found.number,
        citations=command.citations,
        deadlines=fresh_clocks(order, None if stays else to, fresh, command.citations, context, designated=True),
        reason=command.reason,
        bounces=order.bounces + (not stays),
        matter=order.matter,
        matter_id=order.matter_id,
        register_edition=context.register.digest,
        decided_by_version=context.city.version,
    )


# --- a support's own objection ---------------------------------------------------------------------------------


def object_as_support(order: WorkOrder, command: c.ObjectAsSupport, context: Context) -> Facts:
    """A support may object to its own share; the lead's work is not touched."""
    in_status(order, command, WITH_LEAD - {Status.FOLLOW_UP})
    member = order.member(command.unit)
    require(member is not None and member.part == "support", "only-a-support-objects")
    require(member is None or not member.finished, "finished-already")
    require(member is None or not member.objected, "return-open")
    require(bool(command.reason.strip()), "reason-given")
    if command.denied_clause:
        require(in_force(command.denied_clause, context.register), "clause-in-force", clause=command.denied_clause)
    return (
        e.SupportObjected(
            order_no=order.order_no,
            unit=command.unit,
            reason=command.reason,
            denied_clause=command.denied_clause,
            note=command.note,
        ),
    )


def decide_support_objection(order: WorkOrder, command: c.DecideSupportObjection, context: Context) -> Facts:
    """The support is released, or keeps its share."""
    require(order.status not in AT_REST, "no-return-open")
    member = order.member(command.unit)
    require(member is not None and member.part == "support" and member.objected, "no-return-open")
    require(bool(command.reason.strip()), "reason-given")
    if command.upheld:
        return (e.SupportReleased(order_no=order.order_no, unit=command.unit, reason=command.reason),)
    return (e.SupportObjectionRefused(order_no=order.order_no, unit=command.unit, reason=command.reason),)
