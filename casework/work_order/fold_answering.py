"""What decides who answers does to an order: dispatch, signing, returns, designation, supports."""

from dataclasses import replace

from casework import events as e
from casework.clocks import Clock
from casework.work_order.folding import change, cited, fold, hand_to, leaderless, release, settle, start, stop
from casework.work_order.going_on import go_on
from casework.work_order.state import Asked, Consultation, Member, Objection, Status, WorkOrder
from terms.ids import UnitCode


@fold.register
def _(fact: e.WorkOrderDispatched, order: WorkOrder) -> WorkOrder:
    handed = hand_to(order, fact.lead, fact.supports, fact.desk, fact.deadlines)
    first = fact.lead if fact.tier == "city" else order.first_receiver
    return replace(
        handed,
        past_leads=order.past_leads,
        first_receiver=order.first_receiver or first,
        matter=fact.matter or order.matter,
        matter_id=fact.matter_id or order.matter_id,
        disputed=fact.disputed,
        grounds=cited(fact.citations),
        designated=fact.lead if fact.status_quo == "designated" else handed.designated,
    )


@fold.register
def _(fact: e.DispatchWithdrawn, order: WorkOrder) -> WorkOrder:
    # undone before anybody signed for it: it never went there, and may be undone again
    undone = replace(leaderless(order), status=Status.TO_DISPATCH, first_receiver=None, past_leads=order.past_leads)
    return start(undone, fact.deadlines)


@fold.register
def _(fact: e.WorkOrderSignedFor, order: WorkOrder) -> WorkOrder:
    signed = stop(change(order, fact.unit, signed=True), Clock.SIGN, unit=fact.unit)
    return (
        replace(signed, status=Status.SIGNED) if signed.status is Status.DISPATCHED and fact.part == "lead" else signed
    )


@fold.register
def _(fact: e.ConsultationOpened, order: WorkOrder) -> WorkOrder:
    return replace(order, consultations=(*order.consultations, Consultation(fact.consultation, fact.units)))


@fold.register
def _(fact: e.ConsultationClosed, order: WorkOrder) -> WorkOrder:
    closed = tuple(replace(one, open=False) if one.number == fact.consultation else one for one in order.consultations)
    return replace(order, consultations=closed)


@fold.register
def _(fact: e.OrderReassigned, order: WorkOrder) -> WorkOrder:
    moved = hand_to(order, fact.to_unit, fact.supports, fact.desk, fact.deadlines)
    return settle(
        replace(moved, bounces=fact.bounces, grounds=cited(fact.citations, order.grounds)), fact.objection, "reassigned"
    )


@fold.register
def _(fact: e.OrderCarriedOver, order: WorkOrder) -> WorkOrder:
    reformed = replace(order, reformed_on=fact.reformed_on)
    if fact.to_unit:
        return go_on(reformed, fact.from_unit, fact.to_unit, fact.desk)
    if fact.part == "support":
        return release(reformed, fact.from_unit)
    return start(replace(leaderless(reformed), status=Status.TO_DISPATCH, shelf=(), grounds=()), fact.deadlines)


@fold.register
def _(fact: e.UnitDesignated, order: WorkOrder) -> WorkOrder:
    if fact.unit == order.lead:
        kept = {one.unit for one in order.members}
        new = tuple(Member(unit, "support") for unit in fact.supports if unit not in kept)
        moved = start(stop(replace(order, members=(*order.members, *new)), Clock.RETURN), fact.deadlines)
    else:
        moved = hand_to(order, fact.unit, fact.supports, fact.desk, fact.deadlines)
    decided = replace(
        moved,
        designated=fact.unit,
        bounces=fact.bounces,
        escalated=False,
        grounds=cited(fact.citations, order.grounds),
    )
    return settle(decided, fact.objection, "designated")


@fold.register
def _(fact: e.SupportAdded, order: WorkOrder) -> WorkOrder:
    members = (*order.members, Member(fact.unit, "support", share=fact.share))
    joined = replace(order, members=members, grounds=cited(fact.citations, order.grounds))
    return settle(start(joined, fact.deadlines), fact.objection, "support_added")


@fold.register
def _(fact: e.SupportReleased, order: WorkOrder) -> WorkOrder:
    return release(order, fact.unit)


@fold.register
def _(fact: e.EscalatedByRule, order: WorkOrder) -> WorkOrder:
    return replace(order, escalated=True)


# --- returns ---


@fold.register
def _(fact: e.ReturnRequested, order: WorkOrder) -> WorkOrder:
    made = Objection(fact.objection, fact.unit, fact.reason, fact.proposed_unit)
    return start(replace(order, objections=(*order.objections, made)), fact.deadlines)


@fold.register
def _(fact: e.ReturnWithdrawn, order: WorkOrder) -> WorkOrder:
    return settle(order, fact.objection, "withdrawn")


@fold.register
def _(fact: e.ReturnRefused, order: WorkOrder) -> WorkOrder:
    return settle(order, fact.objection, "refused")


def _asked(order: WorkOrder, number: int, unit: UnitCode, found: Asked) -> WorkOrder:
    changed = tuple(
        replace(one, asked=(*(asked for asked in one.asked if asked.unit != unit), found))
        if one.number == number
        else one
        for one in order.objections
    )
    return replace(order, objections=changed)


@fold.register
def _(fact: e.ProposedUnitAsked, order: WorkOrder) -> WorkOrder:
    due = next((one.due for one in fact.deadlines if one.clock == Clock.ANSWER), None)
    return start(_asked(order, fact.objection, fact.unit, Asked(fact.unit, due)), fact.deadlines)


@fold.register
def _(fact: e.ProposedUnitAnswered, order: WorkOrder) -> WorkOrder:
    answered = Asked(fact.unit, None, answered=True, agrees=fact.agrees)
    return stop(_asked(order, fact.objection, fact.unit, answered), Clock.ANSWER, unit=fact.unit)


@fold.register
def _(fact: e.SupportObjected, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, objected=True)


@fold.register
def _(fact: e.SupportObjectionRefused, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, objected=False)
