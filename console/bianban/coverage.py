"""条目覆盖: what each clause and duty point carries, which nothing leans on, and what no clause covers."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, may_read
from console.lookback import Lookback, Looking
from console.paging import paged
from console.visit import Visit, Visiting
from mandates.edition import RegisterEdition
from projections.readings.candidates import Candidate, candidate_matters
from projections.readings.clauses import ClauseUse, clause_uses, never_used
from projections.readings.looking import Period, looking
from terms.errors import Unavailable
from terms.ids import ClauseId

router = APIRouter()
TABS = {
    "load": "引用最多",
    "disputed": "常被争议",
    "effect": "社会效应",
    "vague": "表述含糊",
    "unused": "从未引用",
    "uncovered": "无条目可依",
}
KINDS = ("条目", "颗粒点", "权责事项", "边界事项", "履职事项")


@router.get("/coverage")
@router.get("/coverage.json")
def coverage(
    visit: Visiting,
    look: Looking,
    tab: str = "load",
    unit: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The page; items in a document this person may not read are left out."""
    visit.open(Page.COVERAGE, "orders:read")
    current = visit.caught_up("coverage")
    tab = tab if tab in TABS else "load"
    register = visit.console.parts.register.as_of(look.day)
    filters = look.query() | {"tab": tab, "unit": unit, "kind": kind if kind in KINDS else ""}
    candidates: tuple[Candidate, ...] = ()
    uses: list[ClauseUse] = []
    try:
        with looking(visit.console.parts.views, look.position) as then:
            rules = visit.console.parts.city.coverage
            if tab == "uncovered":
                candidates = candidate_matters(then, rules, _period(look))
            else:
                uses = list(clause_uses(then, register, rules, _period(look), unit or None))
    except Unavailable:
        current = False
    uses = _chosen(visit, register, tuple(uses), tab, filters["kind"])
    shown, listed = paged(uses, page)
    data: dict[str, Any] = {
        "filters": filters,
        "current": current,
        "total": len(candidates) if tab == "uncovered" else len(uses),
        "uses": shown,
        "candidates": candidates,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("coverage.html", Page.COVERAGE, "条目覆盖", **data)
    return visit.page(
        "coverage.html", Page.COVERAGE, "条目覆盖", look=look, tabs=TABS, kinds=KINDS,
        listed=listed, register_units=register.units, **data,
    )  # fmt: skip


def _period(look: Lookback) -> Period | None:
    """The period asked for; open ends reach to the first day of the record and to the day the page stands on."""
    if look.since is None and look.until is None:
        return None
    return Period(look.since or look.day.replace(year=1949), look.until or look.day)


def _chosen(
    visit: Visit, register: RegisterEdition, uses: tuple[ClauseUse, ...], tab: str, kind: str
) -> list[ClauseUse]:
    if tab == "disputed":
        found = sorted((one for one in uses if one.disputed), key=lambda one: (-one.disputed, one.item))
    elif tab == "vague":
        found = [one for one in uses if one.vague_words or one.vague_outcome]
    elif tab == "effect":  # what became of it for people: the most unsolved, unsatisfied and repeated first
        closed = [one for one in uses if one.closed or one.repeated]
        found = sorted(closed, key=lambda one: (-(one.unresolved + one.unsatisfied + one.repeated), one.item))
    elif tab == "unused":
        found = list(never_used(uses, register))
    else:
        found = [one for one in uses if one.used]
    role = visit.actor.role
    return [
        one
        for one in found
        if (not kind or one.kind == kind) and may_read(role, register.instrument_of(ClauseId(one.item)))
    ]
