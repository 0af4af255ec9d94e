"""The artefact of learning: what past outcomes taught, in whole numbers, named by its digest.

A memory edition holds weights of terms, and for every order the places of its words: never a text. The texts it
learns from are masked before they reach it, and an order can be forgotten. Decisions outrank acceptances, what a
unit returned and was upheld on counts against it, and a lead without a clause in force is for `propose` to refuse.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.calibrate import DEFAULT_SHARPNESS, DEFAULT_TABLE
from routing.neighbours import Neighbours, neighbours, votes
from routing.reading import Reading
from routing.vectors import UNIT, Ints, Vocabulary
from routing.wordings import Hit
from terms.ids import ClauseId, UnitCode

FORMAT = 4
_ALIKE = 200  # least likeness of a past order whose supports are taken for this one, of 1000
_HELPED_BY = 8
_HABIT = 3
Named = tuple[tuple[ClauseId, int], ...]


@dataclass(frozen=True)
class MemoryEdition:
    """An artefact of learning. `digest` is the sha-256 of `to_bytes()`; the empty edition remembers nothing."""

    digest: str = hashlib.sha256(b"").hexdigest()
    position: int = 0  # the last outcome's place in the record
    learned: int = 0
    classes: tuple[str, ...] = ()  # groups, then units told apart within a group (as "=code")
    words: Vocabulary = field(default_factory=lambda: Vocabulary({}, np.zeros(0, np.int64)))
    grams: Vocabulary = field(default_factory=lambda: Vocabulary({}, np.zeros(0, np.int64)))
    items: tuple[ClauseId, ...] = ()  # the items of the register whose wordings the learned model also reads
    register_classes: tuple[str, ...] = ()  # and the groups whose register scores it reads
    weights: NDArray[np.int16] = field(default_factory=lambda: np.zeros((1, 0), np.int16))
    trust: int = 1000  # how much the register's own score counts beside what was learned, in 1/1000
    sharpness: int = DEFAULT_SHARPNESS
    table: tuple[int, ...] = DEFAULT_TABLE
    orders: tuple[tuple[str, str, str], ...] = ()  # number, city unit, kind
    answered: tuple[str, ...] = ()  # for each order its group
    counted: tuple[int, ...] = ()  # and how much it counts, in percent
    starts: Ints = field(default_factory=lambda: np.zeros(1, np.int64))
    terms: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    decided: tuple[tuple[ClauseId, UnitCode], ...] = ()
    helped: tuple[tuple[UnitCode, ...], ...] = ()  # for each order the city units that supported

    def scores(self, reading: Reading, named: Named, register: Sequence[int]) -> Ints:
        """What memory says of each of `classes`, in 1/1000. `named` are the items that the order names, `register` the
        scores of `register_classes`."""
        return class_scores(self._features, self.weights, reading, named, register)

    @cached_property
    def _features(self) -> "Features":
        return Features(self.words, self.grams, self.items)

    @cached_property
    def times(self) -> Mapping[str, int]:
        """How many of the past orders each group answered, and of them each unit (as "=code")."""
        units = (f"={unit}" for _, unit, _ in self.orders)
        return Counter((*self.answered, *units))

    @cached_property
    def customs(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """What `routing.scores` reckoned once for each register edition it was asked with."""
        return {}

    @cached_property
    def _neighbours(self) -> Neighbours:
        return neighbours(self.words.idf, self.starts, self.terms)

    def near(self, reading: Reading) -> list[tuple[int, int]]:
        """The past orders like this one, by row, with their likeness (0–1000), likest first."""
        if not self.orders:
            return []
        places = self.words.places
        return self._neighbours.near(sorted(place for place in map(places.get, reading.plain) if place is not None))

    def votes(self, near: Sequence[tuple[int, int]]) -> dict[str, int]:
        """What the nearest past orders say: for each group its share among them, in 1/1000."""
        return votes(near, self.answered, self.counted)

    def similar(self, near: Sequence[tuple[int, int]], unit: UnitCode, at_most: int = 3) -> tuple[str, ...]:
        """The nearest past orders with this lead, likest first."""
        found = (self.orders[row][0] for row, likeness in near if likeness >= 200 and self.orders[row][1] == unit)
        return tuple(found)[:at_most]

    def helpers(self, near: Sequence[tuple[int, int]], lead: UnitCode) -> dict[UnitCode, int]:
        """Who helped this lead with the nearest past orders: for each unit its share of them, in 1/1000, likeness
        squared. Empty where fewer than three are near enough to tell a habit from a chance."""
        told = [(row, alike) for row, alike in near if alike >= _ALIKE and self.orders[row][1] == lead][:_HELPED_BY]
        if len(told) < _HABIT:
            return {}
        found: dict[UnitCode, int] = {}
        for row, alike in told:
            for unit in self.helped[row]:
                found[unit] = found.get(unit, 0) + alike * alike
        whole = sum(alike * alike for _, alike in told)
        return {unit: share * 1000 // whole for unit, share in sorted(found.items())}

    def to_bytes(self) -> bytes:
        """The artefact, the same bytes on every machine."""
        if not self.learned:
            return b""
        head = {
            "format": FORMAT,
            "position": self.position,
            "learned": self.learned,
            "classes": self.classes,
            "register_classes": self.register_classes,
            "items": self.items,
            "words": list(self.words.places),
            "grams": list(self.grams.places),
            "trust": self.trust,
            "sharpness": self.sharpness,
            "table": self.table,
            "orders": self.orders,
            "answered": self.answered,
            "counted": self.counted,
            "decided": self.decided,
            "helped": self.helped,
            "shape": self.weights.shape,
            "terms": len(self.terms),
        }
        first = json.dumps(head, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        parts: list[NDArray[Any]] = [
            self.words.idf.astype("<i4"),
            self.grams.idf.astype("<i4"),
            self.weights.astype("<i2"),
            self.starts.astype("<i8"),
            self.terms.astype("<i4"),
        ]
        return b"".join((len(first).to_bytes(8, "little"), first, *(part.tobytes() for part in parts)))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "MemoryEdition":
        """The edition in an artefact. Raises ValueError when these are not its bytes."""
        if not raw:
            return EMPTY
        stream = io.BytesIO(raw)
        head = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        if head["format"] != FORMAT:
            raise ValueError(f"memory artefact of format {head['format']}, this program reads {FORMAT}")

        def array(kind: str, count: int) -> NDArray[Any]:
            size = np.dtype(kind).itemsize * count
            part = stream.read(size)
            if len(part) != size:
                raise ValueError("the memory artefact is cut short")
            return np.frombuffer(part, kind)

        words = array("<i4", len(head["words"])).astype(np.int64)
        grams = array("<i4", len(head["grams"])).astype(np.int64)
        rows, columns = head["shape"]
        weights = array("<i2", rows * columns).reshape(rows, columns).astype(np.int16)
        starts = array("<i8", len(head["orders"]) + 1).astype(np.int64)
        terms = array("<i4", head["terms"]).astype(np.int32)
        return cls(
            hashlib.sha256(raw).hexdigest(),
            head["position"],
            head["learned"],
            tuple(head["classes"]),
            Vocabulary({term: place for place, term in enumerate(head["words"])}, words),
            Vocabulary({term: place for place, term in enumerate(head["grams"])}, grams),
            tuple(ClauseId(item) for item in head["items"]),
            tuple(head["register_classes"]),
            weights,
            head["trust"],
            head["sharpness"],
            tuple(head["table"]),
            tuple((number, unit, kind) for number, unit, kind in head["orders"]),
            tuple(head["answered"]),
            tuple(head["counted"]),
            starts,
            terms,
            tuple((ClauseId(matter), UnitCode(unit)) for matter, unit in head["decided"]),
            tuple(tuple(UnitCode(unit) for unit in units) for units in head["helped"]),
        )

    def sealed(self) -> "MemoryEdition":
        """The same edition under its true digest."""
        return replace(self, digest=hashlib.sha256(self.to_bytes()).hexdigest())

    def forget(self, order_no: str) -> "MemoryEdition":
        """An edition that no longer knows this order: neither its row nor a term that stood in it alone.

        A term that others share keeps its weight until the next learning; a name that only this order used is gone.
        """
        gone = [row for row, (number, _, _) in enumerate(self.orders) if number == order_no]
        if not gone:
            return self
        rows = np.repeat(np.arange(len(self.orders)), np.diff(self.starts))
        stays = ~np.isin(rows, gone)
        left = {int(term) for term in self.terms[stays]}
        lost = {int(term) for term in self.terms[~stays]} - left
        spelled = list(self.words.places)
        names = {spelled[term] for term in lost}
        kept_words = [place for place in range(len(spelled)) if place not in lost]
        moved = {old: new for new, old in enumerate(kept_words)}
        grams = list(self.grams.places)
        kept_grams = [place for place, gram in enumerate(grams) if not any(_of_lost(gram, name) for name in names)]
        weights = self.weights[
            [
                *kept_words,
                *(len(spelled) + place for place in kept_grams),
                *range(len(spelled) + len(grams), len(self.weights)),
            ]
        ]
        counts = [int(count) for row, count in enumerate(np.diff(self.starts)) if row not in gone]
        return replace(
            self,
            words=Vocabulary({spelled[old]: new for old, new in moved.items()}, self.words.idf[kept_words]),
            grams=Vocabulary({grams[old]: new for new, old in enumerate(kept_grams)}, self.grams.idf[kept_grams]),
            weights=weights,
            orders=tuple(order for row, order in enumerate(self.orders) if row not in gone),
            answered=tuple(group for row, group in enumerate(self.answered) if row not in gone),
            counted=tuple(percent for row, percent in enumerate(self.counted) if row not in gone),
            helped=tuple(units for row, units in enumerate(self.helped) if row not in gone),
            starts=np.cumsum([0, *counts]),
            terms=np.array([moved[int(term)] for term in self.terms[stays]], np.int32),
        ).sealed()


def _of_lost(gram: str, name: str) -> bool:
    """Whether an n-gram or a pair of words gives away a word that has to go."""
    return name in gram.split(" ") or (len(name) >= 2 and (name in gram or gram in name))


EMPTY = MemoryEdition()


@dataclass(frozen=True)
class Features:
    """What a learned model reads of an order, in this order: words, n-grams, items named, register scores, a bias."""

    words: Vocabulary
    grams: Vocabulary
    items: tuple[ClauseId, ...]

    @cached_property
    def _places(self) -> Mapping[ClauseId, int]:
        base = len(self.words.places) + len(self.grams.places)
        return {item: base + place for place, item in enumerate(self.items)}

    def __len__(self) -> int:
        """How many there are before the register's scores."""
        return len(self.words.places) + len(self.grams.places) + len(self.items)

    def of(self, reading: Reading, named: Named, register: Sequence[int]) -> tuple[Ints, Ints]:
        """Places and values of one order.

        An item that the order names by a whole wording counts for half a family of terms: so what an order is about
        is learned whatever words were used for it. A register score is counted from -1, where the register says
        nothing for a group: most are then absent, and the learning converges in a few rounds.
        """
        left, left_weights = self.words.vector(reading.plain)
        right, right_weights = self.grams.vector(reading.grams)
        known = [(place, said) for item, said in named if (place := self._places.get(item)) is not None]
        told: Ints = np.array(known, np.int64).reshape(-1, 2)
        scores = np.minimum(np.maximum(np.array(register, np.int64) + 1000, 0), 3000) * UNIT // 1000
        spoken = np.flatnonzero(scores)
        return (
            np.concatenate([left, right + len(self.words.places), told[:, 0], spoken + len(self)]),
            np.concatenate([left_weights, right_weights, told[:, 1] * UNIT // 200, scores[spoken]]),
        )


def named_items(hits: Sequence[Hit]) -> Named:
    """The items whose wordings were found, in the order of their ids, each with what was found of it (0–150)."""
    found: dict[ClauseId, int] = {}
    for hit in hits:
        found[hit.wording.item] = found.get(hit.wording.item, 0) + hit.strength
    return tuple((item, min(150, strength)) for item, strength in sorted(found.items()))


def class_scores(
    features: Features, weights: NDArray[np.int16], reading: Reading, named: Named, register: Sequence[int]
) -> Ints:
    """Scores of every class in 1/1000: terms, items, register scores and the bias. Whole numbers throughout."""
    places, values = features.of(reading, named, register)
    # products and sums below 2^53: exact, in whatever order they are added
    total = (values.astype(np.float64) @ weights.take(places, axis=0).astype(np.float64)).astype(np.int64)
    total += UNIT * weights[-1].astype(np.int64)
    found: Ints = total * 1000 // (UNIT * 4096)
    return found
