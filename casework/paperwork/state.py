"""The state of one paper and how its facts fold into it. Frozen, pure and total."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from casework import events as e
from casework.clocks import NOBODY
from casework.papers.kinds import PaperKind
from terms.ids import UnitCode


class Phase(StrEnum):
    """拟稿 — 审核 — 签发."""

    UNKNOWN = "未拟稿"
    DRAFTED = "待审核"
    SENT_BACK = "退回修改"
    REVIEWED = "待签发"
    SIGNED = "已印发"
    DROPPED = "已撤稿"


@dataclass(frozen=True, slots=True)
class Paperwork:
    """One paper as it stands. `content` are the fields of the command that drafted it, as plain JSON."""

    paper_no: str
    version: int = 0
    phase: Phase = Phase.UNKNOWN
    kind: PaperKind | None = None
    about: str = ""
    issuer: UnitCode = NOBODY
    addressees: tuple[UnitCode, ...] = ()
    copies: tuple[UnitCode, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    drafted_at: datetime | None = None
    reviewed_at: datetime | None = None
    opinion: str = ""
    signed: e.PaperSigned | None = None


def evolve(paper: Paperwork, fact: e.DraftFact, at: datetime) -> Paperwork:
    """The paper after one more fact."""
    return replace(_fold(paper, fact, at), version=paper.version + 1)


def _fold(paper: Paperwork, fact: e.DraftFact, at: datetime) -> Paperwork:
    if isinstance(fact, e.PaperDrafted):
        return replace(
            paper,
            phase=Phase.DRAFTED,
            kind=PaperKind(fact.paper),
            about=fact.about,
            issuer=fact.issuer,
            addressees=fact.addressees,
            copies=tuple(UnitCode(unit) for unit in fact.content.get("copies", ())),
            content=fact.content,
            drafted_at=at,
            reviewed_at=None,
            opinion="",
        )
    if isinstance(fact, e.PaperReviewed):
        phase = Phase.REVIEWED if fact.passed else Phase.SENT_BACK
        return replace(paper, phase=phase, reviewed_at=at, opinion=fact.opinion)
    if isinstance(fact, e.PaperSigned):
        return replace(paper, phase=Phase.SIGNED, signed=fact)
    if isinstance(fact, e.DraftDropped):
        return replace(paper, phase=Phase.DROPPED)
    return paper
