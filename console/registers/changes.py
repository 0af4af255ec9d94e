"""The register of one day against that of another: what was added, what ended, what reads otherwise, word by word."""

from collections import Counter
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page
from console.lookback import Day, date_of
from console.paging import paged
from console.registers.differences import KINDS, TABLES, lines_of
from console.visit import Visit, Visiting
from console.words import CITY_TIME
from mandates.diff import diff
from terms.errors import BadInput

router = APIRouter()
PAGE = 100
DAYS_SHOWN = 12
Short = Annotated[str, Query(max_length=40)]


@router.get("/mandates/changes")
@router.get("/mandates/changes.json")
def changes(
    visit: Visiting,
    before: Day = "",
    after: Day = "",
    table: Short = "",
    kind: Short = "",
    unit: Short = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Without days, the last change that has come into force. Raises BadInput for days the wrong way round."""
    visit.open(Page.MANDATES)
    register = visit.console.parts.register.register()
    days = _days(visit)
    last = days[-1] if days else _today(visit)
    until = date_of(after, "after", "后一日") or _today(visit)
    since = date_of(before, "before", "前一日") or min(last, until) - timedelta(days=1)
    if since > until:
        raise BadInput("console.period-backwards", at="before", since=since, until=until)
    old, new = register.as_of(since), register.as_of(until)
    everything, hidden = lines_of(diff(old, new), old, new, visit.actor.role)
    lines = [
        one
        for one in everything
        if (not table or one.table == table) and (not kind or one.kind == kind) and (not unit or one.unit == unit)
    ]
    shown, listed = paged(lines, page, PAGE)
    filters = {"before": since.isoformat(), "after": until.isoformat(), "table": table, "kind": kind, "unit": unit}
    data: dict[str, Any] = {
        "filters": filters,
        "editions": (old.digest, new.digest),
        "total": len(lines),
        "hidden": hidden,
        "counted": dict(Counter(one.kind for one in everything)),
        "changes": shown,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("changes.html", Page.MANDATES, "版本比对", **data)
    return visit.page(
        "changes.html", Page.MANDATES, "版本比对", tables=TABLES, kinds=KINDS, both={**old.units, **new.units},
        at_units=sorted({one.unit for one in everything if one.unit}),
        days=[(day.isoformat(), (day - timedelta(days=1)).isoformat()) for day in reversed(days[-DAYS_SHOWN:])],
        listed=listed, **data,
    )  # fmt: skip


def _today(visit: Visit) -> date:
    return visit.now.astimezone(CITY_TIME).date()


def _days(visit: Visit) -> list[date]:
    """The days on which something came into force or ended, up to today."""
    return [day for day in visit.console.parts.register.register().change_days() if day <= _today(visit)]
