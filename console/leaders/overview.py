"""The city on one page: where orders stand, what is late, first-dispatch accuracy beside the automatic share."""

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.leaders.overview_reading import read_overview
from console.visit import Visiting

router = APIRouter()


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
