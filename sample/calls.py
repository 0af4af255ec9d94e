"""The calls of the sample month, moved so that the month ended yesterday, and some of them to this very morning.

The orders are dated September 2026 in `city/grassroots/orders.jsonl`. Were they loaded as dated, every page about
"today" would be empty a few weeks later, every clock long run out, and an order older than the city's import limit
would start no clocks at all. So the whole month is moved by whole days until its last day is the day before the one
on which it is loaded: times of day stay as they are (people call in the evening, not in the lunch break of an office),
and everything the offices do is planned on the working days of the calendar as they then fall.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from mandates.sheets import Row
from sample.load import CITY

ORDERS = CITY / "grassroots" / "orders.jsonl"
LABELS = CITY / "grassroots" / "orders_labels.csv"
NIGHT_WORK = "night_construction"
ORPHAN = "orphan"
# by the last three digits: what came in during the last two hours and waits for whoever opens the queue
MORNING = frozenset({
    "108", "331", "337", "353", "365", "370", "374", "418", "423", "426", "432", "438", "439", "440", "441", "449",
    "450", "453", "454", "455", "461", "463", "466", "467", "468", "474", "476", "477", "480", "481", "484", "485",
    "487", "488", "489", "490",
})  # fmt: skip
RETURNED_AT_ONCE = frozenset({"449", "450", "476"})  # of these: sent by rule, and already returned
MORNING_BEGAN, LAST_CALL = timedelta(minutes=112), timedelta(minutes=2)  # before the moment of loading
URGENT_SINCE = timedelta(minutes=19)  # so that an urgent one (30 minutes to dispatch) is pressing, not lost


@dataclass(frozen=True, slots=True)
class Call:
    """One order before it comes in: as a row of the hotline's table, with what the story knows of it beside."""

    row: Row
    number: str
    received_at: datetime  # moved; aware UTC
    kind: str
    urgent: bool
    labels: frozenset[str] = field(default=frozenset())
    twin_of: str = ""  # an earlier order about the same thing
    fresh: bool = False  # came in this morning: nobody at the hotline has looked at it yet

    @property
    def serial(self) -> str:
        """The last three digits, by which the story names an order."""
        return self.number[-3:]


def calls(last_day: date) -> list[Call]:
    """The month's calls in the order they come in, the last of them on `last_day`."""
    lines = [orjson.loads(line) for line in ORDERS.read_bytes().splitlines()]
    lines.sort(key=lambda cells: (_moment(cells), cells["工单编号"]))
    shift = timedelta(days=(last_day - _moment(lines[-1]).date()).days)
    labels = _labels()
    first_of: dict[str, str] = {}
    found = []
    for number, cells in enumerate(lines, start=1):
        marks = labels.get(cells["工单编号"], frozenset())
        group = next((mark for mark in sorted(marks) if mark.startswith("dup:")), "")
        found.append(_call(number, cells, shift, marks, first_of.get(group, "") if group else ""))
        if group:
            first_of.setdefault(group, cells["工单编号"])
    return found


def this_morning(month: list[Call], ends: datetime) -> list[Call]:
    """The month with its last calls moved into the two hours before `ends`, evenly, the urgent ones last."""
    rest = [call for call in month if call.serial not in MORNING]
    moved = sorted((call for call in month if call.serial in MORNING), key=lambda call: (call.urgent, call.serial))
    step = (MORNING_BEGAN - LAST_CALL) / max(1, len(moved) - 1)
    fresh = []
    for place, call in enumerate(moved):
        moment = (ends - MORNING_BEGAN + step * place).replace(microsecond=0)
        if call.urgent:
            moment = max(moment, ends.replace(microsecond=0) - URGENT_SINCE)
        cells = dict(call.row.cells) | {"受理时间": moment.isoformat()}
        row = Row(call.row.file, call.row.number, cells, orjson.dumps(cells))
        fresh.append(replace(call, row=row, received_at=moment.astimezone(UTC), fresh=True))
    return sorted([*rest, *fresh], key=lambda call: (call.received_at, call.number))


def _call(number: int, cells: Mapping[str, Any], shift: timedelta, labels: frozenset[str], twin_of: str) -> Call:
    moment = _moment(cells) + shift
    moved = dict(cells) | {"受理时间": moment.isoformat()}
    row = Row(ORDERS.name, number, moved, orjson.dumps(moved))
    urgent = cells["紧急程度"] != "一般"
    return Call(row, cells["工单编号"], moment.astimezone(UTC), cells["工单类型"], urgent, labels, twin_of)


def _moment(cells: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(cells["受理时间"])


def _labels() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["工单编号"]].update(row["labels"].split("|"))
    return {number: frozenset(marks) for number, marks in found.items()}
