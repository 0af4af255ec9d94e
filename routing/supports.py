"""Who helps: units that another clause of the order is for, or that a boundary item or duty point calls in beside them.

First come the owners: a wording of theirs stands in a clause of the text, that clause read alone speaks for hardly
anybody more, and the whole order does not speak against them. Only an order that has such a clause is of several
units; then a boundary item or duty point that is like the order and names a unit beside the lead calls that unit in
too. The bounds were chosen on one half of the orders in bench/data, and are reported on the other.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.reading import Reading, read
from routing.vectors import Ints
from routing.weighing import Weighed
from routing.wordings import Hit
from terms.ids import UnitCode

_OWNER_AT = -300  # least score of an owner in the whole order, in 1/1000
_RELATED_AT = -500  # of a unit that is called in by a relation
_ALIKE_AT = 100  # least likeness of that boundary item or duty point to the order, of 1024
_ALIKE_AT_MOST = 400

_CLAUSE = re.compile(r"[^，。；、：,;:！？!?\n]+")
_SAID_AT = 20  # least strength of a wording found word for word in a clause
_NEAR_BEST = 300  # how far behind the best unit of a clause its owner may be, in 1/1000
_BEHIND_LEAD = 200
_LIKELY_AT = -200
_CLAUSES_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


def supports_of(
    index: RegisterIndex, reading: Reading, hits: Sequence[Hit], likeness: Ints, weighed: Weighed, lead: UnitCode
) -> list[UnitCode]:
    """The city units that an order calls in beside its lead, likeliest first."""
    owners = owners_of(index, reading.text, hits, lead)
    if not owners:
        return []
    alike = _related(index, likeness, lead)
    register = dict(zip(index.units, weighed.scores.register, strict=True))
    ranked: list[tuple[int, UnitCode]] = []
    for unit in index.units:
        if unit == lead or unit in weighed.excluded:
            continue
        score, near = register[unit], min(alike.get(unit, 0), _ALIKE_AT_MOST)
        owns = unit in owners and score >= _OWNER_AT
        if owns or (near >= _ALIKE_AT and score >= _RELATED_AT):
            ranked.append((-(score + 3 * near + (1000 if unit in owners else 0)), unit))
    return [unit for _, unit in sorted(ranked)]


def owners_of(index: RegisterIndex, text: str, hits: Sequence[Hit], lead: UnitCode) -> frozenset[UnitCode]:
    """The units, other than the lead, that a clause of the text is for: a wording of theirs stands in it word for word,
    and read alone the clause speaks for hardly anybody more."""
    found: set[UnitCode] = set()
    at = {unit: place for place, unit in enumerate(index.units)}
    telling = [hit for hit in hits if hit.exact and hit.strength >= _SAID_AT and hit.wording.unit in at]
    asked = 0
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        named = {hit.wording.unit for hit in telling if start <= hit.span[0] and hit.span[1] <= end} - {lead}
        if not named - found:
            continue
        asked += 1
        if asked > _CLAUSES_AT_MOST:
            break
        inside = [hit for hit in hits if start <= hit.span[0] and hit.span[1] <= end]
        scores = index.unit_scores(read(clause.group()), inside).tolist()
        best = max(scores)
        for unit in sorted(named):
            score = scores[at[unit]]
            near = score >= best - _NEAR_BEST and score >= scores[at[lead]] - _BEHIND_LEAD
            if near and score >= _LIKELY_AT:
                found.add(unit)
    return frozenset(found)


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
