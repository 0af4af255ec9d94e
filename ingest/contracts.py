"""What comes in: an order, a return, and what an older platform already did. Versioned in docs/contracts/.

A model says what may stand in a field, never what a good citizen would write: text stays as it was typed, a leading
formula sign included. What a model refuses goes to quarantine, not away.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ingest.fields import HISTORY_FIELDS, NO_MAPPING, ORDER_FIELDS, RETURN_FIELDS, called, named
from terms.errors import BadInput
from terms.reasons import reason_of

CITY_TIME = ZoneInfo("Asia/Shanghai")
TEXT_LIMIT = 20_000  # characters of one order's text
NUMBER = r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._/#-]{0,63}$"
VERSION = 1  # of the contracts; a field that changes its meaning raises it

_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:：时点](\d{1,2})?(?:[:：分](\d{1,2})?(?:\.\d{1,9})?秒?)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_EPOCH = 1_000_000_000  # smaller whole numbers are no times: 20230401, a row of a sheet


def _moment(value: Any) -> Any:
    """A time as hotlines write it: ISO, `2023/4/6 12:00`, `2023年4月6日`, a date alone (noon, city time)."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=CITY_TIME)
    if isinstance(value, date):
        return datetime.combine(value, time(12), CITY_TIME)
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EPOCH:
            return value
        raise ValueError("时间无法识别，应写成 2024-03-01 09:30")
    year, month, day, hour, minute, second, zone = found.groups()
    clock = f"{int(hour):02}:{int(minute or 0):02}:{int(second or 0):02}" if hour else "12:00:00"
    try:
        moment = datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}T{clock}{zone or ''}")
    except ValueError as error:
        raise ValueError("没有这样的日期或时刻，应写成 2024-03-01 09:30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_TIME)


def _many(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[;；|\n]", value) if part.strip())
    return value


def _attached(value: Any) -> Any:
    """Attachments by reference: a list of addresses or of objects, or addresses in one cell."""
    found = _many(value)
    if isinstance(found, list | tuple):
        return tuple({"name": part, "reference": part} if isinstance(part, str) else part for part in found)
    return found


def _text(value: Any) -> Any:
    """A cell that a spreadsheet made a number is still text; what no database could keep is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("含有空字符，请清理后重新提交")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("含有残缺的编码，请另存为 UTF-8 后重新提交") from error
    return value


_PLAIN_YES = frozenset({"是", "有", "真", "已", "1", "1.0", "y", "yes", "true"})
_PLAIN_NO = frozenset({"否", "无", "假", "未", "0", "0.0", "n", "no", "false"})
_YES = _PLAIN_YES | {"已解决", "已联系", "满意", "基本满意"}
_NO = _PLAIN_NO | {"未解决", "未联系", "不满意", "很不满意"}


def _yes_or_no(value: Any) -> Any:
    """是/否 as people write it; a word that is neither (未评价) is no answer."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return value
    word = str(value).strip().lower().removeprefix("非常")
    return True if word in _YES else False if word in _NO else None


def _hidden(value: Any) -> Any:
    """Whether the requester asked to stay unnamed (密): a mark in that column, unless it says no."""
    word = value.strip() if isinstance(value, str) else value
    return True if word in ("密", "保密", "匿名", "要求保密") else _yes_or_no(word)


def _settled(value: Any) -> Any:
    """是 or 否 and nothing else: what changes figures is never guessed."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _PLAIN_YES | _PLAIN_NO:
        raise ValueError("应填是或否")
    return word in _PLAIN_YES


_DAYS = re.compile(r"([1-9]\d{0,2})\s*个?工作日", re.ASCII)
_NO_LIMIT = "办理时限无法识别，应写成 2024-03-01 17:30 或 5个工作日"


def _handle_limit(value: Any) -> Any:
    """办理时限: a number of working days, or the time it ends; a day alone runs to its end (民法典 art. 203).

    A bare number, and days that do not say which (5天), are refused: they would be a guess of a week or more.
    """
    if isinstance(value, str) and (days := _DAYS.fullmatch(value.strip())):
        return f"{days[1]}个工作日"
    try:
        moment = _moment(value)
    except ValueError as error:
        raise ValueError(_NO_LIMIT) from error
    if isinstance(moment, datetime) and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(_NO_LIMIT)
    return moment + timedelta(hours=12) if _day_alone(value) else moment  # read as noon


_FIRST_YEAR, _LAST_YEAR = 1970, 2999


def _day_alone(value: Any) -> bool:
    if isinstance(value, str):
        found = _MOMENT.fullmatch(value.strip())
        return found is not None and found[4] is None
    return isinstance(value, date) and not isinstance(value, datetime)


def days_of(limit: datetime | str | None) -> int | None:
    """The working days of a 办理时限 that counts them."""
    found = _DAYS.fullmatch(limit) if isinstance(limit, str) else None
    return int(found[1]) if found else None


# limits stand before the validator: they then hold for the stripped string, and say so
Words = Annotated[str, Field(max_length=200), BeforeValidator(_text)]
Long = Annotated[str, Field(max_length=TEXT_LIMIT), BeforeValidator(_text)]
Number = Annotated[str, Field(pattern=NUMBER), BeforeValidator(_text)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Answer = Annotated[bool | None, BeforeValidator(_yes_or_no)]
Settled = Annotated[bool | None, BeforeValidator(_settled)]
HandleLimit = Annotated[
    datetime | Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}个工作日$")] | None, BeforeValidator(_handle_limit)
]
Hidden = Annotated[bool | None, BeforeValidator(_hidden)]
Several = Annotated[tuple[Words, ...], BeforeValidator(_many), Field(max_length=50)]


class Incoming(BaseModel):
    """A record from outside: frozen, spaces stripped, unknown fields left out (they may be personal)."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class IncomingAttachment(Incoming):
    """A photo, recording or document by reference; its bytes never come in."""

    name: Annotated[str, Field(max_length=500), BeforeValidator(_text)] = ""
    kind: Words = ""
    reference: Annotated[str, Field(max_length=2_000), BeforeValidator(_text)] = ""
    digest: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{64})?$"), BeforeValidator(_text)] = ""


class IncomingOrder(Incoming):
    """A work order (工单) as it arrives. `order_no` is filled by the gateway when the source gives none."""

    order_no: Number | None = None
    kind: Words = ""
    category: Words = ""
    title: Annotated[str, Field(max_length=500), BeforeValidator(_text)] = ""
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), BeforeValidator(_text)]
    urgency: Words = "一般"
    caller_name: Words = ""
    caller_phone: Words = ""
    district: Words = ""
    street: Words = ""
    place: Words = ""
    channel: Words = ""
    received_at: Moment | None = None
    reporter_hidden: Hidden = None
    second_category: Words | None = None  # where the source tells the levels of 问题分类 in columns of their own
    third_category: Words | None = None
    subjects: Several | None = None  # 被投诉、被举报单位, by code or name
    handle_limit: HandleLimit = None  # 办理时限, as the platform it comes from states it
    excluded: Settled = None  # 是否不计考核, as that platform says
    attachments: Annotated[tuple[IncomingAttachment, ...], BeforeValidator(_attached), Field(max_length=50)] = ()


