"""Reading the queue view: tabs with their counts, the filters over the table, one page of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, case, func, or_, select, true

from console.dispatcher.tallies import Tallies
from mandates.edition import RegisterEdition
from projections.past import foremost, held
from projections.queue import QUEUE
from projections.queue.sums import ENDINGS, UNDER_WAY
from projections.queue.tables import ORDERS
from projections.store import ViewStore, as_of
from terms.ids import UnitCode

PAGE_SIZES = (20, 50, 100)
SHOWN = tuple(name for name, _ in ORDERS.columns if name not in ("stands", "aside"))  # the state says both
FEW = 2_000  # rows that are sorted sooner than looked for in order
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
    "requests": ("申请审核", (*UNDER_WAY, "结案", "终止")),  # of these, those in which something is asked for
    "done": ("已办结", ENDINGS),
    "all": ("全部", ()),
}
REQUESTED: Mapping[str, str] = {"extension": "延期", "objection": "协办异议", "exclusion": "不计考核"}
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
    as_of: str = ""  # a day, or a position of the record: the list as it was then
    position: str = ""

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
    first: Sequence[str] = (),
) -> Listed:
    """The rows a person may see (`units`; None = all), filtered and sorted, and the counts of the tabs.

    The counts heed the filters but not the tab; `tallies` keeps them for a moment, never older than `needed`.
    `position` asks for the list as it was then. `first` are the degrees of urgency, the highest first, that come before
    all others among the orders to dispatch, however tight the others' time.
    """
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return Listed([], 0, dict.fromkeys(TABS, 0), 1, 1, 0)
        table, requests = (views.tables(QUEUE, build)[name] for name in ("orders", "requests"))
        numbers = _numbers(connection, table, position, filters.q)
        # a few orders are fetched by number; of many, a page is found soonest going down the list and looking
        known = [] if numbers is None else [table.c.order_no.in_(numbers)]
        asked = filters if numbers is None else replace(filters, q="")
        terms = (visible(table, units), *known, *_asked(table, asked, now))
        asking = table.c.order_no.in_(select(held(requests, ("order_no",), position).c.order_no))
        same = replace(filters, tab="all", sort="new", page=1, size=20)
        count = partial(_counts, connection, table, position, terms, filters, asking)
        if tallies is None or position is not None or filters.overdue:
            counts = count()
        else:
            counts = tallies.counts((same, units, build.generation), build.position, needed, count)
        total = counts[filters.tab]
        pages = min(MOST_PAGES, max(1, -(-total // filters.size)))
        page = min(max(1, filters.page), pages)
        if filters.tab == "requests":
            known = [asking]
            terms = (*terms, asking)
        found = _rows(connection, table, terms, position, replace(asked, page=page), counts, first, known=bool(known))
        asked_for = _asked_for(connection, requests, position, [row["order_no"] for row in found])
        rows = [_plain(row) | {"requests": asked_for.get(row["order_no"], [])} for row in found]
        return Listed(rows, total, counts, pages, page, build.position)


def unit_meant(text: str, register: RegisterEdition) -> str:
    """The code of the unit that somebody wrote: code, `code name`, name or everyday name; what names none stays."""
    said = text.strip()
    first = said.split()[0] if said else ""
    if first in register.units:
        return first
    named = (unit.code for unit in register.units.values() if said in (unit.name, *unit.everyday_names))
    return next(named, said)


def count_queue(views: ViewStore, filters: Filters, units: frozenset[UnitCode] | None, now: datetime) -> int:
    """How many orders a filter would list, for the numbers beside saved filters."""
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return 0
        table, requests = (views.tables(QUEUE, build)[name] for name in ("orders", "requests"))
        found = select(func.count()).where(
            and_(as_of(table, None), visible(table, units), *_asked(table, filters, now))
        )
        if filters.tab == "requests":
            found = found.where(table.c.order_no.in_(select(held(requests, ("order_no",), None).c.order_no)))
        if states := TABS[filters.tab][1]:
            found = found.where(table.c.state.in_(states))
        return int(connection.execute(found).scalar_one())


def visible(table: Table, units: frozenset[UnitCode] | None) -> ColumnElement[bool]:
    """The rows of the queue whose lead or desk is one of these units: what a district's desk sees."""
    if units is None:
        return true()
    among = sorted(units)
    return or_(table.c.lead.in_(among), table.c.desk.in_(among))


