"""The score sheet of a quarter: 起草 → 单位异议 → 复核 → 发布 (domain, section 9). Pure.

The draft holds the rule whole and the position it was reckoned at, so the quarter can be reckoned again under its own
rule. A correction is a new line by the same arithmetic (`city.scoring`); nothing is typed in as a score.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from casework import events as e
from casework.appraisal import commands as c
from casework.appraisal.figures import Reckoned
from casework.guards import forbid, refuse, require
from casework.numbers import numbered
from casework.occasion import Occasion
from casework.permissions import UNIT_ROLES, may
from city.quarter import quarter_days
from city.scoring import Rate, ScoreRule, points_of, rate_of, stars_of
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.ScoreFact, ...]
NEVER = datetime.min.replace(tzinfo=UTC)
A_SECOND = timedelta(seconds=1)  # a limit in days ends at 24:00 of its last day


class SheetPhase(StrEnum):
    """How far the sheet of a quarter is."""

    UNKNOWN = "未起草"
    DRAFTED = "征求异议"
    PUBLISHED = "已发布"


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection as it stands."""

    number: int
    unit: UnitCode
    indicator: str
    reason: str
    upheld: bool | None = None  # None: not decided


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The sheet of one quarter as it stands."""

    quarter: str
    version: int = 0
    last_at: datetime | None = None
    rule: ScoreRule | None = None
    lines: tuple[e.ScoreLine, ...] = ()
    objections: tuple[Objection, ...] = ()
    open_until: datetime = NEVER  # units may object until then
    number: str = ""
    carried: bool = False  # merged units are counted with their successors

    @property
    def phase(self) -> SheetPhase:
        """How far it is."""
        if self.rule is None:
            return SheetPhase.UNKNOWN
        return SheetPhase.PUBLISHED if self.number else SheetPhase.DRAFTED

    def line(self, unit: UnitCode) -> e.ScoreLine | None:
        """A unit's line."""
        return next((one for one in self.lines if one.unit == unit), None)

    @property
    def undecided(self) -> tuple[Objection, ...]:
        """What the review still has to decide."""
        return tuple(one for one in self.objections if one.upheld is None)


def evolve(sheet: ScoreSheet, fact: e.ScoreFact, at: datetime) -> ScoreSheet:
    """The sheet after one more fact."""
    last_at = at if sheet.last_at is None else max(sheet.last_at, at)
    return replace(_fold(sheet, fact), version=sheet.version + 1, last_at=last_at)


def replay(quarter: str, facts: Iterable[tuple[e.ScoreFact, datetime]]) -> ScoreSheet:
    """The sheet after all its facts."""
    sheet = ScoreSheet(quarter)
    for fact, at in facts:
        sheet = evolve(sheet, fact, at)
    return sheet


def _fold(sheet: ScoreSheet, fact: e.ScoreFact) -> ScoreSheet:
    if isinstance(fact, e.ScoresDrafted):
        until = fact.objections_until
        return replace(sheet, rule=fact.rule, lines=fact.lines, open_until=until, carried=fact.carried)
    if isinstance(fact, e.ScoreObjected):
        told = Objection(fact.objection, fact.unit, fact.indicator, fact.reason)
        return replace(sheet, objections=(*sheet.objections, told))
    if isinstance(fact, e.ScoreObjectionDecided):
        objections = tuple(
            replace(one, upheld=fact.upheld) if one.number == fact.objection else one for one in sheet.objections
        )
        lines = tuple(fact.line if fact.line and one.unit == fact.unit else one for one in sheet.lines)
        return replace(sheet, objections=objections, lines=lines)
    if isinstance(fact, e.ScoresPublished):
        return replace(sheet, number=fact.number)
    return sheet


def line_by(unit: UnitCode, unit_class: str, orders: int, rates: Iterable[Rate], rule: ScoreRule) -> e.ScoreLine:
    """A unit's line from its rates, by the rule."""
    found = tuple(rates)
    weights = rule.weights_of(unit_class)
    points = points_of(found, unit_class, orders, rule)
    return e.ScoreLine(
        unit=unit,
        unit_class=unit_class,
        orders=orders,
        rates=tuple(
            e.ScoredRate(
                code=one.code, label=one.label, top=one.top, bottom=one.bottom, weight=weights.get(one.code, 0),
                rate=one.rate, points=one.points,
            )
            for one in found
        ),
        score=points,
        stars=stars_of(points, rule),
    )  # fmt: skip


def corrected(line: e.ScoreLine, indicator: str, top: int, bottom: int, rule: ScoreRule) -> e.ScoreLine:
    """The line with other amounts of one indicator, reckoned anew by the rule it was drafted by."""
    known = {one.code: one for one in rule.indicators}
    rates = (
        rate_of(known[one.code], top, bottom)
        if one.code == indicator
        else rate_of(known[one.code], one.top, one.bottom)
        for one in line.rates
    )
    return line_by(line.unit, line.unit_class, line.orders, rates, rule)


