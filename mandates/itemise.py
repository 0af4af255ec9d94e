"""A 三定 text becomes clauses: chaptered 规定, numbered notice or table; nothing is guessed that is not in its words.

One pass over the lines with a stack of open numbers. What a heading opens (主要职责, 职能转变, 职责分工, 内设机构,
编制) holds for everything deeper than it; a number keeps the path of numbers below that heading: 第四条（五）1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mandates.documents import Line, read_document
from mandates.drafting import ClauseDraft, draft, is_lead_in, joined, states_nothing
from mandates.heading import Heading, heading_of, preamble_of
from mandates.model import Section
from mandates.naming import UnitNames
from mandates.numbering import Depth, Marker, marker
from mandates.sanding_tables import TableReader
from mandates.wording import figures_of, opened_by
from terms.errors import BadInput
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should look at: a gap in the numbers, a department nobody knows."""

    line: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Itemised:
    """What was read from one text. `unit` and `valid_from` are None where the text does not say them."""

    file: str
    title: str
    doc_no: str
    unit: UnitCode | None
    valid_from: date | None
    drafts: tuple[ClauseDraft, ...]
    notes: tuple[Note, ...] = ()


@dataclass(slots=True)
class _Open:
    """A number that is still open: what is deeper belongs to it."""

    marker: Marker
    section: Section | None
    heading: str = ""
    draft: int | None = None


@dataclass(slots=True)
class _Reading:
    names: UnitNames
    unit: UnitCode | None
    section: Section | None = None
    stack: list[_Open] = field(default_factory=list)
    drafts: list[ClauseDraft] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    last: int | None = None  # the draft an unnumbered line goes on with
    notes: list[Note] = field(default_factory=list)
    counted: dict[tuple[tuple[str, ...], int], int] = field(default_factory=dict)
    heading: str = ""  # an unnumbered heading inside a part: 取消的职责

    def line(self, line: Line) -> None:
        found = marker(line.text)
        if found is None:
            self._plain(line)
        else:
            self._numbered(line, found)

    def _numbered(self, line: Line, found: Marker) -> None:
        while self.stack and self.stack[-1].marker.depth >= found.depth:
            self.stack.pop()
        self._check_order(line, found)
        section = self.stack[-1].section if self.stack else self.section
        heading = heading_of(found, section)
        self.last = None
        if heading.opens:
            self._enter(line, found, heading)
            return
        if section is None and found.depth is Depth.ARTICLE:
            section = self._opened_by_article(found.rest)
        self.stack.append(_Open(found, section))
        if section is not None and found.rest:
            self._add(line, found.rest)

    def _opened_by_article(self, text: str) -> Section | None:
        """The part an article opens by itself where the text has no chapters."""
        if figures_of(text) and "编制" in text:
            return Section.POSTS
        return opened_by(text)

    def _enter(self, line: Line, found: Marker, heading: Heading) -> None:
        if heading.is_part:
            self.section, self.stack, self.heading = heading.section, [], ""
            self.counted = {key: value for key, value in self.counted.items() if not key[0]}
        self.stack.append(_Open(found, heading.section, heading.title))
        if heading.is_part:
            self.stack[-1].marker = replace(found, label="")
        if heading.section is not None and heading.body:
            self._add(line, heading.body)

    def _plain(self, line: Line) -> None:
        heading = heading_of(None, self.section, line.text)
        if heading.opens:
            self.section, self.stack, self.last = heading.section, [], None
            self.heading = "" if heading.is_part else heading.title
            return
        if self.last is not None:
            self.drafts[self.last] = joined(self.drafts[self.last], line.text, self.names, self.unit)
            return
        section = self.stack[-1].section if self.stack else self.section
        if opened := opened_by(line.text):
            self.section = opened if section is None else section
        elif section is not None and not is_lead_in(line.text):
            self._add(line, line.text)

    def _add(self, line: Line, text: str) -> None:
        for above in self.stack[:-1]:
            if above.draft is not None and is_lead_in(self.drafts[above.draft].text):
                above.heading = above.heading or self.drafts[above.draft].text
                if states_nothing(self.drafts[above.draft]):
                    self.dropped.add(above.draft)
        if (opened := opened_by(text)) and self.stack:
            self.stack[-1].section = opened
            return
        section = self.stack[-1].section if self.stack else self.section
        if section is None:
            return
        headings = [above.heading for above in self.stack if above.heading and above.marker.label]
        number = "".join(above.marker.label for above in self.stack)
        matter = headings[-1] if headings else self.heading
        made = draft(number, section, text, matter, line.number, self.names, self.unit)
        self.drafts.append(made)
        self.last = len(self.drafts) - 1
        if self.stack:
            self.stack[-1].draft = self.last

    def _check_order(self, line: Line, found: Marker) -> None:
        path = tuple(above.marker.label for above in self.stack)
        key = (path, int(found.depth))
        before = self.counted.get(key)
        if before is not None and found.value not in (before + 1, 1):
            self.notes.append(Note(line.number, "mandates.number-gap", f"{found.label} 前一项序号为 {before}"))
        self.counted[key] = found.value


def itemise(path: Path, names: UnitNames, unit: UnitCode | None = None) -> Itemised:
    """Read a .docx or .txt. `unit` says whose 三定 it is where the title does not. Raises BadInput, TooLarge."""
    return itemise_lines(read_document(path), names, unit, path.name)


def itemise_lines(lines: Iterable[Line], names: UnitNames, unit: UnitCode | None, file: str) -> Itemised:
    """As `itemise`, of lines already read. Raises BadInput("mandates.not-sanding") where no clause is found."""
    given = list(lines)
    preamble = preamble_of(given, names)
    reading = _Reading(names, unit or preamble.unit)
    tables = TableReader()
    for line in given:
        if line.cells is None:
            reading.line(line)
            continue
        reading.last = None
        for row in tables.read(line, reading.section):
            if row.section is not None and not row.text:
                reading.section, reading.stack = row.section, []
            elif row.as_lines:
                for part in row.text.splitlines():
                    reading.line(Line(line.number, part))
            elif row.section is not None:
                made = draft(row.number, row.section, row.text, "", line.number, names, reading.unit)
                reading.drafts.append(replace(made, posts=row.posts or made.posts, role=row.role or made.role))
                reading.last = None
    drafts = tuple(one for at, one in enumerate(reading.drafts) if at not in reading.dropped)
    if not drafts:
        raise BadInput("mandates.not-sanding", at=file)
    unknown = {side.name: one.line for one in drafts for side in one.sides if side.unit is None}
    notes = [*reading.notes, *(Note(at, "mandates.unknown-unit", name) for name, at in unknown.items())]
    return Itemised(
        file, preamble.title, preamble.doc_no, reading.unit, preamble.valid_from, drafts,
        tuple(sorted(notes, key=lambda note: (note.line, note.code, note.detail))),
    )  # fmt: skip
