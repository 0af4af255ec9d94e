"""Reading the queue view: tabs with their counts, the filters over the table, one page of rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from console.dispatcher.tallies import Tallies
from projections.queue import QUEUE
from projections.store import ViewStore, as_of
from terms.ids import UnitCode

PAGE_SIZES = (20, 50, 100)
MOST_PAGES = 500  # further down than this nobody looks: filter instead

TABS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "waiting": ("待派遣", ("待受理", "待派遣")),
    "asking": ("待补充", ("待补充",)),
    "consulting": ("会商", ("会商",)),
    "returned": ("退单审核", ("退单申请", "异议审核")),
    "sent": ("待签收", ("已派单",)),
    "working": ("办理中", ("签收", "办理中", "重办", "移送", "延期")),
    "shelved": ("挂账", ("挂账",)),
    "results": ("办结审核", ("办结审核",)),
    "calling": ("回访", ("回访",)),
    "done": ("已办结", ("结案", "归档", "不予受理", "即时答复", "并单", "终止")),
    "all": ("全部", ()),
}
SORTS: Mapping[str, str] = {"due": "时限最紧", "new": "最新受理", "old": "最早受理"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a dispatcher asked the table for."""

    tab: str = "waiting"
    q: str = ""  # 工单编号 or words of the headline
    district: str = ""
    urgency: str = ""
    unit: str = ""  # lead, or proposed lead where there is none yet
    sure: str = ""  # "yes" = the router is sure, "no" = it abstained
    overdue: bool = False
    sort: str = "due"
    page: int = 1
    size: int = 20

    def query(self) -> dict[str, Any]:
        """The filters as the values of an address; what is usual is left out."""
        usual = Filters()
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) != getattr(usual, name)}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the queue."""

    rows: list[dict[str, Any]]
    total: int
    counts: dict[str, int]
    pages: int
    page: int
    position: int


def read_queue(
    views: ViewStore,
    filters: Filters,
    units: frozenset[UnitCode] | None,
    now: datetime,
    position: int | None = None,
    *,
    tallies: Tallies | None = None,
    needed: int = 0,
) -> Listed:
    """The rows a person may see (`units`; None = all), filtered and sorted, and the counts of the tabs.

    The counts heed the filters but not the tab; `tallies` keeps them for a moment, never older than `needed`.
    `position` asks for the list as it was then.
    """
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return Listed([], 0, dict.fromkeys(TABS, 0), 1, 1, 0)
        table = views.tables(QUEUE, build)["orders"]
        where = and_(as_of(table, position), visible(table, units), *_asked(table, filters, now))
        same = replace(filters, tab="all", sort="new", page=1, size=20)
        count = partial(_counts, connection, table, where)
        if tallies is None or position is not None or filters.overdue:
            counts = count()
        else:
            counts = tallies.counts((same, units, build.generation), build.position, needed, count)
        states = TABS[filters.tab][1]
        total = counts[filters.tab]
        pages = min(MOST_PAGES, max(1, -(-total // filters.size)))
        page = min(max(1, filters.page), pages)
        found = select(table).where(where)
        if states:
            found = found.where(table.c.state.in_(states))
        found = found.order_by(*_order(table, filters.sort)).limit(filters.size).offset((page - 1) * filters.size)
        rows = [_plain(dict(row)) for row in connection.execute(found).mappings()]
        return Listed(rows, total, counts, pages, page, build.position)


def count_queue(views: ViewStore, filters: Filters, units: frozenset[UnitCode] | None, now: datetime) -> int:
    """How many orders a filter would list, for the numbers beside saved filters."""
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return 0
        table = views.tables(QUEUE, build)["orders"]
        found = select(func.count()).where(
            and_(as_of(table, None), visible(table, units), *_asked(table, filters, now))
        )
        if states := TABS[filters.tab][1]:
            found = found.where(table.c.state.in_(states))
        return int(connection.execute(found).scalar_one())


def visible(table: Table, units: frozenset[UnitCode] | None) -> ColumnElement[bool]:
    """The rows of the queue whose lead or desk is one of these units: what a district's desk sees."""
    if units is None:
        return table.c.order_no.is_not(None)
    among = sorted(units)
    return or_(table.c.lead.in_(among), table.c.desk.in_(among))


def _asked(table: Table, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if filters.q:
        words = filters.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        asked.append(
            or_(table.c.order_no.like(f"{words}%", escape="\\"), table.c.title.like(f"%{words}%", escape="\\"))
        )
    if filters.district:
        asked.append(table.c.district == filters.district)
    if filters.urgency:
        asked.append(table.c.urgency == filters.urgency)
    if filters.unit:
        asked.append(or_(table.c.lead == filters.unit, and_(table.c.lead == "", table.c.proposed == filters.unit)))
    if filters.sure == "yes":
        asked.append(table.c.automatic.is_(True))
    if filters.sure == "no":
        asked.append(table.c.abstained.is_not(None))
    if filters.overdue:
        moment = now.isoformat().replace("+00:00", "Z")
        asked.append(func.coalesce(table.c.dispatch_due, table.c.due) < moment)
    return asked


def _counts(connection: Connection, table: Table, where: ColumnElement[bool]) -> dict[str, int]:
    found = connection.execute(select(table.c.state, func.count()).where(where).group_by(table.c.state)).all()
    by_state: dict[str, int] = {state: count for state, count in found}  # noqa: C416 - Row is not a pair to mypy
    counts = {key: sum(by_state.get(state, 0) for state in states) for key, (_, states) in TABS.items()}
    counts["all"] = sum(by_state.values())
    return counts


def _order(table: Table, sort: str) -> tuple[Any, ...]:
    if sort == "new":
        return table.c.received_at.desc(), table.c.order_no
    if sort == "old":
        return table.c.received_at.asc(), table.c.order_no
    # no due date (history, settled) comes last, newest first
    due = func.coalesce(table.c.dispatch_due, table.c.due)
    return due.is_(None), due.asc(), table.c.received_at.desc(), table.c.order_no


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    del row["to_position"], row["from_position"]
    row["supports"] = [unit for unit in (row["supports"] or "").split("|") if unit]
    row["due_at"] = row["dispatch_due"] or row["due"]
    return row
