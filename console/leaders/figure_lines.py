"""Every figure opens to its events: the fact lines that a number counts, each with its event and its order or case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, Connection, Table, and_, func, select
from starlette.datastructures import QueryParams
from starlette.responses import Response

from console.access import Page
from console.lookback import Looking
from console.visit import Visit, Visiting
from projections.accountability import ACCOUNTABILITY
from projections.cases import CASES_VIEW
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.figures import Cut
from projections.measures import counted
from projections.queue import QUEUE
from projections.store import ViewStore, as_of
from projections.view import FactTable, View
from terms.errors import NotFound

router = APIRouter()
PAGE = 50
EMPTY = "-"  # in an address: the column is empty
ANY_OF = "|"  # in an address: any of these values


@dataclass(frozen=True, slots=True)
class Lines:
    """A fact table whose lines may be looked at, and the page whose readers may. `kind` is the column that says what
    a line counts; `of_units` lets a unit's people read their own unit's lines."""

    view: View
    table: str
    title: str
    page: Page
    kind: str
    of_units: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What may be filtered by."""
        declared = next(one for one in self.view.tables if isinstance(one, FactTable) and one.name == self.table)
        return tuple(name for name, _ in declared.columns if name != "day")


FIGURES: Mapping[str, Lines] = {
    "returns": Lines(DISPUTES, "returned", "退单与审核", Page.DISPUTES, "what"),
    "moves": Lines(DISPUTES, "moved", "改派与指定", Page.DISPUTES, "why"),
    "duties": Lines(ACCOUNTABILITY, "facts", "履责记录", Page.ACCOUNTABILITY, "measure", of_units=True),
    "clauses": Lines(COVERAGE, "uses", "条目引用", Page.COVERAGE, "how"),
    "own-clauses": Lines(COVERAGE, "uses", "本单位条目引用", Page.DUTIES, "how", of_units=True),
    "loads": Lines(COVERAGE, "loads", "承办记录", Page.COVERAGE, "what"),
    "steps": Lines(CASES_VIEW, "steps", "议题步骤", Page.DISPUTES, "step"),
}


@router.get("/figures/{name}")
@router.get("/figures/{name}.json")
def figure(visit: Visiting, look: Looking, name: str, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """The lines behind a number, newest first. Raises NotFound for a table or a column that has no figures."""
    lines = FIGURES.get(name)
    if lines is None:
        raise NotFound("console.no-figure")
    visit.open(lines.page, "orders:read")
    asked = _asked(visit.request.query_params, lines)
    cut = look.cut().narrowed(**{column: _value(text) for column, text in asked.items()})
    found = _read(visit, lines, cut, page)
    filters = look.query() | asked
    data = {"figure": name, "filters": filters, **found}
    if visit.request.url.path.endswith(".json"):
        return visit.page("figure.html", lines.page, lines.title, **data)
    pages = {"total": found["total"], "page": page, "pages": max(1, -(-found["total"] // PAGE))}
    title = f"数字出处：{lines.title}"
    return visit.page(
        "figure.html", lines.page, title, what=lines.title, kind=lines.kind, listed=pages, look=look, **data
    )


def _asked(given: QueryParams, lines: Lines) -> dict[str, str]:
    known = {*lines.columns, "counted"}
    taken = {name: text for name, text in given.items() if name not in ("as_of", "position", "since", "until", "page")}
    if set(taken) - known:
        raise NotFound("console.no-figure")
    return taken


def _value(text: str) -> Any:
    if text == EMPTY:
        return ""
    return tuple(one for one in text.split(ANY_OF) if one) if ANY_OF in text else text


def _read(visit: Visit, lines: Lines, cut: Cut, page: int) -> dict[str, Any]:
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, lines.view.name)
        if build is None:
            return {"rows": [], "total": 0, "sum": None}
        table = views.tables(lines.view, build)[lines.table]
        held = _held(visit, lines, table, cut)
        amount = func.sum(table.c.value) if "value" in table.c else func.count()
        total, summed = connection.execute(select(func.count(), amount).where(held)).one()
        query = select(table).where(held).order_by(table.c.position.desc(), table.c.line).offset((page - 1) * PAGE)
        rows = [dict(row) for row in connection.execute(query.limit(PAGE)).mappings()]
        titles = _titles(connection, views, rows) if visit.units is None else {}
        for row in rows:
            row["title"] = titles.get(row.get("order_no", ""), "")
        return {"rows": rows, "total": total, "sum": int(summed or 0) if "value" in table.c else None}


def _held(visit: Visit, lines: Lines, table: Table, cut: Cut) -> ColumnElement[bool]:
    """The lines asked for, less those of units that are not this person's."""
    where = dict(cut.where)
    only_counted = where.pop("counted", "") == "yes"
    cut = Cut(cut.upto, cut.since, cut.until, where)
    terms = [cut.on(table)]
    if only_counted and lines.view is ACCOUNTABILITY:
        terms.append(counted(table, cut))
    if visit.units is not None:
        terms.append(table.c.unit.in_(_own(visit) if lines.of_units else []))
    return and_(*terms)


def _own(visit: Visit) -> list[str]:
    """The units of this person, and those that ended in them by a 机构改革."""
    succession, day = visit.console.parts.register.register().succession, visit.now.date()
    own = sorted(visit.units or ())
    return [*own, *(past for one in own for past in succession.absorbed(one, day))]


def _titles(connection: Connection, views: ViewStore, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The masked titles of the orders on this page, in one reading."""
    build = views.current(connection, QUEUE.name)
    numbers = {row["order_no"] for row in rows if row.get("order_no")}
    if build is None or not numbers:
        return {}
    table = views.tables(QUEUE, build)["orders"]
    query = select(table.c.order_no, table.c.title).where(table.c.order_no.in_(numbers), as_of(table, None))
    return {row[0]: row[1] for row in connection.execute(query)}
