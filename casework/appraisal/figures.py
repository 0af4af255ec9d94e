"""Where the figures of an appraisal come from: a port. Casework decides on them and never reckons them itself.

What stands above (`projections.readings.appraisal`) reads them from the views; the wiring puts it in. So a command
cannot bring figures of its own, whichever door it comes through.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from casework.events.appraisal import PrefilledFigure, ScoreLine, SheetKind
from city.scoring import ScoreRule
from terms.errors import Unavailable
from terms.ids import UnitCode

SHOWN = 50  # events named with a prefilled figure


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The lines of a quarter by a rule, as of a position and a register edition."""

    rule: ScoreRule
    position: int
    register_edition: str
    lines: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the record says of a unit in a period, by the name of the figure."""

    position: int
    figures: dict[str, PrefilledFigure]


class Figures(Protocol):
    """Reads figures."""

    def scores(self, quarter: str) -> Reckoned:
        """The quarter by the rule in force. Raises BadInput for no quarter, Unavailable while views are behind."""

    def of_unit(self, kind: SheetKind, unit: UnitCode, begin: date, end: date) -> Prefilled:
        """What prefills the sheets of a unit. Raises Unavailable while views are behind."""


class NoFigures:
    """Where no views are at hand."""

    def scores(self, quarter: str) -> Reckoned:
        """Raise Unavailable."""
        raise Unavailable("casework.no-figures")

    def of_unit(self, kind: SheetKind, unit: UnitCode, begin: date, end: date) -> Prefilled:
        """Raise Unavailable."""
        raise Unavailable("casework.no-figures")
