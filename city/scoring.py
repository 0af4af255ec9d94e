"""How units are scored: indicators, their weights by department class, stars, and the arithmetic. The city's to change.

An indicator is a rate of two measures of the accountability view: `top` over `bottom`, each "measure:lines" (how many)
or "measure:sum" (their values). The source documents ask for a quarterly score with stars whose indicators and weights
differ by class of department (domain, section 9); the figures here are a first proposal, not a regulation's.

An indicator whose bottom is 0 says nothing: its weight is left out, it counts neither as full marks nor as none. So
that a unit of which hardly anything is known does not get full marks for the rest (a district's desk passes every
order on, and only its overdue rate has a bottom), a score asks that what can be counted carries `least_weight` percent
of the weights of its class. Whole numbers only: the same amounts and rule give the same bytes for ever.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


class Indicator(BaseModel):
    """One rate. `better` says whether more of it is good; `part` is lead, support or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    label: str
    top: str
    bottom: str
    part: str = "both"
    better: bool = True
    scale: int = Field(default=1, ge=1, description="what one line is worth at most: 5 for marks from 1 to 5")


class ScoreRule(BaseModel):
    """Indicators, their weights by department class ("" for any other) and the least points for each star.

    Rules stand whole in the record and are read for ever: a field that is added says by default what rules said before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    indicators: tuple[Indicator, ...]
    weights: dict[str, dict[str, int]]
    stars: tuple[int, ...] = (6000, 7000, 8000, 9000, 9500)  # hundredths of a point: one star … five stars
    least_orders: int = Field(default=5, ge=0, description="fewer dispatched orders give no score")
    least_weight: int = Field(default=0, ge=0, le=100, description="percent of the weights that must be countable")

    @property
    def version(self) -> str:
        """The rule's version (sha-256, hex): recorded with every score made by it."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()

    def weights_of(self, unit_class: str) -> dict[str, int]:
        """The weights of a class; those of "" for a class of which the rule says nothing."""
        return self.weights.get(unit_class, self.weights.get("", {}))


@dataclass(frozen=True, slots=True)
class Rate:
    """One indicator of one unit: parts per 10,000, or None where nothing was there to count."""

    code: str
    label: str
    top: int
    bottom: int
    rate: int | None
    points: int | None  # of 10,000: the rate, or what is left of it where less is better


def rate_of(indicator: Indicator, top: int, bottom: int) -> Rate:
    """An indicator from its two amounts."""
    if bottom == 0:
        return Rate(indicator.code, indicator.label, top, bottom, None, None)
    found = min(top * 10_000 // (bottom * indicator.scale), 10_000)
    return Rate(indicator.code, indicator.label, top, bottom, found, found if indicator.better else 10_000 - found)


def points_of(rates: Sequence[Rate], unit_class: str, orders: int, rule: ScoreRule) -> int | None:
    """The score in hundredths of a point of 100; None where there is too little to judge by."""
    weights = rule.weights_of(unit_class)
    weighed = [(one.points, weights.get(one.code, 0)) for one in rates if one.points is not None]
    weight = sum(by for _, by in weighed)
    asked = sum(weights.get(one.code, 0) for one in rates)
    if not weight or orders < rule.least_orders or weight * 100 < rule.least_weight * asked:
        return None
    return sum(points * by for points, by in weighed) // weight


def stars_of(points: int | None, rule: ScoreRule) -> int:
    """How many stars; none without a score."""
    return 0 if points is None else sum(points >= least for least in rule.stars)


DEFAULT_INDICATORS = (
    Indicator(code="signed", label="按时签收率", top="signed_in_time:sum", bottom="signed_in_time:lines"),
    Indicator(code="finished", label="按时办结率", top="finished_in_time:sum", bottom="finished_in_time:lines"),
    Indicator(code="responded", label="响应率", top="contacted:sum", bottom="contacted:lines", part="lead"),
    Indicator(code="resolved", label="解决率", top="resolved:sum", bottom="resolved:lines"),
    Indicator(code="satisfied", label="满意率", top="satisfied:sum", bottom="satisfied:lines"),
    Indicator(
        code="groundless", label="退单被驳回占比", top="return_refused:lines", bottom="returned:lines", better=False
    ),
    Indicator(
        code="rework", label="重办率", top="rework:lines", bottom="finished_in_time:lines", part="lead", better=False
    ),
    Indicator(code="overdue", label="超时率", top="overdue:lines", bottom="dispatched:lines", better=False),
    Indicator(code="peers", label="协同互评", top="rated:sum", bottom="rated:lines", scale=5),
)
DEFAULT_RULE = ScoreRule(
    indicators=DEFAULT_INDICATORS,
    least_weight=60,
    weights={
        "": {"signed": 10, "finished": 20, "responded": 10, "resolved": 20, "satisfied": 20, "groundless": 10,
             "rework": 5, "overdue": 5},
        "社会管理和执法监督": {"signed": 10, "finished": 20, "responded": 10, "resolved": 25, "satisfied": 10,
                      "groundless": 10, "rework": 5, "overdue": 5, "peers": 5},
        "经济": {"signed": 15, "finished": 25, "responded": 10, "resolved": 15, "satisfied": 15, "groundless": 10,
               "rework": 5, "overdue": 5},
        "政务和社会事业": {"signed": 10, "finished": 20, "responded": 15, "resolved": 20, "satisfied": 20,
                    "groundless": 5, "rework": 5, "overdue": 5},
    },
)  # fmt: skip
