"""Who answers for an order: dispatch, signing, consultation, reassignment, supports, designation, escalation."""

from datetime import date
from typing import Literal

from pydantic import Field

from casework.events.fact import Deadline, OrderFact, Part, unsaid
from routing.proposal import Citation
from terms.ids import UnitCode


class WorkOrderDispatched(OrderFact):
    """派单: from now on `lead` answers for the order.

    `desk` is the district's hotline desk the order goes through (empty for city units). When `lead == desk` the desk
    still has to pass it on; passing on is another WorkOrderDispatched with tier "district". `reason` tells why a hand
    departed from the proposal. `disputed` names the boundary case under which the status-quo unit was taken.
    """

    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    tier: Literal["city", "district"] = "city"
    by: Literal["rule", "hand"]
    citations: tuple[Citation, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str = ""
    matter: str = ""
    matter_id: str | None = None
    proposal_followed: bool = True
    fallback: bool = False  # lead is the fallback (兜底) unit: never 越位 or 错位 for what it does here
    disputed: str = ""
    decision: str = ""  # the decision relied on, when one speaks to the matter
    status_quo: str = ""  # "decided" / "designated" / "clause" / "first_receiver" / "fallback"
    decided_by_version: str = ""  # city version the limits came from
    register_edition: str = Field(default="", exclude_if=unsaid)  # the version of every clause it rests on


class DispatchWithdrawn(OrderFact):
    """A dispatch not yet signed for was undone by the dispatcher: the time to dispatch begins anew."""

    lead: UnitCode
    reason: str
    deadlines: tuple[Deadline, ...] = Field(default=(), exclude_if=unsaid)


class WorkOrderSignedFor(OrderFact):
    """签收: the unit took the order over, as lead or as support."""

    unit: UnitCode
    part: Part


class ConsultationOpened(OrderFact):
    """会商: the duty is unclear; the named units are asked before or beside the work, which goes on."""

    consultation: int
    units: tuple[UnitCode, ...]
    question: str


class ConsultationClosed(OrderFact):
    """The consultation ended with a lead and supports agreed, or without."""

    consultation: int
    agreed: bool
    lead: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    conclusion: str = ""


class OrderReassigned(OrderFact):
    """改派: the lead changes; the unit's clocks restart, the citizen's total does not.

    `objection` is the number of the upheld return, None for a correction by the hotline. `bounces` counts changes of
    lead so far. `by` is "review", "hand", "decision" or "reform".
    """

    from_unit: UnitCode
    to_unit: UnitCode
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    by: Literal["review", "hand", "decision", "reform"] = "review"
    objection: int | None = None
    citations: tuple[Citation, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str = ""
    bounces: int = 1
    decision: str = ""
    register_edition: str = Field(default="", exclude_if=unsaid)  # the version of every clause it rests on
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limits came from


class SupportAdded(OrderFact):
    """加派: another unit supports, with its own clocks."""

    unit: UnitCode
    share: str = ""  # what it is asked to do
    objection: int | None = None
    citations: tuple[Citation, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str = ""
    register_edition: str = Field(default="", exclude_if=unsaid)  # the version of every clause it rests on
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limits came from


class SupportReleased(OrderFact):
    """A support's objection to its share was upheld: it has no part any more."""

    unit: UnitCode
    reason: str


class OrderCarriedOver(OrderFact):
    """机构改革: `from_unit` ended, or handed the cited duty over, and `to_unit` goes on with its part of the order.

    No reassignment: nobody was wrong, so nothing bounces, no clock begins anew and the unit's steps so far stand.
    `to_unit` is empty where no clause decides among several (`heirs`): the order goes back to the hotline, whose clock
    for the dispatch is in `deadlines`. `clause` is the cited item that decided, where one had to.
    """

    from_unit: UnitCode
    to_unit: UnitCode = UnitCode("")
    part: Part
    heirs: tuple[UnitCode, ...]
    desk: UnitCode | None = None
    clause: str = ""
    reformed_on: date
    reason: str = ""
    deadlines: tuple[Deadline, ...] = ()


class UnitDesignated(OrderFact):
    """指定承办: binding. The unit leads and may not return the order (潍坊条例 art. 22).

    `from_unit == unit` when the present lead is designated. Acting under a designation is never 越位 or 错位.
    """

    unit: UnitCode
    from_unit: UnitCode
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    objection: int | None = None
    citations: tuple[Citation, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str
    bounces: int = 0
    matter: str = ""
    matter_id: str | None = None
    register_edition: str = Field(default="", exclude_if=unsaid)  # the version of every clause it rests on
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limits came from


class EscalatedByRule(OrderFact):
    """Bouncing went on for too long: the review now has to designate, and 编办 sees the matter.

    `rule` is "returned-too-often" or "ping-pong"; `count` the figure that met the city's threshold `limit`.
    """

    rule: Literal["returned-too-often", "ping-pong"]
    count: int
    limit: int
    units: tuple[UnitCode, ...]
    matter: str = ""
    matter_id: str | None = None
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version the threshold came from
