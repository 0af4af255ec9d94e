"""The life of a paper (公文): drafted, reviewed, signed; its number; the signed scan that comes back.

A paper has a stream of its own from its draft on. Its number stands in the stream of its series, so that the record
itself keeps numbers whole: two who number at once append to the same version, and one of them is told to try again.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.events.fact import Attachment, Fact
from terms.ids import StreamId, UnitCode


class DraftFact(Fact):
    """A fact in the life of one paper; its stream is `paper_stream(paper_no)`."""

    paper_no: str


class PaperDrafted(DraftFact):
    """拟稿: what the paper is about and what its drafter said; everything else is taken from the record.

    `content` holds the fields of the command as plain JSON, `about` the number of the order, case, finding or digest.
    """

    paper: str  # `PaperKind`
    about: str
    issuer: UnitCode
    addressees: tuple[UnitCode, ...] = ()
    content: Mapping[str, Any]


class PaperReviewed(DraftFact):
    """审核: passed on to be signed, or sent back with what is to be mended."""

    passed: bool
    opinion: str = ""


class PaperSigned(DraftFact):
    """签发: the paper got its number. `seen` is the version of the thing it is about, the paper's own act included."""

    prefix: str
    year: int
    number: int
    doc_no: str
    issued_on: date
    seen: int


class DraftDropped(DraftFact):
    """The draft goes no further."""

    reason: str


class PaperFact(Fact):
    """A fact in the life of one number series; its stream is `series_stream(prefix, year)`."""

    prefix: str  # 机关代字: 云编办督
    year: int
    number: int


class PaperIssued(PaperFact):
    """A paper was signed (签发), numbered and put out.

    `digest` is the sha-256 (hex) of the .docx file; the same facts, template and number give the same file again.
    `about` is the stream of the order, case or finding it belongs to. Accounts, never names: 拟稿—审核—签发.
    """

    paper: str  # `PaperKind`
    paper_no: str = ""  # the paper's own stream
    issuer: UnitCode
    doc_no: str
    title: str
    issued_on: date
    digest: str
    template_digest: str
    about: StreamId
    addressees: tuple[UnitCode, ...] = ()
    drafted_by: str = ""
    reviewed_by: str = ""
    signed_by: str = ""
    city_version: str = ""


class ScanAttached(PaperFact):
    """The signed and sealed scan came back, by reference: the bytes are not in the ledger."""

    doc_no: str
    scan: Attachment


class PaperVoided(PaperFact):
    """A paper was declared void (作废). Its number stays used: no number is ever given twice."""

    doc_no: str
    reason: str


DRAFT_FACTS: tuple[type[DraftFact], ...] = (PaperDrafted, PaperReviewed, PaperSigned, DraftDropped)
PAPER_FACTS: tuple[type[PaperFact], ...] = (PaperIssued, ScanAttached, PaperVoided)


def paper_stream(paper_no: str) -> StreamId:
    """The stream of one paper."""
    return StreamId(f"paper-{paper_no}")


def series_stream(prefix: str, year: int) -> StreamId:
    """The stream that holds one number series."""
    return StreamId(f"papers-{prefix}-{year}")
