"""What coming in does to an order: received, proposed, supplemented, merged, not accepted."""

from dataclasses import replace

from casework import events as e
from casework.clocks import replace_clocks
from casework.work_order.folding import fold, leaderless
from casework.work_order.state import BEFORE_DISPATCH, Status, WorkOrder


@fold.register
def _(fact: e.WorkOrderReceived, order: WorkOrder) -> WorkOrder:
    return replace(
        order,
        status=Status.TO_ACCEPT,
        received_at=fact.received_at,
        kind=fact.kind,
        tier=fact.tier,
        starts_clocks=fact.mode == "live",
        stated_due=fact.handle_due,
        stated_days=fact.handle_days,
        stated_excluded=bool(fact.excluded),
        reporter_hidden=fact.reporter_hidden,
        subject_units=fact.subject_units,
        clocks=replace_clocks(order.clocks, fact.deadlines),
    )


@fold.register
def _(fact: e.AssignmentProposed, order: WorkOrder) -> WorkOrder:
    waiting = order.status is Status.TO_ACCEPT
    return replace(
        order,
        proposal=fact.proposal,
        proposals=order.proposals + 1,
        matter=fact.proposal.matter or order.matter,
        matter_id=fact.proposal.matter_id or order.matter_id,
        status=Status.TO_DISPATCH if waiting else order.status,
    )


@fold.register
def _(fact: e.DuplicateSuspected, order: WorkOrder) -> WorkOrder:
    return replace(order, suspected=fact.of, suspected_score=fact.score)


@fold.register
def _(fact: e.InformationRequested, order: WorkOrder) -> WorkOrder:
    return replace(order, status=Status.TO_SUPPLEMENT) if order.status in BEFORE_DISPATCH else order


@fold.register
def _(fact: e.AdditionReceived, order: WorkOrder) -> WorkOrder:
    return replace(order, status=Status.TO_DISPATCH) if order.status is Status.TO_SUPPLEMENT else order


@fold.register
def _(fact: e.OrderChased, order: WorkOrder) -> WorkOrder:
    return replace(order, chases=fact.times)


@fold.register
def _(fact: e.OrderNotAccepted, order: WorkOrder) -> WorkOrder:
    return replace(leaderless(order), status=Status.NOT_ACCEPTED, clocks=())


@fold.register
def _(fact: e.OrderReferredOut, order: WorkOrder) -> WorkOrder:
    return replace(leaderless(order), status=Status.TERMINATED, reply=fact.reason, clocks=())


@fold.register
def _(fact: e.AnsweredAtOnce, order: WorkOrder) -> WorkOrder:
    return replace(order, status=Status.ANSWERED, reply=fact.reply, clocks=())


@fold.register
def _(fact: e.OrdersMerged, order: WorkOrder) -> WorkOrder:
    if fact.parent == order.order_no:
        return replace(order, children=(*order.children, fact.child))
    return replace(leaderless(order), status=Status.MERGED, parent=fact.parent)


@fold.register
def _(fact: e.OrderUnmerged, order: WorkOrder) -> WorkOrder:
    if fact.parent == order.order_no:
        return replace(order, children=tuple(child for child in order.children if child != fact.child))
    return replace(order, status=Status.TO_DISPATCH, parent="")


@fold.register
def _(fact: e.HistoryRecorded, order: WorkOrder) -> WorkOrder:
    told = sorted((*order.history, fact), key=lambda one: (one.happened_at, one.what, one.unit))
    return replace(order, history=tuple(told))


@fold.register
def _(fact: e.PersonalDataErased, order: WorkOrder) -> WorkOrder:
    return replace(order, erased=True)
