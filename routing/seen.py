"""An order as routing sees it: its words, read once, and what one register finds in them."""

from dataclasses import dataclass, field

from routing.evidence import Evidence, grounds
from routing.index import RegisterIndex, Vector
from routing.parts import parts_of_order
from routing.proposal import OrderText
from routing.reading import Reading, read
from routing.supports import Heard
from routing.territory import Where
from routing.text import Normalised, normalise
from routing.unit_names import Named
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Words:
    """An order's words, read once for all registers it is asked of."""

    order: OrderText
    text: Normalised
    reading: Reading


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as routing sees it with one register."""

    order: OrderText
    text: Normalised
    reading: Reading
    hits: list[Hit]
    calls: list[Hit]
    likeness: Ints
    vector: Vector
    where: Where
    named: list[Named]
    found: dict[UnitCode, list[Evidence]] = field(default_factory=dict)
    listened: list[Heard | None] = field(default_factory=list)

    def grounds(self, index: RegisterIndex, unit: UnitCode) -> list[Evidence]:
        """What can be cited for a unit, weighed once an order."""
        if unit not in self.found:
            self.found[unit] = grounds(index, self.reading, self.hits, self.likeness, self.vector, unit)
        return self.found[unit]

    def heard(self, index: RegisterIndex) -> Heard | None:
        """The order clause by clause and by the matters it may arise in, weighed once and only where somebody asks."""
        if not self.listened:
            parts = parts_of_order(index, self.reading, self.hits, self.calls, self.named)
            arising = index.matters.arising(self.reading.text, self.vector)
            self.listened.append(Heard(parts, arising) if parts is not None else None)
        return self.listened[0]


def read_order(order: OrderText) -> Words:
    """Normalise and segment an order once: no register has a part in it."""
    text = normalise(f"{order.title}\n{order.text}" if order.title else order.text)
    return Words(order, text, read(text.text))


def see(words: Words, index: RegisterIndex) -> Seen:
    """What a register finds in an order's words."""
    order, reading = words.order, words.reading
    hits = index.wordings.hits(reading.text, reading.words)
    calls = index.calls.found(reading.text)
    likeness, vector = index.recall.scores(reading.plain), index.vector(reading)
    where, named = index.places.where(order), index.names.named(reading.text)
    return Seen(order, words.text, reading, hits, calls, likeness, vector, where, named)
