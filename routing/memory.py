"""Learning from outcomes: the same outcomes under the same register give the same memory edition, bit for bit.

Two levels. First the groups (functional classes) are told apart, by the order's terms and by what the register's own
words say of it; then, within a group, its units. A held-out fold decides how far memory is trusted beside the
register and what a confidence means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import log

import numpy as np
from numpy.typing import NDArray

from city.configuration import Weights
from routing.calibrate import DEFAULT_SHARPNESS, DEFAULT_TABLE, bin_of, rising_table, shares
from routing.index import RegisterIndex, Vector
from routing.linear import Example, learn_weights, quantise
from routing.memory_edition import EMPTY, Features, MemoryEdition, Named, class_scores, named_items
from routing.neighbours import neighbours, votes
from routing.reading import Reading, read
from routing.text import normalise
from routing.vectors import Counts, Ints, Vocabulary, vocabulary
from routing.wordings import Hit
from terms.ids import ClauseId, OrderNo, UnitCode

__all__ = ["EMPTY", "MemoryEdition", "Outcome", "learn"]

VOTE = 300  # what a unanimous vote of the nearest past orders adds, in 1/1000, beside the likeness of the nearest
CUSTOM = 60  # what a unit that always answers for its group is before one that answers one in e, in 1/1000
FLOOR = -1200  # what memory says of a group it has never seen, and the least it says of any, in 1/1000
_EPOCHS = 20  # rounds of learning: after 9 it has not settled, after 40 it says the same
_EPOCHS_HELD_OUT = 12
_SHARPNESS = (10, 15, 20, 25, 30, 40, 50, 65, 80, 120)


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
class _Lesson:
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


def learn(
    outcomes: Sequence[Outcome],
    index: RegisterIndex,
    weights: Weights | None = None,
    *,
    today: date | None = None,
) -> MemoryEdition:
    """A memory edition from outcomes. Those of subdistricts, and of units the register no longer knows, teach nothing:
    a subdistrict answers for reasons of place, which no word tells.

    Pure: the same outcomes, index, weights and day give the same bytes on every machine.
    """
    lessons = _settled(_lessons(latest(outcomes), index, weights or Weights(), today))
    if not any(lesson.percent > 0 for lesson in lessons):
        return EMPTY
    features = _features(lessons)
    classes = _classes(lessons)
    held = _held_out(lessons, index)
    trust = trust_after(len(lessons))
    sharpness = _sharpness(held, trust)
    table = _table(held, trust)
    model = _train(lessons, index, features, classes, _EPOCHS)
    starts, terms = _rows(lessons, features.words)
    return MemoryEdition(
        position=max(lesson.outcome.recorded_position for lesson in lessons),
        learned=len(lessons),
        classes=classes,
        words=features.words,
        grams=features.grams,
        items=features.items,
        register_classes=index.groups,
        weights=model,
        trust=trust,
        sharpness=sharpness,
        table=table,
        orders=tuple((lesson.outcome.order_no, lesson.unit, lesson.outcome.kind) for lesson in lessons),
        answered=tuple(lesson.group for lesson in lessons),
        counted=tuple(lesson.percent for lesson in lessons),
        starts=starts,
        terms=terms,
        decided=_decided(lessons),
        helped=tuple(_helped(index, lesson.outcome) for lesson in lessons),
    ).sealed()


def _helped(index: RegisterIndex, outcome: Outcome) -> tuple[UnitCode, ...]:
    """The units of the city tier that helped with an order; a bureau stands for those it mirrors that have the duty."""
    known = set(index.units)
    found = {unit for one in outcome.supports for unit in index.places.city_tier(one) if unit in known}
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Scores:
    """What register and memory say of one order, in 1/1000: apart for the reasons, together for the weighing."""

    register: tuple[int, ...]  # for each unit of the index
    learned: Mapping[str, int]  # for each class of memory
    groups: tuple[int, ...]  # together, for each group of the index
    units: tuple[int, ...]  # together, for each unit: within its group it keeps its distance to the best
    near: tuple[tuple[int, int], ...]  # the rows of memory nearest to the order, with their likeness


def total_scores(
    index: RegisterIndex,
    memory: MemoryEdition,
    reading: Reading,
    hits: Sequence[Hit] | None = None,
    likeness: Ints | None = None,
    vector: Vector | None = None,
) -> Scores:
    """The scores of all groups and of all units, register and memory together."""
    found = index.wordings.hits(reading.text, reading.words) if hits is None else hits
    units: list[int] = index.unit_scores(reading, found, likeness, vector).tolist()
    groups = index.group_scores(units)
    if not memory.learned:
        return Scores(tuple(units), {}, tuple(groups), tuple(units), ())
    known = dict(zip(index.groups, groups, strict=True))
    register = [known.get(group, FLOOR) for group in memory.register_classes]
    said = memory.scores(reading, named_items(found), register).tolist()
    by_class = dict(zip(memory.classes, said, strict=True))
    near = memory.near(reading)
    totals = fused(groups, _heard(index, by_class, memory.votes(near), near), memory.trust)
    rows = zip(index.units, index.group_at, units, strict=True)
    within = [score + by_class.get(f"={unit}", 0) + _custom(memory, index.groups[at], unit) for unit, at, score in rows]
    best = index.group_scores(within)
    placed = (totals[at] + score - best[at] for at, score in zip(index.group_at, within, strict=True))
    return Scores(tuple(units), by_class, tuple(totals), tuple(placed), tuple(near))


def _custom(memory: MemoryEdition, group: str, unit: UnitCode) -> int:
    """What speaks against a unit that seldom or never answered where others of its group did: without it, one whose
    clauses are few and unlike all the others would be taken for an order that is unlike them too."""
    whole = memory.times.get(group, 0)
    return round(CUSTOM * log((memory.times.get(f"={unit}", 0) + 1) / (whole + 1))) if whole else 0


def _heard(
    index: RegisterIndex, learned: Mapping[str, int], voted: Mapping[str, int], near: Sequence[tuple[int, int]]
) -> list[int]:
    """What memory says of each group: the learned score, never below the floor, and the vote of the nearest orders,
    which counts for more the liker the nearest is."""
    vote = VOTE + near[0][1] if near else 0
    return [max(FLOOR, learned.get(group, FLOOR)) + vote * voted.get(group, 0) // 1000 for group in index.groups]


def fused(register: Sequence[int], learned: Sequence[int], trust: int) -> list[int]:
    """Register and memory scores as one, in 1/1000 of their common weight."""
    return [(said * 1000 + score * trust) // (1000 + trust) for score, said in zip(register, learned, strict=True)]


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


def _lessons(outcomes: Sequence[Outcome], index: RegisterIndex, weights: Weights, today: date | None) -> list[_Lesson]:
    found: list[_Lesson] = []
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
        found.append(_Lesson(outcome, words, grams, times, unit, group, named_items(hits), register, percent))
    return found


def _settled(lessons: Sequence[_Lesson]) -> list[_Lesson]:
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


def _features(lessons: Sequence[_Lesson]) -> Features:
    large = len(lessons) > 400
    words = vocabulary((lesson.words for lesson in lessons), least=2 if large else 1)
    grams = vocabulary((lesson.grams for lesson in lessons), least=3 if large else 2, at_most=150_000)
    return Features(words, grams, tuple(sorted({item for lesson in lessons for item, _ in lesson.named})))


def _rows(lessons: Sequence[_Lesson], words: Vocabulary) -> tuple[Ints, NDArray[np.int32]]:
    """The known words of each lesson by place: where each lesson's begin, and all of them."""
    rows = [sorted({words.places[word] for word in lesson.words if word in words.places}) for lesson in lessons]
    starts: Ints = np.cumsum([0, *(len(row) for row in rows)])
    return starts, np.array([place for row in rows for place in row], np.int32)


