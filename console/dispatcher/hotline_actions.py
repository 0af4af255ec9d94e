"""What the hotline does with an order, from the first look to the archive; the district desk passes on."""

from casework.work_order import commands as c
from console.forms import Field, Filled
from console.orders.actions import FILES, Action, Ground
from console.orders.additions import Addition
from ingest.contracts import IncomingAttachment
from routing.proposal import Citation
from terms.errors import BadInput
from terms.ids import ClauseId, UnitCode

REASON = Field("reason", "理由", "area", required=True)
YES_NO = (("", "未表态"), ("yes", "是"), ("no", "否"))


def cited(ground: Ground, unit: UnitCode | None, clause: str) -> tuple[Citation, ...]:
    """The citations for a lead: the router's when it is its lead, else the clause picked by hand."""
    proposal = ground.sheet.proposal
    if clause and unit is not None:
        register = ground.sheet.register
        text = register.text_of(ClauseId(clause))
        if text is None:
            raise BadInput("console.no-clause", at="clause", clause=clause)
        instrument = register.instrument_of(ClauseId(clause))
        return (Citation(unit, ClauseId(clause), instrument.id if instrument else None, text, None, None, "人工选定"),)
    if proposal is not None and unit == proposal.lead:
        return proposal.citations
    return tuple(one for one in proposal.citations if one.unit == unit) if proposal else ()


def _dispatch_fields(ground: Ground) -> tuple[Field, ...]:
    proposal = ground.sheet.proposal
    lead = ground.named(proposal.lead) if proposal else ""
    supports = tuple(ground.named(unit) for unit in proposal.supports) if proposal else ()
    return (
        Field("lead", "主办单位", "unit", required=True, value=lead),
        Field("supports", "协办单位", "units", values=supports),
        Field("clause", "依据条目", "clause", help="与建议一致时可不选；改派其他单位请选定条目"),
        Field("reason", "理由", "area", help="与派单建议不一致时必填"),
        Field("complex", "复杂事项（按复杂事项时限办理）", "flag"),
    )


def _dispatch(ground: Ground, filled: Filled) -> c.Command:
    lead = filled.unit("lead")
    if lead is None:
        raise BadInput("console.field-needed", at="lead", field="主办单位")
    return c.Dispatch(
        lead=lead,
        supports=tuple(unit for unit in filled.units("supports") if unit != lead),
        citations=cited(ground, lead, filled.text("clause")),
        reason=filled.text("reason"),
        complex_matter=filled.flag("complex"),
    )


def _merge(ground: Ground, parent: str, note: str) -> c.Command:
    """Under the order that was suspected, with how like it is; under another, as the person says."""
    likeness = ground.order.suspected_score if parent == ground.order.suspected else None
    return c.Merge(parent, likeness, note)


def _trial_dispatch(ground: Ground) -> c.Command:
    proposal = ground.sheet.proposal
    lead = (proposal.lead if proposal else None) or UnitCode(ground.context.city.fallback_unit)
    return c.Dispatch(lead=lead, reason="试")


def _pass_on_fields(ground: Ground) -> tuple[Field, ...]:
    return (
        Field("lead", "承办单位", "unit", required=True, help="本区部门、街道（乡镇）"),
        Field("supports", "协办单位", "units"),
        Field("clause", "依据条目", "clause", help="街道（乡镇）主办须有基本履职事项或赋权事项"),
        Field("reason", "理由", "area"),
    )


def _pass_on(ground: Ground, filled: Filled) -> c.Command:
    lead = UnitCode(filled.needed("lead", "承办单位").split()[0])
    return c.PassOn(lead, filled.units("supports"), cited(ground, lead, filled.text("clause")), filled.text("reason"))


def _grounds(ground: Ground) -> tuple[Field, ...]:
    options = tuple((one.code, f"{one.label}（{one.channel}）") for one in ground.context.city.not_accepted_grounds)
    return (
        Field("ground", "不予受理情形", "choice", required=True, options=options),
        Field("channel", "告知渠道", help="不填则按所选情形告知"),
        Field("note", "说明", "area"),
    )


def verdict(filled: Filled) -> bool:
    """Whether the form says yes."""
    return filled.needed("verdict", "审核结论") == "yes"


def yes_no(yes: str, no: str) -> Field:
    """A question of yes or no, in the words of the matter."""
    return Field("verdict", "审核结论", "choice", required=True, options=(("yes", yes), ("no", no)))


def _incoming(filled: Filled) -> tuple[IncomingAttachment, ...]:
    return tuple(IncomingAttachment(**one.model_dump()) for one in filled.kept)


