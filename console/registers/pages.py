"""Browsing who must do what: units, instruments, clauses, list items, boundary items, duty points, as of any day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, may_read
from console.orders.sheet import sheet_for
from console.registers.clause_card import clause_card
from console.registers.clause_ranking import speaking_to
from console.registers.differences import may_read_version
from console.registers.search import SORTS, Found, search
from console.visit import Visit, Visiting
from console.words import CITY_TIME, INSTRUMENTS
from mandates.edition import RegisterEdition
from mandates.model import Clause, DutyPoint, Level, PowerItem, Unit
from terms.errors import NotFound
from terms.ids import ClauseId, InstrumentId, UnitCode

router = APIRouter()
LEVELS = {
    Level.CITY: "市级单位",
    Level.DISTRICT: "区县单位",
    Level.STREET: "街道乡镇",
    Level.COMPANY: "企业",
    Level.ZONE: "功能区",
}
PICKED = 8  # clauses a form offers

At = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


def edition_of(visit: Visit, at: str) -> tuple[RegisterEdition, str]:
    """The edition of the day asked for, today's when none is; and that day."""
    day, _ = visit.day_end(at)
    asked: date = day or visit.now.astimezone(CITY_TIME).date()
    return visit.console.parts.register.as_of(asked), asked.isoformat()


