"""The wording we ship for the order lane: 派单通知, 退单申请, 异议审核结果 (all letters, 信函格式)."""

from docx.document import Document as Doc

from casework.papers.design.blocks import FIRST, deadlines, each, only_if, prose, quoted, quotes, text
from casework.papers.design.letterhead import add, addressees, attachments, imprint, letter_head, signature, title
from casework.papers.design.page import empty_document


def _letter(heading: str) -> Doc:
    document = empty_document()
    letter_head(document)
    title(document, heading)
    addressees(document)
    return document


def _end(document: Doc) -> Doc:
    attachments(document)
    signature(document)
    imprint(document, letter=True)
    return document


def dispatch_notice() -> Doc:
    """派单通知."""
    document = _letter("关于办理{{ order_no }}号工单的派单通知")
    text(
        document,
        "{{ received_at }}受理的{{ order_no }}号{{ request_kind }}工单，经研判属“{{ matter }}”事项，现由{{ lead }}主办"
        "{% if supports %}，{% for one in supports %}{{ one.unit }}{% if not loop.last %}、{% endif %}{% endfor %}协办"
        "{% endif %}，请按时限办理并反馈结果。",
    )
    add(document, "一、诉求内容", FIRST)
    prose(document, "content")
    with only_if(document, "place"):
        text(document, "地点：{{ place }}")
    grounds = "quotes or relied_on"  # a unit without a clause, by hand: there is nothing to quote
    with only_if(document, grounds):
        add(document, "二、派单依据", FIRST)
    quotes(document)
    with only_if(document, "relied_on"):
        text(document, "{{ relied_on }}")
    add(document, f"{{% if {grounds} %}}三{{% else %}}二{{% endif %}}、办理时限", FIRST)
    deadlines(document)
    add(document, f"{{% if {grounds} %}}四{{% else %}}三{{% endif %}}、有关要求", FIRST)
    with each(document, "one in supports if one.task"):
        text(document, "{{ one.unit }}：{{ one.task }}。")
    with only_if(document, "designated"):
        text(document, "本件系经审核指定承办，承办单位不得再次退单。")
    with only_if(document, "not designated"):
        text(
            document,
            "认为不属于本单位职责的，应在退单时限内提出申请，写明本单位条目和他单位条目；逾期未提出的，视为接受。"
            "审核决定作出前，由首接单位继续办理，不得停办。",
        )
    return _end(document)


def return_application() -> Doc:
    """退单申请: one passage for each thing it may carry."""
    document = _letter("关于退回{{ order_no }}号工单的申请")
    text(
        document,
        "{{ dispatched_at }}派至我单位的{{ order_no }}号工单（“{{ matter }}”事项），经研究，"
        "以“{{ reason }}”为由申请退回。现将有关情况说明如下。",
    )
    add(document, "一、退单理由", FIRST)
    prose(document, "note")
    add(document, "二、依据", FIRST)
    with only_if(document, "denied"):
        text(document, "本单位条目（不及于本件）：" + quoted("denied"))
    with only_if(document, "claimed"):
        text(document, "他单位条目（及于本件）：" + quoted("claimed"))
    for condition, words in (
        ("no_clause", "经查，现行责任清册中没有单位的条目涵盖本事项。"),
        ("place", "正确的地点：{{ place }}。"),
        ("other_order", "与{{ other_order }}号工单重复。"),
        ("missing", "缺少的信息：{{ missing|join(“、”) }}。"),
        ("channel", "应走的法定途径：{{ channel }}。"),
        ("keeps", "本单位承担的部分：{{ keeps }}。"),
    ):
        with only_if(document, condition):
            text(document, words)
    add(document, "三、建议", FIRST)
    with only_if(document, "proposed_unit"):
        text(document, "建议改由{{ proposed_unit }}承办。")
    with only_if(document, "asked_support"):
        text(document, "请加派{{ asked_support }}协办。")
    text(
        document,
        "审核决定作出前，{{ unit }}继续办理本件，不停办、不推诿。",
        "妥否，请审核。",
        "签署：{{ signatory }}",
    )
    return _end(document)


def review_result() -> Doc:
    """异议审核结果."""
    document = _letter("关于{{ order_no }}号工单派单异议的审核结果")
    text(
        document,
        "{{ applicant }}于{{ returned_at }}对{{ order_no }}号工单（“{{ matter }}”事项）提出退单申请。经审核，"
        "结果为：{{ outcome }}。本件由{{ unit }}承办{% if supports %}，{{ supports|join(“、”) }}协办{% endif %}。",
    )
    add(document, "一、审核理由", FIRST)
    prose(document, "reasons")
    with only_if(document, "heard"):
        text(document, "审核中听取了有关单位意见：")
        with each(document, "one in heard"):
            text(document, "{{ one.unit }}：{{ one.answer }}")
    with only_if(document, "quotes"):
        text(document, "依据的条目：")
        quotes(document)
    add(document, "二、办理要求", FIRST)
    with only_if(document, "deadlines"):
        deadlines(document)
    with only_if(document, "binding"):
        text(document, "本次审核系指定承办，{{ unit }}不得再次退单。")
    text(document, "请承办单位继续办理，群众诉求的总办理时限不因异议重新计算。")
    return _end(document)
