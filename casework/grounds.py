"""What a citable item says of a unit: does it exist, is it in force, whose is it, may it decide (pure).

Everything is asked of the register edition of the order's date: a route, and a quarrel about it, is judged by the
clauses of that day (国办函〔2025〕66号 item (五), "动态更新").
"""

from collections.abc import Iterable

from city.configuration import CityConfiguration
from mandates.desks import hotline_desks
from mandates.edition import RegisterEdition
from mandates.model import InstrumentKind, Level, SubdistrictItem, SubdistrictList
from terms.ids import ClauseId, UnitCode


def in_force(item: str, register: RegisterEdition) -> bool:
    """Whether the item exists and is in force in that edition."""
    return register.text_of(ClauseId(item)) is not None


def owners(item: str, register: RegisterEdition) -> frozenset[UnitCode]:
    """The units the item speaks for; a subdistrict item without units speaks for every subdistrict and township."""
    key = ClauseId(item)
    if clause := register.clauses.get(key):
        return frozenset({clause.unit, *clause.parties})
    if power := register.power_items.get(key):
        return frozenset({power.unit})
    if boundary := register.boundary_items.get(key):
        return frozenset({boundary.lead, *boundary.supports, *(unit for unit, _ in boundary.division)})
    if point := register.duty_points.get(key):
        return frozenset({point.unit, *point.supports})
    if listed := register.subdistrict_items.get(key):
        return frozenset(listed.units or (code for code, unit in register.units.items() if unit.level is Level.STREET))
    return frozenset()


def lead_of(item: str, register: RegisterEdition) -> UnitCode | None:
    """The unit whose item it is: of a clause, power or duty point its own, of a boundary item the lead."""
    key = ClauseId(item)
    if found := register.clauses.get(key) or register.power_items.get(key) or register.duty_points.get(key):
        return found.unit
    boundary = register.boundary_items.get(key)
    return boundary.lead if boundary else None


def belongs(item: str, unit: UnitCode, register: RegisterEdition) -> bool:
    """Whether the item is the unit's: its own, or that of a city unit it mirrors; a desk has those of its district."""
    found = owners(item, register)
    return bool(found & {unit, *_mirrored(unit, register)})


def _mirrored(unit: UnitCode, register: RegisterEdition) -> Iterable[UnitCode]:
    known = register.units.get(unit)
    if known is None:
        return
    yield from known.mirrors
    if known.level is Level.DISTRICT:
        for code, other in register.units.items():
            if other.parent == unit:
                yield code
                yield from other.mirrors


def same_duty(unit: UnitCode, other: UnitCode, register: RegisterEdition) -> bool:
    """Whether one unit is the other or carries its duties in a district."""
    known = register.units.get(unit)
    return unit == other or (known is not None and other in known.mirrors)


def desk_of(unit: UnitCode | None, register: RegisterEdition) -> UnitCode | None:
    """The hotline desk a unit's orders go through (两级, 北京条例 art. 12); None for city units and companies."""
    district = district_of(unit, register)
    return hotline_desks(register.units).get(district, district) if district else None


def district_of(unit: UnitCode | None, register: RegisterEdition) -> UnitCode | None:
    """The district a unit belongs to; None for city units and companies."""
    seen: set[UnitCode] = set()
    while unit is not None and unit not in seen and (known := register.units.get(unit)) is not None:
        if known.level in (Level.CITY, Level.COMPANY):
            return None
        parent = register.units.get(known.parent) if known.parent else None
        if known.level is Level.DISTRICT and (parent is None or parent.level is not Level.DISTRICT):
            return unit
        seen.add(unit)
        unit = known.parent
    return None


def basic_item(unit: UnitCode, items: Iterable[str], register: RegisterEdition) -> bool:
    """Whether one of the items lets a subdistrict or township lead: 基本履职, or a power lawfully conferred on it."""
    return any(_lets_lead(unit, item, register) for item in items)


def _lets_lead(unit: UnitCode, item: str, register: RegisterEdition) -> bool:
    key = ClauseId(item)
    if point := register.duty_points.get(key):
        return _lets_lead(unit, point.clause, register)
    if listed := register.subdistrict_items.get(key):
        return _speaks_for(listed, unit) and listed.list in (SubdistrictList.BASIC, SubdistrictList.CONFERRED)
    clause = register.clauses.get(key) or register.power_items.get(key)
    instrument = register.instrument_of(key)
    conferred = instrument is not None and instrument.kind is InstrumentKind.CONFERRED
    return clause is not None and conferred and clause.unit == unit


def withdrawn_item(unit: UnitCode, items: Iterable[str], register: RegisterEdition) -> bool:
    """Whether one of the items was taken back from subdistricts (上级收回)."""
    found = (register.subdistrict_items.get(ClauseId(item)) for item in items)
    return any(
        listed is not None and listed.list is SubdistrictList.WITHDRAWN and _speaks_for(listed, unit)
        for listed in found
    )


def _speaks_for(listed: SubdistrictItem, unit: UnitCode) -> bool:
    return not listed.units or unit in listed.units


def statutory_days(items: Iterable[str], register: RegisterEdition) -> int | None:
    """The longest statutory limit (working days) of the list items cited, where they have one."""
    limits = (power.limit_days for item in items if (power := register.power_items.get(ClauseId(item))) is not None)
    return max((limit for limit in limits if limit is not None), default=None)


def may_decide(item: str, register: RegisterEdition, city: CityConfiguration) -> bool:
    """Whether this kind of source may decide a duty in this city (宁波: 部门规章、规范性文件 may not)."""
    instrument = register.instrument_of(ClauseId(item))
    return instrument is not None and instrument.kind not in city.sources.may_not_decide


def ranked(items: Iterable[str], register: RegisterEdition, city: CityConfiguration) -> tuple[str, ...]:
    """The items by the rank of their source in this city, best first; equal ranks keep their order."""
    ranking = {kind: place for place, kind in enumerate(city.sources.ranking)}

    def rank(item: str) -> int:
        instrument = register.instrument_of(ClauseId(item))
        return ranking.get(instrument.kind, len(ranking)) if instrument else len(ranking)

    return tuple(sorted(items, key=rank))
