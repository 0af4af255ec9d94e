"""The page and the paragraph styles of GB/T 9704-2012, put into an empty document.

Section 5: A4, text block 156 x 225 mm, margins 37 / 35 / 28 / 26 mm, 22 lines of 28 characters. Section 7: which
character stands where. Style names are Chinese, as whoever edits a template in Word or WPS sees them.
"""

from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

FANGSONG, SONG_TITLE, HEI, KAI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
ALTERNATIVES = {FANGSONG: "仿宋", SONG_TITLE: "小标宋体", KAI: "楷体", HEI: "SimHei", SONG: "SimSun"}
NO2, NO3, NO4, SMALL4, NO5 = 22.0, 16.0, 14.0, 12.0, 10.5  # 2号, 3号, 4号, 小四, 5号, in points
LINE = 28.0  # points
RED = RGBColor(0xE6, 0x00, 0x12)
TEXT_WIDTH = Mm(156)
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
BOTH, LEFT = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT


@dataclass(frozen=True, slots=True)
class Look:
    """One paragraph style. Sizes and spaces in points, indents in characters."""

    font: str = FANGSONG
    size: float = NO3
    align: Any = BOTH
    line: float = LINE
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    colour: RGBColor | None = None
    keep_next: bool = False


LOOKS: dict[str, Look] = {
    "公文正文": Look(first=2),
    "一级标题": Look(HEI, first=2, keep_next=True),
    "二级标题": Look(KAI, first=2, keep_next=True),
    "公文标题": Look(SONG_TITLE, NO2, CENTRE, line=34, before=2 * LINE, after=LINE, keep_next=True),
    "密级和紧急程度": Look(HEI, align=LEFT),
    # 35 mm from the upper edge of the text block, of which the line of 紧急程度 takes one
    "发文机关标志": Look(SONG_TITLE, 36, CENTRE, line=46, before=71, colour=RED),
    "信函机关标志": Look(SONG_TITLE, 36, CENTRE, line=46, colour=RED),
    "发文字号": Look(align=CENTRE, before=2 * LINE),
    "函件字号": Look(align=LEFT, before=14),
    "主送机关": Look(),
    # the name of the attachment goes on under its first character
    "附件说明": Look(align=LEFT, left=6, first=-4),
    "发文机关署名": Look(align=RIGHT, before=2 * LINE, keep_next=True),
    "成文日期": Look(align=RIGHT, right=4),
    "纪要署名": Look(align=LEFT, first=2),
    "版记": Look(size=NO4, left=4, first=-3, right=1, line=24),
    "印发": Look(size=NO4, left=1, right=1, line=24, align=LEFT),
    "页码单页": Look(SONG, NO4, RIGHT, line=18, right=1),
    "页码双页": Look(SONG, NO4, LEFT, line=18, left=1),
    "页眉页脚空白": Look(size=NO4, line=1),
    "表头": Look(HEI, SMALL4, CENTRE, line=20),
    "表格文字": Look(size=SMALL4, align=LEFT, line=20),
    "表格居中": Look(size=SMALL4, align=CENTRE, line=20),
    "条目引文": Look(KAI, first=2),
}
_KEPT = {"Normal", "Header", "Footer", "Default Paragraph Font", "Table Normal", "No List"}

# parts of python-docx's blank document that say nothing here; the styles with effects alone weigh 430 kB
_NOT_NEEDED = {"thumbnail", "stylesWithEffects", "customXml", "numbering", "webSettings", "theme"}


def set_fonts(properties: Any, font: str) -> None:
    """One font for every kind of character: quotation marks and dashes then come from the Chinese font too."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), font)
    fonts.set(qn("w:hint"), "eastAsia")


def element(tag: str, **attributes: str | int) -> Any:
    """A WordprocessingML element: `element("w:ind", left=640)`."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def indent(paragraph_properties: Any, look: Look) -> None:
    """Indents in characters, with the same in twentieths of a point for readers that know no characters."""
    twips = look.size * 20
    made = element("w:ind")
    for name, chars in (("left", look.left), ("right", look.right)):
        if chars:
            made.set(qn(f"w:{name}Chars"), str(round(chars * 100)))
            made.set(qn(f"w:{name}"), str(round(chars * twips)))
    if look.first:
        name = "firstLine" if look.first > 0 else "hanging"
        made.set(qn(f"w:{name}Chars"), str(round(abs(look.first) * 100)))
        made.set(qn(f"w:{name}"), str(round(abs(look.first) * twips)))
    for old in paragraph_properties.findall(qn("w:ind")):
        paragraph_properties.remove(old)
    if len(made.attrib):
        paragraph_properties._insert_ind(made)


def empty_document() -> Doc:
    """A blank A4 document with our page, our styles and nothing else."""
    document = Document()
    _only_our_styles(document)
    _page(document)
    _fonts(document)
    for name, look in LOOKS.items():
        style(document, name, look)
    return document


def _page(document: Doc) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24.7)  # the dash lies 7 mm under the text block
    section.different_first_page_header_footer = False
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    settings = document.settings.element
    document.settings.odd_and_even_pages_header_footer = True
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    for language in settings.findall(qn("w:themeFontLang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    compat = element("w:compat")
    word = "http://schemas.microsoft.com/office/word"
    compat.append(element("w:compatSetting", name="compatibilityMode", uri=word, val=15))
    place = settings.find(qn("w:rsids"))
    settings.insert(len(settings) if place is None else settings.index(place), compat)


def _only_our_styles(document: Doc) -> None:
    for style in list(document.styles):
        if style.name not in _KEPT:
            style.element.getparent().remove(style.element)
    for relations in (document.part.package.rels, document.part.rels):
        for name, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[-1] in _NOT_NEEDED:
                del relations[name]


def _fonts(document: Doc) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    set_fonts(defaults, FANGSONG)
    for language in defaults.findall(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = _font_table()
    normal = document.styles["Normal"]
    _look(normal, Look())
    properties = normal.element.get_or_add_pPr()
    # 28 characters a line: 442.2 pt over 28 is a little less than 16 pt
    normal.element.get_or_add_rPr().insert_element_before(element("w:spacing", val=-5), "w:sz", "w:szCs", "w:lang")
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no space of its own between 字 and figures
        properties.insert_element_before(element(tag, val=0), "w:spacing", "w:ind", "w:jc")
    for name in ("Header", "Footer"):
        for tag in ("w:pPr", "w:link"):
            for old in document.styles[name].element.findall(qn(tag)):
                document.styles[name].element.remove(old)


def _font_table() -> bytes:
    """Which font to take where ours is not installed: offices have 仿宋 when they lack 仿宋_GB2312."""
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in ALTERNATIVES.items()
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<w:fonts xmlns:w="{namespace}">{rows}</w:fonts>'.encode()


def style(document: Doc, name: str, look: Look) -> None:
    """A paragraph style of ours more."""
    made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = document.styles["Normal"]
    made.quick_style = True
    _look(made, look)


def _look(style: ParagraphStyle, look: Look) -> None:
    set_fonts(style.element.get_or_add_rPr(), look.font)
    style.font.size = Pt(look.size)
    if look.colour is not None:
        style.font.color.rgb = look.colour
    shape = style.paragraph_format
    shape.alignment = look.align
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(look.line)
    shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
    shape.keep_with_next = look.keep_next
    shape.widow_control = False
    indent(style.element.get_or_add_pPr(), look)
