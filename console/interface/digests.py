"""退单争议定期梳理 of a period, to be kept as an official paper (.docx) or as a table (.xlsx)."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework.papers.checking import load
from casework.papers.rendering import render
from casework.papers.sheet import digest_table
from console.access import Page
from console.visit import Visiting
from console.words import CITY_TIME
from projections.readings.digest import as_paper, period_digest
from projections.readings.looking import Period, looking, name_of, quarter, quarter_of
from terms.days import day_of
from terms.errors import BadInput

router = APIRouter()
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


@router.get("/disputes/digest.{form}")
def digest(
    visit: Visiting,
    form: Literal["docx", "xlsx"],
    begin: Annotated[str, Query(alias="from", pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
    to: Day = "",
    number: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """The digest of a period, this quarter's when none is named; `number` asks for one that was recorded."""
    visit.open(Page.DISPUTES, "findings:read")
    today = visit.now.astimezone(CITY_TIME).date()
    period = asked_period(begin, to, today)
    parts = visit.console.parts
    with looking(parts.views) as look:
        found = period_digest(look, period, number)
    made = as_paper(found, visit.register, name_of(parts.city.bianban_unit, visit.register), today)
    folder = parts.city.papers.templates
    content = digest_table(made) if form == "xlsx" else render(made, load(Path(folder) if folder else None))
    name = quote(f"退单争议定期梳理{period.begin}至{period.end}.{form}")
    return Response(
        content, media_type=TYPES[form], headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def asked_period(begin: str, end: str, today: date) -> Period:
    """The period of an address; this quarter where a day is missing. Raises BadInput."""
    usual = quarter(quarter_of(today))
    try:
        found = Period(day_of(begin) if begin else usual.begin, day_of(end) if end else usual.end)
    except ValueError as error:
        raise BadInput("console.bad-date", at="from", field="日期") from error
    if found.begin > found.end:
        raise BadInput("readings.period", at="from", begin=found.begin, end=found.end)
    return found
