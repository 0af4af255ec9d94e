"""What may be asked of a finding and of the digest. Frozen data; who may ask stands in `casework.permissions`."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casework.events.fact import Attachment
from casework.events.finding import DigestItem
from terms.ids import UnitCode


class FindingCommand:
    """Something somebody wants done with one finding or digest."""

    __slots__ = ()


class AddresseeCommand(FindingCommand):
    """A command of the unit the finding is about."""

    __slots__ = ()
    unit: UnitCode


@dataclass(frozen=True, slots=True)
class ProposeFinding(FindingCommand):
    """A rule found a fault. `acted_under` is what the unit acted under: "designated", "fallback" or nothing."""

    fault: str
    unit: UnitCode
    rule: str
    explanation: str
    evidence: tuple[str, ...]
    other_units: tuple[UnitCode, ...] = ()
    matter: str = ""
    matter_id: str = ""
    acted_under: Literal["", "designated", "fallback"] = ""


@dataclass(frozen=True, slots=True)
class RaiseFinding(FindingCommand):
    """A person raises a finding, from events or from elsewhere."""

    source: str
    problem_class: str
    unit: UnitCode
    title: str
    text: str
    fault: str = ""
    evidence: tuple[str, ...] = ()
    documents: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class DismissFinding(FindingCommand):
    """A proposed finding is not raised."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveFeedback(FindingCommand):
    """反馈."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerFeedback(AddresseeCommand):
    """The unit answers."""

    unit: UnitCode
    accepts: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class IssuePaper(FindingCommand):
    """督办单 or 提示函."""

    paper: Literal["supervision_order", "reminder_letter"]
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class IssueNotice(FindingCommand):
    """机构编制督查通知书."""

    number: str
    violation: str
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptNotice(AddresseeCommand):
    """The addressee signs for it."""

    unit: UnitCode
    received_by: str


@dataclass(frozen=True, slots=True)
class ReportRectification(AddresseeCommand):
    """整改."""

    unit: UnitCode
    measures: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reassess(FindingCommand):
    """评估."""

    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProposeHold(FindingCommand):
    """The rectification is overdue."""


@dataclass(frozen=True, slots=True)
class DecideHold(FindingCommand):
    """The 编办 director signs, or not."""

    signed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LiftHold(FindingCommand):
    """The hold ends."""

    reason: str


@dataclass(frozen=True, slots=True)
class RingFindingClocks(FindingCommand):
    """Say which clocks are nearly through and which ran out; each is said once."""


@dataclass(frozen=True, slots=True)
class OpenDigest(FindingCommand):
    """The disputed items of a period."""

    period_from: date
    period_to: date
    items: tuple[DigestItem, ...]
    previous: str = ""


@dataclass(frozen=True, slots=True)
class JudgeItem(FindingCommand):
    """研判意见, disposition, owner and date of one item."""

    item: str
    opinion: str
    disposition: str
    owner: UnitCode
    due: date


@dataclass(frozen=True, slots=True)
class CloseItem(FindingCommand):
    """One item is done."""

    item: str
    result: str


@dataclass(frozen=True, slots=True)
class PublishDigest(FindingCommand):
    """The digest goes out."""

    number: str
