"""The numbers Word shows but does not store in the text: automatic lists, written out as a reader sees them.

Source: ECMA-376 part 1, 17.9 (numbering definitions). Formats that are not known here are shown as plain numbers.
"""

import re
from collections.abc import Callable
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from mandates.numbering import chinese

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def _circled(value: int) -> str:
    return _CIRCLED[value - 1] if 0 < value <= len(_CIRCLED) else str(value)


FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": chinese,
    "japaneseCounting": chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
}


class WordNumbering:
    """Counts the automatic lists of one document; ask for each paragraph once, in order."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists has no such part
            return
        for abstract in root.findall(qn("w:abstractNum")):
            name = abstract.get(qn("w:abstractNumId"))
            self._levels[name] = {
                int(level.get(qn("w:ilvl"))): (
                    _value(level, "w:numFmt") or "decimal",
                    _value(level, "w:lvlText") or "",
                    int(_value(level, "w:start") or 1),
                )
                for level in abstract.findall(qn("w:lvl"))
            }
        for number in root.findall(qn("w:num")):
            self._lists[number.get(qn("w:numId"))] = _value(number, "w:abstractNumId") or ""

    def label(self, paragraph: Paragraph) -> str:
        """The number Word shows before a paragraph, or nothing."""
        place = _place(paragraph)
        if place is None:
            return ""
        list_id, depth = place
        abstract = self._lists.get(list_id, "")
        levels = self._levels.get(abstract, {})
        if depth not in levels or levels[depth][0] in ("bullet", "none"):
            return ""
        self._counts[abstract, depth] = self._counts.get((abstract, depth), levels[depth][2] - 1) + 1
        for deeper in [key for key in self._counts if key[0] == abstract and key[1] > depth]:
            del self._counts[deeper]
        return re.sub(r"%(\d)", lambda match: self._shown(abstract, int(match.group(1)) - 1), levels[depth][1])

    def _shown(self, abstract: str, depth: int) -> str:
        kind, _, start = self._levels[abstract].get(depth, ("decimal", "", 1))
        return FORMATS.get(kind, str)(self._counts.get((abstract, depth), start))


def _value(element: Any, child: str) -> str | None:
    # Any: lxml's elements have no types of their own here
    found = element.find(qn(child))
    value: str | None = None if found is None else found.get(qn("w:val"))
    return value


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """(list, level) from the paragraph itself or from its style; list 0 takes a paragraph out of its style's list."""
    style = paragraph.style
    candidates = [paragraph._p.pPr]
    while style is not None:
        candidates.append(style.element.find(qn("w:pPr")))
        style = getattr(style, "base_style", None)
    for properties in candidates:
        numbered = None if properties is None else properties.find(qn("w:numPr"))
        list_id = None if numbered is None else _value(numbered, "w:numId")
        if numbered is not None and list_id is not None:
            return None if list_id == "0" else (list_id, int(_value(numbered, "w:ilvl") or 0))
    return None
