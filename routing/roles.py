"""Who leads and who supports among the units that the clauses of an order speak for.

Both are questions of a few numbers a unit: what its strongest clause says, whether that clause says less for the lead,
where it stands, whether it tells who was asked in vain. The weights were fitted by `bench.fit_roles` on orders that
other people wrote, and are whole numbers kept as data (`routing.roles_weights`).
"""

from collections.abc import Sequence

import numpy as np

from routing.parts import Parts
from routing.vectors import Ints

LEAD_FEATURES = (
    "total behind the likeliest", "is the likeliest", "title", "title is for it", "best clause", "best behind the best",
    "register behind", "clauses that are for it", "where it stands", "call in its clause", "calls", "asked in vain",
    "adds", "asks", "puts first", "next asks", "next puts first", "best of the clauses that put first",
    "best of the clauses that add", "named", "last sentence", "mean of its clauses",
)  # fmt: skip
SUPPORT_FEATURES = (
    "best clause", "over the others there", "second clause", "clauses that are for it", "wordings there", "call there",
    "longest call", "calls", "wordings", "register", "rank", "where it stands", "is the title", "clauses", "length",
    "asked in vain", "next tells of asking in vain", "adds", "next adds", "asks", "next asks", "puts first",
    "next puts first", "named", "named there", "another is named there", "often a support", "length of the text",
    "title", "units asked", "the three best", "is for it", "strong and for it", "weak call only", "in vain and named",
    "over the lead there", "sentence over the lead", "register over the lead", "partner of the lead",
    "title over the lead", "best of the lead", "lead strong there",
)  # fmt: skip
_ASKED = -600  # a clause says something for a unit
_CALLED = 700  # two characters over the first
_NOTHING = -(1 << 40)  # less than any clause says


def _between(numbers: Ints, least: int, most: int) -> Ints:
    """As `numpy.clip`, which takes four times as long for so few."""
    found: Ints = np.minimum(np.maximum(numbers, least), most)
    return found


def _rows(columns: Sequence[Ints]) -> Ints:
    """Numbers of each unit as a row a unit."""
    return np.concatenate(columns).reshape(len(columns), -1).T


