"""季度评分: the score sheet of a quarter and a unit's own score; each figure opens to what it was drafted from."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework.appraisal.score_sheet import decide
from casework.lanes import SCORES
from console.access import Page, require_unit
from console.bianban.acting import Matter, carry_out, occasion_of, offers
from console.forms import Form
from console.interface.doors import SCORE_DOOR
from console.leaders.accountability import absorbed_by, behind, choices, former_names
from console.leaders.score_actions import ACTIONS
from console.lookback import Looking
from console.paging import paged
from console.visit import Visit, Visiting
from projections.readings.looking import looking, quarter, quarter_of
from projections.score_sheets import SCORE_SHEETS
from terms.errors import Unavailable
from terms.ids import UnitCode

router = APIRouter()


@router.post("/scores/act/{slug}/{quarter_name}")
def act(visit: Visiting, slug: str, quarter_name: str, form: Form) -> Response:
    """Carry out one action on a quarter's sheet."""
    visit.open(Page.ACCOUNTABILITY)
    quarter(quarter_name)
    return carry_out(
        visit, SCORE_DOOR, ACTIONS, slug, quarter_name, form, f"/scores?quarter={quarter_name}", fresh=True
    )


@router.get("/scores")
@router.get("/scores.json")
def scores(
    visit: Visiting,
    look: Looking,
    quarter_name: Annotated[str, Query(alias="quarter", max_length=7)] = "",
    unit_class: Annotated[str, Query(alias="class", max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The sheet of a quarter: the one asked for, else the newest there is."""
    visit.open(Page.ACCOUNTABILITY, "scores:read")
    current = visit.caught_up("score_sheets")
    kept: list[dict[str, Any]] = []
    sheet: dict[str, Any] | None = None
    lines: list[dict[str, Any]] = []
    objections: list[dict[str, Any]] = []
    name = _asked(look.day, quarter_name)
    try:
        with looking(visit.console.parts.views, look.position) as then:
            kept = then.rows(then.table(SCORE_SHEETS, "sheets"), order=("quarter",))[::-1]
            name = quarter_name or (kept[0]["quarter"] if kept else name)
            sheet = next((one for one in kept if one["quarter"] == name), None)
            lines = [
                row for row in _of(visit, then, "lines", name) if not unit_class or row["unit_class"] == unit_class
            ]
            objections = _of(visit, then, "objections", name)
    except Unavailable:
        current = False
    lines.sort(key=lambda row: (row["score"] is None, -(row["score"] or 0), row["unit"]))
    scored = [row["score"] for row in lines if row["score"] is not None]
    for row in lines:  # among those shown; who has the same score has the same place, and a unit alone has none
        ranked = row["score"] is not None and visit.units is None
        row["rank"] = 1 + sum(other > row["score"] for other in scored) if ranked else None
    filters = look.query() | {"quarter": name, "class": unit_class}
    shown, listed = paged(lines, page)
    data = {
        "filters": filters, "current": current, "sheet": sheet, "lines": shown, "listed": listed,
        "objections": objections,
    }  # fmt: skip
    if visit.request.url.path.endswith(".json"):
        return visit.page("scores.html", Page.ACCOUNTABILITY, "季度评分", **data)
    offered, version = ([], 0) if look.past else _offers(visit, name)
    return visit.page(
        "scores.html", Page.ACCOUNTABILITY, "季度评分", look=look, name=name, days=quarter(name), offers=offered,
        version=version, quarters=list(dict.fromkeys([*(one["quarter"] for one in kept), *choices(visit.now.date())])),
        classes=visit.console.parts.city.unit_classes, labels=_labels(visit, name), order_no="", received=None, **data,
    )  # fmt: skip


@router.get("/scores/{quarter_name}/{unit}")
@router.get("/scores/{quarter_name}/{unit}.json")
def unit_scores(visit: Visiting, look: Looking, quarter_name: str, unit: str) -> Response:
    """A unit's own score in a quarter: every indicator with its weight, both its amounts opening to their events."""
    visit.open(Page.ACCOUNTABILITY, "scores:read")
    days = quarter(quarter_name)
    register = visit.register
    if UnitCode(unit) not in register.units:  # it was split in the quarter: its sheet goes up to its end
        register = visit.console.parts.register.as_of(days.begin)
    require_unit(visit.actor, UnitCode(unit), register)
    with looking(visit.console.parts.views, look.position) as then:
        sheets = then.table(SCORE_SHEETS, "sheets")
        sheet = next(iter(then.rows(sheets, sheets.c.quarter == quarter_name)), None)
        found = {
            name: [row for row in _of(visit, then, name, quarter_name) if row["unit"] == unit]
            for name in ("lines", "indicators", "objections")
        }
    indicators = sorted(found["indicators"], key=lambda row: int(row["at"]))
    data = {"quarter": quarter_name, "unit": unit, "sheet": sheet, "line": next(iter(found["lines"]), None),
            "indicators": indicators, "objections": found["objections"]}  # fmt: skip
    if visit.request.url.path.endswith(".json"):
        return visit.page("scores_unit.html", Page.ACCOUNTABILITY, unit, **data)
    kept = visit.console.parts.desk.load(SCORES, quarter_name).state
    known = {one.code: one for one in kept.rule.indicators} if kept.rule else {}
    absorbed = absorbed_by(visit, unit, days.end) if kept.carried else ()
    drafted_from = (
        {"since": days.since, "until": days.end.isoformat(), "position": sheet["reckoned_at"]} if sheet else {}
    )
    offered, version = ([], 0) if look.past else _offers(visit, quarter_name)
    return visit.page(
        "scores_unit.html", Page.ACCOUNTABILITY, f"季度评分：{register.units[UnitCode(unit)].name}", look=look,
        origins="|".join((unit, *absorbed)), absorbed=absorbed, former=former_names(visit),
        days=days, known=known, behind=behind, drafted_from=drafted_from, version=version, order_no="", received=None,
        offers=[one for one in offered if one.action.slug == "object" and visit.actor.unit == unit], **data,
    )  # fmt: skip


def _asked(day: date, name: str) -> str:
    """The quarter asked for, else the last that has ended. Raises BadInput."""
    if name:
        quarter(name)
        return name
    return quarter_of(date.fromordinal(quarter(quarter_of(day)).begin.toordinal() - 1))


def _of(visit: Visit, then: Any, table: str, name: str) -> list[dict[str, Any]]:
    """The rows of a quarter that this person may read: a unit's people their own."""
    found = then.table(SCORE_SHEETS, table)
    terms = [found.c.quarter == name]
    if visit.units is not None:
        terms.append(found.c.unit.in_(sorted(visit.units)))
    rows: list[dict[str, Any]] = then.rows(found, *terms, order=("unit",))
    return rows


def _labels(visit: Visit, name: str) -> dict[str, str]:
    rule = visit.console.parts.desk.load(SCORES, name).state.rule
    return {one.code: one.label for one in rule.indicators} if rule else {}


def _offers(visit: Visit, name: str) -> tuple[list[Any], int]:
    found = visit.console.parts.desk.load(SCORES, name)
    return offers(ACTIONS, Matter(found.state, occasion_of(visit)), decide), found.version
