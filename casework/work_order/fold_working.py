"""What the work does to an order: started, extended, shelved, handed over, finished."""

from dataclasses import replace

from casework import events as e
from casework.clocks import STOPPED_ON_THE_SHELF, Clock, replace_clocks
from casework.work_order.folding import change, fold, start, stop
from casework.work_order.state import HandOver, Status, WorkOrder

RESULT_CLOCKS = (Clock.HANDLE, Clock.TOTAL, Clock.REWORK, Clock.FIRST_CONTACT)


@fold.register
def _(fact: e.WorkStarted, order: WorkOrder) -> WorkOrder:
    started = stop(change(order, fact.unit, started=True, signed=True), Clock.SIGN, unit=fact.unit)
    if fact.part == "lead" and started.status in (Status.DISPATCHED, Status.SIGNED):
        return replace(started, status=Status.WORKING)
    return started


@fold.register
def _(fact: e.RequesterContacted, order: WorkOrder) -> WorkOrder:
    return stop(order, Clock.FIRST_CONTACT, unit=fact.unit) if fact.reached else order


@fold.register
def _(fact: e.ExtensionRequested, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, asked_extension=True, asked_long_cycle=fact.long_cycle)


@fold.register
def _(fact: e.ExtensionGranted, order: WorkOrder) -> WorkOrder:
    granted = change(order, fact.unit, asked_extension=False, asked_long_cycle=False, extensions=fact.number)
    return start(granted, fact.deadlines)


@fold.register
def _(fact: e.ExtensionRefused, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, asked_extension=False, asked_long_cycle=False)


@fold.register
def _(fact: e.OrderShelved, order: WorkOrder) -> WorkOrder:
    stopped = tuple(one for one in order.clocks if one.clock in STOPPED_ON_THE_SHELF)
    running = tuple(one for one in order.clocks if one.clock not in STOPPED_ON_THE_SHELF)
    return replace(
        order,
        status=Status.SHELVED,
        status_before_shelf=order.status,
        shelf=stopped,
        clocks=replace_clocks(running, fact.deadlines),
    )


@fold.register
def _(fact: e.OrderResumed, order: WorkOrder) -> WorkOrder:
    back = replace(order, status=order.status_before_shelf or Status.WORKING, shelf=(), status_before_shelf=None)
    return start(stop(back, Clock.SHELF), fact.deadlines)


@fold.register
def _(fact: e.HandOverSent, order: WorkOrder) -> WorkOrder:
    sent = HandOver(fact.hand_over, fact.sender, fact.receiver)
    return start(replace(order, hand_overs=(*order.hand_overs, sent)), fact.deadlines)


def _hand_over(order: WorkOrder, number: int, state: str) -> WorkOrder:
    found = tuple(replace(one, state=state) if one.number == number else one for one in order.hand_overs)
    return replace(order, hand_overs=found)


@fold.register
def _(fact: e.HandOverReceived, order: WorkOrder) -> WorkOrder:
    received = _hand_over(order, fact.hand_over, "received")
    return start(stop(received, Clock.HAND_OVER, unit=fact.receiver), fact.deadlines)


@fold.register
def _(fact: e.HandOverRefused, order: WorkOrder) -> WorkOrder:
    return stop(_hand_over(order, fact.hand_over, "refused"), Clock.HAND_OVER, unit=fact.receiver)


@fold.register
def _(fact: e.HandOverResultFedBack, order: WorkOrder) -> WorkOrder:
    return stop(_hand_over(order, fact.hand_over, "fed_back"), Clock.HAND_OVER_RESULT, unit=fact.receiver)


@fold.register
def _(fact: e.AssignedInside, order: WorkOrder) -> WorkOrder:
    member = order.member(fact.unit)
    offices = (*(member.offices if member else ()), fact.office)
    return change(order, fact.unit, offices=offices, assigned_inside=True, signed_off=False)


@fold.register
def _(fact: e.InsideResultCollected, order: WorkOrder) -> WorkOrder:
    member = order.member(fact.unit)
    offices = tuple(one for one in (member.offices if member else ()) if one != fact.office)
    return change(order, fact.unit, offices=offices)


@fold.register
def _(fact: e.LeaderSignedOff, order: WorkOrder) -> WorkOrder:
    return change(order, fact.unit, signed_off=fact.approved)


@fold.register
def _(fact: e.ResultSubmitted, order: WorkOrder) -> WorkOrder:
    finished = change(order, fact.unit, finished=True, signed=True, started=True, objected=False)
    done = stop(finished, Clock.SIGN, unit=fact.unit)
    if fact.part == "support":
        return stop(done, Clock.HANDLE, unit=fact.unit)
    closed = stop(done, Clock.FIRST_CONTACT, Clock.RETURN, unit=fact.unit)
    return start(replace(closed, status=Status.RESULT_REVIEW, reply=fact.reply), fact.deadlines)


@fold.register
def _(fact: e.ResultAccepted, order: WorkOrder) -> WorkOrder:
    left = tuple(one for one in order.clocks if one.clock not in RESULT_CLOCKS or one.part == "support")
    reviewed = stop(replace(order, status=Status.FOLLOW_UP, clocks=left, followed_up=False), Clock.RESULT_REVIEW)
    return start(reviewed, fact.deadlines)


@fold.register
def _(fact: e.ResultSentBack, order: WorkOrder) -> WorkOrder:
    lead = order.lead
    reviewed = stop(order, Clock.RESULT_REVIEW)
    back = change(reviewed, lead, finished=False, signed_off=False) if lead else reviewed
    return replace(back, status=Status.WORKING if order.round == 1 else Status.REWORK)
