"""What a unit does with an order it has, or is asked to take, a part in."""

from dataclasses import replace
from datetime import datetime, time
from itertools import chain

from casework.work_order import commands as c
from console.forms import Field, Filled
from console.orders.actions import FILES, Action, Ground, none
from console.registers.clause_card import clause_card
from console.words import CITY_TIME, role_name
from mandates.model import Link
from routing.proposal import Proposal
from terms.errors import BadInput
from terms.ids import UnitCode

CLAUSES = "not_ours unclear overlap"  # reasons that set clause against clause
LINKS = tuple((str(one), str(one)) for one in Link)
AGREES = (("yes", "同意接办"), ("no", "不同意"))
SCORES = tuple(
    (str(score), words) for score, words in ((5, "5 很好"), (4, "4 好"), (3, "3 一般"), (2, "2 差"), (1, "1 很差"))
)


# --- return ----------------------------------------------------------------------------------------------------


def other_candidate(proposal: Proposal | None, unit: UnitCode) -> UnitCode | None:
    """The unit the router would name if not this one: what a return form begins with."""
    if proposal is None:
        return None
    return next((one.unit for one in proposal.candidates if one.unit != unit), None)


def own_clause(ground: Ground) -> tuple[str, str]:
    """The unit's clause that the order was sent on, to be denied: which, and its words. Empty where it was none."""
    cited = (one.citation.clause_id for one in ground.sheet.evidence if one.citation.unit == ground.unit)
    given = (clause for unit, clause in ground.order.grounds if unit == ground.unit)
    clause = next(chain(given, cited), "")
    card = clause_card(clause, ground.sheet.register)
    return clause, f"{card.source}{card.number} {card.text}".strip()


def _return_fields(ground: Ground) -> tuple[Field, ...]:
    reasons = tuple((one.code, one.label) for one in ground.context.city.return_reasons)
    other = other_candidate(ground.sheet.proposal, ground.unit)
    own, words = own_clause(ground)
    return (
        Field("reason", "退单原因", "choice", required=True, options=reasons),
        Field(
            "denied_clause", "否认条目（本单位）", "clause", of_unit=ground.unit, value=own, told=words,
            shown_for=CLAUSES, help="本单位哪一条不涉及此事",
        ),
        Field(
            "proposed_unit", "建议单位", "unit", value=ground.named(other), shown_for=CLAUSES + " territory",
            help="将先征询该单位意见",
        ),
        Field("claimed_clause", "主张条目（建议单位）", "clause", of_unit=other or "", shown_for=CLAUSES),
        Field("no_clause", "各单位均无条目（无主事项）", "flag", shown_for=CLAUSES),
        Field("place", "正确地点", shown_for="territory"),
        Field("other_order", "重复的工单编号", "order", shown_for="duplicate"),
        Field("missing", "缺少的信息", shown_for="incomplete", help="多项用顿号分开"),
        Field("channel", "应走的法定途径", shown_for="legal_channel"),
        Field("keeps", "本单位保留部分", shown_for="partial"),
        Field("asked_support", "请求协办单位", "unit", shown_for="partial", value=ground.named(other)),
        Field("note", "说明", "area", required=True),
        Field(
            "signatory", "签署人", "choice", required=True, options=_signatories(ground), value=ground.actor.account,
            help="账本记账号和职务，姓名只在页面上显示",
        ),
    )  # fmt: skip


def _signatories(ground: Ground) -> tuple[tuple[str, str], ...]:
    return tuple((one.account, f"{one.name}（{role_name(one.role)}）") for one in ground.colleagues())


def _signed(ground: Ground, filled: Filled) -> tuple[str, str]:
    """Whose signature the return bears: account and post. Raises BadInput for somebody of elsewhere."""
    account = filled.needed("signatory", "签署人")
    found = next((one for one in ground.colleagues() if one.account == account), None)
    if found is None:
        raise BadInput("console.signatory-of-the-unit", at="signatory")
    return account, role_name(found.role)


