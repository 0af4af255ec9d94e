"""履责评价: each unit's indicators, score and stars in a quarter; every figure opens to its events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from city.scoring import Indicator, Rate, ScoreRule
from console.access import Page, require_unit
from console.interface.doors import ASSESSMENT_DOOR
from console.lookback import Lookback, Looking
from console.paging import paged
from console.visit import Visit, Visiting
from mandates.model import Unit
from projections.accountability import ACCOUNTABILITY
from projections.measures import measures
from projections.readings.looking import Period, quarter, quarter_of
from projections.scores import Score, Sums, rate, score, together
from terms.ids import UnitCode

router = APIRouter()
QUARTERS = 8  # to choose from
COUNTED = (
    "dispatched", "first_kept", "signed_in_time", "finished_in_time", "contacted", "resolved", "satisfied", "returned",
    "return_upheld", "return_refused", "return_designated", "return_withdrawn", "moved_away", "moved_to", "sent_back",
    "rework", "overdue", "supervised", "rated", "excluded",
)  # fmt: skip
GRADED = frozenset({  # those whose value says whether it was good
    "first_kept", "signed_in_time", "finished_in_time", "contacted", "resolved", "satisfied",
})  # fmt: skip
ORDERS: Mapping[str, tuple[str, Callable[["Line"], int]]] = {  # what stands first: its words, and what is compared
    "": ("得分最高", lambda one: one.score.score if one.score.score is not None else -1),
    "returned": ("退单最多", lambda one: one.returned),
    "refused": ("退单被驳回最多", lambda one: one.refused),
    "led": ("主办最多", lambda one: one.led),
}
# of the same first dispatches those sent by rule: an accuracy says little without it (domain, section 9)
BY_RULE = Indicator(
    code="by_rule", label="自动派单占比", top="first_by_rule:lines", bottom="first_kept:lines", part="lead"
)
FIRST = Indicator(code="first", label="首派准确率", top="first_kept:sum", bottom="first_kept:lines", part="lead")


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in the quarter; `given` is how many orders it led and supported."""

    unit: str
    score: Score
    first: Rate
    by_rule: Rate
    led: int
    supported: int
    returned: int
    upheld: int
    refused: int
    origins: str = ""  # the units whose lines these are, as an address names them: itself, and who ended in it
    absorbed: tuple[str, ...] = ()


def period_of(asked: str, look: Lookback) -> tuple[str, Period]:
    """The quarter asked for, else the one the page stands in. Raises BadInput."""
    name = asked or quarter_of(look.day)
    return name, quarter(name)


def choices(day: date) -> list[str]:
    """The quarters a reader may choose from, the newest first."""
    found = [quarter_of(day)]
    while len(found) < QUARTERS:
        begin = quarter(found[-1]).begin
        found.append(quarter_of(date.fromordinal(begin.toordinal() - 1)))
    return found


def read_sums(visit: Visit, look: Lookback, period: Period, units: tuple[str, ...] = ()) -> Sums:
    """(unit, part, measure) → lines and values of the quarter as known then; orders not to count are left out."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, ACCOUNTABILITY.name)
        if build is None:
            return {}
        cut = _cut(look, period).cut()
        if units:
            cut = cut.narrowed(unit=units)
        elif visit.units is not None:
            own = sorted(visit.units)
            cut = cut.narrowed(unit=(*own, *(past for one in own for past in absorbed_by(visit, one, period.end))))
        facts = views.tables(ACCOUNTABILITY, build)["facts"]
        by_rule = measures(connection, facts, cut.narrowed(measure="first_kept", how="rule"))
        told = {(unit, part, "first_by_rule"): sums for (unit, part, _), sums in by_rule.items()}
        return {**measures(connection, facts, cut), **told}


def _cut(look: Lookback, period: Period) -> Lookback:
    return replace(look, since=period.begin, until=period.end)


def line_of(unit: str, unit_class: str, sums: Sums, rule: ScoreRule, absorbed: tuple[str, ...] = ()) -> Line:
    """One unit's line."""

    def lines(measure: str, *parts: str) -> int:
        return sum(sums.get((unit, part, measure), (0, 0))[0] for part in parts or ("lead", "support"))

    return Line(
        unit,
        score(sums, unit, unit_class, rule),
        rate(sums, unit, FIRST),
        rate(sums, unit, BY_RULE),
        lines("dispatched", "lead"),
        lines("dispatched", "support"),
        lines("returned"),
        lines("return_upheld"),
        lines("return_refused"),
        "|".join((unit, *absorbed)),
        absorbed,
    )


def absorbed_by(visit: Visit, unit: str, day: date) -> tuple[str, ...]:
    """机构改革: who ended in this unit and in no other by that day (domain, section 7: scores carry over)."""
    return visit.console.parts.register.register().succession.absorbed(UnitCode(unit), day)


def former_names(visit: Visit) -> Callable[[str], str]:
    """The last name of a unit that has ended."""

    def name(code: str) -> str:
        known = visit.console.parts.register.register().versions("departments", code)
        last = max(known, key=lambda one: one.span.valid_from, default=None)
        return last.name if isinstance(last, Unit) else code

    return name


@router.get("/accountability")
@router.get("/accountability.json")
def accountability(
    visit: Visiting,
    look: Looking,
    period: Annotated[str, Query(alias="quarter", max_length=7)] = "",
    unit_class: Annotated[str, Query(alias="class", max_length=40)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Every unit with something to answer for in the quarter, the best score first, or by what is asked for."""
    visit.open(Page.ACCOUNTABILITY, "orders:read")
    current = visit.caught_up("accountability")
    name, days = period_of(period, look)
    sums = read_sums(visit, look, days)
    register = visit.console.parts.register.as_of(min(look.day, days.end))
    rule = visit.console.parts.city.scoring
    lines = []
    pasts = {one: absorbed_by(visit, one, min(look.day, days.end)) for one in register.units}
    for one, past in pasts.items():
        sums = together(sums, one, past) if past else sums
    for unit in sorted({one for one, _, _ in sums}):
        known = register.units.get(UnitCode(unit))
        of_class = known.unit_class if known else ""
        said = f"{unit} {known.name} {' '.join(known.everyday_names)}" if known else unit
        if (not unit_class or of_class == unit_class) and (not q.strip() or q.strip() in said):
            lines.append(line_of(unit, of_class, sums, rule, pasts.get(UnitCode(unit), ())))
    sort = sort if sort in ORDERS else ""
    lines.sort(key=lambda one: (-ORDERS[sort][1](one), -one.led, one.unit))
    filters = {"quarter": period and name, "class": unit_class, "q": q.strip(), "sort": sort} | look.query()
    shown, listed = paged(lines, page)
    data = {
        "quarter": name,
        "filters": filters,
        "current": current,
        "rule": rule.version,
        "lines": shown,
        "listed": listed,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("accountability.html", Page.ACCOUNTABILITY, "履责评价", **data)
    return visit.page(
        "accountability.html", Page.ACCOUNTABILITY, "履责评价", look=_cut(look, days), days=days,
        quarters=choices(visit.now.date()), classes=visit.console.parts.city.unit_classes, indicators=rule.indicators,
        behind=behind, least=rule.least_orders, former=former_names(visit),
        orders={key: words for key, (words, _) in ORDERS.items()},
        assessed=visit.actor.role in ASSESSMENT_DOOR.readers, **data,
    )  # fmt: skip


@router.get("/accountability/{unit}")
@router.get("/accountability/{unit}.json")
def unit_score(
    visit: Visiting, look: Looking, unit: str, period: Annotated[str, Query(alias="quarter", max_length=7)] = ""
) -> Response:
    """One unit's quarter: each indicator with its weight and both its figures, and every measure by part."""
    visit.open(Page.ACCOUNTABILITY, "orders:read")
    name, days = period_of(period, look)
    register = visit.register
    if UnitCode(unit) not in register.units:  # it ended, and was split: its own figures stay with it
        register = visit.console.parts.register.as_of(days.begin)
    require_unit(visit.actor, UnitCode(unit), register)
    absorbed = absorbed_by(visit, unit, min(look.day, days.end))
    sums = together(read_sums(visit, look, days, (unit, *absorbed)), unit, absorbed)
    known = register.units[UnitCode(unit)]
    rule = visit.console.parts.city.scoring
    weights = rule.weights_of(known.unit_class)
    data = {
        "unit": unit,
        "quarter": name,
        "line": line_of(unit, known.unit_class, sums, rule, absorbed),
        "weights": weights,
        "measures": counted_by_part(sums, unit),
        "rule": rule.version,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("accountability_unit.html", Page.ACCOUNTABILITY, known.name, **data)
    return visit.page(
        "accountability_unit.html", Page.ACCOUNTABILITY, f"履责评价：{known.name}", look=_cut(look, days), days=days,
        name=known.name, quarters=choices(visit.now.date()), indicators=dict(zip((one.code for one in rule.indicators),
        rule.indicators, strict=True)), behind=behind, filters={"quarter": period and name, **look.query()},
        least=rule.least_orders, first=FIRST, graded=GRADED, former=former_names(visit), **data,
    )  # fmt: skip


def counted_by_part(sums: Sums, unit: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Measure → part → lines and sum of values, of one unit."""
    return {
        measure: {part: sums.get((unit, part, measure), (0, 0)) for part in ("lead", "support")} for measure in COUNTED
    }


def behind(asked: str, unit: str, part: str = "both") -> Mapping[str, Any]:
    """The filters of the figure page for one side of an indicator ("measure:lines" or "measure:sum")."""
    measure, _, which = asked.partition(":")
    found = {"measure": measure, "unit": unit, "counted": "yes"}
    if part != "both":
        found["part"] = part
    return found | ({"value": "1"} if which == "sum" else {})
