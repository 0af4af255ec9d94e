"""What a register teaches before anything was learned from outcomes: its own words, as examples for its units."""

from dataclasses import dataclass

from mandates.edition import RegisterEdition
from mandates.model import Level, Section, SubdistrictList
from terms.ids import ClauseId, UnitCode

OTHER = "其他"  # a function that says nothing: its units share no duties
LONG_AT_MOST = 6_000  # clauses and list items that are learned from; all are recalled


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the register and the unit it speaks of."""

    text: str
    unit: UnitCode
    long: bool = False


@dataclass(frozen=True, slots=True)
class Citable:
    """An item that can be cited for a unit: its text is what recall and evidence compare."""

    id: ClauseId
    unit: UnitCode
    kind: str  # "clause", "power", "boundary", "point", "subdistrict"
    text: str
    main: bool = True  # the unit leads by it


def city_units(edition: RegisterEdition) -> tuple[UnitCode, ...]:
    """The units of the city tier: departments and companies. Districts and streets come in by territory."""
    return tuple(code for code, unit in edition.units.items() if unit.level in (Level.CITY, Level.COMPANY))


def group_of(edition: RegisterEdition, unit: UnitCode) -> str:
    """The functional class by which a unit is first weighed; a unit without one, or with 其他, stands for itself."""
    functions = edition.units[unit].functions
    return "|".join(functions) if functions and OTHER not in functions else f"={unit}"


def passages(edition: RegisterEdition) -> list[Passage]:
    """Every phrase, matter, clause and name of the city tier, each with its unit, in a fixed order."""
    known = set(city_units(edition))
    found: list[Passage] = []
    for point in edition.duty_points.values():
        if point.only_calls:
            continue
        found.append(Passage(" ".join((point.matter, *point.wordings)), point.unit))
        found.extend(Passage(text, point.unit) for text in (point.matter, *point.wordings))
    for item in edition.subdistrict_items.values():
        if item.lead is not None and item.list not in (SubdistrictList.BASIC, SubdistrictList.CONFERRED):
            found.extend(Passage(text, item.lead) for text in (item.matter, *item.wordings))
    for boundary in edition.boundary_items.values():
        if not boundary.only_calls:
            found.append(Passage(" ".join((boundary.matter, *boundary.wordings)), boundary.lead))
    for code, unit in edition.units.items():
        names = (unit.name, *unit.everyday_names, *unit.former_names)
        found.extend(Passage(name, code) for name in names if code in known)
    long = [
        Passage(clause.text, clause.unit, True)
        for clause in edition.clauses.values()
        if clause.section is not Section.POSTS
    ]
    long += [Passage(power.name + power.duty, power.unit, True) for power in edition.power_items.values()]
    stride = -(-len(long) // LONG_AT_MOST) or 1
    return [passage for passage in (*found, *long[::stride]) if passage.unit in known and passage.text]


def citables(edition: RegisterEdition) -> list[Citable]:
    """Everything a proposal may cite: the items of one unit stand together, the city tier's first, else as given."""
    found = [
        Citable(clause.id, clause.unit, "clause", clause.text, clause.role is None or clause.role.value != "配合")
        for clause in edition.clauses.values()
        if clause.section not in (Section.POSTS, Section.OFFICE)
    ]
    found += [Citable(item.id, item.unit, "power", item.name + item.duty) for item in edition.power_items.values()]
    for boundary in edition.boundary_items.values():
        if boundary.only_calls:
            continue
        text = " ".join((boundary.matter, *boundary.wordings))
        found.append(Citable(boundary.id, boundary.lead, "boundary", text))
        found.extend(Citable(boundary.id, unit, "boundary", part, False) for unit, part in boundary.division)
    for point in edition.duty_points.values():
        if not point.only_calls:
            found.append(Citable(point.id, point.unit, "point", " ".join((point.matter, *point.wordings))))
    rank = {unit: place for place, unit in enumerate(city_units(edition))}
    return sorted(found, key=lambda item: (rank.get(item.unit, len(rank)), item.unit))
