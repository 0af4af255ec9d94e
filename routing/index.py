"""The index of one register edition: built once, kept on disk under the edition's digest, read by every thread."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.corpus import Citable, citables, city_units, group_of, passages
from routing.linear import Example, learn_weights, quantise
from routing.territory import Gazetteer
from routing.text import is_word, normalise, segmenter
from routing.unit_names import UnitNames
from routing.vectors import UNIT, Ints, Vocabulary, counted, terms_of, vocabulary
from routing.wordings import Hit, WordingIndex, wordings_of
from terms.ids import UnitCode

_NONE: Ints = np.zeros(0, np.int64)
_SAID: Ints = np.array([round(100 * log1p(strength / 100)) for strength in range(1001)], np.int64)
_TELLING = 28  # words of an order by which items are recalled
LONGEST = 700  # code points of an order that are read: what matters is said by then
FORMAT = 4  # of the cached arrays; another number, another file


@dataclass(frozen=True, slots=True)
class Reading:
    """An order's text, read once: normalised words and the two families of terms."""

    text: str
    words: tuple[str, ...]
    plain: Mapping[str, int]  # each word with its count, in the order of the text
    grams: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recall:
    """An inverted index over what can be cited: for each word the items it stands in, and how much it says there."""

    words: Vocabulary
    starts: Ints
    items: NDArray[np.int32]
    weights: NDArray[np.int16]
    own_starts: Ints  # and for each item its words
    own: NDArray[np.int32]
    size: int

    def scores(self, words: Mapping[str, int]) -> Ints:
        """For every citable item the likeness (cosine, 0–1024) of its words to these."""
        places, weights = self.words.vector(words)
        if not len(places):
            return np.zeros(self.size, np.int64)
        if len(places) > _TELLING:  # a long text is recalled by its most telling words
            kept = np.argsort(-weights, kind="stable")[:_TELLING]
            places, weights = places[kept], weights[kept]
        slices = [slice(int(self.starts[place]), int(self.starts[place + 1])) for place in places.tolist()]
        flat = np.concatenate([self.items[part] for part in slices])
        mass = np.concatenate(
            [
                self.weights[part].astype(np.int64) * weight
                for part, weight in zip(slices, weights.tolist(), strict=True)
            ]
        )
        found: Ints = np.bincount(flat, mass, self.size).astype(np.int64) // UNIT  # sums below 2^53: exact
        return found


@dataclass(frozen=True, slots=True)
class RegisterIndex:
    """Everything routing asks of one register edition. Never written to after it was built."""

    edition: RegisterEdition
    units: tuple[UnitCode, ...]
    groups: tuple[str, ...]
    group_at: tuple[int, ...]  # for each unit the place of its group
    words: Vocabulary
    grams: Vocabulary
    weights: NDArray[np.int16]  # [words + grams + 1, units], in 1/4096
    citables: tuple[Citable, ...]
    by_unit: Mapping[UnitCode, Ints]
    spelled: tuple[str, ...]  # the words of `recall` by place
    recall: Recall
    wordings: WordingIndex
    names: UnitNames
    places: Gazetteer
    district_units: frozenset[UnitCode]
    load: Ints  # for each unit, in 1/1000: more where it has many duty points
    by_item: Ints  # the places of all items, by unit; where each unit's begin; and which units these are
    item_starts: Ints
    with_items: Ints
    related: Mapping[UnitCode, tuple[Ints, tuple[tuple[UnitCode, ...], ...]]]  # items that name a unit beside others

    @property
    def digest(self) -> str:
        """The edition this index was built from."""
        return self.edition.digest

    def vector(self, reading: Reading) -> tuple[Ints, Ints]:
        """Places and weights of a reading in the two vocabularies, one after the other."""
        left, left_weights = self.words.vector(reading.plain)
        right, right_weights = self.grams.vector(reading.grams)
        return np.concatenate([left, right + len(self.words.places)]), np.concatenate([left_weights, right_weights])

    def unit_scores(self, reading: Reading, hits: Sequence[Hit] | None = None, likeness: Ints | None = None) -> Ints:
        """How much the register speaks for each unit, in 1/1000 of the margin; one number a unit.

        Four things count: what was learned from its words, the everyday wordings found, the likest item, and how
        much a unit has to do at all. `hits` and `likeness` are found anew where they are not given.
        """
        places, weights = self.vector(reading)
        total = weights @ self.weights[places].astype(np.int64) + UNIT * self.weights[-1].astype(np.int64)
        scores: Ints = total * 1000 // (UNIT * 4096) + self.load
        said = dict.fromkeys(self.units, 0)
        for hit in self.wordings.hits(reading.text, reading.words) if hits is None else hits:
            if hit.wording.unit in said:
                said[hit.wording.unit] += hit.strength
        scores += _SAID[np.minimum(np.fromiter(said.values(), np.int64, len(said)), len(_SAID) - 1)]
        alike = self.recall.scores(reading.plain) if likeness is None else likeness
        if len(self.by_item):
            scores[self.with_items] += np.maximum.reduceat(alike[self.by_item], self.item_starts)
        return scores

    def items_of(self, unit: UnitCode) -> Ints:
        """The places in `citables` of what can be cited for a city unit."""
        return self.by_unit.get(unit, _NONE)

    def segmented(self, place: int) -> str:
        """The words of a citable item, joined by blanks, as RapidFuzz's token scorers want them."""
        recall = self.recall
        own = recall.own[recall.own_starts[place] : recall.own_starts[place + 1]].tolist()
        return " ".join([self.spelled[word] for word in own])

    def mostly_district(self, unit: UnitCode) -> bool:
        """Whether most of a unit's duty points are handled in the districts."""
        return unit in self.district_units

    def group_scores(self, units: Sequence[int]) -> list[int]:
        """The score of each group: that of its best unit."""
        found = [-1_000_000] * len(self.groups)
        for at, score in zip(self.group_at, units, strict=True):
            found[at] = max(found[at], score)
        return found


