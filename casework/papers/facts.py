"""The facts of papers: a number given, a signed scan attached, a paper declared void. Their stream is the series.

One stream a series (`series_stream`), so that the record itself keeps numbers whole: two who number at once append to
the same version, and one of them is told to try again.
"""

from datetime import date

from casework.events.fact import Attachment, Fact
from terms.ids import StreamId, UnitCode


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


PAPER_FACTS: tuple[type[PaperFact], ...] = (PaperIssued, ScanAttached, PaperVoided)


def series_stream(prefix: str, year: int) -> StreamId:
    """The stream that holds one number series."""
    return StreamId(f"papers-{prefix}-{year}")
