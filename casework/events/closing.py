"""After the work: follow-up, rework, supervision, exclusion from scoring, closing, rating; and the clocks' voices."""

from typing import Literal

from pydantic import AwareDatetime, Field

from casework.events.fact import Deadline, OrderFact, Part, unsaid
from terms.ids import UnitCode


class FollowUpRecorded(OrderFact):
    """回访: was the requester contacted, is it resolved, is he satisfied; None when he did not say."""

    contacted: bool
    resolved: bool | None = None
    satisfied: bool | None = None
    note: str = ""
    round: int = 1


class ReworkOrdered(OrderFact):
    """重办: back to the lead with a fresh rework clock."""

    reason: str
    round: int
    deadlines: tuple[Deadline, ...] = ()
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class SupervisionIssued(OrderFact):
    """督办. Steps rise: "reminded" 催办, "listed" 挂牌, "talk" 约谈, "raised" 提级."""

    step: Literal["reminded", "listed", "talk", "raised"]
    unit: UnitCode
    reason: str


class ExclusionRequested(OrderFact):
    """不计考核 asked for by a unit of the order."""

    unit: UnitCode
    reason: str


class ExclusionGranted(OrderFact):
    """The order is left out of that unit's figures."""

    unit: UnitCode
    reason: str = ""


class ExclusionRefused(OrderFact):
    """It counts."""

    unit: UnitCode
    reason: str


class OrderClosed(OrderFact):
    """结案. `how` is "done", "not_accepted", "answered", "merged", "referred" (转送) or "final_answer" (最终答复)."""

    how: Literal["done", "not_accepted", "answered", "merged", "referred", "final_answer"] = "done"
    lead: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    reply: str = ""
    resolved: bool | None = None
    satisfied: bool | None = None


class OrderArchived(OrderFact):
    """归档: nothing more happens to the order but reading, rating and erasure."""

    note: str = ""


class PartsRated(OrderFact):
    """牵头/配合相互评价: once each way after closing; a reason is due below the city's threshold. 1 worst … 5 best."""

    rater: UnitCode
    rater_part: Part
    rated: UnitCode
    score: int
    reason: str = ""


class ClockWarned(OrderFact):
    """A clock is nearly through: said once."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime


class ClockExpired(OrderFact):
    """A clock ran out: said once. The return clock's expiry is the unit's acceptance by silence."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime
