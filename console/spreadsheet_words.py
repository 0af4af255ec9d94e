"""The Chinese headings, sheet names and words of the tables that pages hand out, and which numbers are hundredths."""

from collections.abc import Mapping

from console import figure_words
from console.administration.operations import VIEWS
from console.registers.differences import KINDS, TABLES
from console.words import ABSTAINED, CLOCKS, FIELDS, INSTRUMENTS, PARTS, SOURCES, VALUES, role_name
from terms.actors import Role

LEFT_OUT = frozenset({"current", "filters", "counts", "page", "pages", "position", "line", "cells"})
HEADINGS: Mapping[str, str] = {
    **FIELDS,
    "order_no": "工单编号", "received_at": "受理时间", "title": "标题", "caller": "来电人编号", "mode": "模式",
    "state": "状态", "state_before": "原状态", "proposed": "建议主办", "confidence": "把握", "automatic": "可自动派单",
    "abstained": "存疑原因", "matter_id": "事项编号", "dispatched_by": "派单方式", "dispatch_due": "派单期限",
    "returns": "退单次数", "bounces": "改派次数", "chased": "催单次数", "closed_how": "结案方式", "due_at": "到期",
    "part": "承担", "dispatched_at": "派单时间", "sign_due": "签收期限",
    "return_due": "退单期限", "handle_due": "办理期限", "signed_at": "签收时间", "finished_at": "办结时间",
    "designated": "指定承办", "next_due": "最近期限", "orders": "工单", "open": "在办", "sent": "已派单",
    "by_rule": "自动派单", "first_right": "首派准确", "returned": "退单", "asked": "已回访",
    "resolved_asked": "已问解决",
    "moves": "改派", "came_back": "往返次数", "hands": "承办次序", "leads": "承办单位", "matters": "事项",
    "first": "单位甲", "second": "单位乙", "there": "甲退乙", "back": "乙退甲", "upheld": "支持", "refused": "驳回",
    "last": "最近一次", "words": "内容", "item": "条目编号", "message": "提示", "measure": "指标", "value": "数值",
    "other": "相对单位", "acting": "承办性质", "day": "日期", "event_id": "事件编号", "case_no": "议题编号",
    "parties": "争议单位", "opened_on": "立案日期", "closed_on": "结案日期", "phase": "阶段", "since": "起始",
    "age": "已历天数", "waited": "停留天数", "name": "名称", "total": "合计", "sum": "数值合计", "figure": "指标",
    "figures": "指标", "at": "截至", "states": "按状态", "districts": "按区县", "rows": "明细", "chains": "流转往返",
    "pairs": "争议双方", "doubtful": "职责不清", "unsure": "派单存疑", "cases": "议题", "listed": "清单",
    "findings": "问题", "open_cases": "在办议题", "top": "分子", "bottom": "分母", "rate": "比率（%）",
    "points": "得分", "stars": "星级", "posts": "编制", "weight": "权重", "clauses": "条目",
    "denied": "被否认", "claimed": "被主张", "closed": "办结", "repeated": "重复", "dispatched": "派单",
    "rank": "名次", "unit_class": "单位类别", "score": "得分", "drafted": "起草时得分", "objections": "异议",
    "waiting": "待复核异议", "quarter": "季度", "code": "代码", "label": "指标", "indicator": "指标",
    "corrected": "异议更正", "objection": "异议编号", "objected_on": "提出日期", "decided_on": "复核日期",
    "answer": "复核意见", "published_on": "发布日期", "drafted_on": "起草日期", "objections_until": "异议截止",
    "scored": "可评分单位", "sheet": "评分表", "lines": "各单位", "indicators": "指标", "sheet_no": "编号",
    "clause": "条目", "clause_no": "序号", "role": "角色", "power": "职权编码", "power_type": "职权类型",
    "power_name": "职权名称", "basis": "实施依据", "basis_state": "依据状态", "link": "关联", "hint": "提示",
    "powers": "职权", "repealed": "依据已失效", "powerless": "有责无权", "dutiless": "有权无责", "led": "主办工单",
    "supported": "协办工单", "per_hundred_posts": "每百名编制（件）", "kinds": "按类型", "office": "内设机构",
    "inside_orders": "内部交办", "inside_weight": "内部交办加权（件）", "clause_orders": "清单职权工单",
    "clause_weight": "清单职权加权（件）", "peers": "同类中位（件）", "proportions": "适量（相称的编制）",
    "posts_since": "编制起始", "months_since": "距上次调整（月）", "interval_kept": "间隔已满", "timely": "可研究",
    "triggers": "适时依据", "share": "占负荷（%）", "why": "情形", "times": "次数",
    "links": "环节", "units": "单位",
    "before": "之前退单", "after": "之后退单", "days_after": "已过天数", "settled": "争议减少", "doc_no": "文号",
    "effective_from": "生效日期", "at_step": "本步停留（天）", "overdue": "超时", "compared": "对照表",
    "sums": "各单位",
    "workloads": "工作量", "offices": "内设机构", "motions": "动议依据", "duties": "各条目", "unsettled": "无主与多主",
    "tracked": "逐项跟踪", "going_on": "在办议题", "decided": "已定", "step": "步骤", "uses": "条目引用",
    "unresolved": "未解决", "unsatisfied": "不满意", "satisfied": "满意", "in_force": "现行有效",
    "vague_words": "措辞含糊", "vague_outcome": "屡被否认", "candidates": "无主候选事项",
    "by_hand": "人工提出", "round": "轮次", "period_from": "期间起始", "period_to": "期间截止", "differs": "复核改动项",
    "signed_on": "签发日期",
    "stepped_on": "最近一步", "sheets": "评估表", "text": "内容", "aspect": "方面", "grade": "档次", "own": "自评",
    "reviewed": "复核", "items": "项目", "sent_back": "退回理由", "type": "记录",
    "week": "周", "received": "受理", "begin": "起始日期", "end": "截止日期", "key": "编号", "judged": "研判",
    "repeats": "重复催单", "why_not": "原因", "disposition": "处置", "result": "结果", "digest_no": "期次",
    "finding_no": "编号", "began_on": "发现日期", "notice": "督查通知书", "secrecy": "密级", "openness": "公开属性",
    "holds": "条目数", "valid_from": "生效", "no_clause": "称无条目", "source": "出处", "law": "实施依据",
    "wordings": "说法", "wording": "日常说法", "accepted": "承办工单", "with_it": "出现工单",
}  # fmt: skip
# lists whose name says something else as a column, and those that are never one
SHEETS: Mapping[str, str] = {
    "points": "职责颗粒点", "weeks": "每周", "grid": "近几周", "stuck": "久拖未结", "rising": "正在上升",
    "instruments": "文件", "changes": "变动", "digests": "期次", "found": "查得条目", "boundaries": "边界事项",
    "matrix": "单位矩阵", "rates": "指标", "decided": "决定成效", "views": "视图", "readings": "查阅",
    "readers": "查阅人", "accounts": "账号", "signed": "登录", "deadlines": "时限", "citations": "引用条目",
    "reasons": "理由", "evidence": "依据", "alternatives": "次选单位", "clocks": "时限", "claims": "退单",
    "timeline": "经过",
    "history": "经过", "opinions": "书面意见", "steps": "导览", "versions": "历次版本", "points_on_it": "所依颗粒点",
    "powers_on_it": "所依职权", "shifts": "班次", "held": "隔离记录", "answers": "答复", "additions": "补充",
    "attachments": "附件", "papers": "公文", "drafts": "草稿", "tokens": "令牌",
}  # fmt: skip
# a list's name where its rows have this column
SHEETS_BESIDE: Mapping[tuple[str, str], str] = {
    ("waiting", "urgency"): "待派遣", ("candidates", "score"): "候选单位", ("lines", "by"): "账号记录",
}  # fmt: skip
SHOWN = frozenset(HEADINGS) - LEFT_OUT  # a column without a Chinese heading is the program's own
UNITS = frozenset({
    "unit", "lead", "supports", "proposed", "desk", "other", "to_unit", "from_unit", "first", "second", "parties",
    "convener", "handler", "status_quo", "hands", "leads", "owner", "proposed_unit", "rater", "rated",
    "units",
})  # fmt: skip
WORDS: Mapping[str, Mapping[str, str]] = {
    **VALUES, "part": PARTS, "abstained": ABSTAINED, "kind": {**KINDS, **INSTRUMENTS}, "table": TABLES,
    "source": SOURCES, "step": {**figure_words.VALUES, **VALUES["step"]},
    "what": {**figure_words.VALUES, **VALUES["what"]}, "how": {**figure_words.VALUES, **VALUES["how"]},
    "why": {**figure_words.VALUES, **figure_words.UNSETTLED}, "acting": {**figure_words.VALUES, **VALUES["status_quo"]},
    "dispatched_by": figure_words.VALUES, "closed_how": VALUES["how"],
    "basis": figure_words.VALUES, "measure": figure_words.VALUES, "name": {**CLOCKS, **VIEWS},
    "role": {role.value: role_name(role) for role in Role}, "mode": {"live": "实时接入", "history": "历史补录"},
    "purpose": {"live": "在用", "beside": "重建中", "proof": "核对", "retired": "备用"},
}  # fmt: skip
# columns that repeat another in the program's own words
REPEATED_BESIDE: Mapping[str, str] = {"code": "label", "type": "title"}
HUNDREDTHS = frozenset({
    "per_hundred_posts", "peers", "inside_weight", "clause_weight", "share", "rate", "points",
})  # fmt: skip
# columns that are hundredths only beside another: load by unit, posts by clause, scores of a quarter
HUNDREDTHS_BESIDE: Mapping[str, str] = {
    "weight": "per_hundred_posts", "posts": "share", "score": "stars", "drafted": "stars",
}  # fmt: skip
