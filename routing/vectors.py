"""Words and character n-grams of a text as integer vectors: the same on every machine, no floating point.

A text has two families of terms: jieba's words, and character n-grams that cover what the dictionary does not know.
Each family is weighted by (1 + ln tf) · idf and brought to the same length, all in integers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt, log

import numpy as np
from numpy.typing import NDArray

from routing.text import is_word

UNIT = 1024  # the length of a vector of one family
_TF = [0] + [round(64 * (1 + log(times))) for times in range(1, 65)]

Ints = NDArray[np.int64]


def terms_of(text: str, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words and the character 2- and 3-grams of a normalised text, repeated as often as they stand in it."""
    kept = [word for word in words if is_word(word)]
    grams: list[str] = []
    for run in _runs(words):
        grams.extend(run[at : at + 2] for at in range(len(run) - 1))
        grams.extend(run[at : at + 3] for at in range(len(run) - 2))
    # neighbours among words tell 小区 + 停电 from 停电 alone; they live with the n-grams
    grams.extend(f"{left} {right}" for left, right in pairwise(kept))
    return kept, grams


def _runs(words: Sequence[str]) -> Iterable[str]:
    run: list[str] = []
    for word in words:
        if is_word(word):
            run.append(word)
        elif run:
            yield "".join(run)
            run = []
    if run:
        yield "".join(run)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one family and how telling each is (idf, in 1/64)."""

    places: dict[str, int]
    idf: Ints

    def vector(self, terms: Sequence[str]) -> tuple[Ints, Ints]:
        """The places and weights of the known terms; the weights have the length `UNIT`, or there are none."""
        counts: dict[int, int] = {}
        places = self.places
        for term in terms:
            place = places.get(term)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        if not counts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        where = np.fromiter(counts, np.int64, len(counts))
        times = np.fromiter((_TF[min(count, 64)] for count in counts.values()), np.int64, len(counts))
        weights = times * self.idf[where]
        length = isqrt(int((weights * weights).sum())) or 1
        return where, weights * UNIT // length


def vocabulary(documents: Iterable[Sequence[str]], least: int = 1, at_most: int | None = None) -> Vocabulary:
    """The terms that stand in at least `least` documents, commonest first within equal counts by their spelling."""
    counts: dict[str, int] = {}
    size = 0
    for terms in documents:
        size += 1
        for term in set(terms):
            counts[term] = counts.get(term, 0) + 1
    kept = sorted((term for term, count in counts.items() if count >= least), key=lambda term: (-counts[term], term))
    kept = sorted(kept[:at_most])
    idf = np.array([round(64 * (1 + log((1 + size) / (1 + counts[term])))) for term in kept], np.int64)
    return Vocabulary({term: place for place, term in enumerate(kept)}, idf)
