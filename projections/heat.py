"""Where and when it burns: orders by district, street, matter and week, repeats counted under their parent.

Whether something is rising or stuck depends on the day it is looked at: that is reckoned over the rows, not folded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, String, Table, func, select

from ledger.envelope import Event
from projections.days import day_of, week_of
from projections.past import held
from projections.view import Masked, Row, Rows, StateTable, View

SPOTS = StateTable(
    name="spots",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("district", String(80)),
        ("street", String(80)),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("week", String(10)),
        ("day", String(10)),
        ("lead", String(20)),
        ("repeats", Integer()),  # merged orders and chases
        ("merged", Boolean()),  # it is counted under its parent
        ("open", Boolean()),
    ),
    indexes=(("week", "district", "street", "matter"), ("open", "day")),
    past=True,
)

_NEW: Row = {"district": "", "street": "", "matter": "", "matter_id": "", "week": "", "day": "", "lead": "",
             "repeats": 0, "merged": False, "open": True}  # fmt: skip


def _put(rows: Rows, event: Event, **changes: Any) -> None:
    key = (event.payload["order_no"],)
    rows.put("spots", key, (rows.get("spots", key) or _NEW) | changes)


def _received(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    week, day = week_of(event.occurred_at), day_of(event.occurred_at)
    _put(rows, event, district=told["district"], street=told["street"], week=week, day=day)


def _matter(rows: Rows, event: Event, told: dict[str, Any], **changes: Any) -> None:
    known = {name: told[name] for name in ("matter", "matter_id") if told.get(name)}
    _put(rows, event, **known, **changes)


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    _matter(rows, event, event.payload["proposal"])


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    _matter(rows, event, event.payload, lead=event.payload["lead"])


def _reassigned(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, lead=event.payload["to_unit"])


def _designated(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, lead=event.payload["unit"])


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    if event.payload["part"] == "lead":
        _put(rows, event, lead=event.payload["to_unit"])


def _repeated(rows: Rows, event: Event, by: int) -> None:
    row = rows.get("spots", (event.payload["order_no"],)) or _NEW
    _put(rows, event, repeats=max(row["repeats"] + by, 0))


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    if event.payload["child"] == event.payload["order_no"]:
        _put(rows, event, merged=True)
    else:
        _repeated(rows, event, 1)


def _unmerged(rows: Rows, event: Event, _: Masked) -> None:
    if event.payload["child"] == event.payload["order_no"]:
        _put(rows, event, merged=False)
    else:
        _repeated(rows, event, -1)


def _chased(rows: Rows, event: Event, _: Masked) -> None:
    _repeated(rows, event, 1)


def _ended(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, open=False)


HEAT = View(
    name="heat",
    version=3,
    cost=9,
    tables=(SPOTS,),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "OrderReassigned": _reassigned,
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _designated,
        "OrdersMerged": _merged,
        "OrderUnmerged": _unmerged,
        "OrderChased": _chased,
        "OrderNotAccepted": _ended,
        "AnsweredAtOnce": _ended,
        "OrderClosed": _ended,
    },
)

Spot = tuple[str, str, str]  # district, street, matter


@dataclass(frozen=True, slots=True)
class Rising:
    """A spot that burns more than before: its orders this week, and the mean of the weeks before times 100."""

    spot: Spot
    now: int
    before: int


def by_week(
    connection: Connection, spots: Table, position: int | None = None, since: str = "", until: str = ""
) -> dict[tuple[str, Spot], int]:
    """(week, spot) → orders with their repeats, as of a position; merged orders count under their parent.

    `since` and `until` are the first and the last week that count: a page shows few, and a record has many.
    """
    weeks = [spots.c.week >= since] if since else []
    weeks += [spots.c.week <= until] if until else []
    names = ("week", "district", "street", "matter", "repeats")
    rows = held(spots, names, position, spots.c.merged.is_(False), spots.c.week > "", *weeks)
    by = [rows.c[name] for name in names[:-1]]
    query = select(*by, func.count(), func.sum(rows.c.repeats)).group_by(*by).order_by(*by)
    return {(row[0], (row[1], row[2], row[3])): row[4] + int(row[5] or 0) for row in connection.execute(query).all()}


def rising(counts: Mapping[tuple[str, Spot], int], week: str, least: int = 3) -> tuple[Rising, ...]:
    """Spots with at least `least` this week and more than twice the mean of the four known weeks before."""
    weeks = sorted({one for one, _ in counts if one < week})[-4:]
    found = []
    for (when, spot), now in counts.items():
        if when == week and now >= least:
            before = sum(counts.get((one, spot), 0) for one in weeks) * 100 // max(len(weeks), 1)
            if now * 100 > 2 * before:
                found.append(Rising(spot, now, before))
    return tuple(sorted(found, key=lambda one: (one.before - one.now * 100, one.spot)))


def stuck(connection: Connection, spots: Table, before_day: str, position: int | None = None) -> list[dict[str, Any]]:
    """Orders still open that came in before a day, the oldest first."""
    names = ("order_no", "district", "street", "matter", "lead", "day", "repeats")
    late = spots.c.open.is_(True), spots.c.merged.is_(False), spots.c.day != "", spots.c.day < before_day
    rows = held(spots, names, position, *late)
    query = select(rows).order_by(rows.c.day, rows.c.order_no)
    return [dict(row) for row in connection.execute(query).mappings()]
