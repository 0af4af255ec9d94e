"""Scores and stars of a period: pure arithmetic on sums, by a rule the city configures and every score names.

An indicator (`city.scoring`) is a rate of two measures of `projections.accountability` in parts per 10,000. Where its
bottom is 0 it says nothing and its weight is left out. A score is the weighted mean of the indicators, in hundredths of
a point of 100; stars by thresholds. Whole numbers only: the same sums and rule give the same bytes for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from city.scoring import DEFAULT_RULE, Indicator, ScoreRule

Sums = Mapping[tuple[str, str, str], tuple[int, int]]  # (unit, part, measure) → (lines, sum of values)


@dataclass(frozen=True, slots=True)
class Rate:
    """One indicator of one unit: parts per 10,000, or None where nothing was there to count."""

    code: str
    label: str
    top: int
    bottom: int
    rate: int | None
    points: int | None  # of 10,000: the rate, or what is left of it where less is better


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's score in hundredths of a point, its stars, the rates behind it and the rule that made it."""

    unit: str
    unit_class: str
    rates: tuple[Rate, ...]
    score: int | None
    stars: int
    rule: str


def _amount(sums: Sums, unit: str, part: str, asked: str) -> int:
    measure, _, which = asked.partition(":")
    parts = ("lead", "support") if part == "both" else (part,)
    return sum(sums.get((unit, one, measure), (0, 0))[which == "sum"] for one in parts)


def rate(sums: Sums, unit: str, indicator: Indicator, part: str | None = None) -> Rate:
    """One indicator of one unit; `part` asks for lead or support alone."""
    wanted = part or indicator.part
    top = _amount(sums, unit, wanted, indicator.top)
    bottom = _amount(sums, unit, wanted, indicator.bottom)
    if bottom == 0:
        return Rate(indicator.code, indicator.label, top, bottom, None, None)
    found = min(top * 10_000 // bottom, 10_000)
    return Rate(indicator.code, indicator.label, top, bottom, found, found if indicator.better else 10_000 - found)


def score(sums: Sums, unit: str, unit_class: str, rule: ScoreRule = DEFAULT_RULE) -> Score:
    """The score of one unit over the sums of a period."""
    weights = rule.weights.get(unit_class, rule.weights[""])
    rates = tuple(rate(sums, unit, indicator) for indicator in rule.indicators)
    weighed = [(one.points, weights.get(one.code, 0)) for one in rates if one.points is not None]
    weight = sum(one for _, one in weighed)
    orders = _amount(sums, unit, "both", "dispatched:lines")
    if not weight or orders < rule.least_orders:
        return Score(unit, unit_class, rates, None, 0, rule.version)
    points = sum(one * by for one, by in weighed) // weight
    return Score(unit, unit_class, rates, points, sum(points >= least for least in rule.stars), rule.version)
