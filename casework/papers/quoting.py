"""Quotes clauses of a register edition the way papers do: instrument, 文号, number, words. Pure."""

from collections.abc import Iterable

from casework.papers.paper import Quoted
from mandates.edition import RegisterEdition
from terms.errors import NotFound
from terms.ids import ClauseId, UnitCode
from terms.messages import sentence


def quote(item: str, register: RegisterEdition) -> Quoted:
    """The clause, list item, boundary item or duty point as a paper quotes it; a duty point quotes its clause.

    `register` is the edition of the day that counts. Raises NotFound when the item is not in force in it.
    """
    key = ClauseId(item)
    if point := register.duty_points.get(key):
        return quote(point.clause, register)
    text, instrument = register.text_of(key), register.instrument_of(key)
    if text is None or instrument is None:
        raise NotFound("mandates.no-such", day=register.as_of.isoformat(), what=item)
    clause = register.clauses.get(key)
    unit = clause.unit if clause else _unit(key, register)
    return Quoted(
        instrument=instrument.title.removeprefix("《").removesuffix("》"),
        doc_no=instrument.doc_no,
        number=clause.number if clause else item,
        text=text,
        unit=name_of(unit, register) if unit else "",
    )


def quote_even_ended(items: Iterable[str], register: RegisterEdition) -> tuple[Quoted, ...]:
    """Every item quoted; one that is no longer in force, though it was when it was cited, by its number alone."""
    found: list[Quoted] = []
    for item in dict.fromkeys(items):
        try:
            found.append(quote(item, register))
        except NotFound:
            found.append(Quoted(instrument=sentence("digest.no-longer"), number=item, text=""))
    return tuple(found)


def name_of(unit: UnitCode, register: RegisterEdition) -> str:
    """The unit's full name on that day; its code where the register does not know it."""
    found = register.units.get(unit)
    return found.name if found else unit


def _unit(key: ClauseId, register: RegisterEdition) -> UnitCode | None:
    if power := register.power_items.get(key):
        return power.unit
    if boundary := register.boundary_items.get(key):
        return boundary.lead
    return None  # an item of a subdistrict list speaks for many