def _classes(lessons: Sequence[_Lesson]) -> tuple[str, ...]:
    """The groups seen, then the units of groups of which several units were seen."""
    units: dict[str, set[UnitCode]] = {}
    for lesson in lessons:
        units.setdefault(lesson.group, set()).add(lesson.unit)
    told = sorted(f"={unit}" for found in units.values() if len(found) > 1 for unit in found)
    return (*sorted(units), *(key for key in told if key not in units))


def _train(
    lessons: Sequence[_Lesson],
    index: RegisterIndex,
    features: Features,
    classes: tuple[str, ...],
    epochs: int,
) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    place_of = {key: place for place, key in enumerate(classes)}
    first = tuple(place_of[group] for group in sorted({lesson.group for lesson in lessons}))
    rivals: dict[str, set[int]] = {}
    for lesson in lessons:
        if (place := place_of.get(f"={lesson.unit}")) is not None:
            rivals.setdefault(lesson.group, set()).add(place)
    examples: list[Example] = []
    for lesson in lessons:
        places, weights = features.of(lesson.reading(), lesson.named, lesson.register)
        where, values = places.astype(np.int32), weights.astype(np.int16)
        against, percent = lesson.percent < 0, abs(lesson.percent)
        examples.append(Example(where, values, place_of[lesson.group], percent, against, first))
        unit = place_of.get(f"={lesson.unit}")
        if unit is not None and unit not in first:
            examples.append(Example(where, values, unit, percent, against, tuple(sorted(rivals[lesson.group]))))
    size = len(features) + len(index.groups)
    return quantise(learn_weights(examples, size, len(classes), cost=100, epochs=epochs))


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """What was said of an order by a memory that had not seen it: per group of the index; and the right group."""

    register: tuple[int, ...]
    learned: tuple[int, ...]
    truth: int


