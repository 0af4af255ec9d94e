"""What if, inside a case: duty points as drafted, or as filled in a form, tried on past orders before they are said.

The orders of the case and its matter come first, then the newest of the city. Nothing is written, nothing is decided:
the points must only be ones that the rules would take.
"""

from datetime import date

from fastapi import APIRouter
from sqlalchemy import and_, or_, select
from starlette.responses import Response

from casework import events as e
from casework.boundary_case.points import Source, check_points, enactments, written
from casework.boundary_case.state import OPEN, BoundaryCase
from console.access import Page
from console.bianban.acting import Matter, occasion_of
from console.bianban.case_forms import read_points, unit_of
from console.forms import Filled, Form
from console.interface.commands import giver_of
from console.interface.doors import CASE_DOOR
from console.interface.doors import look as look_in
from console.visit import Visit, Visiting
from projections.queue import QUEUE
from projections.store import as_of
from projections.what_if.draft import draft_of
from terms.errors import BadInput, NotFound
from terms.ids import OrderNo

router = APIRouter()
TRIED_AT_MOST = 200  # past orders replayed while somebody waits
SOURCES: dict[str, Source] = {"draft": "minutes", "issue": "opinion", "decide": "decision"}  # forms with duty points


@router.post("/cases/what-if/{slug}/{number:path}")
def what_if(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """A part of the page: which past orders would have gone elsewhere. For those who see the whole city.

    `drafted` tries the 协调意见 or minutes as they lie on the case; the other names are those of the forms.
    """
    visit.open(Page.CASES)
    if visit.units is not None or (slug != "drafted" and slug not in SOURCES):
        raise NotFound("console.no-page")
    matter = Matter(look_in(CASE_DOOR, number, giver_of(visit)).state, occasion_of(visit))
    if matter.state.step not in OPEN:
        raise BadInput("what-if.case-over", at="number")
    told = _drafted(matter) if slug == "drafted" else _filled(matter, SOURCES[slug], form)
    parts = visit.console.parts
    draft = draft_of(parts.register.register(), list(enactments(told, matter.register)))
    return visit.fragment("what_if.html", told=parts.rehearsal.tried(draft, _orders(visit, told)))


def _drafted(matter: Matter[BoundaryCase]) -> e.DutyPointsWritten:
    drafted = matter.state.opinion or matter.state.minutes
    if drafted is None:
        raise BadInput("what-if.nothing-drafted", at="number")
    source: Source = "opinion" if matter.state.opinion else "minutes"
    return written(
        matter.state, source, "", drafted.lead, drafted.supports, drafted.points, _today(matter), matter.occasion
    )[0]


def _filled(matter: Matter[BoundaryCase], source: Source, form: Filled) -> e.DutyPointsWritten:
    lead, points = unit_of(form, "lead", "主办单位"), read_points(matter, form)
    check_points(matter.state, lead, points, matter.occasion, within_sanding=not form.flag("changes_sanding"))
    return written(matter.state, source, "", lead, form.units("supports"), points, _today(matter), matter.occasion)[0]


def _today(matter: Matter[BoundaryCase]) -> date:
    return matter.occasion.calendar.local_day(matter.occasion.now)


def _orders(visit: Visit, told: e.DutyPointsWritten) -> list[OrderNo]:
    """The orders of the case and the matter, then the newest of all."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return []
        table = views.tables(QUEUE, build)["orders"]
        newest = select(table.c.order_no).where(as_of(table, None)).order_by(table.c.received_at.desc())
        own = or_(table.c.order_no.in_(told.orders), and_(table.c.matter_id == told.matter_id, table.c.matter_id != ""))
        found = [
            number
            for query in (newest.where(own), newest)
            for number in connection.execute(query.limit(TRIED_AT_MOST)).scalars()
        ]
    return [OrderNo(number) for number in dict.fromkeys(found)][:TRIED_AT_MOST]
