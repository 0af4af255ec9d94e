"""What comes after the work does to an order: follow-up, rework, closing, rating, clocks."""

from dataclasses import replace

from casework import events as e
from casework.clocks import Clock
from casework.work_order.folding import change, fold, start, stop
from casework.work_order.state import Status, WorkOrder


@fold.register
def _(fact: e.FollowUpRecorded, order: WorkOrder) -> WorkOrder:
    return replace(
        stop(order, Clock.FOLLOW_UP),
        contacted=fact.contacted,
        resolved=fact.resolved,
        satisfied=fact.satisfied,
        followed_up=True,
    )


@fold.register
def _(fact: e.ReworkOrdered, order: WorkOrder) -> WorkOrder:
    lead = order.lead
    again = change(order, lead, finished=False, signed_off=False) if lead else order
    return start(replace(again, status=Status.REWORK, round=fact.round, followed_up=False), fact.deadlines)


@fold.register
def _(fact: e.SupervisionIssued, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, supervision=fact.step)


@fold.register
def _(fact: e.ExclusionRequested, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, asked_exclusion=True)


@fold.register
def _(fact: e.ExclusionGranted, order: WorkOrder) -> WorkOrder:
    left_out = order.left_out | {fact.unit}
    return replace(change(order, fact.unit, asked_exclusion=False), left_out=left_out)


@fold.register
def _(fact: e.ExclusionRefused, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, asked_exclusion=False)


@fold.register
def _(fact: e.OrderClosed, order: WorkOrder) -> WorkOrder:
    status = {
        "final_answer": Status.TERMINATED,
        "referred": Status.TERMINATED,
        "not_accepted": Status.NOT_ACCEPTED,
        "answered": Status.ANSWERED,
    }
    ended = tuple(replace(one, outcome="closed") if one.open else one for one in order.objections)
    consultations = tuple(replace(one, open=False) for one in order.consultations)
    return replace(
        order,
        status=status.get(fact.how, Status.CLOSED),
        clocks=(),
        shelf=(),
        objections=ended,
        consultations=consultations,
    )


@fold.register
def _(fact: e.OrderArchived, order: WorkOrder) -> WorkOrder:
    return replace(order, status=Status.ARCHIVED, clocks=())


@fold.register
def _(fact: e.PartsRated, order: WorkOrder) -> WorkOrder:
    return replace(order, rated=order.rated | {(fact.rater, fact.rated)})


@fold.register
def _(fact: e.ClockWarned, order: WorkOrder) -> WorkOrder:
    return replace(order, warned=order.warned | {(fact.clock, fact.unit, fact.due)})


@fold.register
def _(fact: e.ClockExpired, order: WorkOrder) -> WorkOrder:
    return replace(order, expired=order.expired | {(fact.clock, fact.unit, fact.due)})
