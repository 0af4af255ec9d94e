"""What may be asked of a paper. Frozen data; who may ask stands in `casework.permissions` and `paperwork.hands`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from casework.events.disputing import PointDraft
from casework.events.fact import Attachment
from casework.papers.kinds import PaperKind
from casework.paperwork.writing import PaperCommand, Write
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDispatchNotice(Write):
    """派单通知 of whoever the order is with now."""

    KIND: ClassVar = PaperKind.DISPATCH_NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReturnApplication(Write):
    """退单申请 of a recorded return; 0 is the last one."""

    KIND: ClassVar = PaperKind.RETURN_APPLICATION

    objection: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReviewResult(Write):
    """异议审核结果 of a recorded return; 0 is the last one."""

    KIND: ClassVar = PaperKind.REVIEW_RESULT

    objection: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteMinutes(Write):
    """协商纪要 as drafted and signed by all; signing it files it, in force from that day."""

    KIND: ClassVar = PaperKind.MINUTES

    effective_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteApplication(Write):
    """协调申请 as it was submitted, with its five parts."""

    KIND: ClassVar = PaperKind.COORDINATION_APPLICATION


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOpinion(Write):
    """协调意见; signing it issues it."""

    KIND: ClassVar = PaperKind.COORDINATION_OPINION

    lead: UnitCode
    points: tuple[PointDraft, ...]
    reasoning: str
    effective_from: date
    supports: tuple[UnitCode, ...] = ()
    clauses: tuple[str, ...] = ()
    answer_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDecision(Write):
    """决定, drafted for the competent body; it is recorded when the signed scan comes back."""

    KIND: ClassVar = PaperKind.DECISION

    body: str
    lead: UnitCode
    points: tuple[PointDraft, ...]
    effective_from: date
    supports: tuple[UnitCode, ...] = ()
    changes_sanding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSupervisionNotice(Write):
    """机构编制督查通知书; `text` is what is required, a line each; signing it issues it."""

    KIND: ClassVar = PaperKind.SUPERVISION_NOTICE

    violation: str
    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSupervisionOrder(Write):
    """督办单; `text` is what is required, a line each; signing it issues it."""

    KIND: ClassVar = PaperKind.SUPERVISION_ORDER

    text: str
    step: str = ""
    orders: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReminderLetter(Write):
    """提示函; `text` is what is suggested, a line each; signing it issues it."""

    KIND: ClassVar = PaperKind.REMINDER_LETTER

    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDigest(Write):
    """退单争议定期梳理 with its period's figures and, by item, the clauses cited; signing it publishes it."""

    KIND: ClassVar = PaperKind.DIGEST

    period: str
    dispatched: int
    returned: int
    upheld: int
    refused: int
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewPaper(PaperCommand):
    """审核."""

    passed: bool
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class SignPaper(PaperCommand):
    """签发: the paper gets its number and goes out; what it does is done with it."""


@dataclass(frozen=True, slots=True)
class DropDraft(PaperCommand):
    """The draft goes no further."""

    reason: str


@dataclass(frozen=True, slots=True)
class AttachScan(PaperCommand):
    """The signed scan comes back, by reference and sha-256."""

    scan: Attachment


@dataclass(frozen=True, slots=True)
class VoidPaper(PaperCommand):
    """作废: the number stays used."""

    reason: str


WRITING: dict[PaperKind, type[Write]] = {
    command.KIND: command
    for command in (
        WriteDispatchNotice,
        WriteReturnApplication,
        WriteReviewResult,
        WriteMinutes,
        WriteApplication,
        WriteOpinion,
        WriteDecision,
        WriteSupervisionNotice,
        WriteSupervisionOrder,
        WriteReminderLetter,
        WriteDigest,
    )
}
