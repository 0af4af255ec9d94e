"""Who leads and who supports among the units that the clauses of an order speak for.

Both are questions of a few numbers a unit: what its strongest clause says, whether that clause says less for the lead,
where it stands, whether it tells who was asked in vain. The weights were fitted by `bench.fit_roles` on orders that
other people wrote, and are whole numbers kept as data (`routing.roles_weights`).
"""

from collections.abc import Mapping, Sequence

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
BESIDE = 7  # the last of them, that depend on who leads
_FAR = 1 << 40  # no number comes near it
# how far a feature counts; those not named here count as they are
_LEAD_BOUNDS = {
    "total behind the likeliest": (-4000, 0), "title": (-2000, 3000), "best clause": (-2000, 4000),
    "best behind the best": (-4000, 0), "register behind": (-4000, 0), "clauses that are for it": (0, 5000),
    "calls": (0, 4000), "best of the clauses that put first": (-2000, 3000),
    "best of the clauses that add": (-2000, 3000), "last sentence": (-2000, 3000), "mean of its clauses": (-2000, 2000),
}  # fmt: skip
_SUPPORT_BOUNDS = {
    "best clause": (-2000, 4000), "over the others there": (-1000, 1500), "second clause": (-2000, 3000),
    "clauses that are for it": (0, 4000), "calls": (0, 4000), "wordings": (0, 3000), "register": (-3000, 3000),
    "rank": (0, 12_000), "clauses": (0, 25_000), "length": (0, 2500), "another is named there": (0, 3000),
    "length of the text": (0, 4000), "title": (-2000, 3000), "units asked": (0, 6000),
    "over the lead there": (-2000, 2500), "sentence over the lead": (-2500, 2500),
    "register over the lead": (-4000, 2000), "title over the lead": (-4000, 2000), "best of the lead": (-_FAR, 4000),
}  # fmt: skip
_ASKED = -600  # a clause says something for a unit
_CALLED = 700  # two characters over the first


def bounds_of(features: Sequence[str], told: Mapping[str, tuple[int, int]]) -> tuple[Ints, Ints]:
    """The least and the most of each feature, as columns; none of its own is told of most."""
    least, most = zip(*(told.get(feature, (-_FAR, _FAR)) for feature in features), strict=True)
    return np.array(least, np.int64)[:, None], np.array(most, np.int64)[:, None]


_LEAD = bounds_of(LEAD_FEATURES, _LEAD_BOUNDS)
_COMMON = bounds_of(SUPPORT_FEATURES[:-BESIDE], _SUPPORT_BOUNDS)
_BESIDE = bounds_of(SUPPORT_FEATURES[-BESIDE:], _SUPPORT_BOUNDS)


def held(columns: Sequence[Ints], bounds: tuple[Ints, Ints]) -> Ints:
    """Numbers of each unit as a row a unit, each within its bounds: held there in one go, not one by one."""
    found = np.concatenate(columns).reshape(len(columns), -1)
    np.maximum(found, bounds[0], out=found)
    np.minimum(found, bounds[1], out=found)
    return found.T


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
    return held(
        [
            totals - likeliest,
            1000 * (totals == likeliest),
            scores[0],
            1000 * (rows == own[0]),
            top,
            top - top.max(),
            register - register.max(),
            1000 * times,
            1000 * best // count,
            parts.calls[best, rows],
            parts.many_calls.sum(0),
            *marks,
            *after[2:],
            scores[first].max(0) if first.any() else low,
            scores[adds].max(0) if adds.any() else low,
            1000 * parts.named.max(0),
            scores[last].max(0),
            scores.sum(0) // count,
        ],
        _LEAD,
    )


def support_features(parts: Parts, register: Ints, helpful: Ints) -> Ints:
    """For each unit (a row) those numbers of `SUPPORT_FEATURES` that do not depend on who leads."""
    scores, best, top, own = parts.scores, parts.best, parts.top, parts.own
    count, units = scores.shape
    rows = np.arange(units)
    others = scores.copy()
    others[best, rows] = -_FAR
    second = others.max(0) if count > 1 else np.full(units, -1500, np.int64)
    clauses = np.arange(count)
    most = scores[clauses, own]
    others = scores.copy()
    others[clauses, own] = -_FAR
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
    return held(
        [
            top,
            top - over,
            second,
            1000 * np.bincount(own, minlength=units),
            10 * wording,
            call,
            parts.calls.max(0),
            parts.many_calls.sum(0),
            10 * parts.wordings.sum(0),
            register,
            1000 * ranks,
            1000 * best // count,
            1000 * (best == 0),
            1000 * count * ones,
            100 * parts.lengths[best],
            *(told for mark in zip(marks, after, strict=True) for told in mark),
            1000 * parts.named.max(0),
            1000 * named,
            1000 * (parts.named[best].sum(1) - named),
            helpful,
            10 * parts.spans[-1][1] * ones,
            scores[0],
            1000 * asked * ones,
            int(np.sort(top)[-3:].sum()) // 3 * ones,
            1000 * is_for,
            1000 * (is_for & (top > 0)),
            1000 * ((call > 0) & (call < 400) & (wording == 0)),
            named * marks[0],
        ],
        _COMMON,
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
    return held(
        [
            parts.top - there,
            in_sentence,
            register - register[lead],
            partner,
            scores[0] - scores[0, lead],
            np.full(units, scores[:, lead].max()),
            1000 * (there > 0),
        ],
        _BESIDE,
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
