"""One boundary case: facts, both sides' clauses, precedents, opinions, minutes, drafts, and what may be done now."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from sqlalchemy import Connection, select
from starlette.responses import Response

from casework import events as e
from casework.boundary_case.decide import decide
from casework.boundary_case.state import BoundaryCase
from console.access import Page
from console.bianban.acting import Matter, as_it_stood, carry_out, occasion_of, offers
from console.bianban.case_actions import ACTIONS
from console.bianban.case_board import ENDINGS, last_steps
from console.bianban.case_preview import Preview, preview
from console.bianban.case_sides import precedents, sides_of
from console.bianban.case_what_if import SOURCES
from console.forms import Form
from console.interface.commands import giver_of
from console.interface.doors import CASE_DOOR
from console.interface.doors import look as look_in
from console.interface.matter_sheets import case_sheet
from console.lookback import Lookback, Looking
from console.orders.timeline import entry_of
from console.papers.here import papers_here
from console.visit import Visit, Visiting
from console.words import CLOCKS
from projections.cases import CASES_VIEW, changed_by
from projections.disputes import DISPUTES
from projections.queue import QUEUE
from projections.store import as_of

router = APIRouter()
ORDERS_SHOWN = 100


@router.post("/cases/act/{slug}/{number:path}")
def act(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """Carry out one action. What the rules refuse comes back as the page of the refusal, and nothing was written."""
    visit.open(Page.CASES)
    return carry_out(visit, CASE_DOOR, ACTIONS, slug, number, form, f"/cases/{number}")


@router.get("/cases/{number:path}")
@router.get("/cases/{number:path}.json")
def case_file(visit: Visiting, look: Looking, number: str) -> Response:
    """The case file; as of a day, as it stood then: nothing can be done to the past."""
    visit.open(Page.CASES, "cases:read")
    giver = giver_of(visit)
    found = as_it_stood(CASE_DOOR, look_in(CASE_DOOR, number, giver), number, look, giver)
    sheet = case_sheet(found, giver)
    if visit.request.url.path.endswith(".json"):
        return visit.page("case.html", Page.CASES, number, **sheet.model_dump(mode="json"))
    case = found.state
    matter = Matter(case, occasion_of(visit))
    whole = visit.units is None
    found_then = _from_views(visit, look, case, sheet.orders, whole=whole)
    return visit.page(
        "case.html",
        Page.CASES,
        f"议题 {number}",
        look=look,
        number=number,
        sheet=sheet,
        opened=case.opened,
        sides=sides_of(case, matter.register, visit.actor.role) if whole else _own_side(visit, matter),
        offers=offers(ACTIONS, matter, decide) if look.as_of is None else [],
        tries={slug: f"/cases/what-if/{slug}/{quote(number)}" for slug in SOURCES} if whole else {},
        preview=_preview(visit, matter) if whole and look.as_of is None else None,
        timeline=[
            entry_of(event, matter.register, visit.console.parts.city)
            for event in found.events
            if event.type in e.FACTS and (whole or event.type != "OpinionGiven")
        ],
        clocks=CLOCKS,
        endings=ENDINGS,
        order_no="",
        received=None,
        about=number,
        **papers_here(visit, "cases", number, case, now=look.as_of is None),
        **found_then,
    )


def _own_side(visit: Visit, matter: Matter[BoundaryCase]) -> tuple[Any, ...]:
    """A department reads its own clauses here; the other side's stand in the papers it is sent."""
    mine = visit.units or frozenset()
    return tuple(side for side in sides_of(matter.state, matter.register, visit.actor.role) if side.unit in mine)


def _from_views(
    visit: Visit, look: Lookback, case: BoundaryCase, orders: tuple[str, ...], *, whole: bool
) -> dict[str, Any]:
    """What the views add: the orders under the case, precedents, and what its decision changed."""
    views = visit.console.parts.views
    found: dict[str, Any] = {"orders": [], "precedents": [], "change": None, "since": ""}
    with views.reading() as connection:
        if build := views.current(connection, QUEUE.name):
            found["orders"] = _orders(connection, views.tables(QUEUE, build)["orders"], orders, look)
        if build := views.current(connection, CASES_VIEW.name):
            tables = views.tables(CASES_VIEW, build)
            found["since"] = last_steps(connection, tables["steps"], look).get(case.case_no, ("", ""))[1]
            if whole:
                found["precedents"] = precedents(connection, tables["cases"], case, look.position)
        told = case.written
        if told and told.matter_id and whole and (build := views.current(connection, DISPUTES.name)):
            row = {"matter_id": told.matter_id, "effective_from": told.effective_from.isoformat()}
            returned = views.tables(DISPUTES, build)["returned"]
            found["change"] = changed_by(connection, returned, row, upto=look.position)
    return found


def _orders(connection: Connection, table: Any, numbers: tuple[str, ...], look: Lookback) -> list[dict[str, Any]]:
    names = ("order_no", "title", "state", "lead", "district", "returns", "received_at")
    query = select(*[table.c[name] for name in names]).where(
        as_of(table, look.position), table.c.order_no.in_(numbers[:ORDERS_SHOWN])
    )
    return [dict(row) for row in connection.execute(query.order_by(table.c.received_at)).mappings()]


def _preview(visit: Visit, matter: Matter[BoundaryCase]) -> Preview | None:
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        return preview(connection, views.tables(QUEUE, build)["orders"], matter) if build else None
