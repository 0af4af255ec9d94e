"""Full-text search over everything citable in one register edition: every word must occur, the best places first.

A few thousand short texts are searched as they lie in memory in some milliseconds, so there is no index to keep.
"""

from dataclasses import dataclass

from console.access import may_read
from console.registers.clause_card import ClauseCard, clause_card
from mandates.edition import RegisterEdition
from terms.actors import Role
from terms.ids import ClauseId, UnitCode

SORTS = {
    "clause": "“三定”条目",
    "power": "权责事项",
    "boundary": "边界事项",
    "point": "职责颗粒点",
    "street": "履职事项",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One hit, with the spans of the words in its text."""

    card: ClauseCard
    sort: str
    score: int
    spans: tuple[tuple[int, int, str], ...]


def search(
    register: RegisterEdition, q: str, role: Role, *, unit: str = "", sort: str = "", limit: int = 50
) -> tuple[list[Found], int]:
    """The best hits and how many there are. Without words, everything of the unit or sort."""
    words = [word for word in q.split() if word]
    own = _whose(register, unit)
    hits: list[tuple[int, str, str]] = []
    for kind, item, units, texts in _everything(register):
        if (sort and kind != sort) or (own and not own & units):
            continue
        if not may_read(role, register.instrument_of(ClauseId(item))):
            continue
        score = _score(words, texts)
        if score is not None:
            hits.append((-score, item, kind))
    hits.sort()
    found = []
    for negative, item, kind in hits[:limit]:
        card = clause_card(item, register)
        found.append(Found(card, kind, -negative, spans_of(card.text, words)))
    return found, len(hits)


def _whose(register: RegisterEdition, unit: str) -> frozenset[UnitCode]:
    """A unit and those whose duties it carries: a district bureau has the clauses of the city unit it mirrors."""
    known = register.units.get(UnitCode(unit)) if unit else None
    return frozenset({known.code, *known.mirrors}) if known else frozenset()


def _everything(
    register: RegisterEdition,
) -> list[tuple[str, str, frozenset[UnitCode], tuple[str, ...]]]:
    """Kind, id, whose, and the texts searched: those that weigh most first."""
    found: list[tuple[str, str, frozenset[UnitCode], tuple[str, ...]]] = []
    for clause in register.clauses.values():
        units = frozenset({clause.unit, *clause.parties})
        found.append(("clause", clause.id, units, (clause.text, clause.number)))
    for power in register.power_items.values():
        named = (power.name, f"{power.law}{power.article}", power.duty, power.office, power.id)
        found.append(("power", power.id, frozenset({power.unit}), named))
    for boundary in register.boundary_items.values():
        units = frozenset({boundary.lead, *boundary.supports})
        division = " ".join(text for _, text in boundary.division)
        divided = (boundary.matter, division, boundary.handover, " ".join(boundary.wordings))
        found.append(("boundary", boundary.id, units, divided))
    for point in register.duty_points.values():
        spoken = (point.matter, " ".join(point.wordings), point.link)
        found.append(("point", point.id, frozenset({point.unit, *point.supports}), spoken))
    for listed in register.subdistrict_items.values():
        units = frozenset(listed.units) | ({listed.lead} if listed.lead else frozenset())
        found.append(("street", listed.id, units, (listed.matter, listed.text, " ".join(listed.wordings))))
    return found


def _score(words: list[str], texts: tuple[str, ...]) -> int | None:
    """How well the texts answer: a word in the first text counts most; None when one of the words is nowhere."""
    score = 0
    for word in words:
        place = next((number for number, text in enumerate(texts) if word in text), None)
        if place is None:
            return None
        score += 100 - 20 * place + min(5, texts[place].count(word))
    return score


def spans_of(text: str, words: list[str]) -> tuple[tuple[int, int, str], ...]:
    """Where the words stand in a text."""
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append((at, at + len(word), ""))
            at = text.find(word, at + len(word))
    return tuple(sorted(found))
