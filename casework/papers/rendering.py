"""A paper and the templates give a .docx file. Pure: the same facts and templates give the same bytes."""

import io
from typing import Any

from docx import Document
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.papers.archive import pack
from casework.papers.finishing import finish
from casework.papers.paper import Paper
from casework.papers.templates import Templates
from casework.papers.words import CLOSING, OPENING, ended, paragraphs, words_of


def render(paper: Paper, templates: Templates) -> bytes:
    """The paper as a .docx file. Templates were checked when they were loaded (`casework.papers.checking`)."""
    return fill(templates.of(paper.KIND), paper)


def fill(template: bytes, paper: Paper) -> bytes:
    """One template filled with one paper. Raises jinja2.TemplateError where the template is wrong."""
    filled = DocxTemplate(io.BytesIO(template))
    filled.render(words_of(paper), environment(), autoescape=True)
    written = io.BytesIO()
    filled.docx.save(written)
    document = Document(written)  # read anew: docxtpl puts headers in that the open document does not see
    finish(document, paper)
    written = io.BytesIO()
    document.save(written)
    return pack(written.getvalue(), paper.issued_on, ((OPENING, b"{"), (CLOSING, b"}")))


def environment() -> ImmutableSandboxedEnvironment:
    """What a template may do: name facts, ask `if`, go through lists. No globals, no attribute of Python's."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    made.filters["paragraphs"] = paragraphs
    made.filters["ended"] = ended
    return made


def text_of(file: bytes) -> str:
    """All words of a .docx file: its body with tables, then its headers."""
    document: Any = Document(io.BytesIO(file))
    parts = [document.element.body]
    for section in document.sections:
        for header in (section.first_page_header, section.header):
            if not header.is_linked_to_previous:
                parts.append(header._element)
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found: list[str] = []
    for part in parts:
        for one in part.iter(f"{tag}t", f"{tag}p", f"{tag}br"):
            found.append(one.text or "" if one.tag == f"{tag}t" else "\n")
    return "".join(found)


def lines_of(file: bytes) -> tuple[str, ...]:
    """The body of a .docx as people read it: a line a paragraph, a line a row of a table; empty ones left out."""
    found: list[str] = []
    for one in Document(io.BytesIO(file)).iter_inner_content():
        if isinstance(one, Paragraph):
            found.append(one.text)
        else:
            found.extend("　".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in one.rows)
    return tuple(line.strip() for line in found if line.strip())


def title_of(file: bytes) -> str:
    """The title a rendered paper bears."""
    return str(Document(io.BytesIO(file)).core_properties.title)