def _return(ground: Ground, filled: Filled) -> c.Command:
    signatory, post = _signed(ground, filled)
    reason = filled.needed("reason", "退单原因")
    against = reason in CLAUSES.split()
    no_clause = against and filled.flag("no_clause")
    claimed = filled.text("claimed_clause") if against and not no_clause else ""
    proposed = filled.unit("proposed_unit") if (against and not no_clause) or reason == "territory" else None
    partial = reason == "partial"
    return c.RequestReturn(
        unit=ground.unit,
        reason=reason,
        denied_clause=(filled.text("denied_clause") or None) if against else None,
        claimed_clause=claimed or None,
        no_clause=no_clause,
        proposed_unit=proposed,
        place=filled.text("place") if reason == "territory" else "",
        other_order=filled.text("other_order") if reason == "duplicate" else "",
        missing=filled.lines("missing") if reason == "incomplete" else (),
        channel=filled.text("channel") if reason == "legal_channel" else "",
        keeps=filled.text("keeps") if partial else "",
        asked_support=filled.unit("asked_support") if partial else None,
        note=filled.needed("note", "说明"),
        signatory=signatory,
        signatory_post=post,
    )


def _answer_fields(ground: Ground) -> tuple[Field, ...]:
    return (
        Field("agrees", "答复", "choice", required=True, options=AGREES),
        Field("clause", "本单位条目", "clause", of_unit=ground.unit, shown_for="no", help="不同意时引用条目或说明理由"),
        Field("note", "说明", "area"),
    )


def _answer(ground: Ground, filled: Filled) -> c.Command:
    agrees = filled.needed("agrees", "答复") == "yes"
    clause = None if agrees else filled.text("clause") or None
    return c.AnswerAsProposed(ground.unit, agrees, denied_clause=clause, note=filled.text("note"))


# --- the work --------------------------------------------------------------------------------------------------


def _offices(ground: Ground) -> tuple[tuple[str, str], ...]:
    """The unit's 内设机构, from its clauses; the part before the colon is the name."""
    register = ground.sheet.register
    own = {ground.unit, *(register.units[ground.unit].mirrors if ground.unit in register.units else ())}
    found = [
        clause.text.split("：")[0]
        for clause in register.clauses.values()
        if clause.unit in own and clause.section == "内设机构" and "：" in clause.text
    ]
    return tuple((name, name) for name in dict.fromkeys(found) if len(name) <= 20)


def _assigned(ground: Ground) -> tuple[tuple[str, str], ...]:
    member = ground.order.member(ground.unit)
    return tuple((office, office) for office in (member.offices if member else ()))


def _assign(ground: Ground, filled: Filled) -> c.Command:
    due = None
    if filled.text("due"):
        due = datetime.combine(filled.day("due", "期限"), time(18), CITY_TIME)
    office = filled.text("other_office") or filled.needed("office", "科室")
    return c.AssignInside(ground.unit, office, filled.text("task"), due)


def _sent_to(ground: Ground, state: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(one.number), f"第{one.number}次移送（{ground.named(one.sender)}）")
        for one in ground.order.hand_overs
        if one.receiver == ground.unit and one.state == state
    )


def _number(options: tuple[tuple[str, str], ...]) -> int:
    return int(options[0][0]) if options else 0


def _partners(ground: Ground) -> tuple[tuple[str, str], ...]:
    own = ground.order.member(ground.unit)
    return tuple(
        (member.unit, ground.named(member.unit))
        for member in ground.order.members
        if own is not None and member.part != own.part and (ground.unit, member.unit) not in ground.order.rated
    )


def _score(filled: Filled) -> int:
    score = filled.number("score", "评分")
    if not 1 <= score <= 5:
        raise BadInput("console.field-needed", at="score", field="评分")
    return score


