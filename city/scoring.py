"""How units are scored: indicators, their weights by department class, and stars. The city's own to change.

An indicator is a rate of two measures of the accountability view: `top` over `bottom`, each "measure:lines" (how many)
or "measure:sum" (their values). The source documents ask for a quarterly score with stars whose indicators and weights
differ by class of department (domain, section 9); the figures here are a first proposal, not a regulation's.
"""

import hashlib

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


class ScoreRule(BaseModel):
    """Indicators, their weights by department class ("" for any other) and the least points for each star."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    indicators: tuple[Indicator, ...]
    weights: dict[str, dict[str, int]]
    stars: tuple[int, ...] = (6000, 7000, 8000, 9000, 9500)  # hundredths of a point: one star … five stars
    least_orders: int = Field(default=5, ge=0, description="fewer dispatched orders give no score")

    @property
    def version(self) -> str:
        """The rule's version (sha-256, hex): recorded with every score made by it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


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
)
DEFAULT_RULE = ScoreRule(
    indicators=DEFAULT_INDICATORS,
    weights={
        "": {"signed": 10, "finished": 20, "responded": 10, "resolved": 20, "satisfied": 20, "groundless": 10,
             "rework": 5, "overdue": 5},
        "社会管理和执法监督": {"signed": 10, "finished": 20, "responded": 10, "resolved": 25, "satisfied": 15,
                      "groundless": 10, "rework": 5, "overdue": 5},
        "经济": {"signed": 15, "finished": 25, "responded": 10, "resolved": 15, "satisfied": 15, "groundless": 10,
               "rework": 5, "overdue": 5},
    },
)  # fmt: skip
