"""边界争议: who returns what to whom, which orders go from hand to hand, which matters have two leads or none."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection, FromClause, func, or_, select
from starlette.responses import Response

from casework import permissions
from casework.boundary_case.commands import OpenCase
from console import figure_words
from console.access import Page, may_read
from console.bianban.boundary_reading import (
    doubtful_leads,
    read_chains,
    read_choices,
    read_matrix,
    read_matters,
    read_pairs,
)
from console.lookback import Lookback, Looking
from console.paging import paged
from console.visit import Visit, Visiting
from console.words import ABSTAINED
from projections.cases import CASES_VIEW
from projections.disputes import DISPUTES
from projections.past import foremost, held
from projections.queue import QUEUE
from projections.readings.boundaries import WINDOW, decided, tracked, unsettled
from projections.readings.boundaries import open_cases as going_on
from projections.readings.looking import Look, Period
from projections.store import ViewStore, as_of
from terms.errors import Unavailable
from terms.ids import ClauseId

router = APIRouter()
TABS = {
    "matrix": "单位矩阵", "pairs": "争议双方", "chains": "流转往返", "matters": "争议事项", "open": "正在争议",
    "unsettled": "无主与多主", "tracked": "逐项跟踪", "decided": "决定成效",
}  # fmt: skip
NOTHING: dict[str, Any] = {
    "matrix": None, "pairs": [], "pairs_total": 0, "chains": [], "matters": [], "doubtful": [], "unsure": [],
    "returned": [], "open_cases": {}, "unsettled": [], "tracked": [], "going_on": [], "decided": [],
}  # fmt: skip
SHOWN, PAGE = 100, 50
PAGED = ("unsettled", "tracked")
RECORDED_SINCE = date(1949, 10, 1)


@router.get("/disputes")
@router.get("/disputes.json")
def disputes(
    visit: Visiting,
    look: Looking,
    tab: str = "matrix",
    matter: Annotated[str, Query(max_length=80)] = "",
    district: Annotated[str, Query(max_length=80)] = "",
    clause: Annotated[str, Query(max_length=120)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The page; a tab reads only what it shows. Long tables stand on pages of 50, in the data whole."""
    visit.open(Page.DISPUTES, "orders:read")
    current = visit.caught_up("disputes")
    tab = tab if tab in TABS else "matrix"
    where = {"matter_id": matter, "district": district}
    returned = where | {"denied_clause": clause.strip()}
    found = NOTHING | _read(visit, look, tab, where, returned)
    choices = found.pop("choices", ([], []))
    filters = look.query() | {"tab": tab, "matter": matter, "district": district, "clause": clause.strip()}
    data = {"filters": filters, "current": current, **found}
    if visit.request.url.path.endswith(".json"):
        return visit.page("disputes.html", Page.DISPUTES, "边界争议", **data)
    rows = data[tab] if tab in PAGED else []
    shown, listed = paged(rows, page, PAGE)
    if tab in PAGED:
        data[tab] = shown
    return visit.page(
        "disputes.html",
        Page.DISPUTES,
        "边界争议",
        look=look,
        listed=listed,
        tabs=TABS,
        choices=choices,
        where=where,
        returned_where=returned,
        unsettled_words=figure_words.UNSETTLED,
        window=timedelta(days=WINDOW),
        a_day=timedelta(days=1),
        from_day=date.fromisoformat,
        may_open=permissions.may(visit.actor.role, OpenCase) and look.as_of is None,
        **data,
    )


