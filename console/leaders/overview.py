"""The city on one page: where orders stand, what is late, first-dispatch accuracy beside the automatic share."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from console.access import MAY_OPEN, Page
from console.leaders.heat_board import last_weeks
from console.leaders.overview_reading import read_overview
from console.lookback import Lookback, Looking
from console.visit import Visiting
from console.words import CITY_TIME
from projections import figures
from projections.days import week_of
from projections.disputes import DISPUTES
from projections.heat import HEAT, by_week
from projections.store import ViewStore

router = APIRouter()


def read_weeks(views: ViewStore, look: Lookback) -> list[dict[str, Any]]:
    """The last weeks with what came in (repeats counted with their order) and what was returned."""
    weeks = last_weeks(look)
    received: dict[str, int] = {}
    returned: dict[str, int] = {}
    with views.reading() as connection:
        if build := views.current(connection, HEAT.name):
            spots = views.tables(HEAT, build)["spots"]
            counted = by_week(connection, spots, look.position, weeks[0], weeks[-1], by=())
            received = {week: number for (week, _), number in counted.items()}
        if build := views.current(connection, DISPUTES.name):
            lines = views.tables(DISPUTES, build)["returned"]
            cut = look.cut(what="returned")
            shown = replace(cut, since=max(cut.since or "", _begin(weeks[0]).isoformat()))
            for (day,), number in figures.count(connection, lines, ("day",), shown).items():
                week = week_of(datetime.combine(date.fromisoformat(day), time(12), CITY_TIME))
                returned[week] = returned.get(week, 0) + number
    found = []
    for week in weeks:
        begin = _begin(week)
        found.append(
            {"week": week, "begin": begin, "end": begin + timedelta(days=6), "received": received.get(week, 0),
             "returned": returned.get(week, 0)}
        )  # fmt: skip
    return found


def _begin(week: str) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


@router.get("/overview")
@router.get("/overview.json")
def overview(visit: Visiting, look: Looking) -> Response:
    """The page; as of a date, the figures as they were known at the end of that day."""
    visit.open(Page.OVERVIEW, "orders:read")
    views = visit.console.parts.views
    found = read_overview(views, look.moment, look.position)
    data = {"as_of": look.as_of.isoformat() if look.as_of else "", "weeks": read_weeks(views, look), **found}
    if visit.request.url.path.endswith(".json"):
        return visit.page("overview.html", Page.OVERVIEW, "全市总览", **data)
    may_see_returns = visit.actor.role in MAY_OPEN[Page.DISPUTES]
    return visit.page("overview.html", Page.OVERVIEW, "全市总览", look=look, may_see_returns=may_see_returns, **data)
