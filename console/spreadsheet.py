"""Every list as .xlsx: the address of a page with `.xlsx` instead of `.json`, the same rows, all of its pages.

Stands inside the application: it asks for the `.json` of the same address, with the same person's right to see it, and
writes what came into a workbook. Every text is written as a text: a cell that begins with = is never a formula.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.papers.archive import pack
from casework.papers.sheet import write
from console.words import ABSTAINED, FIELDS, PARTS, VALUES
from terms.messages import sentence

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWN = frozenset({"/disputes/digest.xlsx"})  # tables that are made otherwise
PAGES_AT_MOST = 200
DAY = date(2020, 1, 1)  # of the parts inside the file: the same rows give the same bytes
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
    "last": "最近一次", "words": "内容", "item": "条目", "message": "提示", "measure": "指标", "value": "数值",
    "other": "相对单位", "acting": "承办性质", "day": "日期", "event_id": "事件编号", "case_no": "议题编号",
    "parties": "争议单位", "opened_on": "立案日期", "closed_on": "结案日期", "phase": "阶段", "since": "起始",
    "age": "已历天数", "waited": "停留天数", "name": "名称", "total": "合计", "sum": "数值合计", "figure": "指标",
    "figures": "指标", "at": "截至", "states": "按状态", "districts": "按区县", "rows": "明细", "chains": "流转往返",
    "pairs": "争议双方", "doubtful": "职责不清", "unsure": "派单存疑", "cases": "议题", "listed": "清单",
    "findings": "问题", "open_cases": "在办议题", "top": "分子", "bottom": "分母", "rate": "比率（万分）",
    "points": "得分（万分）", "stars": "星级", "posts": "编制", "weight": "权重（加权工作量）", "clauses": "条目",
    "denied": "被否认", "claimed": "被主张", "closed": "办结", "repeated": "重复", "dispatched": "派单",
    "rank": "名次", "unit_class": "单位类别", "score": "得分", "drafted": "起草时得分", "objections": "异议",
    "waiting": "待复核异议", "quarter": "季度", "code": "代码", "label": "指标", "indicator": "指标",
    "corrected": "异议更正", "objection": "异议编号", "objected_on": "提出日期", "decided_on": "复核日期",
    "answer": "复核意见", "published_on": "发布日期", "drafted_on": "起草日期", "objections_until": "异议截止",
    "scored": "可评分单位", "sheet": "评分表", "lines": "各单位", "indicators": "指标", "sheet_no": "编号",
    "clause": "条目", "clause_no": "序号", "role": "角色", "power": "职权编码", "power_type": "职权类型",
    "power_name": "职权名称", "basis": "实施依据", "basis_state": "依据状态", "link": "关联", "hint": "提示",
    "powers": "职权", "repealed": "依据已失效", "powerless": "有责无权", "dutiless": "有权无责", "led": "主办工单",
    "supported": "协办工单", "per_hundred_posts": "每百名编制（百分之一件）", "kinds": "按类型", "office": "内设机构",
    "inside_orders": "内部交办", "inside_weight": "内部交办加权", "clause_orders": "清单职权工单",
    "clause_weight": "清单职权加权", "peers": "同类中位（百分之一件）", "in_proportion": "按同类负荷应有编制",
    "posts_since": "编制起始", "months_since": "距上次调整（月）", "interval_kept": "间隔已满", "timely": "可研究",
    "triggers": "适时依据", "share": "占负荷（万分）", "why": "情形", "times": "次数",
    "links": "环节", "units": "单位",
    "before": "之前退单", "after": "之后退单", "days_after": "已过天数", "settled": "争议减少", "doc_no": "文号",
    "effective_from": "生效日期", "at_step": "本步停留（天）", "overdue": "超时", "compared": "对照表",
    "sums": "各单位",
    "workloads": "工作量", "offices": "内设机构", "motions": "动议依据", "duties": "各条目", "unsettled": "无主与多主",
    "tracked": "逐项跟踪", "going_on": "在办议题", "decided": "决定成效", "uses": "条目引用",
    "unresolved": "未解决", "unsatisfied": "不满意", "satisfied": "满意", "in_force": "现行有效",
    "vague_words": "措辞含糊", "vague_outcome": "屡被否认", "candidates": "无主候选事项",
    "by_hand": "人工提出", "round": "轮次", "period_from": "期间起始", "period_to": "期间截止", "differs": "复核改动项",
    "signed_on": "签发日期",
    "stepped_on": "最近一步", "sheets": "评估表", "text": "内容", "aspect": "方面", "grade": "档次", "own": "自评",
    "reviewed": "复核", "items": "项目", "sent_back": "退回理由", "type": "记录",
    "wordings": "说法", "wording": "日常说法", "accepted": "承办工单", "with_it": "出现工单",
}  # fmt: skip
SHOWN = frozenset(HEADINGS) - LEFT_OUT  # a column without a Chinese heading is the program's own
UNITS = frozenset({
    "unit", "lead", "supports", "proposed", "desk", "other", "to_unit", "from_unit", "first", "second", "parties",
    "convener", "handler", "status_quo", "hands", "leads", "owner", "proposed_unit", "rater", "rated",
})  # fmt: skip
WORDS: Mapping[str, Mapping[str, str]] = {**VALUES, "part": PARTS, "abstained": ABSTAINED}


class Spreadsheets:
    """Answers `GET …/name.xlsx` from what `GET …/name.json` says."""

    def __init__(self, app: ASGIApp, names: Callable[[], Mapping[str, str]] | None = None) -> None:
        self._app = app
        self._names = names  # () → unit code → name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or not path.endswith(".xlsx") or path in OWN:
            await self._app(scope, receive, send)
            return
        answered = await self._asked(scope, receive, 1)
        if answered.status_code != 200 or not answered.headers.get("content-type", "").startswith("application/json"):
            await answered(scope, receive, send)
            return
        told = json.loads(bytes(answered.body))
        if not isinstance(told, dict):
            told = {"rows": told}
        for page in range(2, min(_pages(told), PAGES_AT_MOST) + 1):
            more = await self._asked(scope, receive, page)
            if more.status_code == 200:
                _joined(told, json.loads(bytes(more.body)))
        name = quote(path.rpartition("/")[2])
        file = Response(
            table(told, self._names() if self._names else {}),
            media_type=TYPE,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )
        await file(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, page: int) -> Response:
        """The `.json` of the same address; further pages by `page`."""
        path = scope["path"].removesuffix(".xlsx") + ".json"
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if page > 1:
            query = [one for one in query if one[0] != "page"] + [("page", str(page))]
        asked = dict(scope) | {
            "path": path, "raw_path": quote(path).encode(), "query_string": urlencode(query).encode("latin-1"),
        }  # fmt: skip
        asked.pop("path_params", None)
        status = 500
        headers: list[tuple[bytes, bytes]] = []
        parts: list[bytes] = []

        async def kept(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            else:
                parts.append(message.get("body", b""))

        await self._app(asked, receive, kept)
        found = Response(b"".join(parts), status)
        found.raw_headers = [(name, value) for name, value in headers if name.lower() != b"transfer-encoding"]
        return found


def table(told: Mapping[str, Any], names: Mapping[str, str] | None = None) -> bytes:
    """A page's data as a workbook: a sheet for each list, and one for the single figures beside them."""
    book = Workbook()
    book.remove(book.worksheets[0])
    named = names or {}
    lists = list(_lists(told))
    for key, rows in lists:
        keys = list(dict.fromkeys(name for row in rows for name in row if name in SHOWN))
        lines = [[_cell(name, row.get(name), named) for name in keys] for row in rows]
        _sheet(book, HEADINGS.get(key, key), [HEADINGS.get(name, name) for name in keys], lines)
    single = [(HEADINGS.get(key, key), _cell(key, value, named)) for key, value in _singles(told)]
    if single or not lists:
        _sheet(book, sentence("sheet.summary"), [sentence("sheet.item"), sentence("sheet.value")], map(list, single))
    out = io.BytesIO()
    book.save(out)
    return pack(out.getvalue(), DAY)


