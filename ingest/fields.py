"""What a column may be called: the names real platforms use, in Chinese and English, for each of our fields.

Fields named `unit*` are never read: who answered elsewhere is not a fact about who must answer here. A mapping
(their name → ours) goes before the names known here and may name such a column on purpose.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from terms.errors import BadInput
from terms.unreadable import why_unreadable

NO_MAPPING: Mapping[str, str] = MappingProxyType({})

ORDER_FIELDS: Mapping[str, str] = {
    "工单编号": "order_no", "工单号": "order_no", "编号": "order_no", "id": "order_no", "no": "order_no",
    "工单类型": "kind", "诉求类型": "kind", "type": "kind", "问题分类": "category", "一级分类": "category",
    "标题": "title", "工单标题": "title", "主要内容": "text", "诉求内容": "text", "内容": "text", "content": "text",
    "紧急程度": "urgency", "来电人": "caller_name", "姓名": "caller_name", "caller": "caller_name",
    "诉求人": "caller_name", "联系人": "caller_name", "联系方式": "caller_phone", "来电号码": "caller_phone",
    "联系电话": "caller_phone", "phone": "caller_phone", "被反映区": "district", "所属区": "district",
    "区县": "district", "被反映街乡镇": "street", "街道": "street", "地点": "place", "小区": "place", "地址": "place",
    "地点/小区": "place", "事发地址": "place", "address": "place", "受理时间": "received_at", "来电时间": "received_at",
    "date": "received_at", "受理日期": "received_at", "渠道": "channel", "来源": "channel", "附件": "attachments",
    "是否保密": "reporter_hidden", "是否匿名": "reporter_hidden", "保密": "reporter_hidden", "密": "reporter_hidden",
    "身份保密": "reporter_hidden", "要求保密": "reporter_hidden",
    "二级分类": "second_category", "三级分类": "third_category", "被反映单位": "subjects", "被投诉单位": "subjects",
    "被举报单位": "subjects", "办理时限": "handle_limit", "是否不计考核": "excluded",
}  # fmt: skip

_ABOUT_AN_ORDER: Mapping[str, str] = {
    "工单编号": "order_no", "工单号": "order_no", "编号": "order_no", "no": "order_no",
    "来电人": "caller_name", "诉求人": "caller_name", "联系方式": "caller_phone", "联系电话": "caller_phone",
    "被反映区": "district", "所属区": "district",
}  # fmt: skip

RETURN_FIELDS: Mapping[str, str] = {
    **_ABOUT_AN_ORDER,
    "id": "order_no", "退单编号": "return_no", "退单单位": "by", "退单部门": "by", "单位": "by", "部门": "by",
    "承办单位": "by", "退单原因": "reason", "原因": "reason", "否认条目": "denied_clause", "主张条目": "claimed_clause",
    "无条目": "no_clause", "建议单位": "proposed", "建议承办单位": "proposed", "说明": "note", "退单说明": "note",
    "退单理由": "note", "签署人": "signatory", "退单时间": "returned_at", "时间": "returned_at", "地点": "place",
    "重复工单": "other_order", "缺少信息": "missing", "法定途径": "channel", "保留部分": "keeps",
    "请求协办": "asked_support",
}  # fmt: skip

HISTORY_FIELDS: Mapping[str, str] = {
    **_ABOUT_AN_ORDER,
    "id": "record_no", "记录编号": "record_no", "流水号": "record_no", "环节": "what", "操作": "what", "动作": "what",
    "流转环节": "what", "办理环节": "what", "action": "what", "时间": "happened_at", "操作时间": "happened_at",
    "办理时间": "happened_at", "派单时间": "happened_at", "办结时间": "happened_at",
    "time": "happened_at", "date": "happened_at", "单位": "by",
    "部门": "by", "承办单位": "by", "主办单位": "by", "主办": "by", "操作单位": "by", "改派单位": "to",
    "转派单位": "to", "建议单位": "to", "协办": "supports", "协办单位": "supports", "原因": "reason",
    "退单原因": "reason", "说明": "note", "备注": "note", "回复内容": "note", "办理结果": "note", "意见": "note",
    "是否联系": "contacted", "是否解决": "resolved", "是否满意": "satisfied", "依据": "basis", "退单依据": "basis",
    "办理时限": "handle_limit", "是否不计考核": "excluded",
}  # fmt: skip


_CHINESE: Mapping[str, str] = {
    field: name
    for names in (HISTORY_FIELDS, RETURN_FIELDS, ORDER_FIELDS)
    for name, field in reversed(tuple(names.items()))
    if not name.isascii()
}


def called(field: str) -> str:
    """A field as people and programs call it: 受理时间（received_at）; as it came where no Chinese name is known."""
    return f"{name}（{field}）" if (name := _CHINESE.get(field.partition(".")[0])) else field


def named(row: Mapping[str, Any], names: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, Any]:
    """The cells under our field names; empty cells and `unit*` left out; of two columns for one field the first."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        name = str(key).strip()
        field = mapping.get(name) or names.get(name) or names.get(name.lower()) or name
        if value in (None, "") or (field.lower().startswith("unit") and name not in mapping):
            continue
        found.setdefault(field, value)
    return found


def read_mapping(file: Path) -> dict[str, str]:
    """A mapping file: `their column = "ours"` as TOML, or a JSON object of the same. Raises BadInput."""
    try:
        text = file.read_text("utf-8-sig")
        found = orjson.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, orjson.JSONDecodeError) as error:
        raise BadInput("input.unreadable", at=file.name, reason=why_unreadable(error)) from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise BadInput("input.invalid", at=file.name, reason='映射文件应逐行写成 对方列名 = "本系统字段"')
    return {key.strip(): value.strip() for key, value in found.items()}
