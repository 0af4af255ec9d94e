"""Who helps: units that a boundary item, a duty point or another matter of the order calls in, each with a ground."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.evidence import Evidence, grounds
from routing.index import Reading, RegisterIndex
from routing.vectors import Ints
from routing.weighing import Weighed
from routing.wordings import Hit
from terms.ids import UnitCode

_NAMED_AT = 60  # least strength of a unit's own wordings in the text


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


def supports_of(
    index: RegisterIndex,
    reading: Reading,
    hits: Sequence[Hit],
    likeness: Ints,
    weighed: Weighed,
    lead: UnitCode,
    at_most: int,
) -> list[Support]:
    """The supports of an order, strongest ground first. No unit without a ground of its own in the text."""
    called = _called(index, hits, lead)
    found: list[Support] = []
    for unit in sorted(called):
        if unit == lead or unit not in weighed.totals:
            continue
        own = sum(
            hit.strength for hit in hits if hit.wording.unit == unit and hit.wording.kind == "point" and hit.exact
        )
        near = grounds(index, reading, hits, likeness, unit)
        if near and own >= _NAMED_AT:
            found.append(Support(unit, near[0]))
    found.sort(key=lambda one: (-one.ground.strength, one.unit))
    return found[:at_most]


def _called(index: RegisterIndex, hits: Sequence[Hit], lead: UnitCode) -> set[UnitCode]:
    """The units that the matters found in the text name as helping this lead."""
    called: set[UnitCode] = set()
    for hit in hits:
        if hit.strength < 40:
            continue
        boundary = index.edition.boundary_items.get(hit.wording.item)
        point = index.edition.duty_points.get(hit.wording.item)
        if boundary is not None and lead in (boundary.lead, *boundary.supports):
            called |= {boundary.lead, *boundary.supports}
        elif point is not None and point.unit == lead:
            called |= set(point.supports)
    return called - {lead}
