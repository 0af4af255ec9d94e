"""Which of a unit's clauses an order's words speak of: told apart by the wordings that lead to each.

Within one unit other words are telling than between units: 学校 says nothing of which clause of the education
authority is meant. So for each unit a linear classifier of its own is learned, in whole numbers (`routing.linear`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mandates.edition import RegisterEdition
from routing.linear import Example, learn_weights, quantise
from routing.vectors import UNIT, Ints
from terms.ids import ClauseId, UnitCode

_COST = 100
_EPOCHS = 7


class Phrase(NamedTuple):
    """A text that leads to a clause of a unit."""

    text: str
    unit: UnitCode
    clause: ClauseId


class Told(NamedTuple):
    """What tells the clauses of one unit apart: the terms it knows, by place and rising, and their weights."""

    clauses: tuple[ClauseId, ...]
    places: NDArray[np.int32]
    weights: NDArray[np.int16]  # [places + 1, clauses] in 1/4096, the last row the bias


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """For every unit with several clauses that wordings lead to, what tells these apart."""

    units: Mapping[UnitCode, Told]

    def scores(self, unit: UnitCode, places: Ints, values: Ints) -> dict[ClauseId, int]:
        """The margin of each clause of a unit, in 1/1000, for an order given by places and values of its terms.

        Empty where there is nothing to tell apart.
        """
        told = self.units.get(unit)
        if told is None or not len(told.places):
            return {}
        rows = np.searchsorted(told.places, places.astype(np.int32))  # another width would copy them all
        rows[rows == len(told.places)] = 0
        known = told.places[rows] == places
        # products and sums below 2^53: exact, in whatever order they are added
        total = (values[known].astype(np.float64) @ told.weights.take(rows[known], axis=0).astype(np.float64)).astype(
            np.int64
        )
        total += UNIT * told.weights[-1].astype(np.int64)
        return dict(zip(told.clauses, (total * 1000 // (UNIT * 4096)).tolist(), strict=True))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was learned, for the cache of the index: the places and the weights of all units, one after another."""
        told = list(self.units.values())
        return {
            "clause_sizes": np.array([len(one.places) for one in told], np.int64),
            "clause_places": np.concatenate([one.places for one in told] or [np.zeros(0, np.int32)]),
            "clause_weights": np.concatenate([one.weights.ravel() for one in told] or [np.zeros(0, np.int16)]),
        }


def phrases(edition: RegisterEdition) -> list[Phrase]:
    """The matters and wordings of the duty points with the clause that each rests on, and these clauses themselves."""
    found: list[Phrase] = []
    for point in edition.duty_points.values():
        if point.only_calls:
            continue
        texts = (" ".join((point.matter, *point.wordings)), point.matter, *point.wordings)
        found += [Phrase(text, point.unit, point.clause) for text in texts]
    pairs = dict.fromkeys((phrase.unit, phrase.clause) for phrase in found)
    told = ((edition.text_of(clause), unit, clause) for unit, clause in pairs)
    return found + [Phrase(text, unit, clause) for text, unit, clause in told if text]


def learn_clause_words(found: Sequence[Phrase], vectors: Iterable[tuple[Ints, Ints]]) -> ClauseWords:
    """Learn from phrases, each given with the places and values of its terms."""
    of_unit: dict[UnitCode, list[tuple[ClauseId, Ints, Ints]]] = {}
    for phrase, (places, values) in zip(found, vectors, strict=True):
        of_unit.setdefault(phrase.unit, []).append((phrase.clause, places, values))
    several = {unit: rows for unit, rows in of_unit.items() if len({clause for clause, _, _ in rows}) > 1}
    return ClauseWords({unit: _learn(rows) for unit, rows in several.items()})


def _learn(rows: Sequence[tuple[ClauseId, Ints, Ints]]) -> Told:
    clauses = clauses_of(clause for clause, _, _ in rows)
    at = {clause: place for place, clause in enumerate(clauses)}
    places = np.unique(np.concatenate([where for _, where, _ in rows])).astype(np.int32)
    examples = [
        Example(np.searchsorted(places, where).astype(np.int32), says.astype(np.int16), at[clause])
        for clause, where, says in rows
    ]
    weights = quantise(learn_weights(examples, len(places), len(clauses), cost=_COST, epochs=_EPOCHS))
    return Told(clauses, places, weights)


def clauses_of(found: Iterable[ClauseId]) -> tuple[ClauseId, ...]:
    """The clauses told apart, each once, in the order of their ids."""
    return tuple(sorted(set(found)))


def restored(found: Sequence[Phrase], stored: Mapping[str, NDArray[Any]]) -> ClauseWords:
    """What `arrays` gave, read again. Raises ValueError where it is not of these phrases."""
    of_unit: dict[UnitCode, set[ClauseId]] = {}
    for phrase in found:
        of_unit.setdefault(phrase.unit, set()).add(phrase.clause)
    several = {unit: clauses_of(clauses) for unit, clauses in of_unit.items() if len(clauses) > 1}
    sizes, places, weights = stored["clause_sizes"], stored["clause_places"], stored["clause_weights"]
    ends = np.cumsum(sizes)
    widths = [len(clauses) for clauses in several.values()]
    if len(sizes) != len(several) or sum((sizes + 1) * widths) != len(weights):
        raise ValueError("the cached index does not fit the edition")
    units: dict[UnitCode, Told] = {}
    at = 0
    for (unit, clauses), size, end in zip(several.items(), sizes.tolist(), ends.tolist(), strict=True):
        width = (size + 1) * len(clauses)
        units[unit] = Told(clauses, places[end - size : end], weights[at : at + width].reshape(size + 1, len(clauses)))
        at += width
    return ClauseWords(units)
