"""Open311 GeoReport v2, read-only and only where the city publishes it: matters as services, orders as requests.

Nothing of a person is told: no title, text or place, only district and street. Orders of a kind kept back (举报) are
not there, nor are matters of instruments that are not public. Every answer is there as .xml, which the specification
requires, and as .json. https://wiki.open311.org/GeoReport_v2/
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import ColumnElement, select
from starlette.responses import Response

from city.publishing import Open311Rules
from console.interface.open311_forms import FORMATS, answered
from console.parts import Console
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.model import DutyPoint
from projections.queue import QUEUE, SETTLED
from projections.readings.looking import Look, looking, name_of
from terms.ids import ClauseId, Position

router = APIRouter(prefix="/open311/v2")
CLOSED = (*SETTLED, "终止")
PUBLIC = "公开"
Text = Annotated[str, Query(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class Published:
    """What an answer is made from."""

    rules: Open311Rules
    register: RegisterEdition
    look: Look
    ledger: Ledger

    def moment(self, position: int) -> str | None:
        """When the event at a position was recorded."""
        recorded = self.ledger.recorded_at(Position(position))
        return _written(recorded.replace(microsecond=0)) if recorded else None


@router.get("/discovery.xml")
@router.get("/discovery.json")
def discovery(request: Request) -> Response:
    """That there is such a service, and where."""
    with _published(request) as found:
        if found is None:
            return _missing(request, "本市未公开工单（not published）")
        address = str(request.base_url).rstrip("/") + "/open311/v2"
        told = {
            "changeset": found.register.as_of.isoformat(),
            "contact": "12345",
            "key_service": "",
            "endpoints": [
                {"specification": "http://wiki.open311.org/GeoReport_v2", "url": address,
                 "changeset": found.register.as_of.isoformat(), "type": "production", "formats": FORMATS}
            ],
        }  # fmt: skip
        return answered(request.url.path, "discovery", told)


@router.get("/services.xml")
@router.get("/services.json")
def services(request: Request) -> Response:
    """The matters in force, by their duty points."""
    with _published(request) as found:
        if found is None:
            return _missing(request, "本市未公开工单（not published）")
        told = [_service(one) for one in _points(found.register).values()]
        return answered(request.url.path, "services", told)


@router.get("/services/{code}.xml")
@router.get("/services/{code}.json")
def service(request: Request, code: str) -> Response:
    """One matter; none takes further attributes."""
    with _published(request) as found:
        if found is None or code not in _points(found.register):
            return _missing(request, "没有这个 service_code")
        return answered(request.url.path, "service_definition", {"service_code": code, "attributes": []})


@router.get("/requests.xml")
@router.get("/requests.json")
def requests(
    request: Request,
    service_request_id: Text = "",
    service_code: Text = "",
    status: Text = "",
    start_date: Annotated[str, Query(max_length=40)] = "",
    end_date: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1_000)] = 0,
) -> Response:
    """Requests of a span (by default the newest `open311.days` days), newest first; lists are joined by commas."""
    with _published(request) as found:
        if found is None:
            return _missing(request, "本市未公开工单（not published）")
        try:
            since, until = _span(start_date, end_date, _console(request).now(), found.rules.days)
        except (ValueError, OverflowError):
            return _refused(request, "start_date、end_date 应写成 2026-01-01T00:00:00Z")
        table = found.look.table(QUEUE, "orders")
        terms: list[ColumnElement[bool]] = [table.c.kind.not_in(found.rules.kinds_kept_back)]
        wanted = {one for one in status.split(",") if one}
        if not wanted <= {"open", "closed"}:
            return _refused(request, "status 应为 open、closed 或 open,closed")
        if service_request_id:  # goes before all else that is asked
            terms.append(table.c.order_no.in_(service_request_id.split(",")[:100]))
        else:
            terms += [table.c.received_at >= since, table.c.received_at <= until]
            if service_code:
                terms.append(table.c.matter_id.in_(service_code.split(",")[:100]))
            if len(wanted) == 1:
                closed = table.c.state.in_(CLOSED)
                terms.append(closed if wanted == {"closed"} else ~closed)
        size = min(page_size or found.rules.page_size, found.rules.page_size)
        query = (
            select(table)
            .where(found.look.held(table), table.c.received_at.is_not(None), *terms)
            .order_by(table.c.received_at.desc(), table.c.order_no)
            .limit(size)
            .offset((page - 1) * size)
        )
        rows = found.look.connection.execute(query).mappings()
        points = _points(found.register)
        told = [_request(dict(row), points, found) for row in rows]
        return answered(request.url.path, "service_requests", told)


@router.get("/requests/{number}.xml")
@router.get("/requests/{number}.json")
def one_request(request: Request, number: str) -> Response:
    """One request."""
    with _published(request) as found:
        if found is None:
            return _missing(request, "本市未公开工单（not published）")
        table = found.look.table(QUEUE, "orders")
        shown = table.c.kind.not_in(found.rules.kinds_kept_back) & table.c.received_at.is_not(None)
        rows = found.look.rows(table, table.c.order_no == number, shown)
        if not rows:
            return _missing(request, "没有这个 service_request_id")
        told = [_request(rows[0], _points(found.register), found)]
        return answered(request.url.path, "service_requests", told)


@contextmanager
def _published(request: Request) -> Iterator[Published | None]:
    """What may be shown; None where the city publishes nothing."""
    console = _console(request)
    rules = console.parts.city.open311
    if not rules.published:
        yield None
        return
    with looking(console.parts.views) as look:
        yield Published(rules, console.edition(console.now()), look, console.parts.ledger)


def _console(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


def _points(register: RegisterEdition) -> dict[str, DutyPoint]:
    return {
        point.id: point
        for point in register.duty_points.values()
        if (stands_in := register.instrument_of(point.id)) is not None and stands_in.secrecy == PUBLIC
    }


def _service(point: DutyPoint) -> dict[str, Any]:
    return {
        "service_code": point.id,
        "service_name": point.matter,
        "description": f"{point.matter}（{point.link}）",
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(point.wordings),
        "group": str(point.link),
    }


def _request(row: dict[str, Any], points: dict[str, DutyPoint], found: Published) -> dict[str, Any]:
    point = points.get(ClauseId(row["matter_id"] or ""))
    return {
        "service_request_id": row["order_no"],
        "status": "closed" if row["state"] in CLOSED else "open",
        "status_notes": row["state"],
        "service_name": point.matter if point else "",
        "service_code": point.id if point else "",
        "description": "",
        "agency_responsible": name_of(row["lead"], found.register) if row["lead"] else "",
        "service_notice": "",
        "requested_datetime": row["received_at"],
        "updated_datetime": found.moment(row["from_position"]),
        "expected_datetime": row["due"] or None,
        "address": "".join(part for part in (row["district"], row["street"]) if part),
        "address_id": "",
        "zipcode": "",
        "lat": None,
        "long": None,
        "media_url": None,
    }


def _span(begin: str, end: str, now: datetime, days: int) -> tuple[str, str]:
    """The span asked for, cut to the longest one the city allows. Raises ValueError or OverflowError."""
    until = datetime.fromisoformat(end) if end else now
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    longest = timedelta(days=days)
    since = datetime.fromisoformat(begin) if begin else until - longest
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    since = max(since, until - longest)
    return _written(since), _written(until)


def _written(moment: datetime) -> str:
    """As the view writes times: texts that compare."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _missing(request: Request, what: str) -> Response:
    return _error(request, 404, what)


def _refused(request: Request, what: str) -> Response:
    return _error(request, 400, what)


def _error(request: Request, code: int, what: str) -> Response:
    return answered(request.url.path, "errors", [{"code": code, "description": what}], code)
