"""Recall: which citable items of a register say the same as an order, found through an inverted index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.corpus import Citable
from routing.text import is_word, normalise, segmenter
from routing.vectors import UNIT, Counts, Ints, Vocabulary, counted, vocabulary

_NONE: Ints = np.zeros(0, np.int64)
_TELLING = 28  # words of an order by which items are recalled


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

    def scores(self, words: Counts) -> Ints:
        """For every citable item the likeness (cosine, 0–1024) of its words to these."""
        places, weights = self.words.vector(words)
        if not len(places):
            return np.zeros(self.size, np.int64)
        if len(places) > _TELLING:  # a long text is recalled by its most telling words
            kept = np.argsort(-weights, kind="stable")[:_TELLING]
            places, weights = places[kept], weights[kept]
        parts = list(zip(self.starts[places].tolist(), self.starts[places + 1].tolist(), strict=True))
        flat = np.concatenate([self.items[start:end] for start, end in parts])
        mass = np.concatenate([self.weights[start:end] for start, end in parts])
        says = mass * np.repeat(weights.astype(np.float64), [end - start for start, end in parts])
        # sums below 2^53, and UNIT a power of two: exact
        found: Ints = (np.bincount(flat, says, self.size) * (1 / UNIT)).astype(np.int64)
        return found


def recall_of(listed: Sequence[Citable]) -> Recall:
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
