"""热点态势: what burns where, week by week; what rises, what is stuck. Every number opens to its orders."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection, Table, func, select
from starlette.responses import Response

from console.access import Page
from console.lookback import Lookback, Looking
from console.visit import Visiting
from projections.days import week_of
from projections.heat import HEAT, SPOT, Rising, by_week, rising, stuck
from projections.queue import QUEUE
from projections.store import ViewStore, as_of

router = APIRouter()
WEEKS = 8
WEEKS_BEFORE = 4  # what rises is held against their mean
ROWS = 14
RISING = 30
STUCK = 100
PAGE = 50
RISES: dict[str, tuple[str, ...]] = {  # what may rise: a matter in the whole city, in a district, or in a street
    "matter": ("matter",), "district": ("district", "matter"), "street": SPOT,
}  # fmt: skip
BY = {"matter": "事项", "district": "区县", "street": "街道乡镇"}


@router.get("/heat")
@router.get("/heat.json")
def heat(
    visit: Visiting,
    look: Looking,
    by: str = "matter",
    district: Annotated[str, Query(max_length=80)] = "",
    days: Annotated[int | None, Query(ge=1, le=365)] = None,
) -> Response:
    """The page; without `days` an order is stuck after the city's own (`escalation.stuck_days`)."""
    visit.open(Page.HEAT, "orders:read")
    current = visit.caught_up("heat")
    by = by if by in BY else "matter"
    days = days or visit.console.parts.city.escalation.stuck_days
    filters = look.query() | {"by": by, "district": district, "days": days}
    found = read_heat(visit.console.parts.views, look, by, district, days)
    districts = found.pop("districts")
    data = {"filters": filters, "current": current, **found}
    if visit.request.url.path.endswith(".json"):
        return visit.page("heat.html", Page.HEAT, "热点态势", **data)
    return visit.page("heat.html", Page.HEAT, "热点态势", look=look, bys=BY, districts=districts, **data)


def read_heat(views: ViewStore, look: Lookback, by: str, district: str, days: int) -> dict[str, Any]:
    """What the page shows: the grid of the last weeks, what rises in the last of them, what is stuck for `days`.

    The districts to choose from are told whichever of them is chosen.
    """
    weeks = last_weeks(look)
    week, where = weeks[-1], {"district": district} if district else {}
    everywhere: dict[tuple[str, tuple[str, ...]], int] = {}
    counts, standing = everywhere, list[dict[str, Any]]()
    burning: tuple[Rising, ...] = ()
    with views.reading() as connection:
        if build := views.current(connection, HEAT.name):
            spots = views.tables(HEAT, build)["spots"]
            everywhere = by_week(connection, spots, look.position, weeks[0], week, ("district",))
            places = ("district", "street") if by == "street" else (by,)
            counts = by_week(connection, spots, look.position, weeks[0], week, places, where)
            known = sorted({one for one, _ in everywhere if one < week})[-WEEKS_BEFORE:]
            burning = rising(connection, spots, week, known, look.position, RISES[by], where)
            before = (look.day - timedelta(days=days)).isoformat()
            standing = stuck(connection, spots, before, look.position, where)
    for row in standing:
        row["age"] = (look.day - look.day.fromisoformat(row["day"])).days
    return {
        "week": week,
        "weeks": weeks,
        "grid": grid(counts, weeks),
        "rising": [one for one in burning if one.spot[2]][:RISING],
        "stuck": standing[:STUCK],
        "stuck_total": len(standing),
        "districts": sorted({place for _, (place,) in everywhere if place}),
    }


def last_weeks(look: Lookback) -> list[str]:
    """The ISO weeks up to the one the page stands in, the oldest first."""
    return [week_of(look.moment - timedelta(weeks=back)) for back in reversed(range(WEEKS))]


def grid(counts: Mapping[tuple[str, tuple[str, ...]], int], weeks: list[str]) -> list[dict[str, Any]]:
    """Rows of names with a number a week, the most first: what burns, or where. A street comes with its district."""
    rows: dict[tuple[str, ...], dict[str, int]] = {}
    for (week, place), number in counts.items():
        if place[-1]:
            rows.setdefault(place, {})[week] = number
    found: list[dict[str, Any]] = [
        {"name": name, "district": where[0] if where else "", "weeks": [row.get(week, 0) for week in weeks],
         "total": sum(row.values())}
        for (*where, name), row in rows.items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row["total"], row["name"], row["district"]))[:ROWS]


@router.get("/heat/orders")
@router.get("/heat/orders.json")
def heat_orders(
    visit: Visiting,
    look: Looking,
    week: Annotated[str, Query(max_length=10)] = "",
    district: Annotated[str, Query(max_length=80)] = "",
    street: Annotated[str, Query(max_length=80)] = "",
    matter: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The orders behind a number of the heat page; a number counts their repeats too."""
    visit.open(Page.HEAT, "orders:read")
    asked = {"week": week, "district": district, "street": street, "matter": matter}
    views = visit.console.parts.views
    rows: list[dict[str, Any]] = []
    total = repeats = 0
    with views.reading() as connection:
        if build := views.current(connection, HEAT.name):
            spots = views.tables(HEAT, build)["spots"]
            rows, total, repeats = _orders(connection, spots, look, asked, page)
            _with_titles(connection, views, rows)
    filters = look.query() | asked
    data = {"filters": filters, "orders": rows, "total": total, "counted": total + repeats}
    if visit.request.url.path.endswith(".json"):
        return visit.page("heat_orders.html", Page.HEAT, "热点工单", **data)
    pages = {"total": total, "page": page, "pages": max(1, -(-total // PAGE))}
    return visit.page("heat_orders.html", Page.HEAT, "热点工单", look=look, listed=pages, **data)


def _orders(
    connection: Connection, spots: Table, look: Lookback, asked: Mapping[str, str], page: int
) -> tuple[list[dict[str, Any]], int, int]:
    held = [as_of(spots, look.position), spots.c.merged.is_(False), spots.c.week != ""]
    held += [spots.c[name] == value for name, value in asked.items() if value]
    total, repeats = connection.execute(select(func.count(), func.sum(spots.c.repeats)).where(*held)).one()
    names = ("order_no", "district", "street", "matter", "lead", "day", "repeats", "open")
    query = select(*[spots.c[name] for name in names]).where(*held).order_by(spots.c.day.desc(), spots.c.order_no)
    found = connection.execute(query.offset((page - 1) * PAGE).limit(PAGE)).mappings()
    return [dict(row) for row in found], total, int(repeats or 0)


def _with_titles(connection: Connection, views: ViewStore, rows: list[dict[str, Any]]) -> None:
    build = views.current(connection, QUEUE.name)
    if build is None or not rows:
        return
    table = views.tables(QUEUE, build)["orders"]
    numbers = [row["order_no"] for row in rows]
    query = select(table.c.order_no, table.c.title).where(table.c.order_no.in_(numbers), as_of(table, None))
    titles = {row[0]: row[1] for row in connection.execute(query)}
    for row in rows:
        row["title"] = titles.get(row["order_no"], "")
