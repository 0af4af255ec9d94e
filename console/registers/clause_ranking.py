"""Which of a unit's clauses speak to an order: what a form offers first, before anybody types a word.

Everyday wordings of duty points count most, shared pairs of characters order the rest. It only orders a list for a
person; the router decides nothing by it.
"""

from collections.abc import Iterable

from console.access import may_read
from console.registers.clause_card import clause_card
from console.registers.search import Found, spans_of
from mandates.edition import RegisterEdition
from terms.actors import Role
from terms.ids import ClauseId, UnitCode

PER_WORDING = 40
BOUNDARY_BONUS = 5  # a boundary item says more of who does what than a clause of one unit


def speaking_to(text: str, unit: str, register: RegisterEdition, role: Role, limit: int) -> tuple[list[Found], int]:
    """The clauses, list items and boundary items of a unit (and of those it mirrors), best first; and how many."""
    known = register.units.get(UnitCode(unit))
    if known is None:
        return [], 0
    whose = {known.code, *known.mirrors}
    weights: dict[str, int] = {}
    told: dict[str, list[str]] = {}
    pairs = _pairs(text)
    for item, words in _own(register, whose):
        weights[item] = len(pairs & _pairs(words))
    for point in register.duty_points.values():
        if point.unit in whose:
            hits = [wording for wording in point.wordings if wording in text]
            if hits and point.clause in weights:
                weights[point.clause] += PER_WORDING * len(hits)
                told.setdefault(point.clause, []).extend(hits)
    for boundary in register.boundary_items.values():
        if whose & {boundary.lead, *boundary.supports}:
            hits = [wording for wording in boundary.wordings if wording in text]
            shared = len(pairs & _pairs(boundary.matter))
            weights[boundary.id] = PER_WORDING * len(hits) + shared + (BOUNDARY_BONUS if hits else 0)
    readable = [item for item in weights if may_read(role, register.instrument_of(ClauseId(item)))]
    # with nothing to tell them apart, the unit's own numbered duties come first
    readable.sort(key=lambda item: (-weights[item], item not in register.clauses, item))
    found = []
    for item in readable[:limit]:
        card = clause_card(item, register)
        found.append(Found(card, "", weights[item], spans_of(card.text, told.get(item, []))))
    return found, len(readable)


def _own(register: RegisterEdition, whose: set[UnitCode]) -> Iterable[tuple[str, str]]:
    for clause in register.clauses.values():
        if clause.unit in whose and clause.section != "编制":
            yield clause.id, clause.text
    for power in register.power_items.values():
        if power.unit in whose:
            yield power.id, power.name
    for listed in register.subdistrict_items.values():
        if whose & set(listed.units) or (not listed.units and _streets(register, whose)):
            yield listed.id, listed.matter + listed.text


def _streets(register: RegisterEdition, whose: set[UnitCode]) -> bool:
    return any(register.units[code].level == "街" for code in whose if code in register.units)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1) if "\u4e00" <= text[at] <= "\u9fff")
