"""三定 texts as Word files, made here: chaptered with automatic numbers, and as tables."""

import io
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

TEXTS = Path(__file__).parent / "texts"


def saved(document: Document) -> bytes:
    """The bytes of a Word file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def chaptered() -> bytes:
    """The chaptered text, a paragraph a line."""
    document = docx.Document()
    for line in (TEXTS / "chaptered.txt").read_text(encoding="utf-8").splitlines():
        document.add_paragraph(line)
    return saved(document)


def numbered_by_word() -> bytes:
    """Headings and items whose numbers are list styles, not text: 一、 and （一） counted by Word."""
    document = docx.Document()
    numbering: Any = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'),
    )

    def add(level: int, text: str) -> None:
        properties: Any = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>',
            )
        )

    document.add_paragraph("云泽市教育局职能配置规定")
    for level, text in (
        (0, "主要职责"),
        (1, "负责中小学学籍管理。"),
        (1, "牵头整治校园周边环境。"),
        (0, "内设机构"),
        (1, "基础教育科。负责义务教育招生。行政编制6名。"),
    ):
        add(level, text)
    return saved(document)


def table(rows: list[tuple[str, ...]], title: str = "云泽市民政局职能配置规定", heading: str = "") -> bytes:
    """A document with one table."""
    document = docx.Document()
    document.add_paragraph(title)
    if heading:
        document.add_paragraph(heading)
    made = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = text
    return saved(document)
