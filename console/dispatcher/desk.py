"""The dispatcher's desk: the live queue of orders."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from casework.permissions import may
from casework.work_order import commands as c
from console.access import Page, desk_of
from console.dispatcher.queue_reading import PAGE_SIZES, REQUESTED, SORTS, TABS, Filters, read_queue, unit_meant
from console.dispatcher.saved import saved_filters, written
from console.lookback import Looking
from console.visit import Visiting

router = APIRouter()
# what an order of a tab waits for, for whoever may do it
NEXT_STEPS: Mapping[str, tuple[type[c.Command], str]] = {
    "waiting": (c.Dispatch, "派单"),
    "returned": (c.ReviewReturn, "审核"),
    "requests": (c.DecideExtension, "审核"),
    "results": (c.ReviewResult, "审核"),
    "calling": (c.RecordFollowUp, "回访"),
}


def filters(
    visit: Visiting,
    look: Looking,
    tab: str = "waiting",
    q: Annotated[str, Query(max_length=80)] = "",
    district: Annotated[str, Query(max_length=80)] = "",
    urgency: Annotated[str, Query(max_length=20)] = "",
    unit: Annotated[str, Query(max_length=80, description="a unit's code, name or everyday name")] = "",
    sure: Annotated[str, Query(pattern="^(yes|no)?$")] = "",
    overdue: bool = False,
    sort: str = "due",
    page: Annotated[int, Query(ge=1)] = 1,
    size: int = 20,
) -> Filters:
    """The filters of an address; what it does not know becomes what is usual."""
    return Filters(
        tab=tab if tab in TABS else "waiting",
        q=q.strip(),
        district=district,
        urgency=urgency,
        unit=unit_meant(unit, visit.register),
        sure=sure,
        overdue=overdue,
        sort=sort if sort in SORTS else "due",
        page=page,
        size=size if size in PAGE_SIZES else 20,
        as_of=look.query().get("as_of", ""),
        position=look.query().get("position", ""),
    )


@router.get("/queue.json")
@router.get("/queue")
def queue(visit: Visiting, look: Looking, asked: Annotated[Filters, Depends(filters)]) -> Response:
    """The queue: tabs by state, filters, table. htmx asks for the table alone."""
    visit.open(Page.QUEUE, "orders:read")
    current = visit.caught_up("queue")
    listed = read_queue(
        visit.console.parts.views,
        asked,
        visit.units,
        look.moment,
        look.position,
        tallies=visit.console.tallies,
        needed=visit.position or 0,
        first=visit.console.parts.city.urgencies[:0:-1],
    )
    city = visit.console.parts.city
    data = {"filters": asked, "listed": listed, "current": current}
    desk = desk_of(visit.actor)
    command, step = NEXT_STEPS.get(asked.tab, (None, ""))
    beside = {
        "tabs": TABS,
        "sorts": SORTS,
        "sizes": PAGE_SIZES,
        "requested": REQUESTED,
        "claims": visit.console.parts.book.claims(desk, visit.now) if desk is not None else {},
        "saved": saved_filters(visit, asked),
        "may_send": may(visit.actor.role, c.Dispatch) and not look.past,
        "next_step": step if command and may(visit.actor.role, command) and not look.past else "",
        "look": look,
    }
    if visit.request.headers.get("HX-Target") == "queue":
        return visit.fragment("queue_table.html", **beside, **data)
    if visit.request.url.path.endswith(".json"):
        return visit.page("queue.html", Page.QUEUE, "工单队列", **data)
    return visit.page(
        "queue.html",
        Page.QUEUE,
        "工单队列",
        saving=written(asked),
        districts=[place.name for place in visit.register.places if place.kind == "区县"],
        urgencies=city.urgencies,
        **beside,
        **data,
    )


@router.get("/moved")
async def moved(visit: Visiting) -> Response:
    """Server-sent events: the position of the views, whenever it moves. No order is ever in it."""
    visit.open(Page.ACCOUNT)
    return StreamingResponse(
        visit.console.pulse.stream(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
