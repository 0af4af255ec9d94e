"""本单位职责: the clauses that bind a unit, what came in under each, and how often they were disputed."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, may_read
from console.lookback import Lookback, Looking
from console.paging import paged
from console.visit import Visiting
from mandates.edition import RegisterEdition
from mandates.model import Section
from projections.coverage import COVERAGE
from projections.figures import count
from projections.store import ViewStore
from terms.actors import Actor
from terms.ids import ClauseId, UnitCode

router = APIRouter()
HOW = (
    ("dispatched", "派单"), ("denied", "我方否认"), ("claimed", "他方主张"), ("resolved", "解决"),
    ("unresolved", "未解决"), ("satisfied", "满意"), ("repeated", "重复"),
)  # fmt: skip
DUTIES = frozenset({Section.DUTIES, Section.DIVISION, Section.CHANGE})


@dataclass(frozen=True, slots=True)
class Duty:
    """One citable item of a unit and how often events of the period lean on it, by what they do with it."""

    item: str
    kind: str
    words: str
    role: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def load(self) -> tuple[int, int]:
        """Orders sent under it, and disputes over it: what the list is sorted by."""
        disputed = self.counts.get("denied", 0) + self.counts.get("claimed", 0)
        return self.counts.get("dispatched", 0), disputed


def duties_of(unit: UnitCode, register: RegisterEdition) -> list[tuple[str, str, str, str]]:
    """Item, kind, words and role of everything that binds a unit; a district bureau's are those of what it mirrors."""
    known = register.units.get(unit)
    own = {unit, *(known.mirrors if known else ())}
    found = [
        (str(one.id), "条目", one.text, str(one.role or ""))
        for one in register.clauses.values()
        if one.unit in own and one.section in DUTIES
    ]
    found += [(str(one.id), "权责事项", one.name, one.type) for one in register.power_items.values() if one.unit in own]
    found += [
        (str(one.id), "颗粒点", f"{one.matter}（{one.link}）", "")
        for one in register.duty_points.values()
        if one.unit in own
    ]
    found += [
        (str(one.id), "履职事项", one.matter, str(one.list))
        for one in register.subdistrict_items.values()
        if one.lead in own
    ]
    return found


def read_duties(views: ViewStore, actor: Actor, register: RegisterEdition, look: Lookback) -> list[Duty]:
    """The duties of a person's unit with what its own orders did with them, the most used first."""
    unit, role = actor.unit or UnitCode(""), actor.role
    counts: dict[str, dict[str, int]] = {}
    with views.reading() as connection:
        build = views.current(connection, COVERAGE.name)
        if build is not None:
            table = views.tables(COVERAGE, build)["uses"]
            for (clause, how), times in count(connection, table, ("clause", "how"), look.cut(unit=str(unit))).items():
                counts.setdefault(clause, {})[how] = times
    found = [
        Duty(*told, counts.get(told[0], {}))
        for told in duties_of(unit, register)
        if may_read(role, register.instrument_of(ClauseId(told[0])))
    ]
    return sorted(found, key=lambda one: (-one.load[0], -one.load[1], one.item))


@router.get("/duties")
@router.get("/duties.json")
def duties(
    visit: Visiting, look: Looking, used: bool = False, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """One's own unit: every clause, list item and duty point, its load and disputes; figures open to their lines."""
    visit.open(Page.DUTIES, "orders:read")
    unit = visit.actor.unit or UnitCode("")
    register = visit.console.parts.register.as_of(look.day)
    found = read_duties(visit.console.parts.views, visit.actor, register, look)
    unused = sum(not one.counts for one in found)
    shown, listed = paged([one for one in found if one.counts] if used else found, page)
    data: dict[str, Any] = {"unit": unit, "duties": shown, "total": listed["total"], "unused": unused}
    if visit.request.url.path.endswith(".json"):
        return visit.page("duties.html", Page.DUTIES, "本单位职责", **data)
    filters = look.query() | {"used": "true" if used else ""}
    return visit.page(
        "duties.html", Page.DUTIES, "本单位职责", look=look, filters=filters, whole=len(found), how=HOW, listed=listed,
        **data,
    )  # fmt: skip