def _held_out(lessons: Sequence[_Lesson], index: RegisterIndex) -> list[_HeldOut]:
    folds = 5 if len(lessons) <= 3000 else 3
    found: list[_HeldOut] = []
    for fold in range(folds):
        # blocks of the record, not every fifth: what people call about in one week is much alike
        low, high = len(lessons) * fold // folds, len(lessons) * (fold + 1) // folds
        taught = [*lessons[:low], *lessons[high:]]
        asked = [lesson for lesson in lessons[low:high] if lesson.percent > 0]
        if not taught or not asked:
            continue
        features = _features(taught)
        words = features.words
        classes = tuple(sorted({lesson.group for lesson in taught}))
        model = _train(taught, index, features, classes, _EPOCHS_HELD_OUT)
        starts, terms = _rows(taught, words)
        near = neighbours(words.idf, starts, terms)
        labels, weights = [lesson.group for lesson in taught], [lesson.percent for lesson in taught]
        for lesson in asked:
            known = sorted({words.places[word] for word in lesson.words if word in words.places})
            like = near.near(known)
            voted = votes(like, labels, weights)
            said = class_scores(features, model, lesson.reading(), lesson.named, lesson.register).tolist()
            by_class = dict(zip(classes, said, strict=True))
            learned = tuple(_heard(index, by_class, voted, like))
            found.append(_HeldOut(lesson.register, learned, index.groups.index(lesson.group)))
    return found


def trust_after(outcomes: int) -> int:
    """How much the register's own score counts beside what was learned, in 1/1000: nearly alike after a hundred
    outcomes, a seventeenth after ten thousand. Measured on held-out orders; to choose by few of them is to choose by
    chance.
    """
    return 40 + 200_000 // (150 + outcomes)


def _sharpness(held: Sequence[_HeldOut], trust: int) -> int:
    """The sharpness under which the held-out truths are least surprising (log-likelihood, in 1/1000 nat)."""

    def surprise(sharpness: int) -> int:
        found = [shares(fused(one.register, one.learned, trust), sharpness)[one.truth] for one in held]
        return sum(round(-1000 * log(max(share, 1) / 1000)) for share in found)

    return min(_SHARPNESS, key=lambda one: (surprise(one), one)) if held else DEFAULT_SHARPNESS


def _best(scores: Sequence[int]) -> int:
    return max(range(len(scores)), key=lambda place: (scores[place], -place))


def _table(held: Sequence[_HeldOut], trust: int) -> tuple[int, ...]:
    bins: list[int] = []
    right: list[bool] = []
    for one in held:
        scores = fused(one.register, one.learned, trust)
        bins.append(bin_of(scores))
        right.append(_best(scores) == one.truth)
    return rising_table(bins, right, DEFAULT_TABLE)


def _decided(lessons: Sequence[_Lesson]) -> tuple[tuple[ClauseId, UnitCode], ...]:
    """The unit last decided, else designated, for each matter."""
    found: dict[ClauseId, tuple[int, int, UnitCode]] = {}
    for lesson in lessons:
        rank = {"decided": 2, "designated": 1}.get(lesson.outcome.kind, 0)
        matter = lesson.outcome.matter_id
        if rank and matter is not None:
            found[matter] = max(
                found.get(matter, (0, 0, lesson.unit)), (rank, lesson.outcome.recorded_position, lesson.unit)
            )
    return tuple((matter, unit) for matter, (rank, _, unit) in sorted(found.items()) if rank == 2)
