"""The papers of the matter lane: 协商纪要, 协调申请, 协调意见, 决定 (domain, section 3)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper, PointText, Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A party's signature under the minutes; an empty signatory leaves the line to be signed by hand."""

    unit: str
    signatory: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes(Paper):
    """协商纪要: what the departments agreed by themselves, signed by all, filed with 编办 (山东 协商协调办法)."""

    KIND: ClassVar[PaperKind] = PaperKind.MINUTES

    case_no: str
    matter: str
    convener: str
    held_on: date
    attended: tuple[str, ...]
    summary: str
    lead: str
    points: tuple[PointText, ...]
    signatures: tuple[Signature, ...]
    supports: tuple[str, ...] = ()
    filed_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationApplication(Paper):
    """协调申请 with its five parts: 协调事项、自行协调情况、主要争议、理由、依据."""

    KIND: ClassVar[PaperKind] = PaperKind.COORDINATION_APPLICATION

    case_no: str
    matter: str
    question: str  # 协调事项
    own_efforts: str  # 自行协调情况
    main_dispute: str  # 主要争议
    reasons: str  # 理由
    quotes: tuple[Quoted, ...]  # 依据
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a party holds, and the clauses it stands on; "no unit has a clause" is an answer."""

    unit: str
    position: str
    quotes: tuple[Quoted, ...] = ()
    no_clause: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationOpinion(Paper):
    """协调意见 of 编办 or 司法行政: no ruling; it holds when every party agrees."""

    KIND: ClassVar[PaperKind] = PaperKind.COORDINATION_OPINION

    case_no: str
    matter: str
    applicant: str
    course: str
    positions: tuple[Position, ...]
    reasoning: str
    quotes: tuple[Quoted, ...]
    lead: str
    points: tuple[PointText, ...]
    effective_from: date
    supports: tuple[str, ...] = ()
    answer_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Paper):
    """决定 of the competent body (编委 or government), the issuer; Dingze drafts and records, 编办 do not rule.

    A change to 三定 text needs the 编委: `changes_sanding` says that the text follows.
    """

    KIND: ClassVar[PaperKind] = PaperKind.DECISION

    case_no: str
    matter: str
    course: str
    quotes: tuple[Quoted, ...]
    lead: str
    points: tuple[PointText, ...]
    effective_from: date
    supports: tuple[str, ...] = ()
    changes_sanding: bool = False