def _read(visit: Visit, look: Lookback, tab: str, where: dict[str, str], returned: dict[str, str]) -> dict[str, Any]:
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, DISPUTES.name)
        if build is None:
            return {}
        tables = views.tables(DISPUTES, build)
        found: dict[str, Any] = {"choices": read_choices(connection, tables["chains"], look.position)}
        if tab == "matrix":
            found["matrix"] = read_matrix(connection, tables["returned"], look.cut(**returned))
        elif tab == "pairs":
            found["pairs"], found["pairs_total"] = read_pairs(connection, tables["returned"], look.cut(**returned))
            found["open_cases"] = open_cases(connection, views, look)
        elif tab == "chains":
            found["chains"] = read_chains(connection, tables["chains"], look.position, where)
        elif tab == "matters":
            found["matters"] = read_matters(connection, tables, look.cut(**where), where)
            found["open_cases"] = open_cases(connection, views, look)
            register = visit.console.parts.register.as_of(look.day)
            found["doubtful"] = [
                one
                for one in doubtful_leads(register)
                if may_read(visit.actor.role, register.instrument_of(ClauseId(one["item"])))
            ]
        elif tab == "open":
            found |= read_open_orders(connection, views, look, where)
        else:
            found |= _tracking(visit, Look(connection, views, look.position), look, tab)
        return found


def _tracking(visit: Visit, then: Look, look: Lookback, tab: str) -> dict[str, Any]:
    """Matters with several leads or none; every boundary item link by link, cases with age and step; what was decided
    and what it changed. What stands in a document this person may not read is left out."""
    register = visit.console.parts.register.as_of(look.day)
    period = Period(look.since or RECORDED_SINCE, look.until or look.day) if look.since or look.until else None

    def readable(item: str) -> bool:
        return may_read(visit.actor.role, register.instrument_of(ClauseId(item)))

    try:
        if tab == "unsettled":
            return {"unsettled": [one for one in unsettled(then, register, period) if readable(one.matter_id)]}
        if tab == "tracked":
            items = [one for one in tracked(then, register, period) if readable(one.item)]
            return {"tracked": [asdict(one) | {"decided": one.decided} for one in items],
                    "going_on": going_on(then, look.day)}  # fmt: skip
        return {"decided": [asdict(one) | {"settled": one.settled} for one in decided(then, look.day)]}
    except Unavailable:
        return {}


def open_cases(connection: Connection, views: ViewStore, look: Lookback) -> dict[str, dict[str, Any]]:
    """Matter → the case that was open on it then: number, step, day of opening."""
    build = views.current(connection, CASES_VIEW.name)
    if build is None:
        return {}
    table = views.tables(CASES_VIEW, build)["cases"]
    query = select(table.c.matter_id, table.c.case_no, table.c.step, table.c.opened_on).where(
        as_of(table, look.position), table.c.closed_on == "", table.c.opened_on != ""
    )
    return {row["matter_id"]: dict(row) for row in connection.execute(query).mappings()}


def read_open_orders(connection: Connection, views: ViewStore, look: Lookback, where: dict[str, str]) -> dict[str, Any]:
    """Orders whose return waits for its review or that moved more than once; and what the router would not send."""
    build = views.current(connection, QUEUE.name)
    if build is None:
        return {}
    table = views.tables(QUEUE, build)["orders"]
    same = [table.c[name] == value for name, value in where.items() if value]
    abstained = held(table, ("abstained",), look.position, table.c.abstained.is_not(None), *same)
    unsure = connection.execute(
        select(abstained.c.abstained, func.count().label("orders"))
        .group_by(abstained.c.abstained)
        .order_by(func.count().desc(), abstained.c.abstained)
    ).mappings()
    names = ("order_no", "title", "lead", "matter", "returns", "bounces", "state", "received_at")
    going_round = or_(table.c.state.in_(("退单申请", "异议审核")), table.c.bounces > 1)
    disputed = connection.execute(
        foremost(table, names, look.position, _most_returned, SHOWN, going_round, *same)
    ).mappings()
    return {
        "unsure": [dict(row) | {"words": ABSTAINED.get(row["abstained"], row["abstained"])} for row in unsure],
        "returned": [dict(row) for row in disputed],
    }


def _most_returned(rows: FromClause) -> tuple[Any, ...]:
    return rows.c.returns.desc(), rows.c.received_at