@router.get("/mandates")
@router.get("/mandates.json")
def mandates(
    visit: Visiting,
    q: Annotated[str, Query(max_length=80)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
    at: At = "",
) -> Response:
    """The register: units by tier when nothing is asked for, else what was found."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    sort = sort if sort in SORTS else ""
    asked = bool(q.strip() or unit or sort)
    found, total = search(register, q, visit.actor.role, unit=unit, sort=sort) if asked else ([], 0)
    counts = {
        "clause": len(register.clauses),
        "power": len(register.power_items),
        "boundary": len(register.boundary_items),
        "point": len(register.duty_points),
        "street": len(register.subdistrict_items),
    }
    data: dict[str, Any] = {
        "filters": {"q": q.strip(), "unit": unit, "sort": sort, "at": at},
        "day": day,
        "edition": register.digest,
        "counts": counts,
        "found": found,
        "total": total,
        "asked": asked,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("mandates.html", Page.MANDATES, "职责依据", **data)
    return visit.page(
        "mandates.html",
        Page.MANDATES,
        "职责依据",
        sorts=SORTS,
        tiers=[] if asked else _tiers(register),
        register_units=register.units,
        **data,
    )


def _tiers(register: RegisterEdition) -> list[tuple[str, list[tuple[Unit, int, int]]]]:
    clauses: dict[UnitCode, int] = {}
    points: dict[UnitCode, int] = {}
    for clause in register.clauses.values():
        clauses[clause.unit] = clauses.get(clause.unit, 0) + 1
    for point in register.duty_points.values():
        points[point.unit] = points.get(point.unit, 0) + 1
    tiers = []
    for level, name in LEVELS.items():
        units = [
            (unit, clauses.get(unit.code, 0), points.get(unit.code, 0))
            for unit in register.units.values()
            if unit.level is level
        ]
        if units:
            tiers.append((name, units))
    return tiers


@router.get("/mandates/units/{code}")
@router.get("/mandates/units/{code}.json")
def unit_page(visit: Visiting, code: str, at: At = "") -> Response:
    """One unit: its clauses by section, its list items, its duty points, its boundary items."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    unit = register.units.get(UnitCode(code))
    if unit is None:
        raise NotFound("console.no-unit", unit=code)
    role = visit.actor.role

    def readable(item: str) -> bool:
        return may_read(role, register.instrument_of(ClauseId(item)))

    # a district bureau carries the duties of the city units it mirrors
    whose = {unit.code, *unit.mirrors}
    clauses: list[Clause] = [one for one in register.clauses.values() if one.unit in whose and readable(one.id)]
    powers: list[PowerItem] = [one for one in register.power_items.values() if one.unit in whose and readable(one.id)]
    points: list[DutyPoint] = [one for one in register.duty_points.values() if one.unit in whose and readable(one.id)]
    boundaries = [
        one for one in register.boundary_items.values() if whose & {one.lead, *one.supports} and readable(one.id)
    ]
    listed = [
        one
        for one in register.subdistrict_items.values()
        if unit.level is Level.STREET and (not one.units or unit.code in one.units) and readable(one.id)
    ]
    sections: dict[str, list[Clause]] = {}
    for clause in clauses:
        sections.setdefault(clause.section, []).append(clause)
    data = {
        "unit": unit,
        "day": day,
        "at": at,
        "sections": sections,
        "powers": powers,
        "points": points,
        "boundaries": boundaries,
        "listed": listed,
        "instruments": [one for one in register.instruments.values() if one.unit in whose and may_read(role, one)],
    }
    return (
        visit.page("unit.html", Page.MANDATES, unit.name, kinds=INSTRUMENTS, register_units=register.units, **data)
        if not visit.request.url.path.endswith(".json")
        else visit.page("unit.html", Page.MANDATES, unit.name, **data)
    )


@router.get("/mandates/items/{item:path}")
@router.get("/mandates/items/{item:path}.json")
def item_page(visit: Visiting, item: str, at: At = "") -> Response:
    """One citable item: its words, where it stands, every version it had, what rests on it."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    card = clause_card(item, register)
    whole, role = visit.console.parts.register.register(), visit.actor.role
    versions = [one for one in _versions(visit, item) if may_read_version(role, whole, one)]
    if not card.in_force and not versions:
        raise NotFound("console.no-clause", clause=item)
    if not may_read(role, register.instrument_of(ClauseId(item))) or not versions:
        raise NotFound("console.no-clause", clause=item)
    key = ClauseId(item)

    def readable(other: str) -> bool:
        return may_read(role, register.instrument_of(ClauseId(other)))

    boundary = register.boundary_items.get(key)
    data: dict[str, Any] = {
        "card": card,
        "day": day,
        "at": at,
        "versions": versions,
        "boundary": boundary,
        "rests_on": [clause_card(one, register) for one in (boundary.clauses if boundary else ()) if readable(one)],
        "point": register.duty_points.get(key),
        "power": register.power_items.get(key),
        "points_on_it": [one for one in register.duty_points.values() if one.clause == item and readable(one.id)],
        "powers_on_it": [one for one in register.power_items.values() if one.clause == item and readable(one.id)],
    }
    return visit.page("item.html", Page.MANDATES, f"{card.sort} {item}", **data)


def _versions(visit: Visit, item: str) -> list[Any]:
    whole = visit.console.parts.register.register()
    for table in ("clauses", "power_items", "boundary_items", "duty_points", "subdistrict_items"):
        if found := whole.versions(table, item):
            return list(found)
    return []


@router.get("/mandates/instruments/{instrument}")
@router.get("/mandates/instruments/{instrument}.json")
def instrument_page(visit: Visiting, instrument: str, at: At = "") -> Response:
    """One document with its clauses in order."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    found = register.instruments.get(InstrumentId(instrument))
    if found is None or not may_read(visit.actor.role, found):
        raise NotFound("console.no-instrument", instrument=instrument)
    clauses = [one for one in register.clauses.values() if one.instrument == instrument]
    powers = [one for one in register.power_items.values() if one.instrument == instrument]
    boundaries = [one for one in register.boundary_items.values() if one.instrument == instrument]
    listed = [one for one in register.subdistrict_items.values() if one.instrument == instrument]
    return visit.page(
        "instrument.html",
        Page.MANDATES,
        found.title,
        instrument=found,
        kind=INSTRUMENTS.get(found.kind, str(found.kind)),
        day=day,
        at=at,
        clauses=clauses,
        powers=powers,
        boundaries=boundaries,
        listed=listed,
    )


@router.get("/clauses")
def pick_clause(
    visit: Visiting,
    field: Annotated[str, Query(pattern="^[a-z_]{1,30}$")],
    q: Annotated[str, Query(max_length=80)] = "",
    unit: Annotated[str, Query(max_length=60)] = "",
    at: At = "",
    order: Annotated[str, Query(max_length=80)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What a form's clause field offers, as radio buttons: by words, or without any what speaks to the order."""
    visit.open(Page.MANDATES)
    register, _ = edition_of(visit, at)
    code = unit.split()[0] if unit.strip() else ""
    role = visit.actor.role
    found: list[Found] = []
    total = 0
    if q.strip():
        found, total = search(register, q, role, unit=code, sort=sort if sort in SORTS else "", limit=PICKED)
    elif code:
        texts = sheet_for(visit, order).texts if order else None
        spoken = f"{texts.title}\n{texts.text}" if texts else ""
        found, total = speaking_to(spoken, code, register, role, PICKED)
    return visit.fragment("clause_options.html", field=field, found=found, total=total, q=q.strip())
