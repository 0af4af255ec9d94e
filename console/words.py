"""The words pages use for states, clocks and the fields of events; dates and spans of time in Chinese form.

Roles, events and commands have their names in `terms.messages`, because refusals speak of them too.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.clocks import Clock
from mandates.model import Link
from terms.actors import Role
from terms.messages import sentence

CITY_TIME = ZoneInfo("Asia/Shanghai")

PROCESSES: Mapping[str, str] = {
    "gateway": "接入程序",
    "proposer": "派单程序",
    "timers": "时限程序",
    "carrier": "机构改革承接程序",
    "learner": "学习程序",
    "watch": "监测程序",
    "publisher": "推送程序",
}
PARTS: Mapping[str, str] = {"lead": "主办", "support": "协办"}
CLOCKS: Mapping[str, str] = {clock.value: sentence(f"clock.{clock}") for clock in Clock}
STATE_TONES: Mapping[str, str] = {
    "待受理": "wait", "待派遣": "wait", "待补充": "wait", "会商": "wait", "待签收": "wait",
    "待答复": "wait", "待接收": "wait", "待反馈": "wait",
    "已派单": "go", "签收": "go", "办理中": "go", "重办": "warn", "移送": "go", "延期": "go",
    "退单申请": "warn", "异议审核": "warn", "挂账": "hold", "办结审核": "near", "回访": "near",
    "结案": "done", "归档": "done", "不予受理": "done", "即时答复": "done", "并单": "done", "终止": "done",
    "已移出": "done",
}  # fmt: skip
LINKS: tuple[str, ...] = tuple(Link)
INSTRUMENTS: Mapping[str, str] = {
    "sanding": "“三定”规定",
    "power_list": "权责清单",
    "boundary_list": "职责边界清单",
    "subdistrict_list": "履职事项清单",
    "conferred": "赋权事项",
    "law": "法律法规",
    "department_rule": "部门规章",
    "normative": "规范性文件",
    "franchise": "特许经营协议",
    "property": "产权",
    "industry_law": "行业法",
    "decision": "决定",
}
SOURCES: Mapping[str, str] = {
    "events": "工单事件", "survey": "问卷调查", "visit": "实地走访", "inspection": "巡察", "audit": "审计",
    "discipline": "纪检监察", "invited_assessor": "特邀评议员",
}  # fmt: skip
FEATURES: Mapping[str, str] = {
    "wording": "日常说法",
    "clause": "条目文字",
    "register": "职责用词",
    "memory": "以往办理",
    "territory": "属地",
    "caller-note": "受理员备注",
    "clauses": "分句判断",
    "complaint": "被反映单位回避",
    "ground": "条目依据",
    "boundary": "职责边界清单",
    "decision": "已有决定",
    "kind": "工单类型",
    "subdistrict": "履职事项清单",
}
FIELDS: Mapping[str, str] = {
    "kind": "工单类型", "category": "问题分类", "urgency": "紧急程度", "district": "被反映区", "street": "街道乡镇",
    "channel": "渠道", "lead": "主办", "supports": "协办", "desk": "经由", "unit": "单位", "from_unit": "原承办",
    "to_unit": "改派至", "units": "参与单位", "reason": "理由", "note": "说明", "share": "承担部分", "matter": "事项",
    "status_quo": "现承办", "decision": "所依决定", "disputed": "边界争议", "denied_clause": "否认条目",
    "claimed_clause": "主张条目", "proposed_unit": "建议单位", "place": "地点", "other_order": "重复工单",
    "missing": "缺少信息", "keeps": "保留部分", "asked_support": "请求协办", "signatory": "签署人",
    "agrees": "是否同意",
    "question": "会商问题", "conclusion": "会商结论", "agreed": "达成一致", "reply": "答复", "reached": "联系上",
    "contacted": "联系上", "resolved": "是否解决", "satisfied": "是否满意", "step": "督办方式", "ground": "依据",
    "receiver": "接收单位", "sender": "移送单位", "clause": "依据条目", "result": "结果", "office": "承办科室",
    "task": "任务", "due": "期限", "clock": "时限", "parent": "主单", "child": "并入", "review_on": "复核日期",
    "convener": "召集单位", "handler": "受理机关", "attended": "参加单位", "summary": "情况", "round": "轮次",
    "doc_no": "文号", "body": "机关", "effective_from": "生效日期", "proposed_lead": "建议主办", "addressee": "发往",
    "level": "方向",
    "measures": "整改措施", "violation": "违规情形", "number": "文号", "received_by": "签收人", "passed": "评估通过",
    "late": "逾期", "fault": "情形", "problem_class": "问题类别", "explanation": "说明", "accepts": "是否接受",
    "opinion": "研判意见", "disposition": "处置", "owner": "责任单位",
    "score": "评分", "rater": "评价单位", "rated": "被评单位", "what": "环节", "unit_text": "单位（原文）",
    "other_unit": "另一单位", "happened_at": "发生时间", "account": "查看人", "purpose": "用途", "fields": "内容",
    "no_clause": "均无条目", "approved": "同意", "times": "第几次", "late_supports": "未完成协办", "how": "结案方式",
    "long_cycle": "长周期", "from_link": "移出环节", "to_link": "移入环节", "basis_complete": "依据完整",
    "count": "次数", "limit": "阈值", "handle_due": "办理时限", "handle_days": "办理时限（工作日）",
    "excluded": "不计考核",
}  # fmt: skip
ABSTAINED: Mapping[str, str] = {
    "route.too-little": "内容过少",
    "route.no-clause": "没有条目可依",
    "route.weak-clause": "依据不足",
    "route.two-clauses": "两家都有依据",
    "route.unknown-place": "属地不明",
    "route.precedent-without-clause": "有先例无条款",
    "route.complaint": "被反映单位回避",
    "route.not-sure": "把握不足",
}
UNIT_FIELDS = frozenset(
    {
        "convener", "handler", "attended", "addressee", "parties", "proposed_lead", "owner",
        "lead", "supports", "desk", "unit", "from_unit", "to_unit", "units", "proposed_unit", "asked_support",
        "receiver", "sender", "rater", "rated", "other_unit", "late_supports",
    }
)  # fmt: skip
CLAUSE_FIELDS = frozenset({"denied_clause", "claimed_clause", "clause"})
VALUES: Mapping[str, Mapping[str, str]] = {
    "step": {"reminded": "催办", "listed": "挂牌督办", "talk": "约谈", "raised": "提级督办"},
    "status_quo": {
        "decided": "已有决定", "designated": "指定承办", "clause": "现行条目", "first_receiver": "首接单位",
        "fallback": "兜底单位",
    },
    "level": {"upward": "转上级或垂直管理单位", "outward": "转外地"},
    "how": {
        "done": "办结", "not_accepted": "不予受理", "answered": "即时答复", "merged": "并单",
        "final_answer": "最终答复", "referred": "转送",
        "minutes": "纪要备案", "opinion": "协调意见", "decision": "机关决定", "withdrawn": "撤案",
    },
    "what": {
        "dispatched": "派单", "signed": "签收", "returned": "退单", "return_refused": "驳回退单", "reassigned": "改派",
        "support_added": "加派", "started": "开始办理", "progress": "进展", "extended": "延期", "result": "办理结果",
        "accepted": "办结审核", "follow_up": "回访", "rework": "重办", "closed": "结案", "other": "其他",
    },
    "clock": CLOCKS,
}  # fmt: skip


def role_name(role: Role) -> str:
    """The role as pages name it."""
    return sentence(f"role.{role}")


def moment(value: str | datetime | None, *, seconds: bool = False) -> str:
    """A time as an office writes it: 2026-11-22 21:03, in the city's time; empty for none."""
    if not value:
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def deadline(value: str | datetime | None) -> str:
    """A due time: a day that ends at midnight is 24:00 of that day, as limits in days are written (民法典 art. 203)."""
    if not value:
        return ""
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(CITY_TIME)
    if (at.hour, at.minute) == (0, 0):
        return (at - timedelta(minutes=1)).strftime("%Y-%m-%d 24:00")
    return at.strftime("%Y-%m-%d %H:%M")


