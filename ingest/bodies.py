"""The body of an HTTP call as rows: one JSON object or a list of them, measured before it is read."""

import hashlib
from collections.abc import Iterator

import orjson

from mandates.sheets import Row
from terms.errors import BadInput, TooLarge

LIMIT = 20 * 1024 * 1024  # bytes
ITEMS = 10_000


def digest_of_key(key: str) -> str:
    """An `Idempotency-Key` as the digest that names items without a number: the same call again, the same numbers."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def rows_of_body(body: bytes, *, name: str = "api") -> list[Row]:
    """One row for each item, numbered from 1, each with its own bytes. Raises TooLarge (413), BadInput (422)."""
    if len(body) > LIMIT:
        raise TooLarge("input.too-large", at=name, limit=f"{LIMIT // 1024 // 1024} MB")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput("input.unreadable", at=name, reason=f"不是有效的 JSON：{error}") from error
    items = found if isinstance(found, list) else [found]
    if len(items) > ITEMS:
        raise TooLarge("input.too-large", at=name, limit=f"{ITEMS} 条")
    return list(_rows(items, name))


def _rows(items: list[object], name: str) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        try:
            raw = orjson.dumps(item)
        except TypeError:
            yield Row(name, number, {}, repr(number).encode(), "嵌套过深，无法读取")
            continue
        if isinstance(item, dict):
            yield Row(name, number, item, raw)
        else:
            yield Row(name, number, {}, raw, "每条应是一个 JSON 对象")