def decide(sheet: ScoreSheet, command: c.ScoreCommand, occasion: Occasion, reckoned: Reckoned | None = None) -> Facts:
    """What follows from a command; `reckoned` are the figures of the quarter, where it is drafted.

    Raises NotPermitted, Refused with the rule and what to do instead, BadInput for a quarter that is none.
    """
    actor = occasion.actor
    action = sentence(f"command.{type(command).__name__}")
    if not may(actor.role, type(command)):
        raise forbid("role", action=action)
    if isinstance(command, c.DraftScores):
        return _draft(sheet, occasion, reckoned)
    require(sheet.rule is not None, "scores-drafted-first")
    require(not sheet.number, "scores-published-once", number=sheet.number)
    if isinstance(command, c.ObjectToScore):
        if actor.role in UNIT_ROLES and actor.unit != command.unit:
            raise forbid("own-unit", action=action)
        return _object(sheet, command, occasion)
    if isinstance(command, c.ReviewScoreObjection):
        return _review(sheet, command)
    if isinstance(command, c.PublishScores):
        return _publish(sheet, command, occasion)
    raise forbid("role", action=action)


def _draft(sheet: ScoreSheet, occasion: Occasion, reckoned: Reckoned | None) -> Facts:
    """A quarter is scored once it has ended; drafted anew only until a unit has objected, and never once published."""
    _, last = quarter_days(sheet.quarter)
    require(occasion.calendar.local_day(occasion.now) > last, "quarter-ended", last=last.isoformat())
    require(not sheet.number, "scores-published-once", number=sheet.number)
    require(not sheet.objections, "scores-objected-to")
    if reckoned is None or not reckoned.lines:
        raise refuse("nothing-to-score", quarter=sheet.quarter)
    until = occasion.calendar.after(occasion.now, occasion.city.appraisal.score_objection)
    return (
        e.ScoresDrafted(
            quarter=sheet.quarter,
            rule=reckoned.rule,
            rule_version=reckoned.rule.version,
            position=reckoned.position,
            register_edition=reckoned.register_edition,
            lines=reckoned.lines,
            objections_until=until.at,
            carried=True,
        ),
    )


def _object(sheet: ScoreSheet, command: c.ObjectToScore, occasion: Occasion) -> Facts:
    """A unit objects to a figure of its own, in time and with a reason; one objection an indicator at a time."""
    line = sheet.line(command.unit)
    if line is None:
        raise refuse("scored-units-object", unit=command.unit)
    require(occasion.now < sheet.open_until, "objections-in-time")
    known = {one.code for one in line.rates}
    require(command.indicator in known, "indicator-known", indicator=command.indicator)
    waiting = any(one.unit == command.unit and one.indicator == command.indicator for one in sheet.undecided)
    require(not waiting, "objection-undecided")
    require(bool(command.reason.strip()), "reason-given")
    return (
        e.ScoreObjected(
            quarter=sheet.quarter,
            objection=len(sheet.objections) + 1,
            unit=command.unit,
            indicator=command.indicator,
            reason=command.reason,
            evidence=command.evidence,
        ),
    )


def _review(sheet: ScoreSheet, command: c.ReviewScoreObjection) -> Facts:
    """Upheld, it names the amounts as they should be, and the line is reckoned anew; refused, it names the reason."""
    found = next((one for one in sheet.undecided if one.number == command.objection), None)
    if found is None:
        raise refuse("objection-known", objection=command.objection)
    require(bool(command.reason.strip()), "reason-given")
    line = _corrected(sheet, found, command) if command.upheld else None
    return (
        e.ScoreObjectionDecided(
            quarter=sheet.quarter,
            objection=found.number,
            unit=found.unit,
            indicator=found.indicator,
            upheld=command.upheld,
            reason=command.reason,
            line=line,
        ),
    )


def _corrected(sheet: ScoreSheet, found: Objection, command: c.ReviewScoreObjection) -> e.ScoreLine:
    """The line with the amounts the review names."""
    line, rule, top, bottom = sheet.line(found.unit), sheet.rule, command.top, command.bottom
    if line is None or rule is None or top is None or bottom is None:
        raise refuse("corrected-amounts-given")
    scale = next(one.scale for one in rule.indicators if one.code == found.indicator)
    require(0 <= top <= bottom * scale, "corrected-amounts-given")
    return corrected(line, found.indicator, top, bottom, rule)


def _publish(sheet: ScoreSheet, command: c.PublishScores, occasion: Occasion) -> Facts:
    """Published when the time for objections is over and every one of them is decided."""
    require(not sheet.undecided, "objections-decided-first", waiting=len(sheet.undecided))
    until = occasion.calendar.local_day(sheet.open_until - A_SECOND).isoformat()
    require(occasion.now >= sheet.open_until, "objections-may-still-come", until=until)
    numbered(command.number, occasion)
    return (e.ScoresPublished(quarter=sheet.quarter, number=command.number),)