def due_day(value: str | datetime) -> date:
    """The last day on which something due then is in time: what is due at midnight is due on the day that ends."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (at.astimezone(CITY_TIME) - timedelta(seconds=1)).date()


def short_moment(value: str | datetime | None, now: datetime) -> str:
    """A time for a narrow column: 21:03 today, 11-22 21:03 this year, else the date."""
    if not value:
        return ""
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(CITY_TIME)
    today = now.astimezone(CITY_TIME)
    if at.date() == today.date():
        return at.strftime("%H:%M")
    return at.strftime("%m-%d %H:%M") if at.year == today.year else at.strftime("%Y-%m-%d")


def chinese_day(value: date | datetime) -> str:
    """2026年11月22日."""
    day = value.astimezone(CITY_TIME).date() if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


def offices(lines: str) -> str:
    """Who inside a unit has an order: 执法科、直属大队, from lines of `name|due`."""
    return "、".join(line.rpartition("|")[0] for line in lines.split("\n") if line)


def quarter(value: str) -> str:
    """2026年第4季度, for a quarter's name (`2026-Q4`); other words stay as they are."""
    year, parted, number = value.partition("-Q")
    return f"{year}年第{number}季度" if parted else value


def week(value: str) -> str:
    """2026年第47周, for an ISO week (`2026-W47`); empty for none."""
    year, _, number = value.partition("-W")
    return f"{year}年第{int(number)}周" if number else value


def week_days(value: str) -> str:
    """The days of an ISO week: 11月16日—22日."""
    year, _, number = value.partition("-W")
    first = date.fromisocalendar(int(year), int(number), 1)
    last = first + timedelta(days=6)
    return f"{first.month}月{first.day}日—{f'{last.month}月' if last.month != first.month else ''}{last.day}日"


def length(span: timedelta) -> str:
    """A span of time in two units: 1天3小时, 2小时5分, 4分."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{left}分" if left else f"{hours}小时"
    return f"{left}分"


def due_words(due: str | datetime | None, now: datetime, soon: int = 240) -> dict[str, str] | None:
    """How a deadline stands: its words and its tone (`over`, `soon`, `fine`); None without one.

    The words say it by themselves; the tone only colours them. `soon` is how many minutes before the end it presses.
    """
    if not due:
        return None
    at = datetime.fromisoformat(due) if isinstance(due, str) else due
    left = at - now
    if left < timedelta(0):
        return {"words": f"超时{length(-left)}", "tone": "over", "at": at.isoformat()}
    tone = "soon" if left < timedelta(minutes=soon) else "fine"
    return {"words": f"剩{length(left)}", "tone": tone, "at": at.isoformat()}
