"""An order clause by clause: what each says for every unit, beside what it says for the lead.

A citizen tells the second matter in half a sentence. Weighed with the whole text it drowns; weighed alone, each clause
is a small order of its own. Everything is a whole number, in 1/1000 of the classifier's margin.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from math import log1p

import numpy as np

from routing.calls import by_points
from routing.index import RegisterIndex
from routing.proposal import SpanOf
from routing.reading import Reading
from routing.unit_names import Named
from routing.vectors import UNIT, Ints, terms_of, vectors_of
from routing.wordings import Hit

_ENDS = frozenset('，。；、：,;:\n!?！？“”"…')
_SENTENCE_ENDS = frozenset("。；;\n!?！？…")
_AT_MOST = 24  # clauses that are weighed; an order of more has said its matters by then
_LEAST = 2  # code points of a clause
_WORDING = np.array([round(1000 * log1p(strength / 100)) for strength in range(401)], np.int64)
_CALL = 350  # a code point of a 启动说法 beyond the first

# what a clause does: tells who was asked in vain, adds, asks, puts first
MARKS = tuple(
    re.compile(words)
    for words in (
        "找过|问过|来过|打过|不归|反映过|答复|不管|不用管|不追究|没问题|不涉及|说|已经|去过|投诉过|态度|客气|配合|让",
        "也|另外|还|一并|顺便|顺带|一块|都|再",
        "请|要求|希望|诉求|查|管|求|望",
        "先|主要|最急|首先|只|头一|牵头|要紧|赶紧|尽快|马上",
    )
)


Clause = tuple[SpanOf, int, Sequence[str]]  # its span, the number of its sentence, its words


@dataclass(frozen=True, slots=True)
class Parts:
    """The clauses of one order. Arrays have a row a clause, and a column a unit where they have two dimensions."""

    spans: tuple[SpanOf, ...]
    sentence: Ints  # the number of each clause's sentence
    scores: Ints  # words, wordings and 启动说法 together
    best: Ints  # for each unit the clause that says most for it
    top: Ints  # and how much that is
    own: Ints  # for each clause the unit it says most for
    wordings: Ints  # strength of the everyday wordings that stand in it, 0–400
    calls: Ints  # of the longest 启动说法 in it
    many_calls: Ints  # of all of them
    named: Ints  # 1 where the clause names the unit
    marks: Ints  # a column a mark
    lengths: Ints


def parts_of_order(
    index: RegisterIndex, reading: Reading, hits: Sequence[Hit], calls: Sequence[Hit], named: Sequence[Named]
) -> Parts | None:
    """The clauses of an order, each weighed alone; None where nothing in it is known to the register."""
    known, margin = _weighed(index, _clauses(reading))
    if not known:
        return None
    spans = tuple(span for span, _, _ in known)
    begins = [start for start, _ in spans]
    shape = margin.shape
    wordings, longest, many, names = np.zeros((4, *shape), np.int64)

    def row_of(at: int) -> int:
        return max(0, bisect_right(begins, at) - 1)

    column = index.column
    for hit in hits:
        if hit.exact and hit.wording.unit in column:
            wordings[row_of(hit.span[0]), column[hit.wording.unit]] += hit.strength
    for hit, shared in by_points(calls):
        if hit.wording.unit in column:
            row, at = row_of(hit.span[0]), column[hit.wording.unit]
            says = _CALL * (len(hit.wording.text) - 1) // shared
            longest[row, at] = max(longest[row, at], says)
            many[row, at] += says
    for one in named:
        if one.unit in column:
            names[row_of(one.span[0]), column[one.unit]] = 1
    np.minimum(wordings, 400, out=wordings)
    scores = margin + _WORDING[wordings] + longest
    best = scores.argmax(0)
    texts = [reading.text[start:end] for start, end in spans]
    return Parts(
        spans,
        np.array([sentence for _, sentence, _ in known], np.int64),
        scores,
        best,
        scores[best, np.arange(shape[1])],
        scores.argmax(1),
        wordings,
        longest,
        many,
        names,
        np.array([[mark.search(text) is not None for mark in MARKS] for text in texts], np.int64),
        np.array([end - start for start, end in spans], np.int64),
    )


def _weighed(index: RegisterIndex, clauses: Sequence[Clause]) -> tuple[list[Clause], Ints]:
    """The clauses in which the register knows a term, and what the words of each say for every unit.

    All in one go: a look-up and a handful of sums an order, not a dozen for each clause.
    """
    terms = [terms_of(words) for _, _, words in clauses]
    sizes = np.array([(len(words), len(grams)) for words, grams in terms], np.int64).reshape(-1, 2)
    words = map(index.words.places.get, chain.from_iterable(words for words, _ in terms), repeat(-1))
    grams = map(index.grams.places.get, chain.from_iterable(grams for _, grams in terms), repeat(-1))
    left, right = (np.fromiter(found, np.int64) for found in (words, grams))
    right[right >= 0] += len(index.words.places)
    places = np.concatenate([left, right])
    there = np.flatnonzero(places >= 0)
    if not len(there):
        return [], places
    families = np.arange(sizes.size).reshape(-1, 2)  # a clause's words have a length of their own, and its n-grams
    texts = np.concatenate([np.repeat(families[:, 0], sizes[:, 0]), np.repeat(families[:, 1], sizes[:, 1])])
    texts, places, weights = vectors_of(texts[there], places[there], index.idf)
    starts = np.flatnonzero(np.diff(texts // 2, prepend=-1))
    rows = index.weights.take(places, axis=0).astype(np.float64)
    rows *= weights[:, None]
    # products and sums below 2^53: exact, in whatever order they are added
    margin = np.add.reduceat(rows, starts, axis=0).astype(np.int64)
    margin += UNIT * index.weights[-1].astype(np.int64)
    return [clauses[text // 2] for text in texts[starts].tolist()], margin * 1000 // (UNIT * 4096)


def _clauses(reading: Reading) -> list[Clause]:
    """Each clause with its span, the number of its sentence and its words."""
    found: list[Clause] = []
    at = begin = first = sentence = 0
    for place, word in enumerate((*reading.words, "\n")):
        if word in _ENDS:
            if at - begin >= _LEAST:
                found.append(((begin, at), sentence, reading.words[first:place]))
            sentence += word in _SENTENCE_ENDS
            begin, first = at + len(word), place + 1
        at += len(word)
    return found[:_AT_MOST]
