"""What scores and sheets of units are made of: the port `casework.appraisal.figures`, read from the views.

Everything is read in one snapshot and as of one position, which the draft or sheet records: asked again at that
position the same figures come out. Each figure names the events it counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from casework.appraisal.figures import Prefilled, Reckoned
from casework.appraisal.score_sheet import line_by
from casework.events import ScoreLine, SheetKind
from city.configuration import CityConfiguration
from city.scoring import ScoreRule
from ledger.store import Ledger
from mandates.model import Unit
from mandates.reading import RegisterReader, register_known_at
from mandates.register import Register
from projections.accountability import ACCOUNTABILITY
from projections.cases import CASES_VIEW
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.findings import FINDINGS_VIEW
from projections.measures import measures
from projections.readings.looking import Look, Period, looking, quarter
from projections.readings.sheet_figures import NAMES, FiguresOfUnit
from projections.scores import Sums, orders_of, rate, together
from projections.signs import FAULTS
from projections.store import ViewStore
from terms.errors import Unavailable
from terms.ids import Position, UnitCode

READ = (ACCOUNTABILITY, COVERAGE, DISPUTES, CASES_VIEW, FINDINGS_VIEW, FAULTS)


def score_lines(
    look: Look, register: Register, rule: ScoreRule, period: Period, *, carried: bool = True
) -> tuple[ScoreLine, ...]:
    """The line of every unit that has a class, by a rule: the best first, those with too little to judge last.

    With `carried` a unit answers for those that ended in it and in no other by the last day, and one that ended in the
    quarter and was split has a line of its own up to its end. Without, as drafts were once made: the last day's units
    with what they did under their own codes.
    """
    sums: Sums = measures(look.connection, look.table(ACCOUNTABILITY, "facts"), look.cut(period))
    units = dict(register.as_of(period.end).units)
    if carried:
        for code in sorted(units):
            past = register.succession.absorbed(code, period.end)
            sums = together(sums, code, past) if past else sums
        units |= {unit.code: unit for unit in _split_in(register, period)}
    lines = [_line(unit.code, unit.unit_class, sums, rule) for _, unit in sorted(units.items()) if unit.unit_class]
    return tuple(sorted(lines, key=lambda one: (one.score is None, -(one.score or 0), one.unit)))


def _split_in(register: Register, period: Period) -> Iterator[Unit]:
    """The units that ended in a period and that no single other answers for, as they last were."""
    left = register.as_of(period.end).units
    for code in register.succession.reformed(period.end):
        heirs, last = register.succession.heirs(code, period.end)
        if code not in left and len(heirs) > 1 and last is not None and period.begin < last:
            known = register.as_of(last - timedelta(days=1)).units.get(code)
            if known is not None:
                yield known


def _line(unit: UnitCode, unit_class: str, sums: Sums, rule: ScoreRule) -> ScoreLine:
    rates = tuple(rate(sums, unit, indicator) for indicator in rule.indicators)
    return line_by(unit, unit_class, orders_of(sums, unit), rates, rule)


@dataclass(frozen=True, slots=True)
class ViewFigures:
    """The port over the views."""

    views: ViewStore
    ledger: Ledger
    register: RegisterReader
    city: CityConfiguration

    def scores(self, quarter_name: str) -> Reckoned:
        """The quarter by the rule in force, as of where the view of accountability stands."""
        period = quarter(quarter_name)
        register = self.register.register()
        with self._standing() as look:
            lines = score_lines(look, register, self.city.scoring, period)
            return Reckoned(self.city.scoring, int(look.upto or 0), register.as_of(period.end).digest, lines)

    def again(self, quarter_name: str, rule: ScoreRule, position: int, *, carried: bool) -> tuple[ScoreLine, ...]:
        """A quarter reckoned again by the rule, at the position and in the way of its draft: the same lines, byte for
        byte."""
        period = quarter(quarter_name)
        register = register_known_at(self.ledger, Position(position))
        with looking(self.views, Position(position)) as look:
            return score_lines(look, register, rule, period, carried=carried)

    def of_unit(self, kind: SheetKind, unit: UnitCode, begin: date, end: date) -> Prefilled:
        """The figures that the items of such a sheet name."""
        wanted = {name for item in self.city.appraisal.items_of(kind) for name in item.figures}
        with self._standing() as look:
            told = FiguresOfUnit(look, self.ledger, self.register, self.city, unit, Period(begin, end))
            return Prefilled(int(look.upto or 0), {name: told.figure(name) for name in sorted(wanted & NAMES)})

    @contextmanager
    def _standing(self) -> Iterator[Look]:
        """One snapshot, as of the position that all views read have reached. Raises Unavailable."""
        with looking(self.views) as look:
            builds = [self.views.current(look.connection, view.name) for view in READ]
            reached = [build.position for build in builds if build is not None]
            if len(reached) < len(READ):
                raise Unavailable("casework.no-figures")
            yield Look(look.connection, look.store, Position(min(reached)))
