"""The three forms of GB/T 9704-2012: the paper (section 7), the letter (10.1 信函格式), the minutes (10.3 纪要格式)."""

from docx.document import Document as Doc
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.section import _BaseHeaderFooter
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from casework.papers.design.page import HEI, TEXT_WIDTH, element, set_fonts

_RED = "E60012"
_COPIES = "抄送：{{ copies|join(“，”) }}。"


def add(document: Doc, text: str, style: str) -> Paragraph:
    """One paragraph of the body."""
    return document.add_paragraph(text, style=style)


def border(paragraph: Paragraph, side: str, kind: str, size: int, space: int) -> None:
    """A red line over or under a paragraph; `size` in eighths of a point, `space` in points."""
    properties = paragraph._p.get_or_add_pPr()
    lines = element("w:pBdr")
    lines.append(element(f"w:{side}", val=kind, sz=size, space=space, color=_RED))
    properties.insert_element_before(lines, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def page_numbers(document: Doc) -> None:
    """— 1 —: on odd pages at the right, on even pages at the left, one character in."""
    section = document.sections[0]
    _number(section.footer, "页码单页")
    _number(section.even_page_footer, "页码双页")
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].style = "页眉页脚空白"


def _number(footer: _BaseHeaderFooter, style: str) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = style
    paragraph.add_run("— ")
    field = element("w:fldSimple", instr=" PAGE ")
    run = element("w:r")
    shown = element("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)
    paragraph.add_run(" —")


def paper_head(document: Doc, mark: str = "{{ issuer }}") -> None:
    """文件格式: urgency, the red mark, the number, the red line as wide as the text block."""
    page_numbers(document)
    add(document, "{{ urgency }}", "密级和紧急程度")
    add(document, mark, "发文机关标志")
    border(add(document, "{{ doc_no }}", "发文字号"), "bottom", "single", 12, 11)


def letter_head(document: Doc) -> None:
    """信函格式: the mark 30 mm from the upper edge, double red lines 170 mm wide, no page number on the first page."""
    page_numbers(document)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance = Mm(30)
    mark = section.first_page_header.paragraphs[0]
    mark.style = "信函机关标志"
    mark.add_run("{{ issuer }}")
    foot = section.first_page_footer.paragraphs[0]
    foot.style = "页眉页脚空白"
    _wider(mark)
    _wider(foot)
    border(mark, "bottom", "thickThinSmallGap", 24, 11)
    border(foot, "top", "thinThickSmallGap", 24, 1)
    # the lower line lies 20 mm from the edge of the page; the foot grows from its distance upwards
    foot.paragraph_format.space_after = Pt(0)
    number = add(document, "", "函件字号")  # on one line: urgency at the left edge, the number at the right
    number.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    set_fonts(number.add_run("{{ urgency }}")._r.get_or_add_rPr(), HEI)
    number.add_run("\t{{ doc_no }}")


def minutes_head(document: Doc) -> None:
    """纪要格式: the mark names the minutes, nobody is addressed, nothing is sealed."""
    paper_head(document, "职责分工协商纪要")


def _wider(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.left_indent = Mm(-7)
    paragraph.paragraph_format.right_indent = Mm(-7)


def title(document: Doc, text: str) -> None:
    """标题: two lines under the last thing above it."""
    add(document, text, "公文标题")


def addressees(document: Doc) -> None:
    """主送机关: full width, ended by a colon."""
    add(document, "{%p if addressees %}", "主送机关")
    add(document, "{{ addressees|join(“、”) }}：", "主送机关")
    add(document, "{%p endif %}", "主送机关")


def attachments(document: Doc) -> None:
    """附件说明: one line under the text; a single one has no number."""
    add(document, "{%p if attachments %}", "附件说明")
    add(document, "", "附件说明")
    add(document, "{%p endif %}", "附件说明")
    add(document, "{%p if attachments|length == 1 %}", "附件说明")
    add(document, "附件：{{ attachments[0] }}", "附件说明")
    add(document, "{%p endif %}", "附件说明")
    add(document, "{%p if attachments|length > 1 %}", "附件说明")
    add(document, "{%p for one in attachments %}", "附件说明")
    first = "{% if loop.first %}附件：{% else %}\u3000\u3000\u3000{% endif %}"
    add(document, first + "{{ loop.index }}.{{ one }}", "附件说明")
    add(document, "{%p endfor %}", "附件说明")
    add(document, "{%p endif %}", "附件说明")


def signature(document: Doc) -> None:
    """发文机关署名 centred over 成文日期, which stands four characters in (section 7.3.5.1, sealed papers)."""
    add(document, "{{ issuer }}", "发文机关署名")
    add(document, "{{ issued_on }}", "成文日期")


def imprint(document: Doc, *, letter: bool = False) -> None:
    """版记: 抄送 and 印发 between lines, at the foot of the last page. A letter names only the copies, no lines."""
    if letter:
        add(document, "{%p if copies %}", "版记")
        _framed(add(document, _COPIES, "版记"))
        add(document, "{%p endif %}", "版记")
    else:
        _ruled_foot(document)
    document.add_paragraph(style="页眉页脚空白")  # what is at the foot hangs on it


_PLACE = {"hAnchor": "margin", "vAnchor": "margin", "xAlign": "left", "yAlign": "bottom"}


def _framed(paragraph: Paragraph) -> None:
    frame = element("w:framePr", w=round(TEXT_WIDTH.pt * 20), wrap="around", **_PLACE)
    paragraph._p.get_or_add_pPr().insert_element_before(frame, "w:widowControl", "w:tabs", "w:spacing", "w:ind")


def _ruled_foot(document: Doc) -> None:
    """A table that clings to the lower edge of the text block; outer lines 0.35 mm, inner 0.25 mm."""
    table = document.add_table(rows=4, cols=1)
    last = "{{ printed_by or issuer }}\t{{ printed_on or issued_on }}印发"
    for row, words in zip(table.rows, ("{%tr if copies %}", _COPIES, "{%tr endif %}", last), strict=True):
        row.cells[0].width = TEXT_WIDTH
        paragraph = row.cells[0].paragraphs[0]
        paragraph.style = "印发" if words == last else "版记"
        paragraph.add_run(words)
    paragraph.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH - Pt(14), WD_TAB_ALIGNMENT.RIGHT)
    properties = table._tbl.tblPr
    for old in list(properties):
        properties.remove(old)
    place = element("w:tblpPr", horzAnchor="margin", vertAnchor="margin", tblpXSpec="left", tblpYSpec="bottom")
    borders = element("w:tblBorders")
    for side, size in (("top", 8), ("bottom", 8), ("insideH", 6)):
        borders.append(element(f"w:{side}", val="single", sz=size, space=0, color="000000"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=0, type="dxa"))
    # the cells are as wide as the text block; LibreOffice lets a table float only when it says it is narrower
    said = element("w:tblW", w=round(Mm(150).pt * 20), type="dxa")
    for one in (
        place,
        element("w:tblOverlap", val="never"),
        said,
        borders,
        element("w:tblLayout", type="fixed"),
        margins,
    ):
        properties.append(one)
    for column in table._tbl.tblGrid.findall(qn("w:gridCol")):
        column.set(qn("w:w"), str(round(TEXT_WIDTH.pt * 20)))