def read(text: str) -> Reading:
    """Segment a normalised text once. A first line of its own is the title: somebody named the matter there, so its
    words count twice."""
    text = text[:LONGEST]
    words = segmenter().words(text)
    plain, grams = terms_of(words)
    if "\n" in words:
        title, more = terms_of(words[: words.index("\n")])
        plain, grams = title + plain, more + grams
    return Reading(text, tuple(words), counted(plain), counted(grams))


def build_index(edition: RegisterEdition) -> RegisterIndex:
    """Build the whole index: about 10 s for the sample city, at most 30 s for 45,000 clauses."""
    units = city_units(edition)
    place_of = {unit: place for place, unit in enumerate(units)}
    found = passages(edition)
    readings = [read(normalise(passage.text).text) for passage in found]
    words = vocabulary(reading.plain for reading in readings)
    grams = vocabulary((reading.grams for reading in readings), least=2)
    examples = []
    for passage, reading in zip(found, readings, strict=True):
        left, left_weights = words.vector(reading.plain)
        right, right_weights = grams.vector(reading.grams)
        where = np.concatenate([left, right + len(words.places)])
        examples.append(Example(where, np.concatenate([left_weights, right_weights]), place_of[passage.unit]))
    weights = quantise(learn_weights(examples, len(words.places) + len(grams.places), len(units), cost=30, epochs=7))
    listed = tuple(citables(edition))
    return _assemble(edition, words, grams, weights, listed, _recall(listed))


def load_or_build(edition: RegisterEdition, folder: Path) -> RegisterIndex:
    """The index of an edition from `folder`, or built and put there. A broken file is built anew."""
    segmenter(folder)
    path = folder / f"index-{FORMAT}-{edition.digest[:32]}.npz"
    if path.exists():
        try:
            return _load(edition, path.read_bytes())
        except (ValueError, KeyError, OSError):
            path.unlink(missing_ok=True)
    index = build_index(edition)
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{hashlib.sha256(str(id(index)).encode()).hexdigest()[:8]}")
    partial.write_bytes(_dump(index))
    partial.replace(path)
    return index


