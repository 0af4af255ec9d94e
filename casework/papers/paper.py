"""What every paper says, and the pieces papers are made of. Frozen data; what it looks like is the template's affair.

Texts about a requester come in masked: a paper is copied and kept, so no personal data goes into one. A text with line
breaks becomes paragraphs where the template asks for `|paragraphs`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from casework.papers.kinds import PaperKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The parts of an official paper that all kinds share (GB/T 9704-2012, section 7).

    `issuer` (发文机关) is printed as the red mark and as the signature; `doc_no` (发文字号) is empty in a draft.
    `printed_by` and `printed_on` (印发) default to issuer and date of the paper.
    """

    KIND: ClassVar[PaperKind]

    issuer: str
    issued_on: date  # 成文日期: the day it was signed
    addressees: tuple[str, ...] = ()  # 主送
    doc_no: str = ""
    copies: tuple[str, ...] = ()  # 抄送
    attachments: tuple[str, ...] = ()  # 附件说明
    urgency: str = ""  # 紧急程度: 特急, 加急
    printed_by: str = ""
    printed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A clause as a paper quotes it: the instrument's title, its 文号, the clause's number, its words."""

    instrument: str
    number: str
    text: str
    doc_no: str = ""
    unit: str = ""  # whose clause it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A supporting unit and what it is asked to do."""

    unit: str
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """A clock as people read it: 签收 / 办理 …, whose, until when (aware)."""

    what: str
    unit: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PointText:
    """One link of a matter as it is to be: who answers for it, in which words, on which clause, with whom."""

    link: str
    unit: str
    text: str
    basis: str = ""
    supports: tuple[str, ...] = ()
