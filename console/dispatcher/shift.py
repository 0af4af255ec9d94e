"""交接班: how the desk stands, what somebody had taken, a note, and the next shift's signature; to be printed."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page, desk_of
from console.dispatcher.queue_reading import TABS, Filters, read_queue
from console.forms import Form
from console.visit import Visit, Visiting
from terms.errors import NotFound

router = APIRouter()
LISTED = 50  # orders of a list on the sheet; the rest is counted
OPEN_TABS = (
    "waiting",
    "asking",
    "consulting",
    "returned",
    "requests",
    "results",
    "calling",
)  # what waits for the desk itself
COLUMNS = ("order_no", "title", "state", "lead", "proposed", "due_at", "urgency")


def standing(visit: Visit, desk: str) -> dict[str, Any]:
    """How the desk stands now: counts of what waits for it, what this person had taken, what is waiting or late."""
    parts = visit.console.parts
    claims = parts.book.claims(desk, visit.now)
    mine = {number for number, claim in claims.items() if claim.account == visit.actor.account and claim.kept}
    waiting = read_queue(parts.views, Filters(size=LISTED), visit.units, visit.now)
    returned = read_queue(parts.views, Filters(tab="returned", size=LISTED), visit.units, visit.now)
    rows = {row["order_no"]: {name: row[name] for name in COLUMNS} for row in (*waiting.rows, *returned.rows)}
    taken = []
    for number in sorted(mine):
        found = rows.get(number) or _row(visit, number)
        if found:
            taken.append(found)
    return {
        "counts": {TABS[tab][0]: waiting.counts[tab] for tab in OPEN_TABS},
        "taken": taken,
        "waiting": [rows[row["order_no"]] for row in waiting.rows],
        "returned": [rows[row["order_no"]] for row in returned.rows],
    }


def _row(visit: Visit, number: str) -> dict[str, Any] | None:
    listed = read_queue(visit.console.parts.views, Filters(tab="all", q=number), visit.units, visit.now)
    return next(({name: row[name] for name in COLUMNS} for row in listed.rows if row["order_no"] == number), None)


@router.get("/shift")
@router.get("/shift.json")
def shift(visit: Visiting) -> Response:
    """How the desk stands, the form to hand over, the last handovers."""
    visit.open(Page.SHIFT)
    desk = _desk(visit)
    visit.caught_up("queue")
    data = {"standing": standing(visit, desk), "shifts": visit.console.parts.book.shifts(desk)}
    return visit.page("shift.html", Page.SHIFT, "交接班", **data)


@router.post("/shift")
def hand_over(visit: Visiting, form: Form) -> Response:
    """Hand over: the note and the list as it stands are kept, what this person had taken is free again."""
    visit.open(Page.SHIFT)
    desk = _desk(visit)
    note = form.needed("note", "交班说明")
    now = standing(visit, desk)
    number = visit.console.parts.book.hand_over(desk, visit.session.account, note[:5_000], now, visit.now)
    return visit.done(f"/shift/{number}", "已交班，认领的工单已放回。请下一班接班人签收。")


@router.get("/shift/{number}")
@router.get("/shift/{number}.json")
def sheet(visit: Visiting, number: int) -> Response:
    """One handover, as it is printed."""
    visit.open(Page.SHIFT)
    found = visit.console.parts.book.shift(number, _desk(visit))
    if found is None:
        raise NotFound("console.no-shift")
    own = found.account == visit.actor.account
    return visit.page("shift_sheet.html", Page.SHIFT, "交接班记录", shift=found, own=own)


@router.post("/shift/{number}/take")
def take_over(visit: Visiting, number: int) -> Response:
    """The next shift signs for it."""
    visit.open(Page.SHIFT)
    visit.console.parts.book.take_over(number, _desk(visit), visit.session.account, visit.now)
    return visit.done(f"/shift/{number}", "已接班")


def _desk(visit: Visit) -> str:
    found = desk_of(visit.actor)
    assert found is not None  # noqa: S101 - whoever may open the page has a desk
    return found
