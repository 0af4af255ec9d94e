"""The HTTP API for other programs: orders and returns in, an order out, and a question to the router.

A body holds one thing or a list; each item is whole or not at all, a list is not. What cannot be read goes to
quarantine and its neighbours go in; every item has its own answer, in order. An `Idempotency-Key` names items that
bring no number of their own, so the same request sent twice is recorded once.
"""

import hashlib
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from console.access import Page
from console.dispatcher.queue_reading import Filters, read_queue
from console.interface.answers import ListedOrder, OrdersPage
from console.orders.proposal_document import proposal_document
from console.orders.sheet import clocks_of, sheet_for
from console.visit import Visit, Visiting, json_response
from console.words import CITY_TIME
from ingest.arrival import Summary
from mandates.sheets import Row, rows_of
from routing.proposal import OrderText
from terms.errors import BadInput

router = APIRouter(prefix="/api/v1")
ENDINGS = {"application/json": ".json", "application/x-ndjson": ".jsonl", "text/csv": ".csv"}
SINGLE = {"in": 201, "duplicate": 200, "conflict": 409, "quarantined": 422}


async def read_body(request: Request) -> bytes:
    """The body as it came; its limit was kept by `console.security.BodyLimit`."""
    return await request.body()


Bytes = Annotated[bytes, Depends(read_body)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


class RouteQuestion(BaseModel):
    """What the router is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    title: Annotated[str, Field(max_length=500)] = ""
    place: Annotated[str, Field(max_length=200)] = ""
    district: Annotated[str, Field(max_length=200)] = ""
    street: Annotated[str, Field(max_length=200)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    at: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""


PRINTABLE = r"^[^\x00-\x1f]*$"


class OrdersAsked(BaseModel):
    """Which orders, in what order, which page of them."""

    model_config = ConfigDict(frozen=True)

    tab: Literal[
        "waiting", "asking", "consulting", "returned", "sent", "working", "shelved", "results", "calling", "done", "all"
    ] = "all"
    q: Annotated[str, Field(max_length=60, pattern=PRINTABLE)] = ""
    district: Annotated[str, Field(max_length=80, pattern=PRINTABLE)] = ""
    urgency: Annotated[str, Field(max_length=20, pattern=PRINTABLE)] = ""
    unit: Annotated[str, Field(max_length=20, pattern=PRINTABLE)] = ""
    overdue: bool = False
    sort: Literal["due", "new", "old"] = "new"
    page: Annotated[int, Field(ge=1, le=500)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = 50


@router.post("/work-orders")
def work_orders(visit: Visiting, request: Request, body: Bytes, key: IdempotencyKey = "") -> Response:
    """Take work orders (工单) in: one object, a list, lines of JSON, or CSV with a header."""
    visit.open(Page.INGEST, "orders:write")
    return _take(visit, request, body, key, "work-order")


@router.post("/returns")
def returns(visit: Visiting, request: Request, body: Bytes, key: IdempotencyKey = "") -> Response:
    """Take returns (退单) of another platform in; one without a basis is recorded and marked 依据不全."""
    visit.open(Page.INGEST, "returns:write")
    return _take(visit, request, body, key, "return")


def _take(visit: Visit, request: Request, body: bytes, key: str, kind: str) -> Response:
    ending = ENDINGS.get(request.headers.get("content-type", "application/json").split(";")[0].strip(), ".json")
    if not body.strip():
        raise BadInput("console.empty-body", at="body")
    rows = _named(list(rows_of(body, ending, "请求")), ending)
    # without a key of the sender, what was sent is its own name: the same bytes again are the same items
    digest = hashlib.sha256(b"key:" + key.encode() if key else b"body:" + body).hexdigest()
    summary = Summary()
    for summary in visit.console.parts.gateway.admit(  # noqa: B007 - the last summary is the whole
        rows, now=visit.now, kind=kind, file_digest=digest, origin=f"api:{visit.actor.account}", answers=True
    ):
        pass
    if _is_one(body, ending) and len(summary.answers) == 1:
        answer = summary.answers[0]
        return json_response(answer, SINGLE[answer["status"]])
    return json_response(summary.counts() | {"items": summary.answers})


def _named(rows: list[Row], ending: str) -> list[Row]:
    """`{"items": [...]}` is a list as well."""
    if ending == ".json" and len(rows) == 1 and isinstance(items := rows[0].cells.get("items"), list):
        return list(rows_of(orjson.dumps(items), ".json", rows[0].file))
    return rows


def _is_one(body: bytes, ending: str) -> bool:
    return ending == ".json" and body.lstrip()[:1] == b"{" and b'"items"' not in body[:200]


@router.get("/work-orders")
def listed_orders(visit: Visiting, asked: Annotated[OrdersAsked, Query()]) -> Response:
    """The orders this person may see: the whole city's, or those a unit or district has now."""
    visit.open(Page.ORDER, "orders:read")
    filters = Filters(
        tab=asked.tab,
        q=asked.q,
        district=asked.district,
        urgency=asked.urgency,
        unit=asked.unit,
        overdue=asked.overdue,
        sort=asked.sort,
        page=asked.page,
        size=asked.size,
    )
    found = read_queue(visit.console.parts.views, filters, visit.units, visit.now)
    items = tuple(_listed(row) for row in found.rows)
    page = OrdersPage(items=items, total=found.total, page=found.page, pages=found.pages, position=found.position)
    return json_response(page.model_dump(mode="json"))


def _listed(row: dict[str, Any]) -> ListedOrder:
    told = {name: row[name] or "" for name in ListedOrder.model_fields if name not in ("supports", "returns")}
    return ListedOrder(**told, supports=tuple(row["supports"]), returns=row["returns"] or 0)


@router.get("/work-orders/{order_no:path}")
def work_order(visit: Visiting, order_no: str) -> Response:
    """One order: where it stands, who answers, the proposal with its citations, clocks, history. Texts are masked."""
    visit.open(Page.ORDER, "orders:read")
    sheet = sheet_for(visit, order_no)
    order = sheet.order
    found = json_response(
        {
            "order_no": order_no,
            "version": sheet.version,
            "state": order.stage,
            "lead": order.lead,
            "supports": order.supports,
            "desk": order.desk,
            "designated": order.designated,
            "received_at": order.received_at,
            "title": sheet.texts.title,
            "text": sheet.texts.text,
            "place": sheet.texts.place,
            "proposal": proposal_document(sheet.proposal, sheet.register) if sheet.proposal else None,
            "clocks": clocks_of(order, sheet.register, visit.now),
            "history": [
                {"position": one.position, "event_id": one.event_id, "type": one.type, "title": one.title,
                 "at": one.at, "who": one.who}
                for one in sheet.timeline
            ],
            "resolved": order.resolved,
            "satisfied": order.satisfied,
            "position": sheet.position,
        }
    )  # fmt: skip
    found.headers["ETag"] = f'"{sheet.version}"'
    return found


@router.post("/route")
def route(visit: Visiting, question: Annotated[RouteQuestion, Body()]) -> Response:
    """Which unit would answer for a text, with the clause that proves it. Nothing is recorded."""
    visit.open(Page.TRIAL, "route")
    day, _ = visit.day_end(question.at)
    at = day or visit.now.astimezone(CITY_TIME).date()
    asked = OrderText(**question.model_dump(exclude={"at"}), at=at)
    proposal = visit.console.parts.route(asked)
    document: dict[str, Any] = proposal_document(proposal, visit.console.parts.register.as_of(at))
    return json_response(document)
