"""The wording we ship for findings: 机构编制督查通知书 with its receipt, 督办单, 提示函."""

from docx.document import Document as Doc
from docx.enum.text import WD_BREAK

from casework.papers.design.blocks import FIRST, numbered, only_if, prose, quotes, rule, text
from casework.papers.design.letterhead import (
    add,
    addressees,
    attachments,
    imprint,
    letter_head,
    paper_head,
    signature,
    title,
)
from casework.papers.design.page import empty_document

_RECEIPT = (
    ("文书名称", "机构编制督查通知书"),
    ("发文字号", "{{ doc_no }}"),
    ("送达单位", "{{ unit }}"),
    ("送达单位意见", ""),
    ("收件人（签字）", ""),
    ("收件时间", "\u3000\u3000\u3000\u3000年\u3000\u3000月\u3000\u3000日\u3000\u3000时"),
    ("送达人（签字）", ""),
)


def supervision_notice() -> Doc:
    """机构编制督查通知书."""
    document = empty_document()
    paper_head(document)
    title(document, "机构编制督查通知书")
    addressees(document)
    text(
        document,
        "经查，你单位存在“{{ problem_class }}”方面的机构编制问题（{{ finding_no }}）。现将督查情况和整改要求通知如下。",
    )
    add(document, "一、存在的问题", FIRST)
    prose(document, "findings")
    with only_if(document, "evidence"):
        text(document, "证据材料：{{ evidence|join(“、”) }}。")
    add(document, "二、不符合的规定", FIRST)
    quotes(document)
    add(document, "三、整改要求", FIRST)
    numbered(document, "requirements")
    text(
        document,
        "请于{{ deadline }}前完成整改，并书面报告整改情况。逾期未整改到位的，原则上暂停受理你单位机构编制事项申请。",
        "请在送达回执上签收，并于收到之日交回。",
    )
    attachments(document)
    signature(document)
    imprint(document)
    _receipt(document)
    return document


def _receipt(document: Doc) -> None:
    """送达回执 on a page of its own."""
    document.add_paragraph(style="页眉页脚空白").add_run().add_break(WD_BREAK.PAGE)
    heading = add(document, "送达回执", "公文标题")
    heading.paragraph_format.space_before = 0
    made = document.add_table(rows=len(_RECEIPT), cols=2)
    for row, (name, words) in zip(made.rows, _RECEIPT, strict=True):
        row.height = 635000 if name != "送达单位意见" else 1905000  # EMU: 50 pt, and 150 pt to write in
        for cell, style, shown in zip(row.cells, ("表头", "表格文字"), (name, words), strict=True):
            cell.paragraphs[0].style = style
            cell.paragraphs[0].add_run(shown)
    rule(made, (40.0, 116.0))
    add(document, "本回执由受送达单位签收后退回{{ issuer }}。", "表格文字")


def supervision_order() -> Doc:
    """督办单."""
    document = empty_document()
    paper_head(document)
    title(document, "关于{{ subject }}的督办单")
    addressees(document)
    text(
        document,
        "现对{{ subject }}{% if orders %}（涉及{{ orders|join(“、”) }}号工单）{% endif %}予以"
        "{% if step %}{{ step }}{% endif %}督办，由{{ unit }}负责落实。",
    )
    add(document, "一、有关情况", FIRST)
    prose(document, "findings")
    with only_if(document, "quotes"):
        text(document, "有关规定：")
        quotes(document)
    add(document, "二、督办要求", FIRST)
    numbered(document, "requirements")
    text(document, "请于{{ deadline }}前办结，并书面报告办理结果。")
    attachments(document)
    signature(document)
    imprint(document)
    return document


def reminder_letter() -> Doc:
    """提示函."""
    document = empty_document()
    letter_head(document)
    title(document, "关于{{ subject }}的提示函")
    addressees(document)
    text(document, "在日常分析中发现{{ unit }}在{{ subject }}方面有需要注意的情况，现提示如下。")
    add(document, "一、有关情况", FIRST)
    prose(document, "findings")
    with only_if(document, "quotes"):
        text(document, "有关规定：")
        quotes(document)
    add(document, "二、工作建议", FIRST)
    numbered(document, "suggestions")
    with only_if(document, "reply_by"):
        text(document, "请于{{ reply_by }}前书面反馈有关情况。")
    text(document, "特此函告。")
    attachments(document)
    signature(document)
    imprint(document, letter=True)
    return document
