"""Blocks that several drafts share: texts, quoted clauses, deadlines, the division of a matter, plain tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table

from casework.papers.design.letterhead import add
from casework.papers.design.page import element

BODY, FIRST, SECOND, QUOTE = "公文正文", "一级标题", "二级标题", "条目引文"
CELL, SMALL_CELL = "表格文字", "清单文字"


@contextmanager
def only_if(document: Doc, condition: str) -> Iterator[None]:
    """What is added inside appears only when the condition holds."""
    add(document, "{%p if " + condition + " %}", BODY)
    yield
    add(document, "{%p endif %}", BODY)


@contextmanager
def each(document: Doc, loop: str) -> Iterator[None]:
    """What is added inside is repeated: `each(document, "quote in quotes")`."""
    add(document, "{%p for " + loop + " %}", BODY)
    yield
    add(document, "{%p endfor %}", BODY)


def text(document: Doc, *lines: str) -> None:
    """Paragraphs of the body."""
    for line in lines:
        add(document, line, BODY)


def prose(document: Doc, name: str) -> None:
    """A long text of the paper, paragraph by paragraph."""
    with each(document, f"line in {name}|paragraphs"):
        text(document, "{{ line }}")


def cited(name: str) -> str:
    """A clause as it is cited: 《instrument》（文号）number."""
    return (
        f"《{{{{ {name}.instrument }}}}》{{% if {name}.doc_no %}}（{{{{ {name}.doc_no }}}}）{{% endif %}}"
        f"{{{{ {name}.number }}}}"
    )


def quoted(name: str) -> str:
    """A clause with its words: whose, which, what it says."""
    return f"{{% if {name}.unit %}}{{{{ {name}.unit }}}}：{{% endif %}}{cited(name)}：“{{{{ {name}.text }}}}”"


def quotes(document: Doc, name: str = "quotes", *, bracketed: bool = False) -> None:
    """The clauses relied on, numbered when there are several: 1. or, under a numbered item, (1)."""
    number = "({{ loop.index }})" if bracketed else "{{ loop.index }}."
    numbered = f"{{% if {name}|length > 1 %}}{number}{{% endif %}}"
    with each(document, f"quote in {name}"):
        add(document, numbered + quoted("quote"), QUOTE)


def numbered(document: Doc, name: str) -> None:
    """A list of requirements: （一） is left to people; here 1. 2. 3."""
    with each(document, f"one in {name}"):
        text(document, "{{ loop.index }}.{{ one }}")


def deadlines(document: Doc) -> None:
    """What is due when, one row a clock."""
    columns = (
        ("单位", 70.0, "{{ limit.unit }}"),
        ("事项", 26.0, "{{ limit.what }}"),
        ("截止", 60.0, "{{ limit.due }}"),
    )
    table(document, columns, "limit in deadlines")


def table(document: Doc, columns: Sequence[tuple[str, float, str]], loop: str, style: str = CELL) -> Table:
    """A ruled table with a head that repeats on every page, one row for each turn of the loop.

    `columns` are (heading, width in mm, cell text); `style` is that of the cells.
    """
    made: Table = document.add_table(rows=4, cols=len(columns))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    head, begin, row, end = made.rows
    begin.cells[0].text, end.cells[0].text = "{%tr for " + loop + " %}", "{%tr endfor %}"
    for at, (heading, _, words) in enumerate(columns):
        head.cells[at].paragraphs[0].style = "表头"
        head.cells[at].paragraphs[0].add_run(heading)
        row.cells[at].paragraphs[0].style = style
        row.cells[at].paragraphs[0].add_run(words)
    head._tr.get_or_add_trPr().append(element("w:tblHeader"))
    rule(made, [width for _, width, _ in columns])
    for one in (head, row):
        one._tr.get_or_add_trPr().insert(0, element("w:cantSplit"))
    return made


def rule(made: Table, widths: Sequence[float]) -> None:
    """Thin black lines, fixed column widths (mm), text in the middle of its cell."""
    properties = made._tbl.tblPr
    for tag in ("w:tblStyle", "w:tblLook", "w:tblW", "w:tblLayout"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz=4, space=0, color="000000"))
    total = round(sum(Mm(width).pt for width in widths) * 20)
    jc = properties.find(qn("w:jc"))
    width = element("w:tblW", w=total, type="dxa")
    if jc is None:
        properties.insert(0, width)
    else:
        jc.addprevious(width)
    properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    for column, mm in zip(made._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(round(Mm(mm).pt * 20)))
    for row in made.rows:
        for cell in row._tr.tc_lst:
            span = cell.grid_span
            start = cell.grid_offset
            cell.width = Mm(sum(widths[start : start + span]))
            cell.get_or_add_tcPr().append(element("w:vAlign", val="center"))


POINTS = (
    ("环节", 15.0, "{{ point.link }}"),
    ("责任单位", 34.0, "{{ point.unit }}"),
    ("职责内容", 44.0, "{{ point.text }}"),
    ("依据", 32.0, "{{ point.basis }}"),
    ("配合单位", 31.0, "{{ point.supports|join(“、”) }}"),
)


def points(document: Doc) -> None:
    """Who answers for which link of the matter (职责颗粒点)."""
    table(document, POINTS, "point in points")


def leads(document: Doc) -> None:
    """One lead, and the supports."""
    text(document, "“{{ matter }}”事项由{{ lead }}主办{% if supports %}，{{ supports|join(“、”) }}配合{% endif %}。")
