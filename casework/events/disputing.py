"""The life of a boundary case (职责边界争议): one a matter, from opening to minutes, opinion or decision."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from casework.events.fact import Attachment, Deadline, Fact, Piece, unsaid
from terms.ids import StreamId, UnitCode


class CaseFact(Fact):
    """A fact in the life of one boundary case; its stream is `terms.ids.case_stream(case_no)`."""

    case_no: str


class CitedBy(Piece):
    """A clause and the party that stands on it."""

    unit: UnitCode
    clause: str


class PointDraft(Piece):
    """One link of the matter as it is to be: one owner, the supports, the words, the clause it rests on.

    `link` is a `mandates.model.Link`. `base_clause` is a clause of the owner within its existing 三定; it may be empty
    only where a decision changes the 三定 text.
    """

    link: str
    unit: UnitCode
    text: str
    base_clause: str = ""
    supports: tuple[UnitCode, ...] = ()
    wordings: tuple[str, ...] = ()
    level: str = "市"


class BoundaryCaseOpened(CaseFact):
    """A matter is disputed. `orders` under it stay with the status-quo unit; nothing stops."""

    matter: str
    matter_id: str = ""
    matter_key: str = ""  # the stable id by which there is one case a matter (`casework.matter`)
    opened_by: Literal["orders", "department", "bianban", "instruction"]
    proposer: UnitCode
    parties: tuple[UnitCode, ...]
    orders: tuple[str, ...] = ()
    question: str
    clauses: tuple[CitedBy, ...] = ()
    instruction: str = ""
    convener: UnitCode
    convener_ground: Literal["named_lead", "first_listed", "proposer"]
    jurisdiction: Literal["duty", "enforcement_basis"]
    handler: UnitCode  # 编办 or 司法行政
    status_quo: UnitCode
    status_quo_ground: str
    register_edition: str = ""
    city_version: str = ""
    deadlines: tuple[Deadline, ...] = ()


class CaseOrderAttached(CaseFact):
    """One more order of the matter comes under the case."""

    order_no: str


class JurisdictionMoved(CaseFact):
    """The question turned out to be the other office's: duty → 编办, enforcement basis → 司法行政."""

    jurisdiction: Literal["duty", "enforcement_basis"]
    handler: UnitCode
    reason: str


class NegotiationHeld(CaseFact):
    """The departments met by themselves."""

    convener: UnitCode
    attended: tuple[UnitCode, ...]
    summary: str


class MinutesDrafted(CaseFact):
    """协商纪要 as proposed; a new draft needs all signatures anew."""

    draft: int
    text: str
    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    points: tuple[PointDraft, ...]


class MinutesSigned(CaseFact):
    """One party signed the draft."""

    draft: int
    unit: UnitCode
    signatory: str


class MinutesFiled(CaseFact):
    """Signed by all, filed with 编办: the agreement holds."""

    draft: int
    doc_no: str
    scan: Attachment | None = None


class ApplicationSubmitted(CaseFact):
    """协调申请 with its five parts: 协调事项、自行协调情况、主要争议、理由、依据."""

    unit: UnitCode
    matter: str
    own_efforts: str
    main_dispute: str
    reasons: str
    basis: tuple[str, ...]


class ApplicationAccepted(CaseFact):
    """编办 (duty) or 司法行政 (enforcement basis) take the case up."""

    handler: UnitCode


class ApplicationSentBack(CaseFact):
    """Not taken up yet, with what is lacking."""

    handler: UnitCode
    reason: str


class OpinionsRequested(CaseFact):
    """A round of written opinions begins."""

    round: int
    units: tuple[UnitCode, ...]
    deadlines: tuple[Deadline, ...]
    decided_by_version: str = Field(default="", exclude_if=unsaid)  # city version its limit came from


class OpinionGiven(CaseFact):
    """A party's written opinion: whose duty, on which clauses; "no unit has a clause" is an answer."""

    round: int
    unit: UnitCode
    position: str
    clauses: tuple[str, ...] = ()
    no_clause: bool = False
    proposed_lead: UnitCode | None = None
    late: bool = False


class CoordinationMeetingHeld(CaseFact):
    """协调会."""

    attended: tuple[UnitCode, ...]
    summary: str


class CoordinationOpinionIssued(CaseFact):
    """协调意见: no ruling; it holds when every party agrees."""

    issue: int
    doc_no: str
    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    points: tuple[PointDraft, ...]
    reasoning: str
    clauses: tuple[str, ...] = ()  # by the city's ranking of sources
    effective_from: date


class CoordinationOpinionAnswered(CaseFact):
    """A party agrees or not."""

    issue: int
    unit: UnitCode
    agrees: bool
    note: str = ""


class ReportedUpward(CaseFact):
    """Not agreed: reported to the competent body (编委 or government)."""

    body: str
    summary: str


class DecisionRecorded(CaseFact):
    """决定 of the competent body, recorded with body, 文号, date and scan. Dingze records it, 编办 do not rule."""

    body: str
    doc_no: str
    decided_on: date
    scan: Attachment
    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    points: tuple[PointDraft, ...]
    effective_from: date
    changes_sanding: bool = False


class DutyPointsWritten(CaseFact):
    """What was agreed or decided becomes duty points, from a day on; the register has them by its own events.

    Open orders of the matter are re-proposed, closed ones stay untouched. `items` are the ids in the register.
    """

    source: Literal["minutes", "opinion", "decision"]
    doc_no: str
    matter: str
    matter_id: str = ""
    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    points: tuple[PointDraft, ...]
    items: tuple[str, ...]
    instrument: str
    effective_from: date
    orders: tuple[str, ...] = ()


class ListChangeProposed(CaseFact):
    """A change of the boundary list (职责边界清单) follows and is proposed with its day."""

    item: str = ""  # the boundary item to change; empty = a new one
    matter: str
    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    division: tuple[CitedBy, ...] = ()
    doc_no: str
    effective_from: date


class CaseClosed(CaseFact):
    """The case is at its end. `how`: "minutes", "opinion", "decision", "withdrawn"."""

    how: Literal["minutes", "opinion", "decision", "withdrawn"]
    note: str = ""


class MatterFact(Fact):
    """A fact about which case a matter is disputed under; its stream is `matter_stream(matter)`."""

    matter: str  # the stable id (`casework.matter.key_of`)
    case_no: str


class MatterDisputed(MatterFact):
    """A case was opened for the matter: until it is settled there is no other."""


class MatterSettled(MatterFact):
    """Its case is at its end."""


def matter_stream(matter: str) -> StreamId:
    """The stream of one matter."""
    return StreamId(f"matter-{matter}")


class CaseClockWarned(CaseFact):
    """A clock of the case is nearly through: said once."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime


class CaseClockExpired(CaseFact):
    """A clock of the case ran out: said once."""

    clock: str
    unit: UnitCode = UnitCode("")
    due: AwareDatetime
