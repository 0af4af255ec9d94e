"""发文稿纸: who drafted, reviewed and signed a paper, and the number it got. It stays with the issuer's files."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hand the paper went through; empty where it is signed by hand."""

    by: str = ""
    on: date | None = None
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSheet(Paper):
    """拟稿—审核—签发—文号 of the paper titled `title`; its `doc_no` is that paper's number."""

    KIND: ClassVar[PaperKind] = PaperKind.APPROVAL_SHEET

    title: str
    paper_kind: str
    drafting_office: str = ""
    drafted: Step = Step()
    reviewed: Step = Step()
    signed: Step = Step()
    countersigned: tuple[str, ...] = ()  # 会签
    secrecy: str = ""
    print_run: int = 0
