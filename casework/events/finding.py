"""The life of a finding (问题), from evidence to reassessment; and the periodic digest of disputed items."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from casework.events.fact import Attachment, Deadline, Fact, Piece, unsaid
from terms.ids import UnitCode


class FindingFact(Fact):
    """A fact in the life of one finding; its stream is `terms.ids.finding_stream(finding_no)`."""

    finding_no: str


class FindingProposed(FindingFact):
    """A fault found by rule from events, with its evidence; a person raises it or not. Never about a unit that acted
    under designation or as fallback."""

    fault: str
    unit: UnitCode
    other_units: tuple[UnitCode, ...] = ()
    matter: str = ""
    matter_id: str = ""
    rule: str  # the rule that found it
    explanation: str
    evidence: tuple[str, ...]  # event ids


class FindingRaised(FindingFact):
    """A person raises it: from events, or from survey, visit, inspection, audit, discipline, invited assessors."""

    source: str
    fault: str = ""
    problem_class: str
    unit: UnitCode
    title: str
    text: str
    evidence: tuple[str, ...] = ()
    documents: tuple[Attachment, ...] = ()


class FindingDismissed(FindingFact):
    """A proposed finding is not raised, with the reason."""

    reason: str


class FeedbackGiven(FindingFact):
    """反馈: the unit is told."""

    unit: UnitCode
    text: str


class FeedbackAnswered(FindingFact):
    """The unit answers."""

    unit: UnitCode
    accepts: bool
    note: str = ""


class SupervisionPaperIssued(FindingFact):
    """督办单 or 提示函 for buck-passing and delay: with a deadline for rectification."""

    paper: Literal["supervision_order", "reminder_letter"]
    number: str
    addressee: UnitCode
    text: str
    deadlines: tuple[Deadline, ...]
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class SupervisionNoticeIssued(FindingFact):
    """机构编制督查通知书, for 机构编制 violations only: numbered, addressed, dated."""

    number: str
    addressee: UnitCode
    violation: str
    text: str
    issued_on: date
    deadlines: tuple[Deadline, ...]
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class NoticeReceipted(FindingFact):
    """The addressee signed for the paper or notice."""

    unit: UnitCode
    received_by: str


class RectificationReported(FindingFact):
    """整改: what the unit did."""

    unit: UnitCode
    measures: str
    attachments: tuple[Attachment, ...] = ()
    late: bool = False


class FindingReassessed(FindingFact):
    """评估: passed, or again with a new deadline."""

    passed: bool
    note: str = ""
    deadlines: tuple[Deadline, ...] = ()
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class HoldProposed(FindingFact):
    """Rectification overdue: 原则上暂停受理 the unit's applications is proposed."""

    unit: UnitCode
    due: AwareDatetime


class HoldSigned(FindingFact):
    """The 编办 director signed: the unit's applications are on hold."""

    unit: UnitCode
    note: str = ""


class HoldDeclined(FindingFact):
    """The 编办 director did not sign."""

    unit: UnitCode
    reason: str


class HoldLifted(FindingFact):
    """Done, so the hold ends."""

    unit: UnitCode
    reason: str


class FindingClosed(FindingFact):
    """The loop is closed: passed."""

    note: str = ""


class FindingClockWarned(FindingFact):
    """A clock of the finding is nearly through: said once."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime


class FindingClockExpired(FindingFact):
    """A clock of the finding ran out: said once."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime


class DigestFact(Fact):
    """A fact of one periodic digest (退单争议定期梳理); its stream is `casework.digest.digest_stream(digest_no)`."""

    digest_no: str


class DigestItem(Piece):
    """One disputed item: the matter, who disputes it, how often, and since which digest it is open."""

    item: str
    matter: str
    units: tuple[UnitCode, ...] = ()
    returns: int = 0
    cases: tuple[str, ...] = ()
    open_since: str = ""  # the first digest that had it; empty = this one


class DigestOpened(DigestFact):
    """The disputed items of a period; what the digest before left open is in it again."""

    period_from: date
    period_to: date
    previous: str = ""
    items: tuple[DigestItem, ...]


class DigestItemJudged(DigestFact):
    """研判意见, disposition (解释 / 会商 / 立案 / 改清单), owner and date."""

    item: str
    opinion: str
    disposition: str
    owner: UnitCode
    due: date


class DigestItemClosed(DigestFact):
    """The item is done."""

    item: str
    result: str


class DigestPublished(DigestFact):
    """Every item has its opinion, disposition, owner and date: the digest goes out."""

    number: str
