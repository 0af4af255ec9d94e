"""Building the index of a register edition once, and keeping it on disk under the edition's digest."""

import hashlib
import io
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.calls import CallIndex
from routing.clause_words import ClauseWords, learn_clause_words, phrases, restored
from routing.corpus import Citable, citables, city_units, group_of, passages
from routing.index import RegisterIndex, Vector, in_both
from routing.linear import Example, learn_weights, quantise
from routing.matters import matters_of
from routing.reading import read
from routing.recall import Recall, recall_of
from routing.territory import Gazetteer
from routing.text import normalise, segmenter
from routing.unit_names import UnitNames
from routing.vectors import Ints, Vocabulary, counted, terms_of, vocabulary
from routing.wordings import WordingIndex, wordings_of
from terms.ids import UnitCode

FORMAT = 6  # of the cached arrays; another number, another file


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
        where, says = in_both(words, grams, reading)
        examples.append(Example(where.astype(np.int32), says.astype(np.int16), place_of[passage.unit]))
    weights = quantise(learn_weights(examples, len(words.places) + len(grams.places), len(units), cost=30, epochs=7))
    listed = tuple(citables(edition))
    leading = phrases(edition)
    spoken = (in_both(words, grams, read(normalise(phrase.text).text)) for phrase in leading)
    clause_words = learn_clause_words(leading, spoken)
    return _assemble(edition, words, grams, weights, listed, recall_of(listed), clause_words)


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


def _assemble(
    edition: RegisterEdition,
    words: Vocabulary,
    grams: Vocabulary,
    weights: NDArray[np.int16],
    listed: tuple[Citable, ...],
    recall: Recall,
    clause_words: ClauseWords,
) -> RegisterIndex:
    units = city_units(edition)
    keys = tuple(group_of(edition, unit) for unit in units)
    groups = tuple(sorted(set(keys)))
    at = tuple(groups.index(key) for key in keys)
    wordings = wordings_of(edition)
    words_of = {text: segmenter().words(text) for text in sorted({wording.text for wording in wordings})}
    begins: dict[UnitCode, int] = {}
    for place, item in enumerate(listed):
        begins.setdefault(item.unit, place)
    spans = {unit: slice(*ends) for unit, ends in zip(begins, pairwise((*begins.values(), len(listed))), strict=True)}
    with_items = [place for place, unit in enumerate(units) if unit in spans]
    return RegisterIndex(
        edition,
        units,
        groups,
        at,
        words,
        grams,
        weights,
        listed,
        spans,
        tuple(recall.words.places),
        recall,
        WordingIndex(wordings, words_of),
        UnitNames(edition),
        Gazetteer(edition),
        _district_units(edition),
        _workload(edition),
        np.array(with_items, np.int64),
        np.array([spans[units[place]].start for place in with_items], np.int64),
        max((spans[units[place]].stop for place in with_items), default=0),
        CallIndex(edition),
        _partners(edition),
        clause_words,
        columns := {unit: place for place, unit in enumerate(units)},
        tuple(tuple(unit for unit, key in zip(units, keys, strict=True) if key == group) for group in groups),
        np.concatenate([words.idf, grams.idf]),
        matters_of(edition, columns, len(words.places) + len(grams.places), lambda text: _terms(words, grams, text)),
        _helpful(edition),
    )


def _terms(words: Vocabulary, grams: Vocabulary, text: str) -> Vector:
    """Places and weights of all terms of a normalised text, however long."""
    plain, pairs = terms_of(segmenter().words(text))
    left, left_weights = words.vector(counted(plain))
    right, right_weights = grams.vector(counted(pairs))
    return np.concatenate([left, right + len(words.places)]), np.concatenate([left_weights, right_weights])


def _workload(edition: RegisterEdition) -> Ints:
    """50/1000 for each e-fold of duty points over 25: who has much to do is asked for often."""
    counts: dict[UnitCode, int] = {}
    for point in edition.duty_points.values():
        if not point.only_calls:
            counts[point.unit] = counts.get(point.unit, 0) + 1
    return np.array([round(50 * log(max(1, counts.get(unit, 0)) / 25)) for unit in city_units(edition)], np.int64)


def _partners(edition: RegisterEdition) -> dict[UnitCode, frozenset[UnitCode]]:
    """For each unit those that a boundary item or a joint duty point names together with it."""
    found: dict[UnitCode, set[UnitCode]] = {}
    together = [(item.lead, *item.supports) for item in edition.boundary_items.values()]
    together += [(point.unit, *point.supports) for point in edition.duty_points.values()]
    for named in together:
        for unit in named:
            found.setdefault(unit, set()).update(named)
    return {unit: frozenset(others - {unit}) for unit, others in found.items()}


def _helpful(edition: RegisterEdition) -> Ints:
    """1000 times the logarithm of how many boundary items and joint duty points list the unit as a support."""
    counts: dict[UnitCode, int] = {}
    listed = [item.supports for item in edition.boundary_items.values()]
    listed += [point.supports for point in edition.duty_points.values()]
    for supports in listed:
        for unit in supports:
            counts[unit] = counts.get(unit, 0) + 1
    return np.array([round(1000 * log(1 + counts.get(unit, 0))) for unit in city_units(edition)], np.int64)


def _district_units(edition: RegisterEdition) -> frozenset[UnitCode]:
    """The city units most of whose duty points are handled in the districts or below."""
    counts: dict[UnitCode, int] = {}
    for point in edition.duty_points.values():
        if point.only_calls:
            continue
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
        **index.clause_words.arrays(),
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
        clause_words = restored(phrases(edition), stored)
    if weights.shape != (len(words.places) + len(grams.places) + 1, len(city_units(edition))):
        raise ValueError("the cached index does not fit the edition")
    return _assemble(edition, words, grams, weights, listed, recall, clause_words)
