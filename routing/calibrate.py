"""Confidence that means what it says: how far the best group leads the next, read through a stored, rising table.

All in integers: the same scores give the same percent everywhere.
"""

from collections.abc import Sequence
from math import exp

BINS = 50
_WIDTH = 40
DEFAULT_SHARPNESS = 30
# exp(-x / 100) in 1/65536 for x = 0 … 1500, rounded once: far from any rounding tie, so equal on every machine
_FALL = tuple(round(65_536 * exp(-step / 100)) for step in range(1501))

# Before anything was learned: fitted on orders whose answer was known, the register's words alone deciding.
DEFAULT_TABLE = tuple(37 + (place * 49) // (BINS - 1) for place in range(BINS))
# With outcomes learned a lead means more; what a few held-out orders do not say yet is read from here.
LEARNED_TABLE = tuple(45 + (place * 50) // (BINS - 1) for place in range(BINS))
PRIOR_ORDERS = 2  # pseudo-orders of it a bin


def shares(scores: Sequence[int], sharpness: int) -> list[int]:
    """The share of belief of each score, in 1/1000 of the whole. `sharpness` is percent of a nat per 1/1000 score."""
    if not scores:
        return []
    best = max(scores)
    falls = [_FALL[min(1500, (best - score) * sharpness // 100)] for score in scores]
    whole = sum(falls)
    return [fall * 1000 // whole for fall in falls]


def bin_of(scores: Sequence[int]) -> int:
    """The bin of an order, 0 … BINS - 1, by how far its best score leads the next, in 1/1000: 40 a bin.

    The lead tells right from wrong better than the share of belief, which is nearly whole for half of the orders.
    """
    first, second = (*sorted(scores, reverse=True)[:2], -1_000_000)[:2]
    return min(BINS - 1, (first - second) // _WIDTH)


def rising_table(bins: Sequence[int], right: Sequence[bool]) -> tuple[int, ...]:
    """Percent right for each bin, never falling: pooled neighbours (isotonic regression) over a weak prior.

    `bins` and `right` are of the same length: where a held-out order fell and whether its lead was right.
    """
    counts = [PRIOR_ORDERS] * BINS
    sums = [PRIOR_ORDERS * percent for percent in LEARNED_TABLE]
    for place, correct in zip(bins, right, strict=True):
        counts[place] += 1
        sums[place] += 100 if correct else 0
    pools: list[list[int]] = []  # [sum, count, width]
    for place in range(BINS):
        pools.append([sums[place], counts[place], 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            total, count, width = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
            pools[-1][2] += width
    return tuple(max(1, min(99, total // count)) for total, count, width in pools for _ in range(width))
