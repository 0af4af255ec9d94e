"""The city on one page: where orders stand, what is late, first-dispatch accuracy beside the automatic share."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import and_, case, func, select
from starlette.responses import Response

from console.access import Page
from console.visit import Visiting
from projections.queue import QUEUE, SETTLED
from projections.store import ViewStore, as_of
from terms.ids import Position

router = APIRouter()
UNITS_SHOWN = 15


def read_overview(views: ViewStore, now: datetime, position: Position | None = None) -> dict[str, Any]:
    """The figures, each as its count and what it is a count of; as they stood at a position when one is given."""
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return {"figures": {}, "states": [], "districts": [], "leads": []}
        table = views.tables(QUEUE, build)["orders"]
        held = as_of(table, position)
        late = now.isoformat().replace("+00:00", "Z")
        open_ = table.c.state.not_in((*SETTLED, "终止"))

        def count(condition: Any) -> Any:
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        sent = table.c.dispatched_by.is_not(None)
        asked = table.c.satisfied.is_not(None)
        figures = dict(
            connection.execute(
                select(
                    func.count().label("orders"),
                    count(open_).label("open"),
                    count(and_(open_, func.coalesce(table.c.dispatch_due, table.c.due) < late)).label("late"),
                    count(sent).label("sent"),
                    count(and_(sent, table.c.dispatched_by == "rule")).label("by_rule"),
                    count(and_(sent, table.c.returns == 0, table.c.bounces == 0)).label("first_right"),
                    count(and_(sent, table.c.returns > 0)).label("returned"),
                    count(asked).label("asked"),
                    count(table.c.satisfied.is_(True)).label("satisfied"),
                    count(table.c.resolved.is_not(None)).label("resolved_asked"),
                    count(table.c.resolved.is_(True)).label("resolved"),
                ).where(held)
            )
            .mappings()
            .one()
        )
        states = connection.execute(
            select(table.c.state, func.count().label("orders")).where(held).group_by(table.c.state)
        ).mappings()
        districts = connection.execute(
            select(
                table.c.district,
                func.count().label("orders"),
                count(open_).label("open"),
                count(and_(open_, table.c.due < late)).label("late"),
                count(table.c.returns > 0).label("returned"),
            )
            .where(held)
            .group_by(table.c.district)
            .order_by(func.count().desc())
            .limit(UNITS_SHOWN)
        ).mappings()
        leads = connection.execute(
            select(
                table.c.lead,
                func.count().label("orders"),
                count(open_).label("open"),
                count(and_(open_, table.c.due < late)).label("late"),
                count(table.c.returns > 0).label("returned"),
                count(table.c.satisfied.is_(True)).label("satisfied"),
                count(asked).label("asked"),
            )
            .where(held, table.c.lead != "")
            .group_by(table.c.lead)
            .order_by(func.count().desc())
            .limit(UNITS_SHOWN)
        ).mappings()
        return {
            "figures": figures,
            "states": sorted((dict(row) for row in states), key=lambda row: -row["orders"]),
            "districts": [dict(row) for row in districts],
            "leads": [dict(row) for row in leads],
        }


@router.get("/overview")
@router.get("/overview.json")
def overview(visit: Visiting, at: str = "") -> Response:
    """The page; `at` is a date: the figures as they were known at the end of that day."""
    visit.open(Page.OVERVIEW, "orders:read")
    day, moment = visit.day_end(at)
    ledger = visit.console.parts.ledger
    position = None if day is None else ledger.position_at(moment)
    found = read_overview(visit.console.parts.views, moment, position)
    return visit.page("overview.html", Page.OVERVIEW, "全市总览", at=day.isoformat() if day else "", **found)