def _recall(listed: Sequence[Citable]) -> Recall:
    counts: dict[str, int] = {}
    texts: list[tuple[str, ...]] = []
    shared: dict[str, str] = {}  # one string for each word, however often it stands
    for item in listed:
        found = [
            shared.setdefault(word, word) for word in segmenter().words(normalise(item.text).text) if is_word(word)
        ]
        texts.append(tuple(found))
        for word in set(found):
            counts[word] = counts.get(word, 0) + 1
    # a word that stands in every twentieth item of a large register recalls nothing worth its time
    bound = max(200, len(texts) // 20)
    words = vocabulary((word for word in found if counts[word] <= bound) for found in texts)
    vectors = [words.vector(counted(found)) for found in texts]
    sizes = [len(where) for where, _ in vectors]
    spoken = np.concatenate([where for where, _ in vectors]) if vectors else _NONE
    says = np.concatenate([weights for _, weights in vectors]) if vectors else _NONE
    items = np.repeat(np.arange(len(texts)), sizes)
    order = np.argsort(spoken, kind="stable")
    starts = np.searchsorted(spoken[order], np.arange(len(words.places) + 1)).astype(np.int64)
    return Recall(
        words,
        starts,
        items[order].astype(np.int32),
        says[order].astype(np.int16),
        np.cumsum([0, *sizes]),
        spoken.astype(np.int32),
        len(texts),
    )


def _assemble(
    edition: RegisterEdition,
    words: Vocabulary,
    grams: Vocabulary,
    weights: NDArray[np.int16],
    listed: tuple[Citable, ...],
    recall: Recall,
) -> RegisterIndex:
    units = city_units(edition)
    keys = tuple(group_of(edition, unit) for unit in units)
    groups = tuple(sorted(set(keys)))
    at = tuple(groups.index(key) for key in keys)
    texts = {wording.text for wording in wordings_of(edition)}
    words_of = {text: segmenter().words(text) for text in sorted(texts)}
    by_unit: dict[UnitCode, list[int]] = {}
    for place, item in enumerate(listed):
        by_unit.setdefault(item.unit, []).append(place)
    return RegisterIndex(
        edition,
        units,
        groups,
        at,
        words,
        grams,
        weights,
        listed,
        {unit: np.array(places, np.int64) for unit, places in by_unit.items()},
        tuple(recall.words.places),
        recall,
        WordingIndex(edition, words_of),
        UnitNames(edition),
        Gazetteer(edition),
        _district_units(edition),
        _workload(edition),
        np.array([place for unit in units for place in by_unit.get(unit, ())], np.int64),
        np.cumsum([0, *(len(by_unit[unit]) for unit in units if unit in by_unit)])[:-1],
        np.array([at for at, unit in enumerate(units) if unit in by_unit], np.int64),
        _related(edition, listed),
    )


def _workload(edition: RegisterEdition) -> Ints:
    """50/1000 for each e-fold of duty points over 25: who has much to do is asked for often."""
    counts: dict[UnitCode, int] = {}
    for point in edition.duty_points.values():
        counts[point.unit] = counts.get(point.unit, 0) + 1
    return np.array([round(50 * log(max(1, counts.get(unit, 0)) / 25)) for unit in city_units(edition)], np.int64)


def _related(
    edition: RegisterEdition, listed: Sequence[Citable]
) -> dict[UnitCode, tuple[Ints, tuple[tuple[UnitCode, ...], ...]]]:
    """For each unit the items, by place, that name it together with others: boundary items and joint duty points."""
    found: dict[UnitCode, list[tuple[int, tuple[UnitCode, ...]]]] = {}
    for place, item in enumerate(listed):
        if item.kind == "boundary":
            boundary = edition.boundary_items[item.id]
            named = (boundary.lead, *boundary.supports)
        elif item.kind == "point":
            named = (item.unit, *edition.duty_points[item.id].supports)
        else:
            continue
        for unit in named:
            if len(named) > 1:
                found.setdefault(unit, []).append((place, tuple(other for other in named if other != unit)))
    return {
        unit: (np.array([place for place, _ in pairs], np.int64), tuple(others for _, others in pairs))
        for unit, pairs in found.items()
    }


def _district_units(edition: RegisterEdition) -> frozenset[UnitCode]:
    """The city units most of whose duty points are handled in the districts or below."""
    counts: dict[UnitCode, int] = {}
    for point in edition.duty_points.values():
        below = point.level in (Level.DISTRICT, Level.STREET)
        counts[point.unit] = counts.get(point.unit, 0) + (1 if below else -1)
    return frozenset(unit for unit, count in counts.items() if count > 0)


def _pack(vocabulary_: Vocabulary) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(vocabulary_.places).encode(), np.uint8)


def _unpack(packed: NDArray[np.uint8], idf: Ints) -> Vocabulary:
    text = packed.tobytes().decode()
    return Vocabulary({term: place for place, term in enumerate(text.split("\n") if text else [])}, idf)


def _dump(index: RegisterIndex) -> bytes:
    out = io.BytesIO()
    arrays: dict[str, NDArray[Any]] = {
        "words": _pack(index.words),
        "words_idf": index.words.idf,
        "grams": _pack(index.grams),
        "grams_idf": index.grams.idf,
        "weights": index.weights,
        "recall": _pack(index.recall.words),
        "recall_idf": index.recall.words.idf,
        "starts": index.recall.starts,
        "items": index.recall.items,
        "item_weights": index.recall.weights,
        "own_starts": index.recall.own_starts,
        "own": index.recall.own,
    }
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _load(edition: RegisterEdition, raw: bytes) -> RegisterIndex:
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        words = _unpack(stored["words"], stored["words_idf"])
        grams = _unpack(stored["grams"], stored["grams_idf"])
        weights = stored["weights"]
        listed = tuple(citables(edition))
        recalled = _unpack(stored["recall"], stored["recall_idf"])
        recall = Recall(
            recalled,
            stored["starts"],
            stored["items"],
            stored["item_weights"],
            stored["own_starts"],
            stored["own"],
            len(listed),
        )
    if weights.shape != (len(words.places) + len(grams.places) + 1, len(city_units(edition))):
        raise ValueError("the cached index does not fit the edition")
    return _assemble(edition, words, grams, weights, listed, recall)