def lead_features(parts: Parts, register: Ints, totals: Ints) -> Ints:
    """For each unit (a row) the numbers of `LEAD_FEATURES` by which it is asked whether it leads."""
    scores, best, top, own = parts.scores, parts.best, parts.top, parts.own
    count, units = scores.shape
    rows = np.arange(units)
    times = np.bincount(own, minlength=units)
    marks, after = 1000 * parts.marks[best].T, 1000 * parts.marks[np.minimum(best + 1, count - 1)].T
    likeliest = totals.max()
    first, adds = parts.marks[:, 3] > 0, parts.marks[:, 1] > 0
    low = np.full(units, -2000, np.int64)
    last = parts.sentence == parts.sentence[-1]
    return _rows(
        [
            np.maximum(totals - likeliest, -4000),
            1000 * (totals == likeliest),
            _between(scores[0], -2000, 3000),
            1000 * (rows == own[0]),
            _between(top, -2000, 4000),
            np.maximum(top - top.max(), -4000),
            np.maximum(register - register.max(), -4000),
            1000 * np.minimum(times, 5),
            1000 * best // count,
            parts.calls[best, rows],
            np.minimum(parts.many_calls.sum(0), 4000),
            *marks,
            *after[2:],
            _between(scores[first].max(0), -2000, 3000) if first.any() else low,
            _between(scores[adds].max(0), -2000, 3000) if adds.any() else low,
            1000 * parts.named.max(0),
            _between(scores[last].max(0), -2000, 3000),
            _between(scores.sum(0) // count, -2000, 2000),
        ]
    )


def support_features(parts: Parts, register: Ints, helpful: Ints) -> Ints:
    """For each unit (a row) those numbers of `SUPPORT_FEATURES` that do not depend on who leads."""
    scores, best, top, own = parts.scores, parts.best, parts.top, parts.own
    count, units = scores.shape
    rows = np.arange(units)
    others = scores.copy()
    others[best, rows] = _NOTHING
    second = others.max(0) if count > 1 else np.full(units, -1500, np.int64)
    clauses = np.arange(count)
    most = scores[clauses, own]
    others = scores.copy()
    others[clauses, own] = _NOTHING
    is_for = own[best] == rows
    over = np.where(is_for, others.max(1)[best], most[best])
    marks = 1000 * parts.marks[best].T
    after = 1000 * parts.marks[np.minimum(best + 1, count - 1)].T * (best + 1 < count)
    named = parts.named[best, rows]
    ranks = np.empty(units, np.int64)
    ranks[np.argsort(-top, kind="stable")] = rows
    asked = len(set(own[most > _ASKED].tolist()))
    call, wording = parts.calls[best, rows], parts.wordings[best, rows]
    ones = np.ones(units, np.int64)
    return _rows(
        [
            _between(top, -2000, 4000),
            _between(top - over, -1000, 1500),
            _between(second, -2000, 3000),
            1000 * np.minimum(np.bincount(own, minlength=units), 4),
            10 * wording,
            call,
            parts.calls.max(0),
            np.minimum(parts.many_calls.sum(0), 4000),
            10 * np.minimum(parts.wordings.sum(0), 300),
            _between(register, -3000, 3000),
            1000 * np.minimum(ranks, 12),
            1000 * best // count,
            1000 * (best == 0),
            1000 * min(count, 25) * ones,
            100 * np.minimum(parts.lengths[best], 25),
            *(told for mark in zip(marks, after, strict=True) for told in mark),
            1000 * parts.named.max(0),
            1000 * named,
            1000 * np.minimum(parts.named[best].sum(1) - named, 3),
            helpful,
            10 * min(parts.spans[-1][1], 400) * ones,
            _between(scores[0], -2000, 3000),
            1000 * min(asked, 6) * ones,
            int(np.sort(top)[-3:].sum()) // 3 * ones,
            1000 * is_for,
            1000 * (is_for & (top > 0)),
            1000 * ((call > 0) & (call < 400) & (wording == 0)),
            named * marks[0],
        ]
    )


def features_beside(parts: Parts, lead: int, register: Ints, partners: Sequence[int]) -> Ints:
    """For each unit (a row) the numbers of `SUPPORT_FEATURES` that say what it is beside that lead."""
    scores = parts.scores
    units = scores.shape[1]
    best = parts.best
    there = scores[best, lead]
    same = parts.sentence[:, None] == parts.sentence[best][None, :]
    in_sentence = np.where(same, scores, -9999).max(0) - np.where(same, scores[:, [lead]], -9999).max(0)
    partner = np.zeros(units, np.int64)
    partner[list(partners)] = 1000
    return _rows(
        [
            _between(parts.top - there, -2000, 2500),
            _between(in_sentence, -2500, 2500),
            _between(register - register[lead], -4000, 2000),
            partner,
            _between(scores[0] - scores[0, lead], -4000, 2000),
            np.full(units, min(int(scores[:, lead].max()), 4000)),
            1000 * (there > 0),
        ]
    )


def lead_candidates(parts: Parts, totals: Ints) -> list[int]:
    """The columns of the units that may lead: the likeliest eight, the four best named by a clause, and the title's."""
    likeliest = np.argsort(-totals, kind="stable")[:8].tolist()
    named = np.argsort(-parts.top, kind="stable")[:4].tolist()
    return sorted({*likeliest, *named, int(parts.own[0])})


def support_candidates(parts: Parts) -> list[int]:
    """The columns of the units that may help: the ten best named by a clause, and whom a long 启动说法 calls in."""
    named = np.argsort(-parts.top, kind="stable")[:10].tolist()
    return sorted({*named, *np.flatnonzero(parts.calls.max(0) >= _CALLED).tolist()})
