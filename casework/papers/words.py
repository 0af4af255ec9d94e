"""How facts are put into words for a template: Chinese dates and times, clean text, plain lists and mappings. Pure."""

import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from casework.papers.paper import Paper

_CITY_TIME = ZoneInfo("Asia/Shanghai")
# what XML 1.0 cannot hold, the noncharacters we use as stand-ins, and marks that turn the order of reading around
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\ufdd0-\ufdef\u202a-\u202e\u2066-\u2069]"
)
# A brace inside a fact must never be read as a placeholder, however often an engine goes over a part: it travels as a
# Unicode noncharacter and becomes a brace again when the file is packed.
_DISGUISE = str.maketrans({"{": "\ufdd0", "}": "\ufdd1"})
OPENING, CLOSING = "\ufdd0".encode(), "\ufdd1".encode()


def printable(text: str) -> str:
    """The text without what no document can hold; line ends as `\\n`."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def chinese_date(day: date) -> str:
    """2026-11-22 → 2026年11月22日, without leading zeros (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(moment: datetime) -> str:
    """An aware moment in the city's time: 2026年11月22日17时00分."""
    local = moment.astimezone(_CITY_TIME)
    return f"{chinese_date(local.date())}{local.hour}时{local.minute:02d}分"


def chinese_deadline(moment: datetime) -> str:
    """A due time: what ends at midnight is 24时 of the day that ends, as limits in days are (民法典 art. 203)."""
    local = moment.astimezone(_CITY_TIME)
    if (local.hour, local.minute) != (0, 0):
        return chinese_time(moment)
    return f"{chinese_date((local - timedelta(minutes=1)).date())}24时"


def paragraphs(text: str) -> list[str]:
    """A text as its paragraphs, empty lines left out."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def ended(text: str) -> str:
    """A text that others follow in the same paragraph: with its full stop, whether or not it was typed."""
    return text if not text or text.endswith(tuple("。！？；…”")) else f"{text}。"


def words_of(paper: Paper) -> dict[str, Any]:
    """What a template may name: every field of the paper, put into words."""
    return {field.name: _worded(getattr(paper, field.name)) for field in fields(paper)}


def _field(name: str, value: Any) -> Any:
    return chinese_deadline(value) if name == "due" and isinstance(value, datetime) else _worded(value)


def _worded(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, int):  # a truth or a figure: a template may ask `if`
        return value
    if isinstance(value, datetime):
        return chinese_time(value)
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, Enum):
        return _worded(value.value)
    if isinstance(value, str):
        return printable(value).translate(_DISGUISE)
    if isinstance(value, tuple):
        return [_worded(one) for one in value]
    if is_dataclass(value):
        return {field.name: _field(field.name, getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no wording")
