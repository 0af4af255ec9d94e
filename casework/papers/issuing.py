"""Issuing a paper: it gets the next number of its series, is rendered with it, and the fact of it names the file.

Pure. Whoever appends the fact does so at the version of the series that was read; the file is kept beside the ledger
and can be made again from the same facts.
"""

import hashlib
import re
from dataclasses import dataclass, fields, replace

from casework.events.fact import Attachment
from casework.events.papers import PaperIssued, PaperVoided, ScanAttached
from casework.papers.numbering import Series, doc_no, next_number
from casework.papers.paper import Paper
from casework.papers.rendering import render, title_of
from casework.papers.templates import Templates
from terms.errors import BadInput
from terms.ids import StreamId, UnitCode

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who let the paper go out: accounts of whoever drafted, reviewed and signed it (拟稿—审核—签发)."""

    drafted_by: str
    reviewed_by: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A numbered paper, its file, and the fact to append."""

    paper: Paper
    file: bytes
    fact: PaperIssued


def issue(
    draft: Paper,
    series: Series,
    templates: Templates,
    *,
    issuer: UnitCode,
    about: StreamId,
    approval: Approval,
    addressees: tuple[UnitCode, ...] = (),
    city_version: str = "",
) -> IssuedPaper:
    """Give the draft the next number of the series and make its file.

    Raises BadInput when the paper is dated in another year than the series counts.
    """
    if draft.issued_on.year != series.year:
        raise BadInput("paper.year-differs", at="issued_on", year=series.year)
    number = next_number(series.last)
    paper = replace(draft, doc_no=doc_no(series.prefix, series.year, number))
    file = render(paper, templates)
    fact = PaperIssued(
        prefix=series.prefix,
        year=series.year,
        number=number,
        paper=paper.KIND,
        issuer=issuer,
        doc_no=paper.doc_no,
        title=title_of(file),
        issued_on=paper.issued_on,
        digest=hashlib.sha256(file).hexdigest(),
        template_digest=hashlib.sha256(templates.of(paper.KIND)).hexdigest(),
        about=about,
        addressees=addressees,
        city_version=city_version,
        **{field.name: getattr(approval, field.name) for field in fields(approval)},
    )
    return IssuedPaper(paper, file, fact)


def attach_scan(series: Series, number: int, scan: Attachment) -> ScanAttached:
    """The signed scan of a paper comes back. Raises NotFound, and BadInput without a sha-256 or for a void paper."""
    found = series.paper(number)
    if found.voided:
        raise BadInput("paper.voided-already", at="paper", doc_no=found.fact.doc_no)
    if not _SHA256.fullmatch(scan.digest):
        raise BadInput("paper.scan-digest", at="scan")
    return ScanAttached(prefix=series.prefix, year=series.year, number=number, doc_no=found.fact.doc_no, scan=scan)


def void(series: Series, number: int, reason: str) -> PaperVoided:
    """Declare a paper void; its number stays used. Raises NotFound, and BadInput without a reason or when it is."""
    found = series.paper(number)
    if found.voided:
        raise BadInput("paper.voided-already", at="paper", doc_no=found.fact.doc_no)
    if not reason.strip():
        raise BadInput("paper.reason-needed", at="reason")
    return PaperVoided(prefix=series.prefix, year=series.year, number=number, doc_no=found.fact.doc_no, reason=reason)
