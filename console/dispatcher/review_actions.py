"""What the review decides on an order: returns, results, extensions, the shelf; and what supervision asks."""

from typing import Any, cast

from casework.work_order import commands as c
from console.dispatcher.hotline_actions import REASON, cited, verdict, yes_no
from console.forms import Field, Filled
from console.orders.actions import Action, Ground
from terms.errors import BadInput
from terms.ids import UnitCode

VERDICTS = (
    ("refuse", "驳回：仍由原单位承办"),
    ("reassign", "改派"),
    ("add_support", "加派协办"),
    ("designate", "指定承办"),
)
STEPS = (("reminded", "催办"), ("listed", "挂牌督办"), ("talk", "约谈"), ("raised", "提级督办"))


def _review_fields(ground: Ground) -> tuple[Field, ...]:
    found = ground.order.objection
    verdicts = VERDICTS[3:] if ground.order.escalated else VERDICTS
    return (
        Field("verdict", "审核结论", "choice", required=True, options=verdicts),
        Field(
            "to", "改派／加派／指定单位", "unit", value=ground.named(found.proposed if found else None),
            shown_for="reassign add_support designate", help="改派前须先征询该单位",
        ),
        Field("clause", "依据条目", "clause"),
        Field("reason", "审核理由", "area", required=True),
    )  # fmt: skip


def _review(ground: Ground, filled: Filled) -> c.Command:
    verdict = cast(Any, filled.needed("verdict", "审核结论"))
    if verdict not in dict(VERDICTS):
        raise BadInput("console.field-needed", at="verdict", field="审核结论")
    to = filled.unit("to") if verdict != "refuse" else None
    about = to or ground.order.lead
    clause = filled.text("clause")
    return c.ReviewReturn(
        verdict=verdict,
        reason=filled.needed("reason", "审核理由"),
        to=to,
        citations=cited(ground, about, clause) if clause else (),
    )


def _members(ground: Ground, **wanted: object) -> tuple[tuple[str, str], ...]:
    return tuple(
        (member.unit, ground.named(member.unit))
        for member in ground.order.members
        if all(getattr(member, name) == value for name, value in wanted.items())
    )


def _first(options: tuple[tuple[str, str], ...]) -> UnitCode:
    return UnitCode(options[0][0]) if options else UnitCode("")


ACTIONS: tuple[Action, ...] = (
    Action(
        "review", "审核退单", c.ReviewReturn, lambda g: c.ReviewReturn("designate", "试"), _review_fields, _review,
        "main", "审核结论已生效", key="v",
    ),
    Action(
        "ask-unit", "征询单位", c.AskUnit, lambda g: c.AskUnit(UnitCode("")),
        lambda g: (Field("unit", "征询单位", "unit", required=True),),
        lambda g, f: c.AskUnit(UnitCode(f.needed("unit", "征询单位").split()[0])), done="已征询", key="n",
    ),
    Action(
        "review-result", "办结审核", c.ReviewResult, lambda g: c.ReviewResult(accepted=True),
        lambda g: (yes_no("通过，转回访", "退回承办单位"), Field("note", "意见", "area", help="退回时必填")),
        lambda g, f: c.ReviewResult(verdict(f), f.text("note")), "main", "办结审核已完成", key="v",
    ),
    Action(
        "extension", "审核延期", c.DecideExtension,
        lambda g: c.DecideExtension(_first(_members(g, asked_extension=True)), granted=True),
        lambda g: (
            Field("unit", "申请单位", "choice", required=True, options=_members(g, asked_extension=True)),
            yes_no("同意延期", "不同意"), Field("reason", "理由", "area", help="不同意时必填"),
        ),
        lambda g, f: c.DecideExtension(UnitCode(f.needed("unit", "申请单位")), verdict(f), f.text("reason")), "main",
        "延期审核已完成", key="d",
    ),
    Action(
        "support-objection", "审核协办异议", c.DecideSupportObjection,
        lambda g: c.DecideSupportObjection(_first(_members(g, objected=True)), upheld=True, reason="试"),
        lambda g: (
            Field("unit", "协办单位", "choice", required=True, options=_members(g, objected=True)),
            yes_no("同意退出协办", "不同意"), REASON,
        ),
        lambda g, f: c.DecideSupportObjection(
            UnitCode(f.needed("unit", "协办单位")), verdict(f), f.needed("reason", "理由")
        ),
        "main", "协办异议已审核", key="x",
    ),
    Action(
        "reassign", "改派", c.Reassign, lambda g: c.Reassign(UnitCode(""), "试"),
        lambda g: (Field("to", "改派至", "unit", required=True), Field("clause", "依据条目", "clause"), REASON),
        lambda g, f: c.Reassign(
            UnitCode(f.needed("to", "改派至").split()[0]), f.needed("reason", "理由"),
            citations=cited(g, f.unit("to"), f.text("clause")),
        ),
        "warn", "已改派", key="r",
    ),
    Action(
        "shelve", "挂账", c.Shelve, lambda g: c.Shelve("试", g.context.calendar.local_day(g.context.now)),
        lambda g: (Field("review_on", "复核日期", "date", required=True), REASON),
        lambda g, f: c.Shelve(f.needed("reason", "理由"), f.day("review_on", "复核日期")), done="已挂账", key="l",
    ),
    Action(
        "resume", "恢复办理", c.Resume, lambda g: c.Resume("试"), lambda g: (REASON,),
        lambda g, f: c.Resume(f.needed("reason", "理由")), "main", "已恢复办理",
    ),
    Action(
        "exclusion", "审核不计考核", c.DecideExclusion,
        lambda g: c.DecideExclusion(_first(_members(g, asked_exclusion=True)), granted=True),
        lambda g: (
            Field("unit", "申请单位", "choice", required=True, options=_members(g, asked_exclusion=True)),
            yes_no("同意不计考核", "不同意"), Field("reason", "理由", "area", help="不同意时必填"),
        ),
        lambda g, f: c.DecideExclusion(UnitCode(f.needed("unit", "申请单位")), verdict(f), f.text("reason")),
        done="不计考核已审核", key="m",
    ),
    Action(
        "supervise", "督办", c.Supervise, lambda g: c.Supervise(_first(_members(g)), "raised", "试"),
        lambda g: (
            Field("unit", "督办单位", "choice", required=True, options=_members(g)),
            Field("step", "督办方式", "choice", required=True, options=STEPS), REASON,
        ),
        lambda g, f: c.Supervise(
            UnitCode(f.needed("unit", "督办单位")), cast(Any, f.needed("step", "督办方式")), f.needed("reason", "理由")
        ),
        "main", "督办已发出",
    ),
    Action(
        "terminate", "最终答复", c.Terminate, lambda g: c.Terminate("试"),
        lambda g: (Field("reply", "最终答复", "area", required=True),),
        lambda g, f: c.Terminate(f.needed("reply", "最终答复")), "warn", "已作最终答复",
    ),
)  # fmt: skip
