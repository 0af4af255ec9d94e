"""Saved filters: a person's own views of the queue, each with how many orders it lists now."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from console.access import Page
from console.dispatcher.queue_reading import TABS, Filters, count_queue, unit_meant
from console.forms import Form
from console.visit import Visit, Visiting
from terms.errors import BadInput

router = APIRouter()
NAME_MOST = 20
_FILTERS = TypeAdapter(Filters)
_KEPT = ("tab", "q", "district", "urgency", "unit", "sure", "overdue", "sort")


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved filter: its name, where it leads, how many orders it lists, whether it is what is shown."""

    name: str
    address: str
    count: int
    shown: bool


def saved_filters(visit: Visit, asked: Filters) -> list[Saved]:
    """The filters of this person, counted."""
    found = []
    for name, query in visit.console.parts.book.filters(visit.actor.account):
        filters = read(query)
        count = count_queue(visit.console.parts.views, filters, visit.units, visit.now)
        found.append(Saved(name, f"/queue?{query}", count, query == written(asked)))
    return found


def read(query: str) -> Filters:
    """The filters of a query; what it does not know is left out, what is wrong is as if it were not there."""
    given = {name: value for name, value in parse_qsl(query) if name in _KEPT}
    try:
        found: Filters = _FILTERS.validate_python(given)
    except ValidationError:
        return Filters()
    return found if found.tab in TABS else Filters()


def written(filters: Filters) -> str:
    """Filters as a query, without the page one was on."""
    return urlencode([(name, value) for name, value in sorted(filters.query().items()) if name in _KEPT])


@router.post("/queue/filters")
def save(visit: Visiting, form: Form) -> Response:
    """Keep what is shown under a name; the same name again replaces it."""
    visit.open(Page.QUEUE)
    name = form.needed("name", "筛选名称")
    if len(name) > NAME_MOST:
        raise BadInput("console.name-too-long", at="name", most=NAME_MOST)
    asked = read(form.text("query"))
    query = written(replace(asked, unit=unit_meant(asked.unit, visit.register)))
    visit.console.parts.book.save_filter(visit.actor.account, name, query)
    return visit.done(f"/queue?{query}", f"筛选“{name}”已保存")


@router.post("/queue/filters/drop")
def drop(visit: Visiting, form: Form) -> Response:
    """Forget a saved filter."""
    visit.open(Page.QUEUE)
    name = form.needed("name", "筛选名称")
    visit.console.parts.book.drop_filter(visit.actor.account, name)
    return visit.done("/queue", f"筛选“{name}”已删除")
