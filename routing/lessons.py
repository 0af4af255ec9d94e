"""Outcomes as lessons: of each order the last word, read, with the group and the city unit it speaks of.

Those of subdistricts, and of units the register no longer knows, teach nothing: a subdistrict answers for reasons of
place, which no word tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from city.configuration import Weights
from routing.index import RegisterIndex
from routing.memory_edition import Named, named_items
from routing.reading import Reading, read
from routing.text import normalise
from routing.vectors import Counts
from terms.ids import ClauseId, OrderNo, UnitCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order. `text` is masked, title and text together.

    `kind` is a field of `city.configuration.Weights`: signed, closed_satisfied, reassigned, returned_upheld,
    designated, decided. `at` is the day it was recorded; without one it does not age.
    """

    order_no: OrderNo
    text: str
    unit: UnitCode
    kind: str = "signed"
    recorded_position: int = 0
    matter_id: ClauseId | None = None
    at: date | None = None
    supports: tuple[UnitCode, ...] = ()  # who helped, and was not released from it


@dataclass(frozen=True, slots=True)
class Lesson:
    """One outcome, read: the group and the city unit it speaks of, the register's scores, and how much it counts."""

    outcome: Outcome
    words: tuple[str, ...]
    grams: tuple[str, ...]
    times: bytes  # how often each word, then each n-gram stands: lessons are kept by the ten thousand
    unit: UnitCode
    group: str
    named: Named
    register: tuple[int, ...]
    percent: int

    def reading(self) -> Reading:
        """The order's terms with their counts, as they were read."""
        plain = Counts(zip(self.words, self.times, strict=False))
        return Reading("", (), plain, Counts(zip(self.grams, self.times[len(self.words) :], strict=True)))


def percent_of(outcome: Outcome, weights: Weights, today: date | None) -> int:
    """How much an outcome counts, in percent of an acceptance; negative where it speaks against the unit."""
    percent: int = getattr(weights, outcome.kind)
    if today is None or outcome.at is None or outcome.at >= today:
        return percent
    halves, rest = divmod((today - outcome.at).days, weights.half_life_days)
    size = abs(percent) * (2 * weights.half_life_days - rest) // (2 * weights.half_life_days) >> min(halves, 20)
    return size if percent > 0 else -size


def latest(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """For every order and unit the last word, in the order of the record: a rework does not count twice."""
    ranked = sorted(outcomes, key=lambda one: (one.order_no, one.unit, one.recorded_position, one.kind))
    kept = [list(run)[-1] for _, run in groupby(ranked, key=lambda one: (one.order_no, one.unit))]
    return sorted(kept, key=lambda one: (one.recorded_position, one.order_no, one.unit))


def lessons_of(outcomes: Sequence[Outcome], index: RegisterIndex, weights: Weights, today: date | None) -> list[Lesson]:
    """The outcomes read, each with what the register says of it; what teaches nothing is left out."""
    found: list[Lesson] = []
    shared: dict[str, str] = {}  # one string for each term, however often it stands
    at_unit = {unit: place for place, unit in enumerate(index.units)}
    for outcome in outcomes:
        tier = [unit for unit in index.places.city_tier(outcome.unit) if unit in at_unit]
        percent = percent_of(outcome, weights, today)
        if not tier or percent == 0:
            continue
        reading = read(normalise(outcome.text).text)
        hits = index.wordings.hits(reading.text, reading.words)
        units = index.unit_scores(reading, hits).tolist()
        # a bureau that mirrors several city units: the one the register's words favour for this order
        unit = max(tier, key=lambda code: (units[at_unit[code]], code))
        group = index.groups[index.group_at[at_unit[unit]]]
        words = tuple(shared.setdefault(word, word) for word in reading.plain)
        grams = tuple(shared.setdefault(gram, gram) for gram in reading.grams)
        times = bytes(min(255, count) for terms in (reading.plain, reading.grams) for count in terms.values())
        register = tuple(index.group_scores(units))
        found.append(Lesson(outcome, words, grams, times, unit, group, named_items(hits), register, percent))
    return found


def settled(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Where the very same words were answered by different units, the weightier answer teaches: a decision outranks
    acceptances; of equal weight the later."""
    said: dict[tuple[object, ...], dict[str, tuple[int, int]]] = {}
    for lesson in lessons:
        if lesson.percent > 0:
            answers = said.setdefault((lesson.words, lesson.times), {})
            weight, _ = answers.get(lesson.group, (0, 0))
            answers[lesson.group] = (weight + lesson.percent, lesson.outcome.recorded_position)
    best = {key: max(sorted(answers), key=lambda group: answers[group]) for key, answers in said.items()}
    return [one for one in lessons if one.percent < 0 or best[(one.words, one.times)] == one.group]
