"""One way to write a value as bytes, so that a digest means the same on every machine and in every year.

Canonical JSON here: UTF-8, no spaces, keys sorted by code point, aware datetimes as RFC 3339 in UTC with six decimals
and `Z`, dates as `YYYY-MM-DD`, whole numbers within 64 bits, finite floats in their shortest form.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

from terms.errors import BadInput

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def instant(moment: datetime) -> str:
    """An aware time as `2023-04-01T08:00:00.000000Z`. Raises BadInput for a time without a zone."""
    if moment.tzinfo is None:
        raise BadInput("ledger.naive-time", at=moment.isoformat())
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def moment(text: str) -> datetime:
    """Read back what `instant` wrote: an aware UTC datetime."""
    return datetime.fromisoformat(text)


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value. Raises BadInput for what has no single way to be written (NaN, a set, bytes)."""
    try:
        written = orjson.dumps(value, default=_plain, option=_OPTIONS)
    except TypeError as error:
        raise BadInput("ledger.not-json", at=str(error)) from error
    # orjson writes NaN and the infinities as null, and only there must we look again: 2 µs an event saved elsewhere
    if b"null" in written and _holds_unreal(value):
        raise BadInput("ledger.not-json", at="NaN or infinity")
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _holds_unreal(value: Any) -> bool:
    # by exact type first: asking an abstract class takes ten times as long, and payloads are large
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return False
    if kind is dict or isinstance(value, Mapping):
        return any(map(_holds_unreal, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_unreal, value))
    return isinstance(value, float) and not math.isfinite(value)
