"""Whether the process lives, whether it may be sent work, and its figures for Prometheus.

`/healthz` and `/readyz` are for whoever balances load: they name views and parts, and never an order or the text of an
error. `/metrics` answers this machine, or whoever bears the token of DINGZE_METRICS_TOKEN.
"""

import hmac
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.parts import Console
from console.sign_in import from_this_machine
from projections.queue import QUEUE, SETTLED
from projections.view import OPEN
from terms.errors import DingzeError, NotPermitted
from terms.measures import HTTP, name, span
from terms.messages import sentence

router = APIRouter(include_in_schema=False)
LATE_SECONDS = 60.0  # a view whose oldest event not yet folded is older makes the process not ready


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not ready: what, a stable code, and a sentence that says what to do."""

    what: str
    code: str
    message: str


@router.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """200 when the record can be read, every view is fresh and every part runs; else 503 with the reasons."""
    console: Console = request.app.state.console
    views: list[dict[str, Any]] = []
    try:
        head = int(console.parts.ledger.head())
        reasons = list(reasons_of(console, views))
    except DingzeError as error:
        head, reasons = -1, [Reason("ledger", error.code, error.message)]
    told = {"ready": not reasons, "head": head, "views": views, "reasons": [asdict(one) for one in reasons]}
    return JSONResponse(told, 200 if not reasons else 503)


def reasons_of(console: Console, views: list[dict[str, Any]]) -> Iterator[Reason]:
    """Why this process should be sent no work; `views` is filled with how each stands. Raises Unavailable."""
    missing = set(console.parts.projections.views)
    for one in console.parts.projections.status():
        if not one.current:
            continue
        missing.discard(one.name)
        late = not one.stopped and one.seconds > LATE_SECONDS
        told = {"name": one.name, "position": one.position, "behind": one.behind, "seconds": round(one.seconds, 1)}
        views.append(told | {"ready": not one.stopped and not late})
        if one.stopped:
            yield _reason(f"view {one.name}", "ready.view-stopped", view=one.name)
        elif late:
            yield _reason(f"view {one.name}", "ready.view-late", view=one.name, seconds=int(one.seconds))
    for view in sorted(missing):
        yield _reason(f"view {view}", "ready.no-view", view=view)
    for part in sorted(console.parts.failures()):
        yield _reason(f"part {part}", "ready.part-fails", part=part)


def _reason(what: str, code: str, **params: Any) -> Reason:
    return Reason(what, code, sentence(code, **params))


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Everything counted, in Prometheus' text form. Raises NotPermitted."""
    console: Console = request.app.state.console
    token = console.parts.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not from_this_machine(request) and not (token and hmac.compare_digest(given.encode(), token.encode())):
        raise NotPermitted("console.metrics-closed")
    standing = CollectorRegistry()
    standing.register(Standing(console))
    return Response(generate_latest(REGISTRY) + generate_latest(standing), media_type=CONTENT_TYPE_LATEST)


class Standing(Collector):
    """How the record, the views, the queue and the quarantine stand, read when somebody asks."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: registering reads no database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges. What cannot be read is left out, and `dingze_up` is 0."""
        up = GaugeMetricFamily("dingze_up", "1 when the record and the views can be read")
        try:
            yield from list(self._read())
            up.add_metric([], 1)
        except DingzeError:
            up.add_metric([], 0)
        yield up

    def _read(self) -> Iterator[GaugeMetricFamily]:
        parts = self._console.parts
        yield _gauge("dingze_ledger_head", "the last position of the record", int(parts.ledger.head()))
        behind = GaugeMetricFamily("dingze_view_behind_events", "events a view has not folded yet", labels=["view"])
        late = GaugeMetricFamily("dingze_view_behind_seconds", "age of the oldest of them", labels=["view"])
        stopped = GaugeMetricFamily("dingze_view_stopped", "1 when a view met what it cannot fold", labels=["view"])
        for one in parts.projections.status():
            if one.current:
                behind.add_metric([one.name], one.behind)
                late.add_metric([one.name], one.seconds)
                stopped.add_metric([one.name], bool(one.stopped))
        yield from (behind, late, stopped)
        queue = GaugeMetricFamily("dingze_queue_orders", "orders that wait for something, by state", labels=["state"])
        for state, count in self._waiting():
            queue.add_metric([state], count)
        yield queue
        held = self._console.quarantine.held()
        yield _gauge("dingze_quarantine_held", "held and not yet replayed", sum(not one.replayed for one in held))
        failing = GaugeMetricFamily("dingze_part_failing", "1 while a part fails at its step", labels=["part"])
        for part in parts.failures():
            failing.add_metric([part], 1)
        yield failing

    def _waiting(self) -> list[tuple[str, int]]:
        views = self._console.parts.views
        with views.reading() as connection:
            build = views.current(connection, QUEUE.name)
            if build is None:
                return []
            table = views.tables(QUEUE, build)["orders"]
            query = (
                select(table.c.state, func.count())
                .where(table.c.to_position == OPEN, table.c.mode == "live", table.c.state.not_in(SETTLED))
                .group_by(table.c.state)
                .order_by(table.c.state)
            )
            return [(row[0], row[1]) for row in connection.execute(query)]


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_, value=value)


class Measured:
    """Times and traces every request by its route, never by its address: an address may hold an order's number."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with span(scope["method"]) as begun:
            try:
                await self._app(scope, receive, seen)
            finally:
                route = route_of(scope)
                name(begun, f"{scope['method']} {route}")
                if route != "/moved":  # a stream lasts as long as its page
                    HTTP.labels(scope["method"], route, status).observe(time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered (`/orders/{order_no}`), `/static`, or `unknown`."""
    if str(scope["path"]).startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "unknown"))
