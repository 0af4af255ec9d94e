"""离任审计: the signed archive of what a unit or an officer did in a period, made and downloaded here."""

import re
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page
from console.forms import Form
from console.visit import Visiting
from console.words import CITY_TIME
from projections.audit.archive import reach_of, write_archive
from projections.audit.subject import Subject
from terms.errors import BadInput, NotFound, Unavailable

router = APIRouter()


@router.get("/audit")
@router.get("/audit.json")
def audit_page(visit: Visiting, unit: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The form; what the archive holds and how it is checked."""
    visit.open(Page.AUDIT, "orders:read")
    parts = visit.console.parts
    ends = visit.now.astimezone(CITY_TIME).date() - timedelta(days=1)
    begins = ends.replace(month=1, day=1)
    data = {
        "unit": unit,
        "begin": begins,
        "end": ends,
        "head": int(parts.ledger.head()),
        "ready": parts.audit_key is not None,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("audit.html", Page.AUDIT, "离任审计", **data)
    return visit.page("audit.html", Page.AUDIT, "离任审计", register_units=visit.register.units, **data)


@router.post("/audit")
def archive(visit: Visiting, form: Form) -> Response:
    """The archive as a file, the bytes `dingze audit` makes. Raises BadInput, NotFound when nothing happened."""
    visit.open(Page.AUDIT)
    parts = visit.console.parts
    if parts.audit_key is None:
        raise Unavailable("console.no-audit-key")
    begin, end = form.day("begin", "起始日期"), form.day("end", "截止日期")
    if begin > end:
        raise BadInput("console.period-backwards", at="end", since=begin, until=end)
    unit = form.unit("unit")
    if unit is not None and unit not in visit.register.units:
        raise NotFound("console.no-unit", unit=unit)
    subject = Subject(begin, end, unit, form.text("officer") or None)
    reach = reach_of(parts.ledger, subject, CITY_TIME, visit.now)
    content = write_archive(parts.ledger, subject, reach, parts.audit_key())
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"audit-{subject.name}-{begin}-{end}.zip")
    return Response(
        content, media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
