"""An order clause by clause: what each says for every unit, beside what it says for the lead.

A citizen tells the second matter in half a sentence. Weighed with the whole text it drowns; weighed alone, each clause
is a small order of its own. Everything is a whole number, in 1/1000 of the classifier's margin.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np

from routing.calls import by_points
from routing.index import RegisterIndex
from routing.proposal import SpanOf
from routing.reading import Reading
from routing.unit_names import Named
from routing.vectors import UNIT, Ints, counted, terms_of
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


@dataclass(frozen=True, slots=True)
class Parts:
    """The clauses of one order. Arrays have a row a clause, and a column a unit where they have two dimensions."""

    spans: tuple[SpanOf, ...]
    sentence: Ints  # the number of each clause's sentence
    scores: Ints  # words, wordings and 启动说法 together
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
    found = _clauses(reading)
    places: list[Ints] = []
    weights: list[Ints] = []
    known: list[tuple[SpanOf, int]] = []
    for span, sentence, words in found:
        plain, grams = terms_of(words)
        left, left_weights = index.words.vector(counted(plain))
        right, right_weights = index.grams.vector(counted(grams))
        if len(left) or len(right):
            places += [left, right + len(index.words.places)]
            weights += [left_weights, right_weights]
            known.append((span, sentence))
    if not known:
        return None
    starts = np.cumsum([0, *(len(left) + len(right) for left, right in zip(places[::2], places[1::2], strict=True))])
    rows = index.weights[np.concatenate(places)].astype(np.float64) * np.concatenate(weights)[:, None]
    # products and sums below 2^53: exact, in whatever order they are added
    margin = np.add.reduceat(rows, starts[:-1], axis=0).astype(np.int64) + UNIT * index.weights[-1].astype(np.int64)
    spans = tuple(span for span, _ in known)
    begins = [start for start, _ in spans]
    shape = margin.shape
    wordings, longest, many, names = (np.zeros(shape, np.int64) for _ in range(4))

    def row_of(at: int) -> int:
        return max(0, int(np.searchsorted(begins, at, "right")) - 1)

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
    texts = [reading.text[start:end] for start, end in spans]
    return Parts(
        spans,
        np.array([sentence for _, sentence in known], np.int64),
        margin * 1000 // (UNIT * 4096) + _WORDING[wordings] + longest,
        wordings,
        longest,
        many,
        names,
        np.array([[mark.search(text) is not None for mark in MARKS] for text in texts], np.int64),
        np.array([end - start for start, end in spans], np.int64),
    )


def _clauses(reading: Reading) -> list[tuple[SpanOf, int, Sequence[str]]]:
    """Each clause with its span, the number of its sentence and its words."""
    found: list[tuple[SpanOf, int, Sequence[str]]] = []
    at = begin = first = sentence = 0
    for place, word in enumerate((*reading.words, "\n")):
        if word in _ENDS:
            if at - begin >= _LEAST:
                found.append(((begin, at), sentence, reading.words[first:place]))
            sentence += word in _SENTENCE_ENDS
            begin, first = at + len(word), place + 1
        at += len(word)
    return found[:_AT_MOST]
