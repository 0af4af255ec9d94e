"""Who helps: the units that 启动说法 of their duty points call in beside the lead.

A unit is called in by words that stand in the text (`routing.calls`), not by how like the order is to it. How much the
register speaks for or against it, and whether a boundary item or joint duty point names it together with the lead,
move it up or down. The bounds were chosen on one half of the orders in bench/data, and are reported on the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.calls import Called, called_in
from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.weighing import Weighed
from routing.wordings import Hit
from terms.ids import UnitCode

_CALLED_AT = 540  # least of wordings, partnership and a quarter of the register's score together
_PARTNERS = 250
_REGISTER_PART = 4
_HABIT_PART = 600  # of how often it helped with past orders like this one
_NO_HABIT = 250  # so often says nothing either way
_BESIDE_LEAD = 2  # as many as are called in by words alone


NOBODY: Mapping[UnitCode, int] = {}


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


def supports_of(
    index: RegisterIndex,
    calls: Sequence[Hit],
    hits: Sequence[Hit],
    weighed: Weighed,
    lead: UnitCode,
    helped: Mapping[UnitCode, int] = NOBODY,
) -> list[Support]:
    """The city units that an order calls in beside its lead, likeliest first, each on the duty point that called it.

    `helped` are the units that helped with past orders like this one, in 1/1000 of them: it speaks for a unit that the
    text calls in, and against one that it calls in where none of these orders did.
    """
    lead_words = frozenset(hit.wording.text for hit in hits if hit.exact and hit.wording.unit == lead)
    register = dict(zip(index.units, weighed.scores.register, strict=True))
    partners = index.partners.get(lead, frozenset())
    ranked: list[tuple[int, UnitCode, Called]] = []
    for called in called_in(calls, lead, lead_words):
        unit = called.unit
        if unit not in register or unit in weighed.excluded:
            continue
        score = called.weight + register[unit] // _REGISTER_PART + (_PARTNERS if unit in partners else 0)
        score += (helped.get(unit, 0) - _NO_HABIT) * _HABIT_PART // 1000 if helped else 0
        if score >= _CALLED_AT:
            ranked.append((-score, unit, called))
    ranked.sort(key=lambda one: one[:2])
    return [Support(unit, _ground(called)) for _, unit, called in ranked[:_BESIDE_LEAD]]


def _ground(called: Called) -> Evidence:
    hit = called.telling
    return Evidence(hit.wording.item, called.unit, "point", min(1000, called.weight), hit)
