"""What people and processes may ask of an order. Frozen data; who may ask stands in `casework.permissions`.

A command of a unit names that unit; it must be the unit of whoever asks. Times are not in commands: the desk gives
the moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from casework.events.fact import Attachment
from routing.proposal import Citation, Proposal
from terms.ids import UnitCode


class Command:
    """Something somebody wants done with one order."""

    __slots__ = ()


class UnitCommand(Command):
    """A command of a unit that has, or is offered, a part in the order."""

    __slots__ = ()
    unit: UnitCode


# --- intake ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Propose(Command):
    """Keep the router's answer."""

    proposal: Proposal
    why: Literal["received", "added", "returned", "decided", "asked"] = "received"


@dataclass(frozen=True, slots=True)
class RequestInformation(Command):
    """待补充."""

    missing: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddToOrder(Command):
    """The requester adds something: the original and its masked form, each in a box under the order's key."""

    sealed: Mapping[str, str]
    masked: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Chase(Command):
    """催单."""

    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotAccept(Command):
    """不予受理; without a channel, the ground's own is named."""

    ground: str
    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerAtOnce(Command):
    """即时答复."""

    reply: str
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge(Command):
    """并单 under `parent`."""

    parent: str
    similarity: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unmerge(Command):
    """Undo a merge."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordReturn(Command):
    """A return that an older platform tells of: recorded with what it carries, marked where the basis lacks."""

    unit: UnitCode
    reason: str = ""
    denied_clause: str | None = None
    claimed_clause: str | None = None
    no_clause: bool = False
    proposed_unit: UnitCode | None = None
    place: str = ""
    other_order: str = ""
    missing: tuple[str, ...] = ()
    channel: str = ""
    keeps: str = ""
    asked_support: UnitCode | None = None
    note: str = ""
    signatory: str = ""
    returned_at: datetime | None = None
    unit_text: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ReadPersonalData(Command):
    """Open what is sealed, with a purpose."""

    purpose: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErasePersonalData(Command):
    """Erase the order's key."""

    ground: str


# --- who answers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dispatch(Command):
    """派单. `statutory_days` is the longest statutory limit of what is cited, in working days."""

    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()
    by: Literal["rule", "hand"] = "hand"
    reason: str = ""
    complex_matter: bool = False
    statutory_days: int | None = None


@dataclass(frozen=True, slots=True)
class PassOn(Command):
    """The district desk passes the order on inside its district."""

    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str = ""
    complex_matter: bool = False
    statutory_days: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawDispatch(Command):
    """Undo a dispatch nobody signed for."""

    reason: str


@dataclass(frozen=True, slots=True)
class SignFor(UnitCommand):
    """签收."""

    unit: UnitCode


@dataclass(frozen=True, slots=True)
class OpenConsultation(Command):
    """会商 on whose the order is."""

    units: tuple[UnitCode, ...]
    question: str


@dataclass(frozen=True, slots=True)
class CloseConsultation(Command):
    """What came of it."""

    agreed: bool
    lead: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class Reassign(Command):
    """改派 by the hotline, outside a return."""

    to: UnitCode
    reason: str
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()
    by: Literal["hand", "decision", "reform"] = "hand"
    decision: str = ""


@dataclass(frozen=True, slots=True)
class AddSupport(Command):
    """加派."""

    unit: UnitCode
    share: str = ""
    citations: tuple[Citation, ...] = ()
    reason: str = ""


# --- returns ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestReturn(UnitCommand):
    """退单, clause against clause."""

    unit: UnitCode
    reason: str
    denied_clause: str | None = None
    claimed_clause: str | None = None
    no_clause: bool = False
    proposed_unit: UnitCode | None = None
    place: str = ""
    other_order: str = ""
    missing: tuple[str, ...] = ()
    channel: str = ""
    keeps: str = ""
    asked_support: UnitCode | None = None
    note: str = ""
    signatory: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawReturn(UnitCommand):
    """The unit takes its return back."""

    unit: UnitCode
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskUnit(Command):
    """The review asks another unit before it moves the order there."""

    unit: UnitCode


@dataclass(frozen=True, slots=True)
class AnswerAsProposed(UnitCommand):
    """The asked unit agrees, or answers with its clause."""

    unit: UnitCode
    agrees: bool
    denied_clause: str | None = None
    claimed_clause: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewReturn(Command):
    """异议审核: refuse, reassign, add a support or designate. `to` is the unit it names."""

    verdict: Literal["refuse", "reassign", "add_support", "designate"]
    reason: str
    to: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectAsSupport(UnitCommand):
    """A support objects to its own share."""

    unit: UnitCode
    reason: str
    denied_clause: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecideSupportObjection(Command):
    """The review upholds or refuses it."""

    unit: UnitCode
    upheld: bool
    reason: str


# --- the work --------------------------------------------------------------------------------------------------


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


# --- the end ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewResult(Command):
    """办结审核."""

    accepted: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordFollowUp(Command):
    """回访; None where the requester did not say."""

    contacted: bool
    resolved: bool | None = None
    satisfied: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderRework(Command):
    """重办."""

    reason: str


@dataclass(frozen=True, slots=True)
class Supervise(Command):
    """督办: reminded 催办, listed 挂牌, talk 约谈, raised 提级."""

    unit: UnitCode
    step: Literal["reminded", "listed", "talk", "raised"]
    reason: str


@dataclass(frozen=True, slots=True)
class RequestExclusion(UnitCommand):
    """不计考核 asked for."""

    unit: UnitCode
    reason: str


@dataclass(frozen=True, slots=True)
class DecideExclusion(Command):
    """Granted or not."""

    unit: UnitCode
    granted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Close(Command):
    """结案 after follow-up."""


@dataclass(frozen=True, slots=True)
class Terminate(Command):
    """终止/最终答复."""

    reply: str


@dataclass(frozen=True, slots=True)
class Archive(Command):
    """归档."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Rate(UnitCommand):
    """Lead rates support, support rates lead: 1 worst … 5 best."""

    unit: UnitCode
    rated: UnitCode
    score: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RingClocks(Command):
    """Say which clocks are nearly through and which ran out; each is said once."""
