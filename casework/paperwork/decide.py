"""What follows from a command on a paper: 拟稿 → 审核 → 签发, or back. Pure."""

from datetime import date

from casework import events as e
from casework.guards import refuse, require
from casework.papers.numbering import Series, doc_no, next_number
from casework.paperwork import commands as c
from casework.paperwork.composing import content_of
from casework.paperwork.hands import HANDS, by_these_hands
from casework.paperwork.state import Paperwork, Phase
from casework.paperwork.writing import Write
from terms.actors import Actor
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.DraftFact, ...]


def in_phase(paper: Paperwork, *phases: Phase) -> None:
    """Raise Refused unless the paper is in one of these phases; the sentence says what comes next."""
    name = paper.phase.name.lower().replace("_", "-")
    require(paper.phase in phases, "paper-phase", phase=str(paper.phase), instead=sentence(f"instead.paper-{name}"))


def write(paper: Paperwork, command: Write, actor: Actor, issuer: UnitCode, to: tuple[UnitCode, ...]) -> Facts:
    """拟稿; anew when it was sent back."""
    in_phase(paper, Phase.UNKNOWN, Phase.SENT_BACK)
    by_these_hands(HANDS[command.KIND].draft, actor, issuer, sentence(f"command.{type(command).__name__}"))
    same = paper.kind in (None, command.KIND) and paper.about in ("", command.about)
    require(same, "paper-stays-what-it-is")
    return (
        e.PaperDrafted(
            paper_no=paper.paper_no,
            paper=command.KIND,
            about=command.about,
            issuer=issuer,
            addressees=to,
            content=content_of(command),
        ),
    )


def review(paper: Paperwork, command: c.ReviewPaper, actor: Actor) -> Facts:
    """审核 before anybody signs."""
    in_phase(paper, Phase.DRAFTED)
    _through(paper, "review", actor, command)
    require(command.passed or bool(command.opinion.strip()), "reason-given")
    return (e.PaperReviewed(paper_no=paper.paper_no, passed=command.passed, opinion=command.opinion),)


def drop(paper: Paperwork, command: c.DropDraft, actor: Actor) -> Facts:
    """Whoever may draft it may drop it before it is signed."""
    in_phase(paper, Phase.DRAFTED, Phase.SENT_BACK, Phase.REVIEWED)
    _through(paper, "draft", actor, command)
    require(bool(command.reason.strip()), "reason-given")
    return (e.DraftDropped(paper_no=paper.paper_no, reason=command.reason),)


def may_sign(paper: Paperwork, command: c.SignPaper, actor: Actor) -> None:
    """Raise Refused before 审核, NotPermitted for whoever does not sign papers of this kind."""
    in_phase(paper, Phase.REVIEWED)
    _through(paper, "sign", actor, command)


def sign(paper: Paperwork, series: Series, on: date, seen: int) -> Facts:
    """签发: the next number of its series; `seen` is the version of the thing it was made from."""
    number = next_number(series.last)
    return (
        e.PaperSigned(
            paper_no=paper.paper_no,
            prefix=series.prefix,
            year=series.year,
            number=number,
            doc_no=doc_no(series.prefix, series.year, number),
            issued_on=on,
            seen=seen,
        ),
    )


def issued(paper: Paperwork, command: c.AttachScan | c.VoidPaper, actor: Actor) -> e.PaperSigned:
    """The paper's own number, for whoever may bring its scan or declare it void: whoever may draft or sign it."""
    in_phase(paper, Phase.SIGNED)
    _through(paper, "draft" if isinstance(command, c.AttachScan) else "sign", actor, command)
    if paper.signed is None:
        raise refuse("paper-phase", phase=str(paper.phase), instead=sentence("instead.paper-reviewed"))
    return paper.signed


def _through(paper: Paperwork, step: str, actor: Actor, command: object) -> None:
    if paper.kind is not None:
        roles = getattr(HANDS[paper.kind], step)
        by_these_hands(roles, actor, paper.issuer, sentence(f"command.{type(command).__name__}"))
