"""Where an order is: district, subdistrict, community, road; and which unit of which tier answers there."""

from dataclasses import dataclass

import ahocorasick

from mandates.desks import hotline_desks
from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.proposal import OrderText
from routing.text import normalise
from terms.ids import UnitCode

_FINE = {"区县": 0, "街道乡镇": 1, "社区村": 2, "小区": 3, "道路": 3, "地标": 3}


@dataclass(frozen=True, slots=True)
class Where:
    """The district and, if known, the subdistrict; `names` are the places found, in the order they were believed."""

    district: UnitCode | None = None
    street: UnitCode | None = None
    names: tuple[str, ...] = ()


class Gazetteer:
    """The places of an edition and the units of the second tier."""

    def __init__(self, edition: RegisterEdition) -> None:
        self._level = {code: unit.level for code, unit in edition.units.items()}
        self._parent = {code: unit.parent for code, unit in edition.units.items()}
        names: dict[str, set[UnitCode]] = {}
        self._kind: dict[str, int] = {}
        for place in edition.places:
            if place.unit is None:
                continue
            for name in (place.name, *place.aliases):
                text = normalise(name).text
                if len(text) >= 2:
                    names.setdefault(text, set()).add(place.unit)
                    self._kind[text] = _FINE.get(place.kind, 3)
        # a name borne in two places tells nothing by itself
        self._units = {name: min(units) for name, units in names.items() if len(units) == 1}
        self._automaton = ahocorasick.Automaton()
        for name in sorted(self._units):
            self._automaton.add_word(name, name)
        if self._units:
            self._automaton.make_automaton()
        self._mirrors: dict[tuple[UnitCode, UnitCode], UnitCode] = {}
        self._desks = hotline_desks(edition.units)
        for code, unit in edition.units.items():
            if unit.level is not Level.DISTRICT or unit.parent is None:
                continue
            for mirrored in unit.mirrors:
                self._mirrors.setdefault((unit.parent, mirrored), code)

    def where(self, order: OrderText) -> Where:
        """The place of an order: its fields first, then the place line, then title and text; never a guess."""
        for texts in ((order.street, order.district), (order.place,), (order.title, order.text)):
            found = self._in(" ".join(texts))
            if found.district is not None:
                return found
        return Where()

    def beside_places(self, text: str) -> str:
        """What a normalised text says beside names of places."""
        for start, end, _ in self._named(text):
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _named(self, text: str) -> list[tuple[int, int, str]]:
        if not self._units:
            return []
        return [(end + 1 - len(name), end + 1, name) for end, name in self._automaton.iter(text)]

    def _in(self, text: str) -> Where:
        if not self._units or not text.strip():
            return Where()
        found: dict[str, None] = {}
        spans = self._named(normalise(text).text)
        for start, end, name in spans:
            if not any(a <= start and end <= b and b - a > end - start for a, b, _ in spans):
                found.setdefault(name)
        names = sorted(found, key=lambda name: (-len(name), name))
        districts = {self._district(self._units[name]) for name in names} - {None}
        if len(districts) > 1:  # two districts named: the coarser name decides, if it is only one
            coarse = [name for name in names if self._kind[name] <= 1]
            districts = {self._district(self._units[name]) for name in coarse} - {None}
        if len(districts) != 1:
            return Where()
        district = districts.pop()
        streets = {
            self._units[name]
            for name in names
            if self._level.get(self._units[name]) is Level.STREET and self._district(self._units[name]) == district
        }
        return Where(district, streets.pop() if len(streets) == 1 else None, tuple(names))

    def _district(self, unit: UnitCode) -> UnitCode | None:
        if self._level.get(unit) is Level.STREET:
            return self._parent.get(unit)
        return unit if self._level.get(unit) is Level.DISTRICT else None

    def bureau(self, district: UnitCode, unit: UnitCode) -> UnitCode | None:
        """The district's bureau that carries a city unit's duties there, or None where the city unit does itself."""
        return self._mirrors.get((district, unit))

    def has_mirror(self, unit: UnitCode) -> bool:
        """Whether districts have a bureau of their own for a city unit's duties."""
        return any(city == unit for _, city in self._mirrors)

    def desk(self, district: UnitCode | None) -> UnitCode | None:
        """The hotline desk of a district: its bureaus and subdistricts get orders from there (北京条例 art. 12)."""
        return self._desks.get(district) if district is not None else None

    def city_tier(self, unit: UnitCode) -> tuple[UnitCode, ...]:
        """The city units a unit stands for: itself, or those it mirrors."""
        if self._level.get(unit) is not Level.DISTRICT:
            return (unit,)
        return tuple(sorted(city for (_, city), bureau in self._mirrors.items() if bureau == unit))
