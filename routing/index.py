"""The index of one register edition: what routing asks of it, read by every thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log1p

import numpy as np
from numpy.typing import NDArray

from mandates.edition import RegisterEdition
from routing.calls import CallIndex
from routing.clause_words import ClauseWords
from routing.corpus import Citable
from routing.matters import Matters
from routing.reading import Reading
from routing.recall import Recall
from routing.territory import Gazetteer
from routing.unit_names import UnitNames
from routing.vectors import UNIT, Ints, Vocabulary
from routing.wordings import Hit, WordingIndex
from terms.ids import UnitCode

Vector = tuple[Ints, Ints]  # places and values of the terms of a text
_NOWHERE = slice(0, 0)
_SAID: Ints = np.array([round(100 * log1p(strength / 100)) for strength in range(1001)], np.int64)


def in_both(words: Vocabulary, grams: Vocabulary, reading: Reading) -> Vector:
    """Places and weights of a reading's words and n-grams, the places of the n-grams after those of all words."""
    left, left_weights = words.vector(reading.plain)
    right, right_weights = grams.vector(reading.grams)
    return np.concatenate([left, right + len(words.places)]), np.concatenate([left_weights, right_weights])


@dataclass(frozen=True, slots=True)
class RegisterIndex:
    """Everything routing asks of one register edition. Only what was spelled out once is kept after it was built."""

    edition: RegisterEdition
    units: tuple[UnitCode, ...]
    groups: tuple[str, ...]
    group_at: tuple[int, ...]  # for each unit the place of its group
    words: Vocabulary
    grams: Vocabulary
    weights: NDArray[np.int16]  # [words + grams + 1, units], in 1/4096
    citables: tuple[Citable, ...]
    items: Mapping[UnitCode, slice]  # where each unit's stand in `citables`
    spelled: tuple[str, ...]  # the words of `recall` by place
    recall: Recall
    wordings: WordingIndex
    names: UnitNames
    places: Gazetteer
    district_units: frozenset[UnitCode]
    load: Ints  # for each unit, in 1/1000: more where it has many duty points
    with_items: Ints  # the units of the city tier that have items, and where these begin
    item_starts: Ints
    item_end: int
    calls: CallIndex
    partners: Mapping[UnitCode, frozenset[UnitCode]]  # units that a boundary item or joint duty point names together
    clause_words: ClauseWords
    column: Mapping[UnitCode, int]  # the place of each unit in `units`
    members: tuple[tuple[UnitCode, ...], ...]  # the units of each group
    idf: Ints  # of words and n-grams, one after the other
    matters: Matters
    helpful: Ints  # for each unit, in 1/1000: more the more boundary items and joint duty points it supports
    said: dict[int, str] = field(default_factory=dict)  # the words of those citable items that were asked for

    @property
    def digest(self) -> str:
        """The edition this index was built from."""
        return self.edition.digest

    def vector(self, reading: Reading) -> Vector:
        """Places and weights of a reading in the two vocabularies, one after the other."""
        return in_both(self.words, self.grams, reading)

    def unit_scores(
        self,
        reading: Reading,
        hits: Sequence[Hit] | None = None,
        likeness: Ints | None = None,
        vector: Vector | None = None,
    ) -> Ints:
        """How much the register speaks for each unit, in 1/1000 of the margin; one number a unit.

        Four things count: what was learned from its words, the everyday wordings found, the likest item, and how
        much a unit has to do at all. `hits`, `likeness` and `vector` are found anew where they are not given.
        """
        places, weights = self.vector(reading) if vector is None else vector
        # products and sums below 2^53: exact, in whatever order they are added
        total = (weights.astype(np.float64) @ self.weights.take(places, axis=0).astype(np.float64)).astype(np.int64)
        total += UNIT * self.weights[-1].astype(np.int64)
        scores: Ints = total * 1000 // (UNIT * 4096) + self.load
        said = dict.fromkeys(self.units, 0)
        for hit in self.wordings.hits(reading.text, reading.words) if hits is None else hits:
            if hit.wording.unit in said:
                said[hit.wording.unit] += hit.strength
        scores += _SAID[np.minimum(np.fromiter(said.values(), np.int64, len(said)), len(_SAID) - 1)]
        alike = self.recall.scores(reading.plain) if likeness is None else likeness
        return scores + self.likest(alike)

    def likest(self, likeness: Ints) -> Ints:
        """For each unit the likeness of its likest item."""
        found: Ints = np.zeros(len(self.units), np.int64)
        if self.item_end:
            found[self.with_items] = np.maximum.reduceat(likeness[: self.item_end], self.item_starts)
        return found

    def items_of(self, unit: UnitCode) -> slice:
        """The places in `citables` of what can be cited for a unit."""
        return self.items.get(unit, _NOWHERE)

    def segmented(self, place: int) -> str:
        """The words of a citable item, joined by blanks, as RapidFuzz's token scorers want them."""
        if (found := self.said.get(place)) is not None:
            return found
        recall = self.recall
        own = recall.own[recall.own_starts[place] : recall.own_starts[place + 1]].tolist()
        found = self.said[place] = " ".join([self.spelled[word] for word in own])
        return found

    def columns_of_partners(self, column: int) -> list[int]:
        """The columns of the units that a boundary item or joint duty point names together with a unit's."""
        partners = self.partners.get(self.units[column], frozenset())
        return sorted(self.column[unit] for unit in partners if unit in self.column)

    def mostly_district(self, unit: UnitCode) -> bool:
        """Whether most of a unit's duty points are handled in the districts."""
        return unit in self.district_units

    def group_scores(self, units: Sequence[int]) -> list[int]:
        """The score of each group: that of its best unit."""
        found = [-1_000_000] * len(self.groups)
        for at, score in zip(self.group_at, units, strict=True):
            if score > found[at]:
                found[at] = score
        return found
