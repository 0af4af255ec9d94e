"""A city's own templates, checked before one of them is used: a paper may not go out with a hole in it.

Refused are: a file that is no .docx, a placeholder nobody knows, one that the kind cannot do without and that does not
show, anything the sandbox forbids. Reading the folder is the only effect here.
"""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]  # lxml ships no types

from casework.papers import specimen
from casework.papers.kinds import PaperKind
from casework.papers.rendering import environment, fill, text_of
from casework.papers.templates import Templates, shipped
from casework.papers.words import chinese_date, chinese_time
from terms.errors import BadInput, NotFound

_WHOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_HALF = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_FILE_AT_MOST = 5 * 1024 * 1024  # bytes, packed
_UNPACKED_AT_MOST = 40 * 1024 * 1024


def load(folder: Path | None) -> Templates:
    """Our templates, and file by file the city's in their place (`city.papers.templates`); all of hers are checked.

    Files are named for their kind: `dispatch_notice.docx`. Raises NotFound for the folder, BadInput for a file.
    """
    files = dict(shipped().files)
    if folder is None:
        return Templates(files)
    if not folder.is_dir():
        raise NotFound("paper.no-templates-folder", folder=folder.name)
    for path in sorted(folder.glob("*.docx")):
        if path.name.startswith("~$"):  # what Word leaves beside a file that is open
            continue
        if path.stem not in set(PaperKind):
            raise BadInput("paper.unknown-template", at=path.name, file=path.name)
        kind = PaperKind(path.stem)
        files[kind] = checked(kind, path.read_bytes(), path.name)
    return Templates(files)


def checked(kind: PaperKind, template: bytes, file: str) -> bytes:
    """The template itself, when it is fit for its kind. Raises BadInput with a sentence that says what to mend."""
    _readable(template, file)
    said = {"kind": kind.label, "file": file}
    for line in text_of(template).split("\n"):  # docxtpl would drop a placeholder left open, and what stands near it
        if _HALF.search(_WHOLE.sub("", line)):
            raise BadInput("paper.unclosed-placeholder", at=file, text=line[:40], **said)
    try:
        named = DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(environment())
    except TemplateError as error:
        raise BadInput("paper.broken-template", at=file, reason=str(error), **said) from error
    if unknown := named - specimen.allowed(kind):
        raise BadInput("paper.unknown-placeholders", at=file, names=_braced(unknown), **said)
    if missing := specimen.needed(kind) - named:
        raise BadInput("paper.missing-placeholders", at=file, names=_braced(missing), **said)
    full = specimen.full(kind)
    try:
        fill(template, specimen.bare(kind))
        shown = text_of(fill(template, full))
    except (TemplateError, XMLSyntaxError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadInput("paper.broken-template", at=file, reason=str(error), **said) from error
    unsaid = {name for name, value in specimen.must_show(full).items() if _worded(value) not in shown}
    if unsaid:
        raise BadInput("paper.missing-placeholders", at=file, names=_braced(unsaid), **said)
    return template


def _worded(value: object) -> str:
    if isinstance(value, datetime):
        return chinese_time(value)
    return chinese_date(value) if isinstance(value, date) else str(value)


def _readable(template: bytes, file: str) -> None:
    if len(template) > _FILE_AT_MOST:
        raise BadInput("paper.unreadable-template", at=file, file=file)
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED_AT_MOST:
                raise BadInput("paper.unreadable-template", at=file, file=file)
        Document(io.BytesIO(template))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        raise BadInput("paper.unreadable-template", at=file, file=file) from error


def _braced(names: set[str] | frozenset[str]) -> str:
    return "、".join(f"{{{{ {name} }}}}" for name in sorted(names))
