"""Where and when it burns: orders by district, street, matter and week, repeats counted under their parent.

Whether something is rising or stuck depends on the day it is looked at: that is reckoned over the rows, not folded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, FromClause, Integer, String, Table, case, func, select

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
    indexes=(
        ("week", "district", "street", "matter", "merged", "repeats"),  # weeks, from the index alone
        ("open", "day"),
    ),
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
    version=4,
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

Spot = tuple[str, str, str]
SPOT = ("district", "street", "matter")
NOWHERE: Mapping[str, str] = {}  # a filter by columns of `SPOT` that leaves everything in


@dataclass(frozen=True, slots=True)
class Rising:
    """A spot that burns more than before: its orders this week, and the mean of the weeks before times 100."""

    spot: Spot
    now: int
    before: int


def by_week(
    connection: Connection,
    spots: Table,
    position: int | None = None,
    since: str = "",
    until: str = "",
    by: Sequence[str] = SPOT,
    where: Mapping[str, str] = NOWHERE,
) -> dict[tuple[str, tuple[str, ...]], int]:
    """(week, the columns `by`) → orders with their repeats, as of a position; merged orders count under their parent.

    `since` and `until` are the first and the last week that count: a page shows few, and a record has many. `where`
    names columns of `SPOT` and what stands there.
    """
    rows = _counted(spots, position, since, until, where)
    columns = [rows.c[name] for name in ("week", *by)]
    query = select(*columns, _orders(rows)).group_by(*columns).order_by(*columns)
    return {(row[0], tuple(row[1:-1])): int(row[-1]) for row in connection.execute(query).all()}


def rising(
    connection: Connection,
    spots: Table,
    week: str,
    before: Sequence[str],
    position: int | None = None,
    by: Sequence[str] = SPOT,
    where: Mapping[str, str] = NOWHERE,
    least: int = 3,
) -> tuple[Rising, ...]:
    """Spots with at least `least` this week and more than twice the mean of the weeks `before`, the sharpest first.

    `by` are the columns of `SPOT` that make one; what is not among them stays empty. The database compares: nearly
    every order has a spot of its own, and few of them rise.
    """
    rows = _counted(spots, position, min((*before, week)), week, where)
    now = func.coalesce(_orders(rows, rows.c.week == week), 0)
    earlier = func.coalesce(_orders(rows, rows.c.week.in_(before)), 0)
    columns = [rows.c[name] for name in by]
    query = select(*columns, now, earlier).group_by(*columns).having(now >= least)
    found = []
    for row in connection.execute(query).all():
        *place, times, past = tuple(row)
        told = dict(zip(by, place, strict=True))
        mean = int(past) * 100 // max(len(before), 1)
        if times * 100 > 2 * mean:
            found.append(
                Rising((told.get("district", ""), told.get("street", ""), told.get("matter", "")), int(times), mean)
            )
    return tuple(sorted(found, key=lambda one: (one.before - one.now * 100, one.spot)))


def _counted(spots: Table, position: int | None, since: str, until: str, where: Mapping[str, str]) -> FromClause:
    weeks = [spots.c.week >= since if since else spots.c.week > ""]  # of two lower bounds SQLite may take the worse
    weeks += [spots.c.week <= until] if until else []
    names = ("week", *SPOT, "repeats")
    return held(spots, names, position, spots.c.merged.is_(False), *weeks, *_same(spots, where))


def _orders(rows: FromClause, when: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """How many orders they are, each with its repeats."""
    each = rows.c.repeats + 1
    return func.sum(each if when is None else case((when, each)))


def stuck(
    connection: Connection,
    spots: Table,
    before_day: str,
    position: int | None = None,
    where: Mapping[str, str] = NOWHERE,
) -> list[dict[str, Any]]:
    """Orders still open that came in before a day, the oldest first."""
    names = ("order_no", "district", "street", "matter", "lead", "day", "repeats")
    late = spots.c.open.is_(True), spots.c.merged.is_(False), spots.c.day != "", spots.c.day < before_day
    rows = held(spots, names, position, *late, *_same(spots, where))
    query = select(rows).order_by(rows.c.day, rows.c.order_no)
    return [dict(row) for row in connection.execute(query).mappings()]


def _same(spots: Table, where: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [spots.c[name] == value for name, value in where.items()]
