"""Which unit is a district's hotline desk: orders for its bureaus and subdistricts go through it (北京条例 art. 12)."""

from collections.abc import Mapping

from mandates.model import Level, Unit
from terms.ids import UnitCode


def hotline_desks(units: Mapping[UnitCode, Unit]) -> dict[UnitCode, UnitCode]:
    """The desk of every district: its unit that mirrors nobody and is named for the hotline, else the district itself.

    `units` are those of one register edition.
    """
    desks = {
        code: code
        for code, unit in units.items()
        if unit.level is Level.DISTRICT and (unit.parent is None or unit.parent not in units)
    }
    for code, unit in units.items():
        if unit.parent in desks and not unit.mirrors and unit.level is Level.DISTRICT and "热线" in unit.name:
            desks[unit.parent] = code
    return desks