def _asked(table: Table, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if filters.q:
        asked.append(_says(table, filters.q))
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
        late = func.coalesce(table.c.dispatch_due, table.c.due) < moment
        asked.append(and_(table.c.state.in_(UNDER_WAY), late))  # what has ended is due no more
    return asked


def _says(table: Table, q: str) -> ColumnElement[bool]:
    words = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    number = table.c.order_no.like(f"{words}%", escape="\\")
    return or_(number, table.c.title.like(f"%{words}%", escape="\\"))


def _numbers(connection: Connection, table: Table, position: int | None, q: str) -> list[str] | None:
    """The numbers of the orders that say `q`, where they are few: one walk through the index of titles serves the
    counts and the list. None where they are many, or nothing is looked for."""
    if not q:
        return None
    rows = held(table, ("order_no",), position, _says(table, q))
    found = connection.execute(select(rows.c.order_no).limit(FEW + 1)).scalars().all()
    return list(found) if len(found) <= FEW else None


def _asked_for(
    connection: Connection, requests: Table, position: int | None, numbers: Sequence[str]
) -> dict[str, list[dict[str, str]]]:
    """What units ask for in these orders and the review has not decided, the oldest first."""
    rows = held(requests, ("order_no", "unit", "what", "asked_at"), position, requests.c.order_no.in_(numbers))
    found: dict[str, list[dict[str, str]]] = {}
    for row in connection.execute(select(rows).order_by(rows.c.asked_at, rows.c.unit, rows.c.what)).mappings():
        found.setdefault(row["order_no"], []).append({"unit": row["unit"], "what": row["what"]})
    return found


def _counts(
    connection: Connection,
    table: Table,
    position: int | None,
    terms: Sequence[ColumnElement[bool]],
    filters: Filters,
    asking: ColumnElement[bool],
) -> dict[str, int]:
    if filters.overdue and not filters.q:  # these are under way, and few
        rows = held(table, ("state",), position, *terms, apart=[table.c.state == one for one in UNDER_WAY])
        query = select(rows.c.state, func.count()).group_by(rows.c.state)
    elif position is not None:
        rows = held(table, ("state",), position, *terms)
        query = select(rows.c.state, func.count()).group_by(rows.c.state)
    else:
        state = _state(table, bool(filters.q))
        query = select(state, func.count()).where(as_of(table, None), *terms).group_by(state)
    by_state: dict[str, int] = {state: number for state, number in connection.execute(query).all()}  # noqa: C416 - Row is not a pair to mypy
    counts = {key: sum(by_state.get(state, 0) for state in states) for key, (_, states) in TABS.items()}
    counts["all"] = sum(by_state.values())
    asked = held(table, ("order_no",), position, *terms, asking, _state(table, True).in_(TABS["requests"][1]))
    counts["requests"] = int(connection.execute(select(func.count()).select_from(asked)).scalar_one())
    return counts


def _state(table: Table, otherwise: bool) -> ColumnElement[str]:
    """The state of an order; so that the index of states does not serve it where the orders are found otherwise, by
    their numbers or down the index of titles: it would lead the database past every order there is."""
    return func.coalesce(table.c.state, "") if otherwise else table.c.state


def _rows(
    connection: Connection,
    table: Table,
    terms: Sequence[ColumnElement[bool]],
    position: int | None,
    filters: Filters,
    counts: dict[str, int],
    first: Sequence[str],
    *,
    known: bool,
) -> list[dict[str, Any]]:
    """One page: what is under way sorted as asked, and what has ended after it, the newest first."""
    states = TABS[filters.tab][1]
    skip = (filters.page - 1) * filters.size

    def page(rows: FromClause, order: Iterable[Any], limit: int, offset: int) -> list[dict[str, Any]]:
        query = select(rows).order_by(*order).limit(limit).offset(offset)
        return [dict(row) for row in connection.execute(query).mappings()]

    def few(among: Sequence[str]) -> FromClause:
        """Rows in these states, found by the index of states; those that are known already are only looked at."""
        if known:
            return held(table, SHOWN, position, *terms, _state(table, True).in_(among))
        return held(table, SHOWN, position, *terms, apart=[table.c.state == one for one in among])

    def by_age(among: Sequence[str], number: int, old: bool, limit: int, offset: int) -> list[dict[str, Any]]:
        """Rows in these states (none: any). Of many a page is found soonest going down the index of `received_at`,
        which a condition that an index of states could serve would keep the database from."""
        if number <= FEW:
            rows = few(among or (*UNDER_WAY, *ENDINGS))
            return page(rows, _by_age(rows, False, old), limit, offset)
        kept = [_state(table, known).not_in(UNDER_WAY)] if among else []
        columns = SHOWN if position is None else ("order_no", "received_at")  # of the past, a page's numbers first
        asked = foremost(
            table, columns, position, partial(_by_age, many=True, old=old), limit, *terms, *kept, offset=offset
        )
        found = [dict(row) for row in connection.execute(asked).mappings()]
        return found if position is None else _whole(connection, table, position, [row["order_no"] for row in found])

    if filters.tab not in ("done", "all"):
        rows = few(states)
        order = _order(rows, filters.sort)
        if filters.tab == "waiting" and filters.sort == "due" and first:
            ranks = {degree: rank for rank, degree in enumerate(first)}
            order = (case(ranks, value=rows.c.urgency, else_=len(first)), *order)
        return page(rows, order, filters.size, skip)
    if filters.tab == "done" or filters.sort != "due":
        return by_age(states, counts[filters.tab], filters.sort == "old", filters.size, skip)
    rows = few(UNDER_WAY)
    found = page(rows, _order(rows, "due"), filters.size, skip)
    if len(found) < filters.size:
        after = max(0, skip - (counts["all"] - counts["done"]))
        found += by_age(TABS["done"][1], counts["done"], False, filters.size - len(found), after)
    return found


def _whole(connection: Connection, table: Table, position: int, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of some orders as they stood, in the order of their numbers here."""
    query = select(*(table.c[name] for name in SHOWN)).where(as_of(table, position), table.c.order_no.in_(numbers))
    rows = {row["order_no"]: dict(row) for row in connection.execute(query).mappings()}
    return [rows[number] for number in numbers]


def _by_age(rows: FromClause, many: bool, old: bool) -> tuple[Any, ...]:
    received = rows.c.received_at if many else func.coalesce(rows.c.received_at, "")
    return (received, rows.c.order_no) if old else (received.desc(), rows.c.order_no.desc())


def _order(rows: FromClause, sort: str) -> tuple[Any, ...]:
    if sort != "due":
        return _by_age(rows, False, sort == "old")
    # no due date comes last, the newest first
    due = func.coalesce(rows.c.dispatch_due, rows.c.due)
    return due.is_(None), due.asc(), rows.c.received_at.desc(), rows.c.order_no


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row["supports"] = [unit for unit in (row["supports"] or "").split("|") if unit]
    row["due_at"] = row["dispatch_due"] or row["due"]
    return row
