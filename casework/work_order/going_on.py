"""What a 机构改革 leaves of an order: everything as it was, under the name of the unit that goes on."""

from collections.abc import Iterable
from dataclasses import replace

from casework.events import Deadline
from casework.work_order.folding import release
from casework.work_order.state import WorkOrder
from terms.ids import UnitCode


def go_on(order: WorkOrder, unit: UnitCode, to: UnitCode, desk: UnitCode | None) -> WorkOrder:
    """The order with `to` in every place of `unit`: its steps, its clocks as they run, its open returns.

    Where both had a part, the lead's course is kept and the support's ends: one unit has one part.
    """
    support = to if unit == order.lead else unit
    if order.member(to) is not None:
        order = release(order, support)

    def named(one: UnitCode) -> UnitCode:
        return to if one == unit else one

    def maybe(one: UnitCode | None) -> UnitCode | None:
        return None if one is None else named(one)

    def rung(seen: Iterable[tuple[str, UnitCode, object]]) -> frozenset[tuple[str, UnitCode, object]]:
        return frozenset((clock, named(one), due) for clock, one, due in seen)

    members = {named(one.unit): replace(one, unit=named(one.unit)) for one in order.members}
    return replace(
        order,
        lead=maybe(order.lead),
        desk=desk,
        members=tuple(members.values()),
        first_receiver=maybe(order.first_receiver),
        past_leads=tuple(map(named, order.past_leads)),
        designated=maybe(order.designated),
        objections=tuple(
            replace(
                one,
                unit=named(one.unit),
                proposed=maybe(one.proposed),
                asked=tuple({named(a.unit): replace(a, unit=named(a.unit)) for a in one.asked}.values()),
            )
            for one in order.objections
        ),
        consultations=tuple(
            replace(one, units=tuple(dict.fromkeys(map(named, one.units)))) for one in order.consultations
        ),
        hand_overs=tuple(
            replace(one, sender=named(one.sender), receiver=named(one.receiver)) for one in order.hand_overs
        ),
        clocks=_renamed(order.clocks, unit, to),
        shelf=_renamed(order.shelf, unit, to),
        warned=rung(order.warned),  # type: ignore[arg-type]  # the moments stay what they are
        expired=rung(order.expired),  # type: ignore[arg-type]  # as above
        grounds=tuple(dict.fromkeys((named(one), clause) for one, clause in order.grounds)),
        rated=frozenset((named(one), named(other)) for one, other in order.rated),
    )


def _renamed(clocks: tuple[Deadline, ...], unit: UnitCode, to: UnitCode) -> tuple[Deadline, ...]:
    """The clocks under the new name; where both units had one of a name, the one that is due first runs on."""
    found: dict[tuple[str, UnitCode], Deadline] = {}
    for one in clocks:
        now = one.model_copy(update={"unit": to}) if one.unit == unit else one
        key = (now.clock, now.unit)
        if key not in found or now.due < found[key].due:
            found[key] = now
    return tuple(found.values())
