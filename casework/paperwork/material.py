"""What a paper is made from: the record of what it is about, the register of the day, the city. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from casework import events as e
from casework.guards import refuse
from casework.papers.paper import PointText, Quoted, TimeLimit
from casework.papers.quoting import name_of, quote
from casework.paperwork.writing import Write
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from terms.ids import UnitCode
from terms.messages import sentence

F = TypeVar("F", bound=e.Fact)
Told = tuple[e.Fact, datetime]


@dataclass(frozen=True, slots=True)
class Material:
    """The facts of one thing up to a version, each with its moment; `words` are an order's masked texts.

    `before` holds the facts of the digests before this one, newest first. `register` is the edition quoted from: of the
    order's day for an order, of the day of signing for all else.
    """

    number: str
    facts: tuple[Told, ...]
    register: RegisterEdition
    city: CityConfiguration
    calendar: WorkingCalendar
    words: Mapping[str, str] = field(default_factory=dict)
    before: tuple[tuple[Told, ...], ...] = ()

    def all(self, kind: type[F], where: Callable[[F], bool] = lambda _: True) -> list[tuple[F, datetime]]:
        """Every fact of that kind, oldest first."""
        return [(fact, at) for fact, at in self.facts if isinstance(fact, kind) and where(fact)]

    def last(self, kind: type[F], where: Callable[[F], bool] = lambda _: True) -> tuple[F, datetime]:
        """The last fact of that kind. Raises Refused: the record holds nothing yet that the paper could tell."""
        found = self.all(kind, where)
        if not found:
            raise refuse("paper-has-its-facts", needed=sentence(f"event.{kind.event_type()}"))
        return found[-1]

    def name(self, unit: UnitCode | str | None) -> str:
        """A unit's full name."""
        return name_of(UnitCode(unit), self.register) if unit else ""

    def names(self, units: Iterable[UnitCode]) -> tuple[str, ...]:
        """The names of several units."""
        return tuple(self.name(unit) for unit in units)

    def day(self, at: datetime) -> date:
        """The city's day of a moment."""
        return self.calendar.local_day(at)

    def quotes(self, items: Iterable[str]) -> tuple[Quoted, ...]:
        """Items of the register as papers quote them, each once. Raises NotFound for one that is not in force."""
        return tuple(quote(item, self.register) for item in dict.fromkeys(items) if item)

    def points(self, points: Iterable[e.PointDraft]) -> tuple[PointText, ...]:
        """Duty points as a paper words them."""
        return tuple(
            PointText(
                link=one.link,
                unit=self.name(one.unit),
                text=one.text,
                basis=self._basis(one.base_clause),
                supports=self.names(one.supports),
            )
            for one in points
        )

    def _basis(self, clause: str) -> str:
        if not clause:
            return ""
        found = quote(clause, self.register)
        return f"{found.instrument}{found.number}"

    def limits(self, deadlines: Iterable[e.Deadline]) -> tuple[TimeLimit, ...]:
        """Clocks as people read them."""
        return tuple(
            TimeLimit(what=sentence(f"clock.{one.clock}"), unit=self.name(one.unit) or "诉求人", due=one.due)
            for one in deadlines
        )

    def shared(self, command: Write, issuer: UnitCode, to: Iterable[UnitCode], on: date) -> dict[str, Any]:
        """The parts all kinds share (GB/T 9704-2012, section 7)."""
        return {
            "issuer": self.name(issuer),
            "issued_on": on,
            "addressees": self.names(to),
            "copies": self.names(command.copies),
            "attachments": command.attachments,
            "urgency": command.urgency,
        }
