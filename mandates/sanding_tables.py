"""三定 texts that are tables: a header that names its columns, or rows that name their part in the first cell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mandates.documents import Line
from mandates.model import DutyRole, Section
from mandates.numbering import marker
from mandates.wording import section_of

# the first that matches names the column; order matters: 内设机构职责 is the text of an office, not its name
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(?:序号|编号|条目编号|条目号|条目)$")),
    ("role", re.compile(r"^(?:角色|职责角色|履职角色|承担方式|主体/牵头/配合)$")),
    ("section", re.compile(r"^(?:类别|部分|项目|栏目|职责类别|分类)$")),
    ("leaders", re.compile(r"领导职数")),
    ("posts", re.compile(r"编制数?$|^人员编制|名额|^数量$|核定编制")),
    ("text", re.compile(r"职责|职能|内容|工作任务|任务")),
    ("office", re.compile(r"^(?:内设机构|科室|处室|机构|内设科室)(?:名称)?$|^名称$")),
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """What one row says. `as_lines`: its text is itself numbered paragraphs."""

    text: str
    section: Section | None = None
    number: str = ""
    role: DutyRole | None = None
    posts: int | None = None
    as_lines: bool = False


@dataclass(slots=True)
class TableReader:
    """Reads the rows of a document's tables in order; keeps the header and the part of the table it is in."""

    table: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    section: Section | None = None

    def read(self, line: Line, around: Section | None) -> Iterator[TableRow]:
        """The clauses of one row; `around` is the part the table stands in."""
        cells = line.cells or ()
        if line.table != self.table:
            self.table, self.columns, self.section = line.table, {}, around
        if columns := _header(cells):
            self.columns = columns
        elif self.columns:
            yield from self._row(cells)
        else:
            yield from self._labelled(cells)

    def _row(self, cells: tuple[str, ...]) -> Iterator[TableRow]:
        def cell(name: str) -> str:
            at = self.columns.get(name)
            return cells[at].strip() if at is not None and at < len(cells) else ""

        if "section" in self.columns and (found := section_of(cell("section"))):
            self.section = found
        posts = re.search(r"\d+", cell("posts"))
        count = int(posts.group()) if posts else None
        if "office" in self.columns:
            yield from self._office(cell("office"), cell("text"), count, cell("leaders"))
            return
        text = cell("text")
        if not text:
            return
        section = self.section or Section.DUTIES
        if len(text.splitlines()) > 1 and all(marker(part) for part in text.splitlines()):
            yield TableRow("", section)
            yield TableRow(text, section, as_lines=True)
            return
        inside = marker(text)
        role = DutyRole(cell("role")) if cell("role") in set(DutyRole) else None
        if inside is not None:
            yield TableRow(inside.rest, section, inside.label, role, count)
        else:
            yield TableRow(" ".join(text.splitlines()), section, _number(cell("number")), role, count)

    def _office(self, office: str, text: str, posts: int | None, leaders: str) -> Iterator[TableRow]:
        name = "".join(office.split())
        extra = f"领导职数{leaders}名。" if leaders.isdecimal() else leaders
        if re.fullmatch(r"合计|总计|小计|共计", name):
            if posts is not None:
                yield TableRow(f"核定编制{posts}名。{extra}", Section.POSTS, posts=posts)
        elif name and (text or posts is not None):
            yield TableRow(f"{name}：{''.join(text.splitlines())}", Section.OFFICE, posts=posts)

    def _labelled(self, cells: tuple[str, ...]) -> Iterator[TableRow]:
        section = section_of("".join(cells[0].split()))
        body = "\n".join(filter(None, cells[1:] if section is not None else cells))
        if section is not None:
            self.section = section
            yield TableRow("", section)
        if body and (section or self.section) is not None:
            yield TableRow(body, self.section, as_lines=True)


def _header(cells: tuple[str, ...]) -> dict[str, int]:
    """The columns of a header row; empty when the row is none (two columns at least, all short, none numbered)."""
    titles = ["".join(cell.split()) for cell in cells]
    if len(titles) < 2 or any(len(title) > 12 for title in titles):
        return {}
    found: dict[str, int] = {}
    for at, title in enumerate(titles):
        for name, words in _COLUMNS:
            if words.search(title) and name not in found:
                found[name] = at
                break
    return found if ("text" in found and len(found) >= 2) or {"office", "posts"} <= set(found) else {}


def _number(text: str) -> str:
    return f"{text}." if text.isdecimal() else text
