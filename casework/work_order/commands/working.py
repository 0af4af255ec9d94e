"""The work: start, contact, extension, shelf, inside the unit, hand-over, result."""

from dataclasses import dataclass
from datetime import date, datetime

from casework.events.fact import Attachment
from casework.work_order.commands.asking import Command, UnitCommand
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class StartWork(UnitCommand):
    """The unit begins."""

    unit: UnitCode


@dataclass(frozen=True, slots=True)
class ContactRequester(UnitCommand):
    """首次联系."""

    unit: UnitCode
    reached: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportProgress(UnitCommand):
    """A step of the work."""

    unit: UnitCode
    note: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestExtension(UnitCommand):
    """延期申请."""

    unit: UnitCode
    reason: str
    long_cycle: bool = False


@dataclass(frozen=True, slots=True)
class DecideExtension(Command):
    """Granted or not."""

    unit: UnitCode
    granted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shelve(Command):
    """挂账 until a review date."""

    reason: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Resume(Command):
    """Back from the shelf."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class SendHandOver(UnitCommand):
    """移送 to the next link."""

    unit: UnitCode
    receiver: UnitCode
    clause: str
    from_link: str = ""
    to_link: str = ""
    material: tuple[Attachment, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveHandOver(UnitCommand):
    """The receiver signs for it."""

    unit: UnitCode
    hand_over: int


@dataclass(frozen=True, slots=True)
class RefuseHandOver(UnitCommand):
    """The receiver refuses, with a reason."""

    unit: UnitCode
    hand_over: int
    reason: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class FeedBackHandOver(UnitCommand):
    """The receiver tells the sender the result."""

    unit: UnitCode
    hand_over: int
    result: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignInside(UnitCommand):
    """内部交办."""

    unit: UnitCode
    office: str
    task: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class CollectInside(UnitCommand):
    """汇总."""

    unit: UnitCode
    office: str
    result: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff(UnitCommand):
    """分管领导审签."""

    unit: UnitCode
    approved: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class SubmitResult(UnitCommand):
    """办结 by the lead, or by a support for its share."""

    unit: UnitCode
    reply: str
    attachments: tuple[Attachment, ...] = ()
