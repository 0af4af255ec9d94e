"""What an incoming order and an incoming return look like: the fields real systems carry, in Chinese or English.

Fields named `unit*` are never read: who answered elsewhere is not a fact about who must answer here.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from terms.errors import BadInput

CITY_TIME = ZoneInfo("Asia/Shanghai")
TEXT_LIMIT = 20_000  # characters of one order's text
NUMBER = r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._/#-]{0,63}$"

FIELDS: dict[str, str] = {
    "工单编号": "order_no", "工单号": "order_no", "编号": "order_no", "id": "order_no", "no": "order_no",
    "工单类型": "kind", "诉求类型": "kind", "type": "kind", "问题分类": "category", "一级分类": "category",
    "标题": "title", "工单标题": "title", "主要内容": "text", "诉求内容": "text", "内容": "text", "content": "text",
    "紧急程度": "urgency", "来电人": "caller_name", "姓名": "caller_name", "caller": "caller_name",
    "联系方式": "caller_phone", "来电号码": "caller_phone", "联系电话": "caller_phone", "phone": "caller_phone",
    "被反映区": "district", "所属区": "district", "区县": "district", "被反映街乡镇": "street", "街道": "street",
    "地点": "place", "小区": "place", "地址": "place", "事发地址": "place", "address": "place",
    "受理时间": "received_at", "来电时间": "received_at", "date": "received_at", "受理日期": "received_at",
    "渠道": "channel", "来源": "channel", "附件": "attachments",
}  # fmt: skip

RETURN_FIELDS: dict[str, str] = {
    "工单编号": "order_no", "工单号": "order_no", "id": "order_no", "退单单位": "by", "退单部门": "by", "单位": "by",
    "退单原因": "reason", "原因": "reason", "否认条目": "denied_clause", "主张条目": "claimed_clause",
    "无条目": "no_clause", "建议单位": "proposed", "说明": "note", "退单说明": "note", "签署人": "signatory",
    "退单时间": "returned_at", "时间": "returned_at", "地点": "place", "重复工单": "other_order",
    "缺少信息": "missing", "法定途径": "channel", "保留部分": "keeps", "请求协办": "asked_support",
}  # fmt: skip


def _moment(value: Any) -> Any:
    """A time as hotlines write it: ISO, `2023/4/6 12:00`, `2023年4月6日`, a date alone (noon, city time)."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(12), CITY_TIME)
    if isinstance(value, str):
        text = value.strip().replace("年", "-").replace("月", "-").replace("日", " ").replace("/", "-").strip()
        day, _, clock = text.replace("T", " ").partition(" ")
        parts = [part.zfill(2) for part in day.split("-")]
        clock = clock.strip() or "12:00"
        if clock.count(":") == 0 or clock.index(":") == 1:
            clock = "0" + clock
        try:
            found = datetime.fromisoformat("-".join(parts) + "T" + clock)
        except ValueError as error:
            raise ValueError("时间无法识别，应写成 2024-03-01 09:30") from error
        return found if found.tzinfo else found.replace(tzinfo=CITY_TIME)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=CITY_TIME)
    return value


def _many(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.replace("；", ";").replace("|", ";").split(";") if part.strip())
    return value


def _text(value: Any) -> Any:
    """A cell that a spreadsheet made a number is still text; a leading formula sign is text too and stays."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Words = Annotated[str, BeforeValidator(_text), Field(max_length=200)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Incoming(BaseModel):
    """A record from outside: frozen, spaces stripped, unknown fields left out (they may be personal)."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class IncomingOrder(Incoming):
    """A work order (工单) as it arrives. `order_no` is filled by the gateway when the source gives none."""

    order_no: Annotated[str, BeforeValidator(_text), Field(pattern=NUMBER)] | None = None
    kind: Words = ""
    category: Words = ""
    title: Annotated[str, BeforeValidator(_text), Field(max_length=500)] = ""
    text: Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=TEXT_LIMIT)]
    urgency: Words = "一般"
    caller_name: Words = ""
    caller_phone: Words = ""
    district: Words = ""
    street: Words = ""
    place: Words = ""
    channel: Words = ""
    received_at: Moment | None = None
    attachments: Annotated[tuple[str, ...], BeforeValidator(_many), Field(max_length=50)] = ()


class IncomingReturn(Incoming):
    """A return (退单) as it arrives from another platform; what it lacks is recorded as lacking, not refused."""

    order_no: Annotated[str, BeforeValidator(_text), Field(pattern=NUMBER)]
    by: Words
    reason: Words = ""
    denied_clause: Words = ""
    claimed_clause: Words = ""
    no_clause: bool = False
    proposed: Words = ""
    place: Words = ""
    other_order: Words = ""
    missing: Words = ""
    channel: Words = ""
    keeps: Words = ""
    asked_support: Words = ""
    note: Annotated[str, BeforeValidator(_text), Field(max_length=TEXT_LIMIT)] = ""
    signatory: Words = ""
    returned_at: Moment | None = None


def _named(row: Mapping[str, Any], names: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        name = str(key).strip()
        field = mapping.get(name) or names.get(name) or names.get(name.lower()) or name
        if value in (None, "") or (field.lower().startswith("unit") and name not in mapping):
            continue
        found.setdefault(field, value)
    return found


def _read(model: type[Incoming], fields: dict[str, Any], at: str) -> Any:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise BadInput("ingest.bad-field", at=f"{at} {field}".strip(), field=field, reason=reason) from error


def read_order(row: Mapping[str, Any], *, mapping: Mapping[str, str] | None = None, at: str = "") -> IncomingOrder:
    """One row as a work order. `mapping` (their name → ours) goes before the names we know. Raises BadInput."""
    fields = _named(row, FIELDS, mapping or {})
    if "text" not in fields and fields.get("title"):
        fields["text"] = fields["title"]
    order: IncomingOrder = _read(IncomingOrder, fields, at)
    return order


def read_return(row: Mapping[str, Any], *, mapping: Mapping[str, str] | None = None, at: str = "") -> IncomingReturn:
    """One row as a return. Raises BadInput."""
    found: IncomingReturn = _read(IncomingReturn, _named(row, RETURN_FIELDS, mapping or {}), at)
    return found
