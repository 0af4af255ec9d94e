"""The work itself: start, progress, extension, shelving, hand-over, inside the unit, results."""

from datetime import date

from pydantic import AwareDatetime, Field

from casework.events.fact import Attachment, Deadline, OrderFact, Part, unsaid
from terms.ids import UnitCode


class WorkStarted(OrderFact):
    """The unit began to handle the order."""

    unit: UnitCode
    part: Part


class RequesterContacted(OrderFact):
    """首次联系: the lead spoke with the requester."""

    unit: UnitCode
    reached: bool
    note: str = ""


class ProgressReported(OrderFact):
    """A step of the work, told by lead or support."""

    unit: UnitCode
    part: Part
    note: str
    attachments: tuple[Attachment, ...] = ()


class ExtensionRequested(OrderFact):
    """延期申请; `number` counts from 1 for the unit. A long-cycle extension is granted by the city's own limit."""

    unit: UnitCode
    number: int
    reason: str
    long_cycle: bool = False


class ExtensionGranted(OrderFact):
    """The deadline moves; the clock was never stopped. `deadlines` replace those of the same clock and unit."""

    unit: UnitCode
    number: int
    deadlines: tuple[Deadline, ...] = ()
    long_cycle: bool = False
    reason: str = ""
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class ExtensionRefused(OrderFact):
    """The deadline stands."""

    unit: UnitCode
    number: int
    reason: str


class OrderShelved(OrderFact):
    """挂账: cannot be done now; the clocks stop until the review date."""

    unit: UnitCode
    reason: str
    review_on: date
    deadlines: tuple[Deadline, ...] = ()  # the shelf's own clock


class OrderResumed(OrderFact):
    """The order comes back from the shelf; `deadlines` are the stopped clocks with their remaining time."""

    reason: str = ""
    deadlines: tuple[Deadline, ...] = ()


class HandOverSent(OrderFact):
    """移送 between the links of one matter (审批 → 监管 → 执法 → 养护), with its material and clause."""

    hand_over: int
    sender: UnitCode
    receiver: UnitCode
    from_link: str = ""
    to_link: str = ""
    material: tuple[Attachment, ...] = ()
    clause: str
    note: str = ""
    deadlines: tuple[Deadline, ...] = ()


class HandOverReceived(OrderFact):
    """The receiver signs for it; from now on it owes a result on its own clock."""

    hand_over: int
    receiver: UnitCode
    deadlines: tuple[Deadline, ...] = ()


class HandOverRefused(OrderFact):
    """The receiver refuses, with its reason and clause."""

    hand_over: int
    sender: UnitCode = UnitCode("")
    receiver: UnitCode
    reason: str
    clause: str | None = None


class HandOverResultFedBack(OrderFact):
    """The receiver tells the sender what came of it."""

    hand_over: int
    sender: UnitCode = UnitCode("")
    receiver: UnitCode
    result: str
    attachments: tuple[Attachment, ...] = ()


class AssignedInside(OrderFact):
    """内部交办: to a 科室 or a 二级单位 of the unit."""

    unit: UnitCode
    office: str
    task: str = ""
    due: AwareDatetime | None = None


class InsideResultCollected(OrderFact):
    """汇总: what the office did."""

    unit: UnitCode
    office: str
    result: str
    attachments: tuple[Attachment, ...] = ()


class LeaderSignedOff(OrderFact):
    """分管领导审签: the unit's leader lets the result go out."""

    unit: UnitCode
    approved: bool
    note: str = ""


class ResultSubmitted(OrderFact):
    """办结: the result of the lead, or of one support for its share."""

    unit: UnitCode
    part: Part
    reply: str
    attachments: tuple[Attachment, ...] = ()
    late_supports: tuple[UnitCode, ...] = ()  # the lead may close without them
    round: int = 1  # 1 + times of rework
    deadlines: tuple[Deadline, ...] = ()  # the review's own clock


class ResultAccepted(OrderFact):
    """办结审核 passed: the order goes to follow-up."""

    note: str = ""
    deadlines: tuple[Deadline, ...] = ()  # the hotline's clock for the call


class ResultSentBack(OrderFact):
    """办结审核 not passed: the lead goes on; its clock was never stopped."""

    reason: str
