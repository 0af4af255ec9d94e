"""Words and character n-grams of a text as integer vectors: the same on every machine, no floating point.

A text has two families of terms: jieba's words, and character n-grams that cover what the dictionary does not know.
Each family is weighted by (1 + ln tf) · idf and brought to the same length, all in integers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from math import isqrt, log
from operator import add

import numpy as np
from numpy.typing import NDArray

from routing import filler
from routing.text import is_word

UNIT = 1024  # the length of a vector of one family

Ints = NDArray[np.int64]

_TIMES: Ints = np.array([0, *(round(64 * (1 + log(times))) for times in range(1, 65))], np.int64)
_NOTHING: Ints = np.zeros(0, np.int64)
_FIRST = np.ones(1, np.bool_)


def terms_of(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words, and the character 2-grams and pairs of words, of a normalised text, as often as they stand in it.

    3-grams were measured beside them and add nothing.
    """
    spoken = [word if is_word(word) else "" for word in words]
    kept = [word for word in spoken if word and word not in filler.WORDS]
    runs = "".join([word or "\n" for word in spoken]).split("\n")
    grams = [gram for run in runs for gram in map(add, run, run[1:]) if gram not in filler.GRAMS]
    # neighbours among words tell 小区 + 停电 from 停电 alone; they live with the n-grams
    grams += [f"{left} {right}" for left, right in pairwise(kept)]
    return kept, grams


class Counts(dict[str, int]):
    """How often each term stands there, in the order of first standing; the weight of that, reckoned once."""

    __slots__ = ("_times",)

    def times(self) -> Ints:
        """1 + ln tf of each term in turn, in 1/64."""
        try:
            return self._times
        except AttributeError:
            self._times: Ints = _TIMES[np.minimum(np.fromiter(self.values(), np.int64, len(self)), 64)]
            return self._times


def counted(terms: Iterable[str]) -> Counts:
    """How often each term stands there, in the order of first standing."""
    return Counts(Counter(terms))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one family and how telling each is (idf, in 1/64)."""

    places: dict[str, int]
    idf: Ints

    def vector(self, counts: Counts) -> tuple[Ints, Ints]:
        """The places and weights of the known terms; the weights have the length `UNIT`, or there are none."""
        places = np.fromiter(map(self.places.get, counts, repeat(-1)), np.int64, len(counts))
        known = places >= 0
        where = places[known]
        if not len(where):
            return _NOTHING, _NOTHING
        weights = counts.times()[known]
        weights *= self.idf[where]
        length = isqrt(int(weights @ weights)) or 1
        weights *= UNIT
        weights //= length
        return where, weights


def vectors_of(texts: Ints, places: Ints, idf: Ints) -> tuple[Ints, Ints, Ints]:
    """The vectors of many small texts in one go, each as `Vocabulary.vector` gives it: texts, places and weights, side
    by side and in the order of texts.

    `texts` and `places` give the number of a text and the place of a term in it, as often as it stands there; at least
    one.
    """
    keys = texts * len(idf) + places
    keys.sort()
    firsts = np.flatnonzero(np.concatenate([_FIRST, keys[1:] != keys[:-1]]))
    times = np.minimum(np.concatenate([firsts[1:], [len(keys)]]) - firsts, 64)
    text, where = np.divmod(keys[firsts], len(idf))
    weights = _TIMES[times] * idf[where]
    # squares and their sums below 2^53, and a root that IEEE 754 rounds the same everywhere: exact
    lengths = np.sqrt(np.bincount(text, (weights * weights).astype(np.float64))).astype(np.int64)
    return text, where, weights * UNIT // np.maximum(lengths, 1)[text]


def vocabulary(documents: Iterable[Iterable[str]], least: int = 1, at_most: int | None = None) -> Vocabulary:
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
