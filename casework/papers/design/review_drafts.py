"""The wording we ship for the digest (定期梳理) and for the sheet a paper is approved on (发文稿纸)."""

from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from casework.papers.design.blocks import FIRST, SMALL_CELL, each, only_if, quotes, rule, table, text
from casework.papers.design.letterhead import add, addressees, attachments, imprint, paper_head, signature, title
from casework.papers.design.page import LEFT, NO5, Look, empty_document, style

_BOTH_SIDES = (
    "{% for quote in item.quotes %}{% if quote.unit %}{{ quote.unit }}{% else %}《{{ quote.instrument }}》{% endif %}"
    "{{ quote.number }}：{{ quote.text }}{% if not loop.last %}\n{% endif %}{% else %}各方未引条目{% endfor %}"
)
_AGAIN = "{% if item.times > 1 %}（第{{ item.times }}次列入）{% endif %}"
_JUDGED = (
    ("序号", 11.0, "{{ item.number }}"),
    ("争议事项", 24.0, "{{ item.matter }}"),
    ("涉及单位", 28.0, "{{ item.units|join(“、”) }}"),
    ("工单数", 13.0, "{{ item.orders }}"),
    ("各方依据", 58.0, _BOTH_SIDES),
    ("研判意见", 30.0, "{{ item.opinion }}"),
    ("处置", 13.0, "{{ item.disposition }}"),
    ("责任单位", 19.0, "{{ item.owner }}"),
    ("完成时限", 16.0, "{{ item.due }}"),
    ("状态", 13.0, "{{ item.state }}" + _AGAIN),
)
_WAITING = (
    ("序号", 11.0, "{{ item.number }}"),
    ("争议事项", 30.0, "{{ item.matter }}" + _AGAIN),
    ("涉及单位", 46.0, "{{ item.units|join(“、”) }}"),
    ("工单数", 13.0, "{{ item.orders }}"),
    ("各方依据", 125.0, _BOTH_SIDES),
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
    style(document, SMALL_CELL, Look(size=NO5, align=LEFT, line=16))
    paper_head(document)
    title(document, "{{ period }}退单争议定期梳理情况")
    addressees(document)
    text(
        document,
        "{{ first_day }}至{{ last_day }}，全市热线派单{{ dispatched }}件，退单{{ returned }}件，经审核支持"
        "{{ upheld }}件、驳回{{ refused }}件。本期梳理争议事项{{ items|length }}项，上期事项办结{{ closed }}项。",
    )
    with only_if(document, "not items"):
        text(document, "本期无需跟踪的争议事项。")
    judged, waiting = "items|selectattr(“due”)|list", "items|rejectattr(“due”)|list"
    with only_if(document, judged):
        add(document, "一、已研判事项", FIRST)
    with each(document, f"item in {judged}"):
        text(
            document,
            "{{ loop.index }}.{{ item.matter }}（{{ item.units|join(“、”) }}）。研判意见："
            "{{ item.opinion|ended }}处置方式：{{ item.disposition }}。"
            "责任单位：{{ item.owner }}。完成时限：{{ item.due }}。目前{{ item.state }}"
            "{% if item.times > 1 %}，第{{ item.times }}次列入{% endif %}。",
        )
        with only_if(document, "item.quotes"):
            text(document, "各方依据：")
        quotes(document, "item.quotes", bracketed=True)
    with only_if(document, waiting):
        add(document, f"{{% if {judged} %}}二{{% else %}}一{{% endif %}}、待研判事项", FIRST)
        text(document, f"{{{{ ({waiting})|length }}}}项尚待研判，各方及所引条目见附件，研判后列入下期。")
    add(
        document,
        f"{{% if {judged} and {waiting} %}}三{{% elif items %}}二{{% else %}}一{{% endif %}}、有关要求",
        FIRST,
    )
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
    for condition, name, columns in ((judged, "已研判事项", _JUDGED), (waiting, "待研判事项", _WAITING)):
        with only_if(document, condition):
            add(document, name, FIRST)
            table(document, columns, f"item in {condition}", SMALL_CELL)
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
