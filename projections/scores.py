"""Scores and stars of a period from the sums of `projections.accountability`, by the rule of the city."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from city.scoring import DEFAULT_RULE, Indicator, Rate, ScoreRule, points_of, rate_of, stars_of

Sums = Mapping[tuple[str, str, str], tuple[int, int]]  # (unit, part, measure) → (lines, sum of values)


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
    return rate_of(indicator, top, _amount(sums, unit, wanted, indicator.bottom))


def orders_of(sums: Sums, unit: str) -> int:
    """How many orders a unit was sent, as lead or support."""
    return _amount(sums, unit, "both", "dispatched:lines")


def score(sums: Sums, unit: str, unit_class: str, rule: ScoreRule = DEFAULT_RULE) -> Score:
    """The score of one unit over the sums of a period."""
    rates = tuple(rate(sums, unit, indicator) for indicator in rule.indicators)
    points = points_of(rates, unit_class, orders_of(sums, unit), rule)
    return Score(unit, unit_class, rates, points, stars_of(points, rule), rule.version)


def together(sums: Sums, unit: str, absorbed: Iterable[str]) -> Sums:
    """The sums with those of the units that ended in this one under its name."""
    gone = frozenset(absorbed)
    joined = {key: value for key, value in sums.items() if key[0] not in gone}
    for (one, part, measure), (lines, value) in sums.items():
        if one in gone:
            had = joined.get((unit, part, measure), (0, 0))
            joined[unit, part, measure] = (had[0] + lines, had[1] + value)
    return joined