ACTIONS: tuple[Action, ...] = (
    Action(
        "sign", "签收", c.SignFor, lambda g: c.SignFor(g.unit), none, lambda g, f: c.SignFor(g.unit), "main",
        "已签收", "s",
    ),
    Action(
        "receive", "接收移送", c.ReceiveHandOver, lambda g: c.ReceiveHandOver(g.unit, _number(_sent_to(g, "sent"))),
        lambda g: (Field("hand_over", "移送", "choice", required=True, options=_sent_to(g, "sent")),),
        lambda g, f: c.ReceiveHandOver(g.unit, f.number("hand_over", "移送")), "main", "已接收移送", key="w",
    ),
    Action(
        "answer", "答复征询", c.AnswerAsProposed, lambda g: c.AnswerAsProposed(g.unit, agrees=True), _answer_fields,
        _answer, "main", "已答复", key="a",
    ),
    Action(
        "start", "开始办理", c.StartWork, lambda g: c.StartWork(g.unit), none, lambda g, f: c.StartWork(g.unit), "main",
        "已开始办理", "b",
    ),
    Action(
        "submit", "提交办理结果", c.SubmitResult, lambda g: c.SubmitResult(g.unit, "试"),
        lambda g: (Field("reply", "办理结果（答复内容）", "area", required=True), FILES),
        lambda g, f: c.SubmitResult(g.unit, f.needed("reply", "办理结果"), f.kept), "main", "办理结果已提交", "r",
        why_not=True,
    ),
    Action(
        "return", "退单", c.RequestReturn,
        lambda g: c.RequestReturn(g.unit, "incomplete", missing=("试",), note="试", signatory="试"),
        _return_fields, _return, "warn", "退单申请已提交，审核期间请继续办理", "t", why_not=True,
    ),
    Action(
        "withdraw-return", "撤回退单", c.WithdrawReturn, lambda g: c.WithdrawReturn(g.unit),
        lambda g: (Field("note", "说明"),), lambda g, f: c.WithdrawReturn(g.unit, f.text("note")), done="退单已撤回",
    ),
    Action(
        "object", "协办异议", c.ObjectAsSupport, lambda g: c.ObjectAsSupport(g.unit, "试"),
        lambda g: (
            Field("reason", "理由", "area", required=True),
            Field("denied_clause", "否认条目", "clause", of_unit=g.unit, value=own_clause(g)[0], told=own_clause(g)[1]),
        ),
        lambda g, f: c.ObjectAsSupport(g.unit, f.needed("reason", "理由"), f.text("denied_clause") or None), "warn",
        "协办异议已提交",
    ),
    Action(
        "contact", "登记首次联系", c.ContactRequester, lambda g: c.ContactRequester(g.unit, reached=True),
        lambda g: (
            Field("reached", "是否联系上", "choice", required=True, options=(("yes", "联系上"), ("no", "未联系上"))),
            Field("note", "联系情况", "area"),
        ),
        lambda g, f: c.ContactRequester(g.unit, f.needed("reached", "是否联系上") == "yes", f.text("note")),
        done="联系情况已登记", key="l",
    ),
    Action(
        "progress", "登记进展", c.ReportProgress, lambda g: c.ReportProgress(g.unit, "试"),
        lambda g: (Field("note", "办理进展", "area", required=True), FILES),
        lambda g, f: c.ReportProgress(g.unit, f.needed("note", "办理进展"), f.kept), done="进展已登记", key="p",
    ),
    Action(
        "extend", "申请延期", c.RequestExtension, lambda g: c.RequestExtension(g.unit, "试"),
        lambda g: (Field("reason", "延期理由", "area", required=True), Field("long_cycle", "长周期事项", "flag")),
        lambda g, f: c.RequestExtension(g.unit, f.needed("reason", "延期理由"), f.flag("long_cycle")),
        done="延期申请已提交", why_not=True, key="e",
    ),
    Action(
        "assign", "内部交办", c.AssignInside, lambda g: c.AssignInside(g.unit, "试"),
        lambda g: (
            Field("office", "承办科室", "choice", options=_offices(g), help="没有的，在下面写"),
            Field("other_office", "其他科室或二级单位"),
            Field("task", "交办内容", "area"), Field("due", "期限", "date"),
        ),
        _assign, done="已内部交办", key="i",
    ),
    Action(
        "collect", "汇总结果", c.CollectInside,
        lambda g: c.CollectInside(g.unit, _assigned(g)[0][0] if _assigned(g) else "", "试"),
        lambda g: (
            Field("office", "科室", "choice", required=True, options=_assigned(g)),
            Field("result", "办理情况", "area", required=True), FILES,
        ),
        lambda g, f: c.CollectInside(
            g.unit, f.needed("office", "科室"), f.needed("result", "办理情况"), f.kept
        ), done="已汇总", key="y",
    ),
    Action(
        "sign-off", "审签", c.SignOff, lambda g: c.SignOff(g.unit, approved=True),
        lambda g: (
            Field("approved", "审签意见", "choice", required=True, options=(("yes", "同意"), ("no", "不同意"))),
            Field("note", "意见", "area"),
        ),
        lambda g, f: c.SignOff(g.unit, f.needed("approved", "审签意见") == "yes", f.text("note")), "main",
        "已审签", key="q",
    ),
    Action(
        "hand-over", "移送", c.SendHandOver, lambda g: c.SendHandOver(g.unit, UnitCode(""), ""),
        lambda g: (
            Field("receiver", "接收单位", "unit", required=True),
            Field("clause", "依据条目（接收单位）", "clause", required=True),
            Field("from_link", "移出环节", "choice", required=True, options=LINKS),
            Field("to_link", "移入环节", "choice", required=True, options=LINKS), Field("note", "移送说明", "area"),
            replace(FILES, label="移送材料", required=True),
        ),
        lambda g, f: c.SendHandOver(
            g.unit, UnitCode(f.needed("receiver", "接收单位").split()[0]), f.needed("clause", "依据条目"),
            f.needed("from_link", "移出环节"), f.needed("to_link", "移入环节"), f.kept, f.text("note"),
        ),
        done="已移送", key="o",
    ),
    Action(
        "refuse-hand-over", "拒收移送", c.RefuseHandOver,
        lambda g: c.RefuseHandOver(g.unit, _number(_sent_to(g, "sent")), "试"),
        lambda g: (
            Field("hand_over", "移送", "choice", required=True, options=_sent_to(g, "sent")),
            Field("reason", "理由", "area", required=True), Field("clause", "依据条目", "clause", of_unit=g.unit),
        ),
        lambda g, f: c.RefuseHandOver(
            g.unit, f.number("hand_over", "移送"), f.needed("reason", "理由"), f.text("clause") or None
        ),
        "warn", "已拒收",
    ),
    Action(
        "feed-back", "反馈移送结果", c.FeedBackHandOver,
        lambda g: c.FeedBackHandOver(g.unit, _number(_sent_to(g, "received")), "试"),
        lambda g: (
            Field("hand_over", "移送", "choice", required=True, options=_sent_to(g, "received")),
            Field("result", "结果", "area", required=True), FILES,
        ),
        lambda g, f: c.FeedBackHandOver(
            g.unit, f.number("hand_over", "移送"), f.needed("result", "结果"), f.kept
        ), "main",
        "结果已反馈", key="f",
    ),
    Action(
        "exclude", "申请不计考核", c.RequestExclusion, lambda g: c.RequestExclusion(g.unit, "试"),
        lambda g: (Field("reason", "理由", "area", required=True),),
        lambda g, f: c.RequestExclusion(g.unit, f.needed("reason", "理由")), done="申请已提交",
    ),
    Action(
        "rate", "互评", c.Rate, lambda g: c.Rate(g.unit, UnitCode(_partners(g)[0][0] if _partners(g) else ""), 5),
        lambda g: (
            Field("rated", "被评单位", "choice", required=True, options=_partners(g)),
            Field("score", "评分", "choice", required=True, options=SCORES),
            Field("reason", "理由", "area", help="低分须说明理由"),
        ),
        lambda g, f: c.Rate(g.unit, UnitCode(f.needed("rated", "被评单位")), _score(f), f.text("reason")),
        done="已评价", key="v",
    ),
)  # fmt: skip