class AboutAnOrder(Incoming):
    """What a return and a piece of history share: the order, and words to cover in their notes."""

    order_no: Number
    district: Words = ""  # says where 区城管局 is
    caller_name: Words = ""  # only covered in notes, never kept
    caller_phone: Words = ""


class IncomingReturn(AboutAnOrder):
    """A return (退单) as it arrives from another platform; what it lacks is recorded as lacking, not refused.

    `by`, `proposed` and `asked_support` are unit codes or names; clauses are our clause ids or theirs.
    """

    return_no: Number | None = None
    by: Words = ""
    reason: Words = ""
    denied_clause: Words = ""
    claimed_clause: Words = ""
    no_clause: Answer = False
    proposed: Words = ""
    place: Words = ""
    other_order: Words = ""
    missing: Several = ()
    channel: Words = ""
    keeps: Words = ""
    asked_support: Words = ""
    note: Long = ""
    signatory: Words = ""
    returned_at: Moment | None = None


class IncomingHistory(AboutAnOrder):
    """One thing an older platform did with an order; pieces may arrive in any order, before the order itself too.

    `by` is the unit it concerns (dispatched to, signed by, returned by …), `to` the unit it went to or was proposed.
    """

    record_no: Number | None = None
    what: Annotated[str, Field(min_length=1, max_length=40), BeforeValidator(_text)]
    happened_at: Moment
    by: Words = ""
    to: Words = ""
    supports: Words = ""
    reason: Words = ""
    basis: Words = ""
    note: Long = ""
    contacted: Answer = None
    resolved: Answer = None
    satisfied: Answer = None
    handle_limit: HandleLimit = None  # 办理时限: working days count from `happened_at`
    excluded: Settled = None  # 是否不计考核: for the unit the record concerns


Found = TypeVar("Found", bound=Incoming)


def _read(model: type[Found], fields: dict[str, Any], at: str) -> Found:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        known = _IN_CHINESE.get(first["type"])
        reason = known.format(**first.get("ctx", {})) if known else reason_of(first)
        raise BadInput("ingest.bad-field", at=f"{at} {field}".strip(), field=called(field), reason=reason) from error


_IN_CHINESE = {
    "missing": "缺少这一项",
    "string_too_short": "不能为空",
    "string_too_long": "超过 {max_length} 字",
    "too_long": "超过 {max_length} 个",
    "string_type": "应为文字",
    "string_pattern_mismatch": "含有不允许的字符或过长（编号可用文字、数字与 . _ / # -，至多 64 字）",
    "bool_type": "应填是或否",
    "datetime_type": "时间无法识别，应写成 2024-03-01 09:30",
    "datetime_parsing": "时间无法识别，应写成 2024-03-01 09:30",
}


def read_order(row: Mapping[str, Any], *, mapping: Mapping[str, str] = NO_MAPPING, at: str = "") -> IncomingOrder:
    """One row as a work order; a title alone is its text. Raises BadInput."""
    fields = named(row, ORDER_FIELDS, mapping)
    if "text" not in fields and fields.get("title"):
        fields["text"] = fields["title"]
    return _read(IncomingOrder, fields, at)


def read_return(row: Mapping[str, Any], *, mapping: Mapping[str, str] = NO_MAPPING, at: str = "") -> IncomingReturn:
    """One row as a return. Raises BadInput."""
    return _read(IncomingReturn, named(row, RETURN_FIELDS, mapping), at)


def read_history(row: Mapping[str, Any], *, mapping: Mapping[str, str] = NO_MAPPING, at: str = "") -> IncomingHistory:
    """One row as something an older platform did. Raises BadInput."""
    return _read(IncomingHistory, named(row, HISTORY_FIELDS, mapping), at)
