"""Where duties are disputed: matters whose orders are returned, bounce, or find no clause. For the 编办."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import and_, case, func, or_, select
from starlette.responses import Response

from console.access import Page
from console.visit import Visiting
from console.words import ABSTAINED
from projections.queue import QUEUE
from projections.store import ViewStore, as_of

router = APIRouter()
SHOWN = 100


def read_disputes(views: ViewStore) -> dict[str, Any]:
    """Matters by how often their orders were returned or moved, and the orders the router would not send by itself."""
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return {"matters": [], "unsure": [], "returned": []}
        table = views.tables(QUEUE, build)["orders"]
        now = as_of(table, None)
        returned = func.sum(table.c.returns)
        moved = func.sum(table.c.bounces)
        matters = connection.execute(
            select(
                table.c.matter_id,
                func.max(table.c.matter).label("matter"),
                func.count().label("orders"),
                returned.label("returns"),
                moved.label("bounces"),
                func.sum(case((table.c.state == "退单申请", 1), else_=0)).label("open"),
                func.count(func.distinct(table.c.lead)).label("leads"),
            )
            .where(now, table.c.matter_id.is_not(None))
            .group_by(table.c.matter_id)
            .having(or_(returned > 0, moved > 0))
            .order_by(returned.desc(), moved.desc(), table.c.matter_id)
            .limit(SHOWN)
        ).mappings()
        unsure = connection.execute(
            select(table.c.abstained, func.count().label("orders"))
            .where(now, table.c.abstained.is_not(None))
            .group_by(table.c.abstained)
            .order_by(func.count().desc())
        ).mappings()
        open_now = connection.execute(
            select(table.c.order_no, table.c.title, table.c.lead, table.c.matter, table.c.returns, table.c.bounces,
                   table.c.state, table.c.received_at)
            .where(and_(now, or_(table.c.state == "退单申请", table.c.bounces > 1)))
            .order_by(table.c.returns.desc(), table.c.received_at)
            .limit(SHOWN)
        ).mappings()  # fmt: skip
        return {
            "matters": [dict(row) for row in matters],
            "unsure": [dict(row) | {"words": ABSTAINED.get(row["abstained"], row["abstained"])} for row in unsure],
            "returned": [dict(row) for row in open_now],
        }


@router.get("/disputes")
@router.get("/disputes.json")
def disputes(visit: Visiting) -> Response:
    """The page."""
    visit.open(Page.DISPUTES, "orders:read")
    current = visit.caught_up("queue")
    found = read_disputes(visit.console.parts.views)
    return visit.page("disputes.html", Page.DISPUTES, "争议线索", current=current, **found)
