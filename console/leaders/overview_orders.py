"""The orders behind a figure of the overview: each figure is a predicate, and opens to the orders that meet it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, Table, and_, func, select
from starlette.responses import Response

from console.access import Page
from console.lookback import Looking
from console.visit import Visiting
from projections.queue import QUEUE
from projections.queue.sums import UNDER_WAY
from projections.store import as_of
from terms.errors import NotFound

router = APIRouter()
NONE = "-"  # in an address: orders that name none
PAGE = 50
Predicate = Callable[[Table, str], ColumnElement[bool]]  # the table, and the moment as it writes times


def _open(table: Table) -> ColumnElement[bool]:
    return table.c.state.in_(UNDER_WAY)


def _sent(table: Table) -> ColumnElement[bool]:
    return table.c.dispatched_by.is_not(None)


FIGURES: Mapping[str, tuple[str, Predicate]] = {
    "orders": ("全部工单", lambda t, now: t.c.order_no != ""),
    "open": ("在办", lambda t, now: _open(t)),
    "late": ("超时", lambda t, now: and_(_open(t), func.coalesce(t.c.dispatch_due, t.c.due) < now)),
    "sent": ("已派单", lambda t, now: _sent(t)),
    "by_rule": ("自动派单", lambda t, now: and_(_sent(t), t.c.dispatched_by == "rule")),
    "first_right": ("首派未改", lambda t, now: and_(_sent(t), t.c.returns == 0, t.c.bounces == 0)),
    "returned": ("曾退单", lambda t, now: and_(_sent(t), t.c.returns > 0)),
    "resolved": ("已解决", lambda t, now: t.c.resolved.is_(True)),
    "satisfied": ("满意", lambda t, now: t.c.satisfied.is_(True)),
    "handling_late": ("办理超时", lambda t, now: and_(_open(t), t.c.due < now)),
    "ever_returned": ("曾退单", lambda t, now: t.c.returns > 0),
}


@router.get("/overview/orders")
@router.get("/overview/orders.json")
def overview_orders(
    visit: Visiting,
    look: Looking,
    of: Annotated[str, Query(max_length=20)] = "orders",
    state: Annotated[str, Query(max_length=20)] = "",
    district: Annotated[str, Query(max_length=80)] = "",
    lead: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The orders a figure counts, the newest first; `-` stands for no district. Raises NotFound for no figure."""
    visit.open(Page.OVERVIEW, "orders:read")
    if of not in FIGURES:
        raise NotFound("console.no-figure")
    title, predicate = FIGURES[of]
    same = {"state": state, "district": district, "lead": lead}
    rows: list[dict[str, Any]] = []
    total = 0
    views = visit.console.parts.views
    with views.reading() as connection:
        if build := views.current(connection, QUEUE.name):
            table = views.tables(QUEUE, build)["orders"]
            now = look.moment.isoformat().replace("+00:00", "Z")
            held = [as_of(table, look.position), predicate(table, now)]
            held += [table.c[name] == (value if value != NONE else "") for name, value in same.items() if value]
            total = connection.execute(select(func.count()).where(*held)).scalar_one()
            names = ("order_no", "title", "state", "lead", "district", "matter", "returns", "received_at")
            query = select(*[table.c[name] for name in names]).where(*held)
            query = query.order_by(table.c.received_at.desc(), table.c.order_no).offset((page - 1) * PAGE).limit(PAGE)
            rows = [dict(row) for row in connection.execute(query).mappings()]
    filters = look.query() | {"of": of} | same
    data = {"figure": title, "filters": filters, "orders": rows, "total": total}
    if visit.request.url.path.endswith(".json"):
        return visit.page("overview_orders.html", Page.OVERVIEW, title, **data)
    listed = {"total": total, "page": page, "pages": max(1, -(-total // PAGE))}
    return visit.page("overview_orders.html", Page.OVERVIEW, f"数字出处：{title}", look=look, listed=listed, **data)
