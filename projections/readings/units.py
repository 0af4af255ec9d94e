"""What each unit answers for over a period, as lead and as support apart, and its score under a rule of the city.

Every figure is two whole numbers over lines of `projections.accountability`; orders marked 不计考核 are left out, as
is what a unit never had. A figure opens to its events by `behind`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from city.scoring import ScoreRule
from mandates.edition import RegisterEdition
from projections.accountability import ACCOUNTABILITY
from projections.measures import counted, measures
from projections.readings.looking import Look, Period, name_of
from projections.scores import Score, Sums, score
from terms.ids import UnitCode

PARTS = ("lead", "support")


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as what it is made of: `top` of `bottom`. `rate` is in parts per 10,000, None where nothing was there."""

    top: int
    bottom: int

    @property
    def rate(self) -> int | None:
        """Parts per 10,000."""
        return self.top * 10_000 // self.bottom if self.bottom else None


@dataclass(frozen=True, slots=True)
class PartFigures:
    """One unit in one part. `responded`, `resolved`, `satisfied` are 三率; `peers` is the mean mutual rating."""

    unit: str
    name: str
    unit_class: str
    part: str
    dispatched: int
    by_rule: Share  # of the first dispatches that were closed, those sent by rule: the automatic share
    first_right: Share  # of the same, those never returned nor moved: 首派准确率
    signed: Share
    finished: Share
    responded: Share
    resolved: Share
    satisfied: Share
    returned: int
    upheld: int
    refused: int
    designated: int
    withdrawn: int
    moved_away: int  # bounces: orders that left it
    moved_to: int
    sent_back: int
    rework: int
    overdue: int
    supervised: int
    peers: Share  # sum of scores 1–5 from other units, and how many
    left_out: int  # 不计考核


def unit_figures(
    look: Look, register: RegisterEdition, period: Period | None = None, units: Iterable[str] | None = None
) -> tuple[PartFigures, ...]:
    """Every unit and part with anything to count, by dispatched orders; `units` keeps some."""
    table = look.table(ACCOUNTABILITY, "facts")
    cut = look.cut(period)
    sums = measures(look.connection, table, cut)
    by_rule = measures(look.connection, table, cut.narrowed(measure="first_kept", how="rule"))
    kept = None if units is None else set(units)
    found = [
        _figures(unit, part, sums, by_rule, register)
        for unit, part in sorted({(unit, part) for unit, part, _ in sums})
        if kept is None or unit in kept
    ]
    return tuple(sorted(found, key=lambda one: (-one.dispatched, one.unit, one.part)))


def _figures(unit: str, part: str, sums: Sums, by_rule: Sums, register: RegisterEdition) -> PartFigures:
    def lines(measure: str) -> int:
        return sums.get((unit, part, measure), (0, 0))[0]

    def share(measure: str) -> Share:
        found = sums.get((unit, part, measure), (0, 0))
        return Share(found[1], found[0])

    known = register.units.get(UnitCode(unit))
    return PartFigures(
        unit=unit,
        name=name_of(unit, register),
        unit_class=known.unit_class if known else "",
        part=part,
        dispatched=lines("dispatched") + lines("moved_to"),
        by_rule=Share(by_rule.get((unit, part, "first_kept"), (0, 0))[0], lines("first_kept")),
        first_right=share("first_kept"),
        signed=share("signed_in_time"),
        finished=share("finished_in_time"),
        responded=share("contacted"),
        resolved=share("resolved"),
        satisfied=share("satisfied"),
        returned=lines("returned"),
        upheld=lines("return_upheld"),
        refused=lines("return_refused"),
        designated=lines("return_designated"),
        withdrawn=lines("return_withdrawn"),
        moved_away=lines("moved_away"),
        moved_to=lines("moved_to"),
        sent_back=lines("sent_back"),
        rework=lines("rework"),
        overdue=lines("overdue"),
        supervised=lines("supervised"),
        peers=share("rated"),
        left_out=lines("excluded"),
    )


def behind(look: Look, unit: str, measure: str, period: Period | None = None, part: str = "") -> list[tuple[int, str]]:
    """Position and id of the events that a figure of a unit counts, excluded orders left out."""
    table = look.table(ACCOUNTABILITY, "facts")
    cut = look.cut(period, unit=unit, measure=measure, **({"part": part} if part else {}))
    query = select(table.c.position, table.c.event_id).where(cut.on(table), counted(table, cut)).distinct()
    return [(row[0], row[1]) for row in look.connection.execute(query.order_by(table.c.position))]


def scores(look: Look, register: RegisterEdition, rule: ScoreRule, period: Period) -> tuple[Score, ...]:
    """The score of every unit with a class, by a rule; the best first, those with too little to judge last.

    A past quarter under the rule it was scored by, at the position it was scored at, gives the same bytes.
    """
    sums = measures(look.connection, look.table(ACCOUNTABILITY, "facts"), look.cut(period))
    units = [unit for unit in register.units.values() if unit.unit_class]
    found = [score(sums, unit.code, unit.unit_class, rule) for unit in sorted(units, key=lambda one: one.code)]
    return tuple(sorted(found, key=lambda one: (one.score is None, -(one.score or 0), one.unit)))
