"""Past orders near to this one: what they were about, and whom they went to. Whole numbers throughout."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.vectors import Ints

_TELLING = 24  # words of an order by which its like are found
_VOTERS = 8


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An inverted index from words to past orders. Built once for a memory edition."""

    idf: Ints
    starts: Ints
    rows: NDArray[np.int32]
    lengths: Ints  # for each order the sum of its words' squared idf

    def near(self, words: Sequence[int], at_most: int = 40) -> list[tuple[int, int]]:
        """Orders and their likeness to these words (cosine, 0–1000), likest first, then the later one.

        Words in more than a tenth of all orders find nothing; the most telling find first.
        """
        size = len(self.lengths)
        bound = max(50, size // 10)
        places = np.array(words, np.int64)
        counts = self.starts[places + 1] - self.starts[places]
        known = places[(counts > 0) & (counts <= bound)]
        asked = known[np.lexsort((known, -self.idf[known]))[:_TELLING]]
        if not len(asked):
            return []
        ends = zip(self.starts[asked].tolist(), self.starts[asked + 1].tolist(), strict=True)
        parts = [self.rows[start:end] for start, end in ends]
        says = np.repeat(self.idf[asked] ** 2, [len(part) for part in parts])
        shared = np.bincount(np.concatenate(parts), says, size)
        own = float((self.idf[places] ** 2).sum())
        some = np.flatnonzero(shared)
        # exact products below 2^53, and a square root that IEEE 754 rounds the same everywhere
        likeness = (shared[some] * 1000 / np.sqrt(self.lengths[some] * own + 1)).astype(np.int64)
        kept = likeness >= 60
        found, likeness = some[kept], likeness[kept]
        ranked = np.lexsort((-found, -likeness))[:at_most]
        return list(zip(found[ranked].tolist(), likeness[ranked].tolist(), strict=True))


def neighbours(idf: Ints, starts: Ints, terms: NDArray[np.int32]) -> Neighbours:
    """The inverted index of orders given as runs of word places: order `n` has `terms[starts[n]:starts[n + 1]]`."""
    sizes = np.diff(starts)
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    order = np.argsort(terms, kind="stable")
    firsts = np.searchsorted(terms[order], np.arange(len(idf) + 1)).astype(np.int64)
    lengths = np.bincount(rows, (idf[terms] ** 2).astype(np.float64), len(sizes)).astype(np.int64)
    return Neighbours(idf, firsts, rows[order], lengths)


def votes(near: Sequence[tuple[int, int]], labels: Sequence[str], weights: Sequence[int]) -> dict[str, int]:
    """The share of each label among the nearest, in 1/1000, likeness squared; of negative weight they have no vote."""
    found: dict[str, int] = {}
    for row, likeness in near[:_VOTERS]:
        if weights[row] > 0:
            found[labels[row]] = found.get(labels[row], 0) + likeness * likeness * weights[row]
    whole = sum(found.values())
    return {label: vote * 1000 // whole for label, vote in found.items()} if whole else {}
