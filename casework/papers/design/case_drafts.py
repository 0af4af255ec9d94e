"""The wording we ship for the matter lane: 协商纪要, 协调申请, 协调意见, 决定."""

from docx.document import Document as Doc

from casework.papers.design.blocks import FIRST, each, leads, only_if, points, prose, quotes, table, text
from casework.papers.design.letterhead import (
    add,
    addressees,
    attachments,
    imprint,
    letter_head,
    minutes_head,
    paper_head,
    signature,
    title,
)
from casework.papers.design.page import empty_document


def minutes() -> Doc:
    """协商纪要: nobody is addressed, it is not sealed; the parties sign in a table."""
    document = empty_document()
    minutes_head(document)
    title(document, "“{{ matter }}”职责分工协商纪要")
    text(
        document,
        "{{ held_on }}，{{ convener }}召集{{ attended|join(“、”) }}，就“{{ matter }}”事项（{{ case_no }}）的职责分工"
        "进行协商，形成一致意见。纪要如下。",
    )
    add(document, "一、协商情况", FIRST)
    prose(document, "summary")
    add(document, "二、议定事项", FIRST)
    leads(document)
    text(document, "各环节职责分工如下：")
    points(document)
    text(document, "以上分工均在各单位现行“三定”规定范围内，自各方签字并备案之日起执行。协商期间各单位不停办。")
    add(document, "三、参加单位签字", FIRST)
    table(
        document,
        (
            ("单位", 62.0, "{{ one.unit }}"),
            ("签字", 50.0, "{{ one.signatory }}"),
            ("日期", 44.0, "{{ one.signed_on }}"),
        ),
        "one in signatures",
    )
    with only_if(document, "filed_with"):
        text(document, "本纪要报{{ filed_with }}备案。")
    attachments(document)
    add(document, "{{ issuer }}", "发文机关署名")
    add(document, "{{ issued_on }}", "成文日期")
    imprint(document)
    return document


def coordination_application() -> Doc:
    """协调申请: the five parts, each under its own heading."""
    document = empty_document()
    letter_head(document)
    title(document, "关于协调“{{ matter }}”职责分工的申请")
    addressees(document)
    text(
        document,
        "{{ parties|join(“、”) }}就“{{ matter }}”事项（{{ case_no }}）的职责分工经自行协商未取得一致，现申请协调。",
    )
    for heading, name in (
        ("一、协调事项", "question"),
        ("二、自行协调情况", "own_efforts"),
        ("三、主要争议", "main_dispute"),
        ("四、理由", "reasons"),
    ):
        add(document, heading, FIRST)
        prose(document, name)
    add(document, "五、依据", FIRST)
    quotes(document)
    text(document, "协调期间，有关单位仍按照原职责划分规定开展工作。", "特此申请。")
    attachments(document)
    signature(document)
    imprint(document, letter=True)
    return document


def coordination_opinion() -> Doc:
    """协调意见."""
    document = empty_document()
    paper_head(document)
    title(document, "关于“{{ matter }}”职责分工的协调意见")
    addressees(document)
    text(document, "{{ applicant }}申请协调“{{ matter }}”事项（{{ case_no }}）的职责分工。现提出协调意见如下。")
    add(document, "一、协调经过", FIRST)
    prose(document, "course")
    add(document, "二、各方意见", FIRST)
    with each(document, "party in positions"):
        text(
            document, "{{ party.unit }}：{{ party.position }}{% if party.no_clause %}（认为无单位有此条目）{% endif %}"
        )
        quotes(document, "party.quotes")
    add(document, "三、研究意见", FIRST)
    prose(document, "reasoning")
    text(document, "主要依据：")
    quotes(document)
    add(document, "四、协调意见", FIRST)
    leads(document)
    text(document, "各环节职责分工如下：")
    points(document)
    text(document, "本意见经各方同意后，自{{ effective_from }}起执行。")
    with only_if(document, "answer_by"):
        text(document, "请有关单位于{{ answer_by }}前书面回复是否同意；不同意的，按程序报请有权机关决定。")
    attachments(document)
    signature(document)
    imprint(document)
    return document


def decision() -> Doc:
    """决定 of the competent body."""
    document = empty_document()
    paper_head(document)
    title(document, "关于明确“{{ matter }}”职责分工的决定")
    addressees(document)
    prose(document, "course")
    text(document, "依据下列规定，现就“{{ matter }}”事项（{{ case_no }}）职责分工决定如下：")
    quotes(document)
    add(document, "一、主办与配合", FIRST)
    leads(document)
    add(document, "二、各环节职责分工", FIRST)
    points(document)
    add(document, "三、执行", FIRST)
    text(document, "本决定自{{ effective_from }}起执行。执行前已办结的工单不再调整，未办结的工单按本决定重新研判。")
    with only_if(document, "changes_sanding"):
        text(document, "涉及“三定”规定调整的，按程序另行印发。")
    attachments(document)
    signature(document)
    imprint(document)
    return document
