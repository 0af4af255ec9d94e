"""Reading the tasks view: what a unit has in hand or is asked, the most pressing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, case, func, literal, or_, select

from console.words import CITY_TIME
from projections.past import KEPT_BY_THE_ENGINE, held
from projections.store import ViewStore
from projections.tasks import GONE, TASKS
from terms.ids import UnitCode

SIZE = 50
IN_HAND = ("待签收", "签收", "办理中", "重办", "退单申请", "挂账")
FINISHED = ("办结审核", "回访", "结案")

TABS: Mapping[str, str] = {
    "today": "今日到期",
    "sign": "待签收",
    "asked": "征询与移送",
    "lead": "主办在办",
    "support": "协办在办",
    "inside": "交办与审签",
    "returned": "退单审核中",
    "finished": "已办理",
    "all": "全部",
}


@dataclass(frozen=True, slots=True)
class TaskList:
    """One page of a unit's tasks and the counts of the tabs."""

    rows: list[dict[str, Any]]
    total: int
    counts: dict[str, int]
    pages: int
    page: int


def read_tasks(
    views: ViewStore,
    units: frozenset[UnitCode],
    tab: str,
    q: str,
    page: int,
    now: datetime,
    position: int | None = None,
) -> TaskList:
    """The parts these units have, or had at a position of the record.

    "Today" is what is due before the city's midnight, and what is late.
    """
    with views.reading() as connection:
        build = views.current(connection, TASKS.name)
        if build is None:
            return TaskList([], 0, dict.fromkeys(TABS, 0), 1, 1)
        mine = partial(_mine, units=units, q=q, position=position)
        parts = mine(views.tables(TASKS, build)["parts"])
        due = next_due(parts)
        tabs = _tabs(parts, due, now)
        sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in tabs.items()]
        counted = connection.execute(select(*sums).select_from(parts)).mappings().one()
        counts = {name: int(counted[name] or 0) for name in tabs}
        asks = mine(views.tables(TASKS, build)["asks"])
        counts["asked"] = connection.execute(select(func.count()).select_from(asks)).scalar_one()
        total = counts[tab]
        pages = max(1, -(-total // SIZE))
        page = min(max(1, page), pages)
        if tab == "asked":
            found = _as_tasks(asks).order_by(asks.c.due.is_(None), asks.c.due.asc(), asks.c.order_no)
        else:
            found = select(parts, due.label("next_due")).where(tabs[tab])
            found = found.order_by(due.is_(None), due.asc(), parts.c.dispatched_at.desc(), parts.c.order_no)
        found = found.limit(SIZE).offset((page - 1) * SIZE)
        rows = [dict(row) for row in connection.execute(found).mappings()]
    for row in rows:
        row.pop("stands", None)  # the state says it
    return TaskList(rows, total, counts, pages, page)


def _mine(table: Table, units: frozenset[UnitCode], q: str, position: int | None) -> FromClause:
    """What these units have, or had at a position, of what says `q`."""
    columns = [name for name in table.c.keys() if name not in KEPT_BY_THE_ENGINE]  # noqa: SIM118 - a collection, no dict
    return held(table, columns, position, table.c.unit.in_(sorted(units)), table.c.state != GONE, *_asked(table, q))


def _as_tasks(asks: FromClause) -> Select[Any]:
    """What a unit is asked, in the columns of its parts."""
    return select(
        asks,
        asks.c.what.label("part"),
        asks.c.asked_by.label("lead"),
        asks.c.asked_at.label("dispatched_at"),
        asks.c.due.label("next_due"),
        literal(0).label("designated"),
        literal(0).label("returns"),
    )


def next_due(table: FromClause) -> ColumnElement[Any]:
    """What the unit owes next: its signature first, then the result; nothing once it has finished."""
    return case(
        (table.c.state.in_(FINISHED), None),
        (table.c.state == "待签收", func.coalesce(table.c.sign_due, table.c.handle_due)),
        else_=table.c.handle_due,
    )


def _tabs(table: FromClause, due: ColumnElement[Any], now: datetime) -> dict[str, ColumnElement[bool]]:
    tomorrow = datetime.combine(now.astimezone(CITY_TIME).date() + timedelta(days=1), time(0), CITY_TIME)
    # due dates are UTC text; a day limit ends at midnight, which belongs to the day before
    midnight = tomorrow.astimezone(now.tzinfo).strftime("%Y-%m-%dT%H:%M:%SZ")
    in_hand = table.c.state.in_(IN_HAND)
    return {
        "today": and_(in_hand, due <= midnight),
        "sign": table.c.state == "待签收",
        "lead": and_(in_hand, table.c.part == "lead"),
        "support": and_(in_hand, table.c.part == "support"),
        "inside": and_(in_hand, table.c.inside.in_(("交办中", "待审签"))),
        "returned": table.c.state == "退单申请",
        "finished": table.c.state.in_(FINISHED),
        "all": table.c.state.is_not(None),
    }


def _asked(table: Table, q: str) -> list[ColumnElement[bool]]:
    if not q:
        return []
    words = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [or_(table.c.order_no.like(f"{words}%", escape="\\"), table.c.title.like(f"%{words}%", escape="\\"))]
