"""What may be asked of a boundary case. Frozen data; who may ask stands in `casework.permissions`."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casework.events.disputing import CitedBy, PointDraft
from casework.events.fact import Attachment
from terms.ids import UnitCode


class CaseCommand:
    """Something somebody wants done with one case."""

    __slots__ = ()


class PartyCommand(CaseCommand):
    """A command of one of the parties, for itself."""

    __slots__ = ()
    unit: UnitCode


@dataclass(frozen=True, slots=True)
class OpenCase(CaseCommand):
    """Open a case for a matter: from orders, by a department, by 编办 from the views, or by instruction."""

    matter: str
    opened_by: Literal["orders", "department", "bianban", "instruction"]
    parties: tuple[UnitCode, ...]
    question: str
    matter_id: str = ""
    orders: tuple[str, ...] = ()
    clauses: tuple[CitedBy, ...] = ()
    instruction: str = ""
    jurisdiction: Literal["duty", "enforcement_basis"] = "duty"


@dataclass(frozen=True, slots=True)
class AttachOrder(CaseCommand):
    """One more order of the matter."""

    order_no: str


@dataclass(frozen=True, slots=True)
class MoveJurisdiction(CaseCommand):
    """To the other office."""

    reason: str


@dataclass(frozen=True, slots=True)
class HoldNegotiation(PartyCommand):
    """The convener tells of a meeting of the departments."""

    unit: UnitCode
    attended: tuple[UnitCode, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class DraftMinutes(PartyCommand):
    """The convener puts the agreement into words and duty points."""

    unit: UnitCode
    text: str
    lead: UnitCode
    points: tuple[PointDraft, ...]
    supports: tuple[UnitCode, ...] = ()


@dataclass(frozen=True, slots=True)
class SignMinutes(PartyCommand):
    """A party signs."""

    unit: UnitCode
    signatory: str


@dataclass(frozen=True, slots=True)
class FileMinutes(CaseCommand):
    """编办 file the minutes."""

    doc_no: str
    effective_from: date
    scan: Attachment | None = None


@dataclass(frozen=True, slots=True)
class ApplyForCoordination(PartyCommand):
    """协调申请 with its five parts."""

    unit: UnitCode
    matter: str
    own_efforts: str
    main_dispute: str
    reasons: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AcceptApplication(CaseCommand):
    """Take the case up, or send it back with what is lacking."""

    accepted: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskOpinions(CaseCommand):
    """Begin a round of written opinions."""


@dataclass(frozen=True, slots=True)
class GiveOpinion(PartyCommand):
    """A party's written opinion."""

    unit: UnitCode
    position: str
    clauses: tuple[str, ...] = ()
    no_clause: bool = False
    proposed_lead: UnitCode | None = None


@dataclass(frozen=True, slots=True)
class HoldMeeting(CaseCommand):
    """协调会."""

    attended: tuple[UnitCode, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class IssueOpinion(CaseCommand):
    """协调意见."""

    doc_no: str
    lead: UnitCode
    points: tuple[PointDraft, ...]
    reasoning: str
    effective_from: date
    supports: tuple[UnitCode, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerOpinion(PartyCommand):
    """A party agrees or not."""

    unit: UnitCode
    agrees: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportUpward(CaseCommand):
    """To the competent body."""

    body: str
    summary: str


@dataclass(frozen=True, slots=True)
class RecordDecision(CaseCommand):
    """Record what the competent body decided."""

    body: str
    doc_no: str
    decided_on: date
    scan: Attachment | None
    lead: UnitCode
    points: tuple[PointDraft, ...]
    effective_from: date
    supports: tuple[UnitCode, ...] = ()
    changes_sanding: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawCase(CaseCommand):
    """The dispute is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class RingCaseClocks(CaseCommand):
    """Say which clocks are nearly through and which ran out; each is said once."""
