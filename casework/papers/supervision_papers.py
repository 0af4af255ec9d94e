"""The papers that follow a finding: 机构编制督查通知书, 督办单, 提示函 (domain, section 8)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper, Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionNotice(Paper):
    """机构编制督查通知书: for 机构编制 violations only; numbered, addressed, dated, with its receipt (送达回执).

    Rectification overdue → "原则上暂停受理" the unit's applications (呼伦贝尔); the template says so.
    """

    KIND: ClassVar[PaperKind] = PaperKind.SUPERVISION_NOTICE

    finding_no: str
    unit: str
    problem_class: str
    findings: str
    quotes: tuple[Quoted, ...]  # what was violated
    requirements: tuple[str, ...]
    deadline: date
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionOrder(Paper):
    """督办单: for buck-passing and delay; what is to be done until when."""

    KIND: ClassVar[PaperKind] = PaperKind.SUPERVISION_ORDER

    subject: str
    unit: str
    findings: str
    requirements: tuple[str, ...]
    deadline: date
    step: str = ""  # 催办 / 挂牌 / 约谈 / 提级
    orders: tuple[str, ...] = ()  # the work orders it is about
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLetter(Paper):
    """提示函: draws a unit's attention before it comes to supervision; an answer may be asked for."""

    KIND: ClassVar[PaperKind] = PaperKind.REMINDER_LETTER

    subject: str
    unit: str
    findings: str
    suggestions: tuple[str, ...]
    quotes: tuple[Quoted, ...] = ()
    reply_by: date | None = None