def _lists(told: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for key, value in told.items():
        if key in LEFT_OUT:
            continue
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield key, value
        elif isinstance(value, dict):
            yield from ((inner if inner != "rows" else key, rows) for inner, rows in _lists(value))


def _singles(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in told.items():
        if (key not in SHOWN and not isinstance(value, dict)) or key in LEFT_OUT or value in (None, "", []):
            continue
        if isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()):
            yield from _singles(value)
        elif isinstance(value, bool | int | float | str):
            yield key, value


def _cell(key: str, value: Any, names: Mapping[str, str]) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return sentence("sheet.yes" if value else "sheet.no")
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return "、".join(str(_cell(key, one, names)) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{HEADINGS.get(name, name)}：{_cell(name, one, names)}" for name, one in value.items())
    text = str(value)
    if key in UNITS:
        parts = [f"{names[one]}（{one}）" if one in names else one for one in text.replace(">", "|").split("|") if one]
        return "、".join(parts)
    return WORDS.get(key, {}).get(text, text)


def _sheet(book: Workbook, title: str, head: list[str], rows: Iterable[list[str | int]]) -> None:
    sheet = book.create_sheet("".join(one for one in title if one not in "[]:*?/\\'")[:31] or "1")
    for column, word in enumerate(head, 1):
        cell = sheet.cell(1, column)
        write(cell, word)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 16
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            write(sheet.cell(at, column), value)
    sheet.freeze_panes = "A2"


def _pages(told: Mapping[str, Any]) -> int:
    """How many pages a list has: as it says, else by its total and the rows of the first."""
    found = 1
    for one in (told, *(inner for inner in told.values() if isinstance(inner, dict))):
        rows, total = one.get("rows"), one.get("total")
        if isinstance(one.get("pages"), int):
            found = max(found, one["pages"])
        elif isinstance(rows, list) and rows and isinstance(total, int):
            found = max(found, -(-total // len(rows)))
    return found


def _joined(told: dict[str, Any], more: Any) -> None:
    """The rows of a further page behind those of the ones before."""
    for key, value in more.items() if isinstance(more, dict) else ():
        before = told.get(key)
        if isinstance(before, list) and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            before.extend(one for one in value if one not in before)
        elif isinstance(before, dict) and isinstance(value, dict):
            _joined(before, value)
