"""Every reading of sealed personal data: who opened which order's, when, and for what purpose."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import func, select
from starlette.responses import Response

from console.access import Page
from console.lookback import Looking
from console.orders.acting import SEALED
from console.visit import Visiting
from console.words import role_name
from projections.figures import Cut
from projections.unsealed import UNSEALED
from terms.actors import Role

router = APIRouter()
PAGE = 50
COLUMNS = ("position", "order_no", "account", "role", "unit", "purpose", "fields", "at", "event_id")
Short = Annotated[str, Query(max_length=80)]


@router.get("/readings")
@router.get("/readings.json")
def readings(
    visit: Visiting,
    look: Looking,
    account: Short = "",
    order: Short = "",
    unit: Short = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The readings that match, newest first; and who read most in the period."""
    visit.open(Page.READINGS)
    current = visit.caught_up(UNSEALED.name)
    asked = {"account": account.strip(), "order": order.strip(), "unit": unit.split()[0] if unit.strip() else ""}
    rows: list[dict[str, Any]] = []
    readers: list[dict[str, Any]] = []
    total = 0
    views = visit.console.parts.views
    with views.reading() as connection:
        if build := views.current(connection, UNSEALED.name):
            read = views.tables(UNSEALED, build)["read"]
            cut: Cut = look.cut(account=asked["account"], order_no=asked["order"], unit=asked["unit"])
            held = cut.on(read)
            total = connection.execute(select(func.count()).select_from(read).where(held)).scalar_one()
            query = select(*[read.c[name] for name in COLUMNS]).where(held).order_by(read.c.position.desc())
            rows = [dict(row) for row in connection.execute(query.offset((page - 1) * PAGE).limit(PAGE)).mappings()]
            most = select(read.c.account, func.count().label("total"), func.max(read.c.at).label("last"))
            most = most.where(held).group_by(read.c.account).order_by(func.count().desc(), read.c.account).limit(10)
            readers = [dict(row) for row in connection.execute(most).mappings()]
    for row in rows:
        row["role"] = role_name(Role(row["role"]))
    data = {"filters": look.query() | asked, "current": current, "readings": rows, "total": total, "readers": readers}
    if visit.request.url.path.endswith(".json"):
        return visit.page("readings.html", Page.READINGS, "查阅记录", **data)
    listed = {"total": total, "page": page, "pages": max(1, -(-total // PAGE))}
    return visit.page(
        "readings.html",
        Page.READINGS,
        "个人信息查阅记录",
        look=look,
        listed=listed,
        sealed=SEALED | {"quarantined": "原始内容"},
        **data,
    )
