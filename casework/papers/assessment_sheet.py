"""核心职能履行评估表 and 六类情况调查表 as .docx: each item with what the record says, own and reviewed grade. Pure."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from casework.appraisal.assessment import Assessment
from casework.papers.archive import pack
from casework.papers.words import chinese_date, printable

TITLES = {"duties": "核心职能履行评估表", "situations": "机构编制六类情况调查表"}
HEADINGS = ("序号", "方面", "标准或问题", "账本数据", "自评", "自评说明", "复核", "复核说明")
WIDTHS = (12, 26, 55, 62, 16, 36, 16, 36)  # millimetres


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands around the table."""

    unit: str
    begin: date
    end: date
    signed_on: date | None


def assessment_rows(sheet: Assessment) -> list[tuple[str, ...]]:
    """One row an item, in the order of the headings."""
    rows: list[tuple[str, ...]] = []
    for one in sheet.items:
        own, reviewed = sheet.own.get(one.item), sheet.reviewed.get(one.item)
        figures = "；".join(
            f"{figure.label} {figure.top}" + (f"/{figure.bottom}" if figure.bottom else "") for figure in one.figures
        )
        rows.append(
            (
                one.item, one.aspect, one.text, figures, own.grade if own else "", own.note if own else "",
                reviewed.grade if reviewed else "", reviewed.note if reviewed and reviewed != own else "",
            )
        )  # fmt: skip
    return rows


def assessment_document(sheet: Assessment, facts: SheetFacts) -> bytes:
    """The sheet on A4 lying. The same facts give the same bytes."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(18)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "仿宋_GB2312", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(TITLES[sheet.kind])
    run.font.size, run.bold = Pt(18), True
    head = f"单位：{facts.unit}　　轮次：{sheet.round}　　期间：{chinese_date(facts.begin)}至{chinese_date(facts.end)}"
    document.add_paragraph(printable(f"{head}　　编号：{sheet.sheet_no}"))
    _table(document, assessment_rows(sheet))
    document.add_paragraph(printable(f"复核意见：{sheet.opinion or '（未复核）'}"))
    document.add_paragraph(f"签发：{chinese_date(facts.signed_on) if facts.signed_on else '（未签发）'}")
    written = io.BytesIO()
    document.save(written)
    return pack(written.getvalue(), facts.signed_on or facts.end)


def _table(document: Doc, rows: Sequence[tuple[str, ...]]) -> None:
    table = document.add_table(rows=1, cols=len(HEADINGS))
    table.style = "Table Grid"
    for cell, word in zip(table.rows[0].cells, HEADINGS, strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for row in rows:
        for cell, word in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(word)
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Mm(width)
