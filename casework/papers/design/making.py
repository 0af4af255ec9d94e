"""Draws one shipped template as bytes. Pure: the same source gives the same file."""

import io
from collections.abc import Callable
from datetime import date

from docx.document import Document as Doc

from casework.papers.archive import pack
from casework.papers.design import case_drafts, order_drafts, review_drafts, supervision_drafts
from casework.papers.kinds import PaperKind

DRAFTS: dict[PaperKind, Callable[[], Doc]] = {
    PaperKind.DISPATCH_NOTICE: order_drafts.dispatch_notice,
    PaperKind.RETURN_APPLICATION: order_drafts.return_application,
    PaperKind.REVIEW_RESULT: order_drafts.review_result,
    PaperKind.MINUTES: case_drafts.minutes,
    PaperKind.COORDINATION_APPLICATION: case_drafts.coordination_application,
    PaperKind.COORDINATION_OPINION: case_drafts.coordination_opinion,
    PaperKind.DECISION: case_drafts.decision,
    PaperKind.SUPERVISION_NOTICE: supervision_drafts.supervision_notice,
    PaperKind.SUPERVISION_ORDER: supervision_drafts.supervision_order,
    PaperKind.REMINDER_LETTER: supervision_drafts.reminder_letter,
    PaperKind.DIGEST: review_drafts.digest,
    PaperKind.APPROVAL_SHEET: review_drafts.approval_sheet,
}
_DRAWN = date(2026, 1, 1)  # what the file says of itself; no clock is read


def draw(kind: PaperKind) -> bytes:
    """The template of that kind, as a .docx file."""
    document = DRAFTS[kind]()
    about = document.core_properties
    about.author, about.title, about.comments = "Dingze", kind.label, ""
    written = io.BytesIO()
    document.save(written)
    return pack(written.getvalue(), _DRAWN)
