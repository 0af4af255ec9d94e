"""Why a value does not fit, in Chinese, and what went wrong, without a word of what was sent.

pydantic tells faults in English and with the value; people are told in Chinese what would fit, and logs are told the
kind of fault only: the value may be a caller's.
"""

from collections.abc import Mapping
from typing import Any

from terms.errors import DingzeError

_DAY = "日期应写成 2024-03-01"
_MOMENT = "时间应写成 2024-03-01T09:30:00+08:00"
_BY_TYPE: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 字",
    "string_too_long": "至多 {max_length} 字",
    "string_pattern_mismatch": "写法不符，或含有不允许的字符",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字过大",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
    "none_required": "应为空",
    "json_invalid": "不是有效的 JSON",
    "json_type": "不是有效的 JSON",
    "bytes_type": "应为文字",
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "应为列表"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "dataclass_type", "mapping_type"), "应为对象"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DAY),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _MOMENT),
    **dict.fromkeys(("datetime_object_invalid", "date_past", "date_future"), _MOMENT),
}
_BY_PATTERN: Mapping[str, str] = {r"^(\d{4}-\d{2}-\d{2})?$": _DAY}
_UNFORESEEN = "内容不符合要求"


def reason_of(fault: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()` in Chinese; never its value. What a rule of ours says is told as it says it."""
    kind, told = fault["type"], dict(fault.get("ctx", {}))
    if kind in ("value_error", "assertion_error"):
        return str(fault["msg"]).partition(", ")[2] or _UNFORESEEN
    if "expected" in told:
        told["expected"] = str(told["expected"]).replace(" or ", "、").replace(", ", "、").replace("'", "")
    if kind == "string_pattern_mismatch" and told.get("pattern") in _BY_PATTERN:
        return _BY_PATTERN[told["pattern"]]
    return _BY_TYPE.get(kind, _UNFORESEEN).format_map(told)


def brief(error: BaseException) -> str:
    """What went wrong, for logs and readiness: the kind, and a code where it has one; never its words.

    A database tells the row it refused and a library the value it could not read, so their words are left out.
    """
    if isinstance(error, DingzeError):
        return error.code
    code = getattr(getattr(error, "orig", error), "sqlstate", None) or getattr(error, "errno", None)
    return type(error).__name__ + (f" {code}" if code else "")
