"""What no placeholder can say: how far the signature stands in, how large the red mark may be, what the file says.

Works by the names of the paragraph styles, so a city's own template gets it too when it keeps them.
"""

import unicodedata
from collections.abc import Iterator
from math import ceil

from docx.document import Document as Doc
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from casework.papers.paper import Paper
from casework.papers.words import printable

_DATE_STANDS_IN = 4.0  # characters, GB/T 9704-2012, 7.3.5.1
_LINE_POINTS = 442.0  # the text block is 156 mm wide
_LARGEST, _SMALLEST = 44.0, 22.0  # points of the red mark
_PROPERTY_AT_MOST = 255  # of a core property
_TITLE_LINE = 19.5  # characters of 2号 in a line
_FIGURES_OF_TITLES = 0.62  # fonts for titles have wider figures
# words of titles that a line may not end in the middle of; a dictionary would cost more than it gives here
_WORDS = frozenset(
    (
        "工单",
        "派单",
        "异议",
        "审核",
        "结果",
        "职责",
        "分工",
        "协调",
        "申请",
        "意见",
        "决定",
        "明确",
        "通知",
        "情况",
        "梳理",
        "争议",
        "退单",
        "问题",
        "推诿",
    )
)
SIGNATURE, DATE, TITLE, ATTACHED = "发文机关署名", "成文日期", "公文标题", "附件说明"
MARKS = ("发文机关标志", "信函机关标志")


def width(text: str, narrow: float = 0.5) -> float:
    """How wide a line is, in Chinese characters; figures and Latin letters count `narrow`."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else narrow for one in text)


def finish(document: Doc, paper: Paper) -> None:
    """Sets signature and date one over the other, fits the mark into its line, names the file's author and title."""
    styled = _by_style(document)
    for signature, day in zip(styled.get(SIGNATURE, []), styled.get(DATE, []), strict=False):
        _one_over_the_other(signature, day)
    for mark in (one for style in MARKS for one in styled.get(style, [])):
        _fit(mark)
    titles = styled.get(TITLE, [])
    title = titles[0].text.replace("\n", "") if titles else paper.KIND.label
    for one in titles:
        _balance(one)
    _text_goes_along(document, styled)
    about = document.core_properties
    about.author = about.last_modified_by = printable(paper.issuer)[:_PROPERTY_AT_MOST]
    about.title, about.subject = title[:_PROPERTY_AT_MOST], printable(paper.doc_no)[:_PROPERTY_AT_MOST]
    about.revision = 1


def _by_style(document: Doc) -> dict[str, list[Paragraph]]:
    """The paragraphs of the body and the headers by the name of their style, in the order they stand."""
    names = {style.style_id: style.name or "" for style in document.styles}
    found: dict[str, list[Paragraph]] = {}
    for paragraph in _everywhere(document):
        found.setdefault(names.get(paragraph._p.style or "", ""), []).append(paragraph)
    return found


def _everywhere(document: Doc) -> Iterator[Paragraph]:
    yield from document.paragraphs
    for section in document.sections:
        for header in (section.first_page_header, section.header):
            if not header.is_linked_to_previous:  # asking a header that is not there would make one
                yield from header.paragraphs


def _one_over_the_other(signature: Paragraph, day: Paragraph) -> None:
    """The date four characters in, the signature centred over it; a long signature pushes the date in."""
    wider = (width(signature.text) - width(day.text)) / 2
    stands_in = max(_DATE_STANDS_IN, wider)
    _from_the_right(day, stands_in)
    _from_the_right(signature, stands_in - wider)


def _from_the_right(paragraph: Paragraph, characters: float) -> None:
    paragraph.paragraph_format.right_indent = Pt(characters * 16)
    indent = paragraph._p.get_or_add_pPr().find(qn("w:ind"))
    if indent is not None:
        indent.set(qn("w:rightChars"), str(round(characters * 100)))


def _fit(paragraph: Paragraph) -> None:
    room = _LINE_POINTS * 0.97 // max(width(paragraph.text, _FIGURES_OF_TITLES), 1)
    size = max(_SMALLEST, min(_LARGEST, room))
    for run in paragraph.runs:
        run.font.size = Pt(size)


def _text_goes_along(document: Doc, styled: dict[str, list[Paragraph]]) -> None:
    """The last lines of the text go along with the signature: no page holds a signature alone (7.3.5.4)."""
    signatures = {id(one._p) for one in styled.get(SIGNATURE, [])}
    attached = {id(one._p) for one in styled.get(ATTACHED, [])}
    paragraphs = document.paragraphs
    for at, paragraph in enumerate(paragraphs):
        if id(paragraph._p) not in signatures:
            continue
        for before in reversed(paragraphs[:at]):
            before.paragraph_format.keep_with_next = True
            if before.text and id(before._p) not in attached:
                break


def _balance(paragraph: Paragraph) -> None:
    """A title longer than its line is broken where its words allow, in lines of like length (7.3.1)."""
    text = paragraph.text
    lines = ceil(width(text, _FIGURES_OF_TITLES) / _TITLE_LINE)
    if lines < 2 or not paragraph.runs:
        return
    paragraph.runs[0].text = "\n".join(balanced(text, lines))
    for run in paragraph.runs[1:]:
        run.text = ""


def balanced(text: str, lines: int) -> list[str]:
    """The text in so many lines of like width, broken after 的 or a mark rather than inside a quotation or figure."""
    made: list[str] = []
    while lines > 1:
        target = width(text) / lines
        at = min(range(1, len(text)), key=lambda place: (_cost(text, place, target), -place), default=len(text))
        made.append(text[:at])
        text, lines = text[at:], lines - 1
    return [*made, text]


def _cost(text: str, at: int, target: float) -> float:
    before, after = text[at - 1], text[at]
    inside = text[:at].count("“") > text[:at].count("”")
    together = (before.isascii() and after.isascii()) or after in "，。、”》）的号" or before in "“《（第"
    together = together or before + after in _WORDS
    good = before in "，、”》）的" or after in "“《（"
    return abs(width(text[:at]) - target) + (6 if inside else 0) + (50 if together else 0) + (0 if good else 4)
