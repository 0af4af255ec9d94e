"""Learning from outcomes: the same outcomes under the same register give the same memory edition, bit for bit.

Two levels. First the groups (functional classes) are told apart, by the order's terms and by what the register's own
words say of it; then, within a group, its units. A held-out fold decides how far memory is trusted beside the
register and what a confidence means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np
from numpy.typing import NDArray

from city.configuration import Weights
from routing.calibrate import DEFAULT_SHARPNESS, bin_of, rising_table, shares
from routing.index import RegisterIndex
from routing.lessons import Lesson, Outcome, latest, lessons_of, settled
from routing.linear import Example, learn_weights, quantise
from routing.memory_edition import EMPTY, Features, MemoryEdition, class_scores
from routing.neighbours import neighbours, votes
from routing.scores import fused, heard
from routing.vectors import Ints, Vocabulary, vocabulary
from terms.ids import ClauseId, UnitCode

__all__ = ["EMPTY", "MemoryEdition", "Outcome", "learn"]

_EPOCHS = 20  # rounds of learning: after 9 it has not settled, after 40 it says the same
_EPOCHS_HELD_OUT = 12
_SHARPNESS = (10, 15, 20, 25, 30, 40, 50, 65, 80, 120)


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
    lessons = settled(lessons_of(latest(outcomes), index, weights or Weights(), today))
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


def _features(lessons: Sequence[Lesson]) -> Features:
    large = len(lessons) > 400
    words = vocabulary((lesson.words for lesson in lessons), least=2 if large else 1)
    grams = vocabulary((lesson.grams for lesson in lessons), least=3 if large else 2, at_most=150_000)
    return Features(words, grams, tuple(sorted({item for lesson in lessons for item, _ in lesson.named})))


def _rows(lessons: Sequence[Lesson], words: Vocabulary) -> tuple[Ints, NDArray[np.int32]]:
    """The known words of each lesson by place: where each lesson's begin, and all of them."""
    rows = [sorted({words.places[word] for word in lesson.words if word in words.places}) for lesson in lessons]
    starts: Ints = np.cumsum([0, *(len(row) for row in rows)])
    return starts, np.array([place for row in rows for place in row], np.int32)


def _classes(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """The groups seen, then the units of groups of which several units were seen."""
    units: dict[str, set[UnitCode]] = {}
    for lesson in lessons:
        units.setdefault(lesson.group, set()).add(lesson.unit)
    told = sorted(f"={unit}" for found in units.values() if len(found) > 1 for unit in found)
    return (*sorted(units), *(key for key in told if key not in units))


def _train(
    lessons: Sequence[Lesson],
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


def _held_out(lessons: Sequence[Lesson], index: RegisterIndex) -> list[_HeldOut]:
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
            learned = tuple(heard(index, by_class, voted, like))
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
    return rising_table(bins, right)


def _decided(lessons: Sequence[Lesson]) -> tuple[tuple[ClauseId, UnitCode], ...]:
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