ACTIONS: tuple[Action, ...] = (
    Action(
        "dispatch", "派单", c.Dispatch, _trial_dispatch, _dispatch_fields, _dispatch, "main", "已派单", key="d",
    ),
    Action(
        "pass-on", "区内转派", c.PassOn, lambda g: c.PassOn(UnitCode("")), _pass_on_fields, _pass_on, "main", "已转派",
    ),
    Action(
        "follow-up", "登记回访", c.RecordFollowUp, lambda g: c.RecordFollowUp(contacted=True),
        lambda g: (
            Field("contacted", "是否联系上", "choice", required=True, options=(("yes", "联系上"), ("no", "未联系上"))),
            Field("resolved", "是否解决", "choice", options=YES_NO, shown_for="yes"),
            Field("satisfied", "是否满意", "choice", options=YES_NO, shown_for="yes"),
            Field("note", "回访记录", "area"),
        ),
        lambda g, f: c.RecordFollowUp(
            f.needed("contacted", "是否联系上") == "yes", f.answer("resolved"), f.answer("satisfied"), f.text("note")
        ),
        "main", "回访已登记", key="f",
    ),
    Action(
        "rework", "重办", c.OrderRework, lambda g: c.OrderRework("试"), lambda g: (REASON,),
        lambda g, f: c.OrderRework(f.needed("reason", "理由")), "warn", "已退回重办", key="b",
    ),
    Action(
        "add-support", "加派协办", c.AddSupport, lambda g: c.AddSupport(UnitCode("")),
        lambda g: (
            Field("unit", "协办单位", "unit", required=True), Field("share", "承担部分"),
            Field("clause", "依据条目", "clause"), Field("reason", "理由", "area"),
        ),
        lambda g, f: c.AddSupport(
            UnitCode(f.needed("unit", "协办单位").split()[0]), f.text("share"),
            cited(g, f.unit("unit"), f.text("clause")), f.text("reason"),
        ),
        done="已加派", key="q",
    ),
    Action(
        "request-information", "要求补充", c.RequestInformation, lambda g: c.RequestInformation(("试",)),
        lambda g: (Field("missing", "缺少的信息", required=True, help="多项用顿号分开"), Field("note", "说明", "area")),
        lambda g, f: c.RequestInformation(f.lines("missing"), f.text("note")), done="已要求补充", key="i",
    ),
    Action(
        "answer-at-once", "即时答复", c.AnswerAtOnce, lambda g: c.AnswerAtOnce("试"),
        lambda g: (Field("reply", "答复内容", "area", required=True),),
        lambda g, f: c.AnswerAtOnce(f.needed("reply", "答复内容")), done="已即时答复", key="w",
    ),
    Action(
        "not-accept", "不予受理", c.NotAccept,
        lambda g: c.NotAccept(g.context.city.not_accepted_grounds[0].code, "试", "试"), _grounds,
        lambda g, f: c.NotAccept(f.needed("ground", "不予受理情形"), f.text("channel"), f.text("note")), "warn",
        "已不予受理", key="x",
    ),
    Action(
        "refer-out", "转送", c.ReferOut, lambda g: c.ReferOut("outward", "试", "试"),
        lambda g: (
            Field(
                "level", "方向", "choice", required=True,
                options=(("upward", "上级或垂直管理单位"), ("outward", "外地热线")),
            ),
            Field("addressee", "受理机关", required=True, help="不在本市责任清册中的机关；本市单位请直接派单"),
            Field("reason", "理由", "area", required=True, help="告知诉求人和受理机关"),
            Field("clause", "所依条目编号"),
        ),
        lambda g, f: c.ReferOut(
            "upward" if f.needed("level", "方向") == "upward" else "outward",
            f.needed("addressee", "受理机关"), f.needed("reason", "理由"), f.text("clause"),
        ),
        "warn", "已转送", key="o",
    ),
    Action(
        "merge", "并单", c.Merge, lambda g: c.Merge(""),
        lambda g: (
            Field("parent", "主单编号", "order", required=True, value=g.order.suspected), Field("note", "说明"),
        ),
        lambda g, f: _merge(g, f.needed("parent", "主单编号"), f.text("note")), done="已并单", key="m",
    ),
    Action(
        "unmerge", "撤销并单", c.Unmerge, lambda g: c.Unmerge("试"), lambda g: (REASON,),
        lambda g, f: c.Unmerge(f.needed("reason", "理由")), done="已撤销并单",
    ),
    Action(
        "withdraw-dispatch", "撤回派单", c.WithdrawDispatch, lambda g: c.WithdrawDispatch("试"), lambda g: (REASON,),
        lambda g, f: c.WithdrawDispatch(f.needed("reason", "理由")), "warn", "已撤回",
    ),
    Action(
        "consult", "发起会商", c.OpenConsultation, lambda g: c.OpenConsultation((), "试"),
        lambda g: (
            Field("units", "参与单位", "units", required=True), Field("question", "会商问题", "area", required=True),
        ),
        lambda g, f: c.OpenConsultation(f.units("units"), f.needed("question", "会商问题")), done="已发起会商", key="y",
    ),
    Action(
        "close-consultation", "结束会商", c.CloseConsultation, lambda g: c.CloseConsultation(agreed=False),
        lambda g: (
            yes_no("达成一致", "未达成一致"), Field("lead", "商定主办", "unit", shown_for="yes"),
            Field("supports", "商定协办", "units", shown_for="yes"),
            Field("conclusion", "会商结论", "area", required=True),
        ),
        lambda g, f: c.CloseConsultation(
            verdict(f), f.unit("lead"), f.units("supports"), f.needed("conclusion", "会商结论")
        ),
        "main", "会商已结束", key="y",
    ),
    Action(
        "chase", "登记催单", c.Chase, lambda g: c.Chase(), lambda g: (Field("note", "催单内容", "area"),),
        lambda g, f: c.Chase("电话", f.text("note")), done="已登记催单", key="e",
    ),
    Action(
        "add", "补充诉求", c.AddToOrder, lambda g: c.AddToOrder({}, {}),
        lambda g: (
            Field("text", "补充内容", "area", required=True, help="来电人补充的情况；个人信息自动遮盖，原文加密保存"),
            Field("channel", "渠道", value="电话"), FILES,
        ),
        lambda g, f: g.seal(
            Addition(text=f.needed("text", "补充内容"), channel=f.text("channel")[:40], attachments=_incoming(f))
        ),
        done="补充内容已登记", key="a",
    ),
    Action(
        "archive", "归档", c.Archive, lambda g: c.Archive(), lambda g: (Field("note", "说明"),),
        lambda g, f: c.Archive(f.text("note")), done="已归档",
    ),
)  # fmt: skip
