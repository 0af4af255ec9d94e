"""Everyday words that accepted orders of a unit have in common and the register does not know: proposed to a person.

A phrase stands out where most of the orders it stands in were accepted by one unit, and more of them than that unit's
share of all orders would give. It is never a place, a unit's name, a call-taker's frame or a wording already, and it
stands in several orders, so that it tells of nobody. Pure, whole numbers only; equal scores go by the words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mandates.edition import RegisterEdition
from mandates.links import pairs
from mandates.model import BoundaryItem, DutyPoint, Level
from routing.evidence import EMPTY_WORDS
from routing.filler import WORDS as FRAME
from routing.memory import Outcome
from routing.text import normalise, segmenter
from terms.ids import ClauseId, OrderNo, UnitCode

ACCEPTED = frozenset({"signed", "closed_satisfied", "reassigned", "designated", "decided"})
LEAST_ORDERS = 5  # in which a phrase stands
LEAST_SHARE = 60  # percent of them that the unit accepted
_WORDS_AT_MOST = 3
_LENGTHS = range(3, 9)  # two characters are hardly evidence (`routing.wordings`)
_EVIDENCE = 5
_SENTENCE = re.compile(r"[^，。；、：,;:！？!?\s]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that might be a wording of a duty point: of `standing` orders with it the unit accepted `accepted`.

    `score` (0–100) is by how many points the unit's share of them is above its share of all orders.
    """

    item: ClauseId
    unit: UnitCode
    wording: str
    score: int
    accepted: int
    standing: int
    orders: tuple[OrderNo, ...]  # the first few accepted ones


def candidates_of(
    outcomes: Sequence[Outcome],
    edition: RegisterEdition,
    *,
    least_orders: int = LEAST_ORDERS,
    least_share: int = LEAST_SHARE,
) -> list[Candidate]:
    """What stands out in the accepted outcomes, the most telling first."""
    taken = [(one, unit) for one in outcomes if one.kind in ACCEPTED and (unit := _city_unit(edition, one)) is not None]
    known = _known(edition)
    names = _names(edition)
    standing: Counter[str] = Counter()
    said: dict[str, set[tuple[UnitCode, str]]] = {}
    accepted: dict[tuple[UnitCode, str], list[Outcome]] = {}
    for one, unit in taken:
        for phrase, sentence in _phrases(one.text).items():
            if phrase in known or (unit, sentence) in said.setdefault(phrase, set()):
                continue  # the same sentence again, as when many send one letter, tells nothing new
            said[phrase].add((unit, sentence))
            standing[phrase] += 1
            accepted.setdefault((unit, phrase), []).append(one)
    share_of_all = Counter(unit for _, unit in taken)
    points = _points(edition)
    found: list[Candidate] = []
    for (unit, phrase), own in accepted.items():
        share = 100 * len(own) // standing[phrase]
        if len(own) < least_orders or share < least_share or any(name in phrase for name in names):
            continue
        point = _point_of(own, points.get(unit, ()), phrase)
        if point is not None:
            score = max(0, share - 100 * share_of_all[unit] // len(taken))
            orders = tuple(one.order_no for one in own[:_EVIDENCE])
            found.append(Candidate(point.id, unit, phrase, score, len(own), standing[phrase], orders))
    return _without_parts(sorted(found, key=lambda one: (-one.score * one.accepted, one.unit, one.wording)))


def _without_parts(found: Sequence[Candidate]) -> list[Candidate]:
    """Less those that stand only inside a longer one of the same unit."""
    counts = {(one.unit, one.wording): one.accepted for one in found}
    return [
        one
        for one in found
        if not any(
            unit == one.unit and one.wording != longer and one.wording in longer and count == one.accepted
            for (unit, longer), count in counts.items()
        )
    ]


def _phrases(text: str) -> dict[str, str]:
    """One to three neighbouring words of Chinese characters that neither begin nor end in a word of a frame, each with
    the sentence it stands in first."""
    found: dict[str, str] = {}
    for sentence in _SENTENCE.findall(normalise(text).text):
        words = segmenter().words(sentence)
        for start, first in enumerate(words):
            if not _telling(first):
                continue
            phrase = ""
            for word in words[start : start + _WORDS_AT_MOST]:
                if not _chinese(word):
                    break
                phrase += word
                if len(phrase) in _LENGTHS and _telling(word):
                    found.setdefault(phrase, sentence)
    return found


def _telling(word: str) -> bool:
    return _chinese(word) and word not in FRAME and word not in EMPTY_WORDS


def _chinese(word: str) -> bool:
    return bool(word) and all("\u4e00" <= sign <= "\u9fff" for sign in word)


def _city_unit(edition: RegisterEdition, outcome: Outcome) -> UnitCode | None:
    """The unit of the city tier an outcome speaks of; a bureau stands for the unit it mirrors, a street for none."""
    unit = edition.units.get(outcome.unit)
    if unit is None or unit.level is Level.STREET:
        return None
    if unit.level is not Level.DISTRICT:
        return unit.code
    point = edition.duty_points.get(outcome.matter_id) if outcome.matter_id else None
    if point is not None and point.unit in unit.mirrors:
        return point.unit
    return unit.mirrors[0] if unit.mirrors else None


def _points(edition: RegisterEdition) -> Mapping[UnitCode, Sequence[DutyPoint]]:
    found: dict[UnitCode, list[DutyPoint]] = {}
    for point in edition.duty_points.values():
        if not point.only_calls:
            found.setdefault(point.unit, []).append(point)
    return found


def _point_of(own: Sequence[Outcome], points: Sequence[DutyPoint], phrase: str) -> DutyPoint | None:
    """The duty point a phrase belongs to: that most of its orders were taken for, else the one that shares most pairs
    of characters with it; None where there is neither."""
    by_id = {point.id: point for point in points}
    said = Counter(one.matter_id for one in own if one.matter_id is not None and one.matter_id in by_id)
    if said:
        return by_id[min(said, key=lambda key: (-said[key], key))]
    asked = set(pairs(phrase))
    shared = {point.id: len(asked & set(pairs(" ".join((point.matter, *point.wordings))))) for point in points}
    best = min(shared, key=lambda key: (-shared[key], key), default=None)
    return by_id[best] if best is not None and shared[best] else None


def _known(edition: RegisterEdition) -> set[str]:
    """What is a wording, a matter or a 启动说法 already."""
    found: set[str] = set()
    items: list[DutyPoint | BoundaryItem] = [*edition.duty_points.values(), *edition.boundary_items.values()]
    for item in items:
        found.update(normalise(text).text for text in (item.matter, *item.wordings, *item.calls))
    return found


def _names(edition: RegisterEdition) -> tuple[str, ...]:
    """The names of places and units, none of which is a wording."""
    found = {name for place in edition.places for name in (place.name, *place.aliases)}
    for unit in edition.units.values():
        found.update((unit.name, *unit.everyday_names, *unit.former_names))
    return tuple(sorted(name for name in (normalise(one).text for one in found) if len(name) >= 2))
