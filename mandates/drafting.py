"""One numbered passage of a 三定 text as the draft of a clause, and drafts as clauses of the register."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mandates.model import Clause, DutyRole, Section, Span
from mandates.naming import UnitNames
from mandates.sides import Side, role_among, sides_of
from mandates.wording import change_of, figures_of, posts_of, role_of
from terms.ids import ClauseId, InstrumentId, UnitCode

_STATED = re.compile(
    r"负责|承担|组织|拟订|监督|管理|指导|协调|查处|审批|配合|协助|办理|推进|完成|贯彻|牵头|会同|名|职责"
)


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """A clause as read, before a person has looked at it. `line` is its place in the document, from 1."""

    number: str
    section: Section
    text: str
    role: DutyRole | None = None
    change: str | None = None  # of 职能转变: 取消, 划入, 划出, 下放, 加强
    sides: tuple[Side, ...] = ()
    parties: tuple[UnitCode, ...] = ()
    posts: int | None = None
    figures: tuple[tuple[str, int], ...] = ()
    line: int = 0


def is_lead_in(text: str) -> bool:
    """Whether words only open what follows them: …主要职责是：, or a bare title."""
    return text.endswith(("：", ":")) or (len(text) <= 16 and not _STATED.search(text))


def states_nothing(one: ClauseDraft) -> bool:
    """Whether a lead-in may go once its parts are read: a duty that is then set out point by point stays."""
    opening = one.text.rstrip("：:")
    return (
        one.section is not Section.DUTIES or not _STATED.search(opening) or opening.endswith(("职责", "包括", "如下"))
    )


def draft(
    number: str, section: Section, text: str, matter: str, line: int, names: UnitNames, unit: UnitCode | None
) -> ClauseDraft:
    """A draft in its section; `matter` is the heading it stands under (取消的职责, 食品安全监管的职责分工)."""
    words = text.strip()
    match section:
        case Section.OFFICE:
            words = _office(words)
            return ClauseDraft(number, section, words, role_of(_after(words)), posts=posts_of(words), line=line)
        case Section.POSTS:
            figures = figures_of(words)
            return ClauseDraft(number, section, words, posts=_total(figures), figures=figures, line=line)
        case Section.CHANGE:
            kind = change_of(matter) or change_of(words)
            if kind and not re.search(kind, words):
                words = f"{kind}：{words}"
            return ClauseDraft(number, section, words, role_of(words), kind, line=line)
        case Section.DIVISION:
            sides = sides_of(_after(words) if "：" in words[:20] else words, names, unit)
            topic = _topic(matter)
            full = f"{topic}：{words}" if topic and topic not in words else words
            mentioned = [mention.unit for mention in names.mentions(full)] + [side.unit for side in sides if side.unit]
            parties = tuple(code for code in dict.fromkeys(mentioned) if code != unit)
            return ClauseDraft(
                number, section, full, role_among(sides, unit, words), sides=sides, parties=parties, line=line
            )
    return ClauseDraft(number, section, words, role_of(words), line=line)


def joined(before: ClauseDraft, more: str, names: UnitNames, unit: UnitCode | None) -> ClauseDraft:
    """The draft with the words of a following line that has no number of its own."""
    glue = "：" if before.section is Section.OFFICE and "：" not in before.text and len(before.text) <= 20 else ""
    return draft(before.number, before.section, before.text.rstrip() + glue + more, "", before.line, names, unit)


def _office(words: str) -> str:
    """物业管理科。负责… is written 物业管理科：负责…, as the register does."""
    match = re.match(r"([^。：:，]{2,24}(?:[（(][^）)]{2,30}[）)])?)[。：:]\s*(.*)$", words, re.DOTALL)
    return f"{match[1]}：{match[2]}" if match and match[2] else words


def _after(words: str) -> str:
    return words.partition("：")[2] or words


def _topic(matter: str) -> str:
    return re.sub(r"^(?:关于|与)|的?(?:有关)?(?:职责|职能)分工$|^(?:有关)?(?:职责|职能)分工$", "", matter).strip(
        "。：:"
    )


def _total(figures: tuple[tuple[str, int], ...]) -> int | None:
    posts = [(kind, count) for kind, count in figures if kind.endswith("编制")]
    return posts[0][1] if posts else None


def clauses_of(
    drafts: Iterable[ClauseDraft], unit: UnitCode, instrument: InstrumentId, span: Span, taken: Iterable[str] = ()
) -> tuple[Clause, ...]:
    """Drafts as clauses with fresh ids `<unit>-SD-<nn>`, going on after those `taken`."""
    pattern = re.compile(rf"{re.escape(unit)}-SD-(\d+)")
    used = [int(match.group(1)) for name in taken if (match := pattern.match(name))]
    start = max(used, default=0) + 1
    return tuple(
        Clause(
            ClauseId(f"{unit}-SD-{at:02d}"), unit, instrument, one.number, one.section, one.text, one.role,
            one.parties, one.posts, replace(span),
        )
        for at, one in enumerate(drafts, start)
    )  # fmt: skip
