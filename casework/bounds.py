"""What no command may say, whoever gives it: amounts nobody can reckon with, times without a zone, endless texts.

One place for the API, the pages, the command line and automation. And what an officer types is covered here: a name or
number of a requester written into a note would stand in the record for ever and in every view.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from casework.events.appraisal import SheetAnswer
from casework.events.fact import Attachment
from terms.errors import BadInput
from terms.ids import StreamId

YEARS = range(1949, 2200)
AMOUNTS = range(3_651)  # days, scores, percent, numbers of hand-overs: ten years of days is the most of them
COUNTS = range(100_000_001)  # figures of a period
LONGEST = 20_000  # characters of one text
MOST = 2_000  # entries of one list
COUNTED = frozenset({"dispatched", "returned", "upheld", "refused", "top", "bottom"})
# what people write in their own words; codes, numbers of things and clauses are no words
WORDS = frozenset({
    "channel", "conclusion", "instruction", "keeps", "main_dispute", "measures", "missing", "note", "opinion",
    "own_efforts", "place", "position", "purpose", "question", "reason", "reasoning", "reasons", "reply", "result",
    "share", "summary", "task", "text", "title", "violation",
})  # fmt: skip

Cover = Callable[[StreamId, Sequence[str]], Sequence[str]]


def uncovered(stream: StreamId, texts: Sequence[str]) -> Sequence[str]:
    """The texts as they are: where nobody types them."""
    return texts


def check(command: Any) -> None:
    """Raise BadInput with the field at fault, when a command says what cannot be kept or reckoned with."""
    for field in fields(command):
        most = COUNTS if field.name in COUNTED else AMOUNTS
        _check(getattr(command, field.name), field.name, most)


def _check(value: Any, at: str, most: range) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, str):
        _text(value, at)
    elif isinstance(value, int):
        if value not in most:
            raise BadInput("api.absurd-number", at=at, field=at, most=most[-1])
    elif isinstance(value, date):
        _day(value, at)
    elif isinstance(value, tuple):
        if len(value) > MOST:
            raise BadInput("casework.too-many", at=at, field=at, most=MOST)
        for one in value:
            _check(one, at, most)
    elif isinstance(value, Mapping):
        for one in value.values():
            _check(one, at, most)
    elif hasattr(type(value), "model_fields"):  # a piece of a fact
        for name in type(value).model_fields:
            _check(getattr(value, name), f"{at}.{name}", COUNTS)


def _text(value: str, at: str) -> None:
    if len(value) > LONGEST:
        raise BadInput("casework.too-long", at=at, field=at, most=LONGEST)
    if "\0" in value or (not value.isascii() and any("\ud800" <= one <= "\udfff" for one in value)):
        raise BadInput("ledger.not-text", at=at)


def _day(value: date, at: str) -> None:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise BadInput("api.time-without-zone", at=at, field=at)
    if value.year not in YEARS:
        raise BadInput("api.absurd-date", at=at, field=at)


def covered(command: Any, stream: StreamId, cover: Cover) -> Any:
    """The command with personal data covered in what was typed, and in the names of what was attached."""
    told = {field.name: getattr(command, field.name) for field in fields(command)}
    found: dict[tuple[str, int], str] = {}
    for name, value in told.items():
        if isinstance(value, str) and name in WORDS and value:
            found[name, -1] = value
        elif isinstance(value, tuple):
            for place, one in enumerate(value):
                if isinstance(one, Attachment):
                    found[name, place] = one.name
                elif isinstance(one, SheetAnswer):
                    found[name, place] = one.note
                elif isinstance(one, str) and name in WORDS:
                    found[name, place] = one
    if not found:
        return command
    changed: dict[str, Any] = {}
    covering = cover(stream, list(found.values()))
    for (name, place), before, words in zip(found, found.values(), covering, strict=True):
        if words == before:
            continue
        after: Any = words
        if place < 0:
            changed[name] = after
            continue
        entries = list(changed.get(name, told[name]))
        one = entries[place]
        if isinstance(one, Attachment):
            after = one.model_copy(update={"name": after})
        elif isinstance(one, SheetAnswer):
            after = one.model_copy(update={"note": after})
        entries[place] = after
        changed[name] = tuple(entries)
    return replace(command, **changed) if changed else command
