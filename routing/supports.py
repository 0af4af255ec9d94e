"""Who helps: units that a boundary item, a duty point or another matter of the order calls in, each with a ground.

A unit is called in by what the register's words say for it, by its own wordings and items in the text, and by a
relation to the lead: a boundary item or duty point that names both and is like the order. The weights were fitted on
one half of the orders in bench/data and are reported on the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.vectors import Ints
from routing.weighing import Weighed
from routing.wordings import Hit
from terms.ids import UnitCode

# 1/1000 of the logarithm of the odds. Fitted together: the register's score already holds wordings and likest item.
_BASE, _RELATION, _ALIKE = 1009, -1480, 776
_REGISTER, _BEHIND, _RELATED, _WORDINGS, _ITEM = 1601, -1334, 5012, 423, -2088  # for each 1/1000, or point of strength
_ALIKE_AT = 100  # least likeness of a relation for its bonus
_NAMED_AT = 40  # least strength of a wording found word for word
_CALLED_AT = 0  # even odds: a support too many costs a unit a reply


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


def supports_of(
    index: RegisterIndex, hits: Sequence[Hit], likeness: Ints, weighed: Weighed, lead: UnitCode
) -> list[UnitCode]:
    """The city units that an order calls in beside its lead, likeliest first."""
    wordings: dict[UnitCode, int] = {}
    named: set[UnitCode] = set()
    for hit in hits:
        if hit.exact and hit.strength >= _NAMED_AT:
            named.add(hit.wording.unit)
        wordings[hit.wording.unit] = wordings.get(hit.wording.unit, 0) + hit.strength
    related = _related(index, likeness, lead)
    register = dict(zip(index.units, weighed.scores.register, strict=True))
    ranked: list[tuple[int, UnitCode]] = []
    for unit, item in zip(index.units, index.likest(likeness).tolist(), strict=True):
        if unit == lead or unit in weighed.excluded or not (wordings.get(unit) or unit in related):
            continue
        alike = related.get(unit, 0)
        behind = register[lead] - register[unit]
        odds = register[unit] * _REGISTER + behind * _BEHIND + alike * _RELATED + item * _ITEM
        odds = _BASE + (odds + wordings.get(unit, 0) * _WORDINGS) // 1000
        odds += (_RELATION if unit in related else 0) + (_ALIKE if alike >= _ALIKE_AT else 0)
        # words that only resemble a wording call nobody in: a wording as people say it, or a relation like the order
        if (unit in named or alike >= _ALIKE_AT) and odds >= _CALLED_AT:
            ranked.append((-odds, unit))
    return [unit for _, unit in sorted(ranked)]


def _related(index: RegisterIndex, likeness: Ints, lead: UnitCode) -> Mapping[UnitCode, int]:
    """For each unit that a boundary item or duty point names beside the lead: the best likeness of such an item."""
    found: dict[UnitCode, int] = {}
    if lead not in index.related:
        return found
    places, named = index.related[lead]
    said = likeness[places]
    for at in np.flatnonzero(said).tolist():
        for unit in named[at]:
            found[unit] = max(found.get(unit, 0), int(said[at]))
    return found
