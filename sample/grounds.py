"""Which clause somebody in the sample month would reach for: the unit's own that shares most words with the order."""

from collections.abc import Iterator

from casework.grounds import district_of
from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.proposal import Citation
from terms.ids import ClauseId, UnitCode


def likeliest_clause(register: RegisterEdition, unit: UnitCode, text: str) -> ClauseId | None:
    """The clause of the unit, or of the city unit it mirrors, nearest to a text by pairs of characters."""
    wanted = _pairs(text)
    found = [(len(wanted & _pairs(words)), clause) for clause, words in _own(register, unit)]
    return min(found, key=lambda one: (-one[0], one[1]))[1] if found else None


def _own(register: RegisterEdition, unit: UnitCode) -> Iterator[tuple[ClauseId, str]]:
    known = register.units[unit]
    owners = {unit, *known.mirrors}
    for clause in register.clauses.values():
        if clause.unit in owners:
            yield clause.id, clause.text
    for listed in register.subdistrict_items.values():
        if known.level is Level.STREET and (not listed.units or unit in listed.units):
            yield listed.id, listed.text


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def cited(register: RegisterEdition, unit: UnitCode, clause: ClauseId, via: str) -> Citation:
    """A citation that a person adds by hand: no spans, `via` says so."""
    instrument = register.instrument_of(clause)
    return Citation(
        unit, clause, instrument.id if instrument else None, register.text_of(clause) or "", None, None, via
    )


def city_unit(register: RegisterEdition, unit: UnitCode) -> UnitCode:
    """The city unit whose duties a bureau carries; the unit itself where there is none."""
    mirrors = register.units[unit].mirrors
    return mirrors[0] if mirrors else unit


def beside(register: RegisterEdition, unit: UnitCode, wanted: UnitCode) -> UnitCode:
    """The bureau of the unit's own district that carries the wanted city unit's duties, else the city unit."""
    district = district_of(unit, register)
    for code, known in register.units.items():
        if district is not None and known.parent == district and wanted in known.mirrors:
            return code
    return wanted
