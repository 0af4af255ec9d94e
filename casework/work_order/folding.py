"""How a fact is folded, and the small moves that many facts make: a member changes, clocks start and stop.

`fold` gives the order after a fact; each kind of fact registers its own in one of the files beside this one.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from typing import Any

from casework import events as e
from casework.clocks import Clock, replace_clocks
from casework.work_order.state import Member, Status, WorkOrder
from routing.proposal import Citation
from terms.ids import UnitCode


@singledispatch
def fold(fact: e.OrderFact, order: WorkOrder) -> WorkOrder:
    """Facts that leave the state alone: progress told, data read."""
    return order


def change(order: WorkOrder, unit: UnitCode, **changes: Any) -> WorkOrder:
    """The order with something changed for one of its units."""
    members = tuple(replace(one, **changes) if one.unit == unit else one for one in order.members)
    return replace(order, members=members)


def start(order: WorkOrder, deadlines: Iterable[e.Deadline]) -> WorkOrder:
    """Clocks start; those of the same name and unit are replaced."""
    return replace(order, clocks=replace_clocks(order.clocks, deadlines))


def stop(order: WorkOrder, *clocks: str, unit: UnitCode | None = None) -> WorkOrder:
    """Clocks of these names stop, of one unit or of all."""
    left = tuple(one for one in order.clocks if one.clock not in clocks or (unit is not None and one.unit != unit))
    return replace(order, clocks=left)


def settle(order: WorkOrder, objection: int | None, outcome: str) -> WorkOrder:
    """A return got its answer: the clocks of its review stop."""
    if objection is None:
        return order
    settled = tuple(replace(one, outcome=outcome) if one.number == objection else one for one in order.objections)
    return stop(replace(order, objections=settled), Clock.REVIEW, Clock.ANSWER)


def hand_to(
    order: WorkOrder,
    lead: UnitCode,
    supports: tuple[UnitCode, ...],
    desk: UnitCode | None,
    fresh: tuple[e.Deadline, ...],
) -> WorkOrder:
    """The order goes to a lead; supports stay unless the new lead was one; the old lead's clocks end."""
    past = (*order.past_leads, order.lead) if order.lead and order.lead != lead else order.past_leads
    kept = tuple(one for one in order.members if one.part == "support" and one.unit != lead)
    new = tuple(Member(unit, "support") for unit in supports if unit not in {one.unit for one in kept} and unit != lead)
    clocks = tuple(
        one for one in order.clocks if one.part != "lead" and one.clock != Clock.DISPATCH and one.unit != lead
    )
    shelf = tuple(one for one in order.shelf if one.part != "lead" and one.unit != lead)
    return replace(
        order,
        status=Status.DISPATCHED,
        lead=lead,
        desk=desk,
        past_leads=past,
        first_receiver=order.first_receiver or lead,
        members=(Member(lead, "lead"), *kept, *new),
        clocks=replace_clocks(clocks, fresh),
        shelf=shelf,
        designated=order.designated if order.designated is not None and order.designated == desk else None,
    )


def leaderless(order: WorkOrder) -> WorkOrder:
    """Nobody has the order any more: only the citizen's total goes on, it is never restarted."""
    return replace(
        order,
        lead=None,
        desk=None,
        members=(),
        past_leads=(*order.past_leads, order.lead) if order.lead else order.past_leads,
        designated=None,
        escalated=False,
        objections=tuple(replace(one, outcome="merged") if one.open else one for one in order.objections),
        consultations=tuple(replace(one, open=False) for one in order.consultations),
        clocks=tuple(one for one in order.clocks if one.clock == Clock.TOTAL),
    )


def release(order: WorkOrder, unit: UnitCode) -> WorkOrder:
    """A support has no part any more, and its clocks end."""
    left = tuple(one for one in order.members if one.unit != unit)
    clocks = tuple(one for one in order.clocks if one.unit != unit or one.part != "support")
    shelf = tuple(one for one in order.shelf if one.unit != unit or one.part != "support")
    return replace(order, members=left, clocks=clocks, shelf=shelf)


def cited(
    citations: Iterable[Citation], before: tuple[tuple[UnitCode, str], ...] = ()
) -> tuple[tuple[UnitCode, str], ...]:
    """What the units have their parts on, with what a new fact cites for them."""
    return tuple(dict.fromkeys((*before, *((one.unit, str(one.clause_id)) for one in citations))))
