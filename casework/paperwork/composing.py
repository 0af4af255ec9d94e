"""One door from a drafted paper to what it says, and to what it does when it is signed. Pure.

Some papers tell of what is on record already; signing the others does what they say (协调意见 is issued, 督查通知书 is
served, 纪要 are filed, the digest is published) with the number they got. A 决定 is the competent body's: it is
recorded when its signed scan comes back.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from casework.boundary_case import commands as b
from casework.events.fact import Attachment
from casework.finding import commands as f
from casework.papers.approval_sheet import ApprovalSheet, Step
from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper
from casework.paperwork import commands as c
from casework.paperwork import of_cases, of_findings, of_orders
from casework.paperwork.material import Material
from casework.paperwork.state import Paperwork
from casework.paperwork.writing import Write
from terms.ids import UnitCode

Compose = Callable[[Material, Any, dict[str, Any]], Paper]
COMPOSE: dict[PaperKind, Compose] = {
    PaperKind.DISPATCH_NOTICE: of_orders.dispatch_notice,
    PaperKind.RETURN_APPLICATION: of_orders.return_application,
    PaperKind.REVIEW_RESULT: of_orders.review_result,
    PaperKind.MINUTES: of_cases.minutes,
    PaperKind.COORDINATION_APPLICATION: of_cases.application,
    PaperKind.COORDINATION_OPINION: of_cases.opinion,
    PaperKind.DECISION: of_cases.decision,
    PaperKind.SUPERVISION_NOTICE: of_findings.notice,
    PaperKind.SUPERVISION_ORDER: of_findings.order,
    PaperKind.REMINDER_LETTER: of_findings.letter,
    PaperKind.DIGEST: of_findings.digest,
}
ORDER_KINDS = frozenset({PaperKind.DISPATCH_NOTICE, PaperKind.RETURN_APPLICATION, PaperKind.REVIEW_RESULT})
CASE_KINDS = frozenset(
    {PaperKind.MINUTES, PaperKind.COORDINATION_APPLICATION, PaperKind.COORDINATION_OPINION, PaperKind.DECISION}
)


def compose(command: Write, material: Material, issuer: UnitCode, to: tuple[UnitCode, ...], on: date) -> Paper:
    """What the paper says; without a number yet. Raises Refused, NotFound where the record lacks what it needs."""
    return COMPOSE[command.KIND](material, command, material.shared(command, issuer, to, on))


def act_of(command: Write, doc_no: str) -> b.CaseCommand | f.FindingCommand | None:
    """What signing the paper does, under the number it got; None where it only tells."""
    if isinstance(command, c.WriteMinutes):
        return b.FileMinutes(doc_no, command.effective_from)
    if isinstance(command, c.WriteOpinion):
        return b.IssueOpinion(
            doc_no,
            command.lead,
            command.points,
            command.reasoning,
            command.effective_from,
            command.supports,
            command.clauses,
        )
    if isinstance(command, c.WriteSupervisionNotice):
        return f.IssueNotice(doc_no, command.violation, command.text)
    if isinstance(command, c.WriteSupervisionOrder):
        return f.IssuePaper("supervision_order", doc_no, command.text)
    if isinstance(command, c.WriteReminderLetter):
        return f.IssuePaper("reminder_letter", doc_no, command.text)
    if isinstance(command, c.WriteDigest):
        return f.PublishDigest(doc_no)
    return None


def act_on_scan(command: Write, doc_no: str, issued_on: date, scan: Attachment) -> b.CaseCommand | None:
    """What the signed scan does when it comes back: a decision is recorded with it."""
    if not isinstance(command, c.WriteDecision):
        return None
    return b.RecordDecision(
        command.body,
        doc_no,
        issued_on,
        scan,
        command.lead,
        command.points,
        command.effective_from,
        command.supports,
        command.changes_sanding,
    )


def approval_sheet(paper: Paperwork, printed: Paper, title: str, by: tuple[str, str, str], material: Material) -> Paper:
    """发文稿纸 of a paper: whose hands it went through, and when; `by` names drafter, reviewer and signer by role."""
    drafted, reviewed = paper.drafted_at, paper.reviewed_at
    return ApprovalSheet(
        issuer=printed.issuer,
        issued_on=printed.issued_on,
        doc_no=printed.doc_no,
        addressees=printed.addressees or ("有关单位",),
        copies=printed.copies,
        urgency=printed.urgency,
        title=title,
        paper_kind=printed.KIND.label,
        drafted=Step(by=by[0], on=material.day(drafted) if drafted else None),
        reviewed=Step(by=by[1], on=material.day(reviewed) if reviewed else None, opinion=paper.opinion),
        signed=Step(by=by[2], on=printed.issued_on if paper.signed else None),
    )


@cache
def _adapter(kind: PaperKind) -> TypeAdapter[Write]:
    return TypeAdapter(c.WRITING[kind])


def content_of(command: Write) -> dict[str, Any]:
    """A drafting command as plain JSON, for the record."""
    found: dict[str, Any] = _adapter(command.KIND).dump_python(command, mode="json")
    return found


def command_of(paper: Paperwork) -> Write:
    """The command that drafted the paper, read back."""
    if paper.kind is None:
        raise LookupError(paper.paper_no)
    return _adapter(paper.kind).validate_python(paper.content)
