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


def lead_features(parts: Parts, register: Ints, totals: Ints) -> Ints:
    """For each unit (a row) the numbers of `LEAD_FEATURES` by which it is asked whether it leads."""
    scores = parts.scores
    count = len(scores)
    rows = np.arange(scores.shape[1])
    best = scores.argmax(0)
    top = scores[best, rows]
    following = np.minimum(best + 1, count - 1)
    own = scores.argmax(1)
    times = np.bincount(own, minlength=scores.shape[1])
    title = np.clip(scores[0], -2000, 3000)
    marks, after = parts.marks[best], parts.marks[following]
    first, adds = parts.marks[:, 3] > 0, parts.marks[:, 1] > 0
    low = np.full(scores.shape[1], -2000, np.int64)
    last = parts.sentence == parts.sentence[-1]
    return np.stack(
        [
            np.maximum(totals - totals.max(), -4000),
            1000 * (totals == totals.max()),
            title,
            1000 * (rows == own[0]),
            np.clip(top, -2000, 4000),
            np.clip(top - top.max(), -4000, 0),
            np.clip(register - register.max(), -4000, 0),
            1000 * np.minimum(times, 5),
            1000 * best // count,
            parts.calls[best, rows],
            np.minimum(parts.many_calls.sum(0), 4000),
            1000 * marks[:, 0],
            1000 * marks[:, 1],
            1000 * marks[:, 2],
            1000 * marks[:, 3],
            1000 * after[:, 2],
            1000 * after[:, 3],
            np.clip(scores[first].max(0), -2000, 3000) if first.any() else low,
            np.clip(scores[adds].max(0), -2000, 3000) if adds.any() else low,
            1000 * parts.named.max(0),
            np.clip(scores[last].max(0), -2000, 3000),
            np.clip(scores.sum(0) // count, -2000, 2000),
        ],
        axis=1,
    ).astype(np.int64)


def support_features(parts: Parts, register: Ints, helpful: Ints) -> Ints:
    """For each unit (a row) those numbers of `SUPPORT_FEATURES` that do not depend on who leads."""
    scores = parts.scores
    count, units = scores.shape
    rows = np.arange(units)
    best = scores.argmax(0)
    top = scores[best, rows]
    second = np.sort(scores, axis=0)[-2] if count > 1 else np.full(units, -1500, np.int64)
    own = scores.argmax(1)
    by_row = np.sort(scores, axis=1)
    is_for = own[best] == rows
    others = np.where(is_for, by_row[best, -2], by_row[best, -1])
    following = np.minimum(best + 1, count - 1)
    marks, after = parts.marks[best], parts.marks[following] * (best + 1 < count)[:, None]
    named = parts.named[best, rows]
    ranks = np.empty(units, np.int64)
    ranks[np.argsort(-top, kind="stable")] = rows
    asked = len(set(own[by_row[:, -1] > _ASKED].tolist()))
    call, wording = parts.calls[best, rows], parts.wordings[best, rows]
    ones = np.ones(units, np.int64)
    return np.stack(
        [
            np.clip(top, -2000, 4000),
            np.clip(top - others, -1000, 1500),
            np.clip(second, -2000, 3000),
            1000 * np.minimum(np.bincount(own, minlength=units), 4),
            10 * wording,
            call,
            parts.calls.max(0),
            np.minimum(parts.many_calls.sum(0), 4000),
            10 * np.minimum(parts.wordings.sum(0), 300),
            np.clip(register, -3000, 3000),
            1000 * np.minimum(ranks, 12),
            1000 * best // count,
            1000 * (best == 0),
            1000 * min(count, 25) * ones,
            100 * np.minimum(parts.lengths[best], 25),
            1000 * marks[:, 0],
            1000 * after[:, 0],
            1000 * marks[:, 1],
            1000 * after[:, 1],
            1000 * marks[:, 2],
            1000 * after[:, 2],
            1000 * marks[:, 3],
            1000 * after[:, 3],
            1000 * parts.named.max(0),
            1000 * named,
            1000 * np.minimum(parts.named[best].sum(1) - named, 3),
            helpful,
            10 * min(parts.spans[-1][1], 400) * ones,
            np.clip(scores[0], -2000, 3000),
            1000 * min(asked, 6) * ones,
            int(np.sort(top)[-3:].sum()) // 3 * ones,
            1000 * is_for,
            1000 * (is_for & (top > 0)),
            1000 * ((call > 0) & (call < 400) & (wording == 0)),
            1000 * named * marks[:, 0],
        ],
        axis=1,
    ).astype(np.int64)


def features_beside(parts: Parts, lead: int, register: Ints, partners: Sequence[int]) -> Ints:
    """For each unit (a row) the numbers of `SUPPORT_FEATURES` that say what it is beside that lead."""
    scores = parts.scores
    units = scores.shape[1]
    best = scores.argmax(0)
    there = scores[best, lead]
    same = parts.sentence[:, None] == parts.sentence[best][None, :]
    in_sentence = np.where(same, scores, -9999).max(0) - np.where(same, scores[:, [lead]], -9999).max(0)
    partner = np.zeros(units, np.int64)
    partner[list(partners)] = 1000
    return np.stack(
        [
            np.clip(scores[best, np.arange(units)] - there, -2000, 2500),
            np.clip(in_sentence, -2500, 2500),
            np.clip(register - register[lead], -4000, 2000),
            partner,
            np.clip(scores[0] - scores[0, lead], -4000, 2000),
            np.full(units, min(int(scores[:, lead].max()), 4000)),
            1000 * (there > 0),
        ],
        axis=1,
    ).astype(np.int64)


def lead_candidates(parts: Parts, totals: Ints) -> list[int]:
    """The columns of the units that may lead: the likeliest eight, the four best named by a clause, and the title's."""
    likeliest = np.argsort(-totals, kind="stable")[:8].tolist()
    named = np.argsort(-parts.scores.max(0), kind="stable")[:4].tolist()
    return sorted({*likeliest, *named, int(parts.scores[0].argmax())})


def support_candidates(parts: Parts) -> list[int]:
    """The columns of the units that may help: the ten best named by a clause, and whom a long 启动说法 calls in."""
    named = np.argsort(-parts.scores.max(0), kind="stable")[:10].tolist()
    return sorted({*named, *np.flatnonzero(parts.calls.max(0) >= _CALLED).tolist()})
