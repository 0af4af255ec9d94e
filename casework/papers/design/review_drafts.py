"""The wording we ship for the digest (定期梳理) and for the sheet a paper is approved on (发文稿纸)."""

from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from casework.papers.design.blocks import FIRST, only_if, quotes, rule, table, text
from casework.papers.design.letterhead import add, addressees, attachments, imprint, paper_head, signature, title
from casework.papers.design.page import empty_document

_DIGEST = (
    ("序号", 11.0, "{{ item.number }}"),
    ("争议事项", 30.0, "{{ item.matter }}"),
    ("涉及单位", 36.0, "{{ item.units|join(“、”) }}"),
    ("工单数", 13.0, "{{ item.orders }}"),
    ("研判意见", 45.0, "{{ item.opinion }}"),
    ("处置", 14.0, "{{ item.disposition }}"),
    ("责任单位", 28.0, "{{ item.owner }}"),
    ("完成时限", 26.0, "{{ item.due }}"),
    ("状态", 22.0, "{{ item.state }}{% if item.times > 1 %}（第{{ item.times }}次列入）{% endif %}"),
)
_SHEET = (
    ("文种", "{{ paper_kind }}", "发文字号", "{{ doc_no }}"),
    ("密级", "{{ secrecy }}", "紧急程度", "{{ urgency }}"),
    ("标题", "{{ title }}"),
    ("主送", "{{ addressees|join(“、”) }}"),
    ("抄送", "{{ copies|join(“、”) }}"),
    ("附件", "{{ attachments|join(“；”) }}"),
    ("拟稿部门", "{{ drafting_office }}", "印制份数", "{% if print_run %}{{ print_run }}份{% endif %}"),
    ("拟稿", "{{ drafted.opinion }}\u3000{{ drafted.by }}\u3000{{ drafted.on }}"),
    ("审核", "{{ reviewed.opinion }}\u3000{{ reviewed.by }}\u3000{{ reviewed.on }}"),
    ("会签", "{{ countersigned|join(“、”) }}"),
    ("签发", "{{ signed.opinion }}\u3000{{ signed.by }}\u3000{{ signed.on }}"),
    ("成文日期", "{{ issued_on }}"),
)
_TALL = {"标题": 34, "拟稿": 44, "审核": 60, "会签": 44, "签发": 80}  # points, room to write in


def digest() -> Doc:
    """定期梳理: the text upright, the table of items lying across a page of its own."""
    document = empty_document()
    paper_head(document)
    title(document, "{{ period }}退单争议定期梳理情况")
    addressees(document)
    text(
        document,
        "{{ first_day }}至{{ last_day }}，全市热线派单{{ dispatched }}件，退单{{ returned }}件，经审核支持"
        "{{ upheld }}件、驳回{{ refused }}件。本期梳理争议事项{{ items|length }}项，上期事项办结{{ closed }}项。",
    )
    add(document, "一、本期争议事项", FIRST)
    with only_if(document, "not items"):
        text(document, "本期无需跟踪的争议事项。")
    add(document, "{%p for item in items %}", "公文正文")
    text(
        document,
        "{{ item.number }}.{{ item.matter }}：{% if item.due %}{{ item.disposition }}，{{ item.owner }}于"
        "{{ item.due }}前完成。{% else %}待研判。{% endif %}",
    )
    quotes(document, "item.quotes")
    add(document, "{%p endfor %}", "公文正文")
    add(document, "二、有关要求", FIRST)
    text(document, "各责任单位对照清单逐项落实，办结一项、销号一项；未办结的事项列入下期梳理，直至办结。")
    attachments(document)
    signature(document)
    imprint(document)
    across = document.add_section(WD_SECTION.NEW_PAGE)
    across.orientation = WD_ORIENT.LANDSCAPE
    across.page_width, across.page_height = Mm(297), Mm(210)
    # the page turned: what was its top is now its left
    across.left_margin, across.right_margin = Mm(37), Mm(35)
    across.top_margin, across.bottom_margin = Mm(28), Mm(26)
    across.footer_distance = Mm(16)
    add(document, "附件", "密级和紧急程度")
    heading = add(document, "退单争议事项清单", "公文标题")
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(0), Pt(12)
    table(document, _DIGEST, "item in items")
    document.add_paragraph(style="页眉页脚空白")
    return document


def approval_sheet() -> Doc:
    """发文稿纸: 拟稿—审核—签发—文号 on one page."""
    document = empty_document()
    heading = add(document, "{{ issuer }}", "发文机关标志")
    heading.paragraph_format.space_before = Pt(0)
    name = add(document, "发文稿纸", "公文标题")
    name.paragraph_format.space_before, name.paragraph_format.space_after = Pt(0), Pt(10)
    made = document.add_table(rows=len(_SHEET), cols=4)
    for row, words in zip(made.rows, _SHEET, strict=True):
        row.height = Pt(_TALL.get(words[0], 28))
        if len(words) == 2:
            row.cells[1].merge(row.cells[3])
        cells = [row.cells[0], row.cells[1], *(row.cells[2:] if len(words) == 4 else ())]
        for at, (cell, shown) in enumerate(zip(cells, words, strict=True)):
            cell.paragraphs[0].style = "表格文字" if at % 2 else "表头"
            cell.paragraphs[0].add_run(shown)
            if at % 2:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT
    rule(made, (24.0, 58.0, 24.0, 50.0))
    document.add_paragraph(style="页眉页脚空白")
    return document
