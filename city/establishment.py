"""How a city weighs what its units carry, and when its posts (编制) may be looked at anew.

The source documents ask for 职能量化 and for adjustment by 适时, 适度, 适量 (domain, section 10); they give no figures.
The figures here are first proposals, for a city to change.
"""

from pydantic import BaseModel, ConfigDict, Field


class CoverageRules(BaseModel):
    """What counts as vague by outcome, and as one candidate matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    denied_often: int = Field(default=30, ge=1, le=100, description="percent of its uses that returns deny")
    least_uses: int = Field(default=3, ge=1)
    alike: int = Field(default=40, ge=1, le=100, description="percent of weighed words two orders share")
    candidate_least: int = Field(default=1, ge=1, description="orders that make a candidate matter")
    looked_at: int = Field(default=500, ge=10, le=2_000, description="the newest uncovered orders that are compared")


class LoadWeights(BaseModel):
    """What an order weighs, in hundredths of an ordinary one: by its kind, times the part of the unit in percent."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds: dict[str, int] = {"咨询": 30, "求助": 100, "投诉": 120, "举报": 150, "建议": 50, "表扬": 10}
    other: int = Field(default=100, ge=0)
    lead: int = Field(default=100, ge=0)
    support: int = Field(default=40, ge=0)

    def of(self, kind: str, part: str) -> int:
        """The weight of one order for one unit, in hundredths."""
        return self.kinds.get(kind, self.other) * (self.lead if part == "lead" else self.support) // 100


class AdjustmentRules(BaseModel):
    """适时, 适度, 适量: when a change of posts may be moved, how often, how much."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    interval_months: int = Field(default=24, ge=0, description="适度: least months between two changes of one unit")
    recent_months: int = Field(default=36, ge=1, description="适时: a reform or a new duty speaks for so long")
    change_percent: int = Field(default=30, ge=1, description="适时: a change of load that is marked")
    least_orders: int = Field(default=10, ge=1, description="with fewer orders in both periods no change is marked")
    overdue_percent: int = Field(default=20, ge=1, le=100, description="适时: overdue parts that are a marked failure")
