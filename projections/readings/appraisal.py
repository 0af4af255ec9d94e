"""What scores and sheets of units are made of: the port `casework.appraisal.figures`, read from the views.

Everything is read in one snapshot and as of one position, which the draft or sheet records: asked again at that
position the same figures come out. Each figure names the events it counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from casework.appraisal.figures import SHOWN, Prefilled, Reckoned
from casework.appraisal.score_sheet import line_by
from casework.events import PrefilledFigure, ScoreLine, SheetKind
from city.configuration import CityConfiguration
from city.scoring import ScoreRule
from ledger.store import Ledger
from mandates.model import Section, Unit
from mandates.reading import RegisterReader, register_known_at
from mandates.register import Register
from projections.accountability import ACCOUNTABILITY
from projections.cases import CASES_VIEW
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.figures import Cut
from projections.findings import FINDINGS_VIEW
from projections.measures import counted, measures
from projections.readings.clauses import clause_uses, never_used
from projections.readings.load import UnitLoad, load
from projections.readings.looking import Look, Period, looking, quarter
from projections.scores import Sums, orders_of, rate, together
from projections.signs import FAULTS
from projections.store import ViewStore
from terms.errors import Unavailable
from terms.ids import ClauseId, Position, UnitCode

READ = (ACCOUNTABILITY, COVERAGE, DISPUTES, CASES_VIEW, FINDINGS_VIEW, FAULTS)
# measure → its label and what it is set against: its own lines (a share), another measure's lines, or nothing
MEASURES = {
    "signed_in_time": ("按时签收", "signed_in_time"),
    "finished_in_time": ("按时办结", "finished_in_time"),
    "contacted": ("联系上诉求人", "contacted"),
    "resolved": ("诉求人认为已解决", "resolved"),
    "satisfied": ("诉求人满意", "satisfied"),
    "returned": ("退单", "dispatched"),
    "return_refused": ("退单被驳回", "returned"),
    "moved_away": ("改派离开本单位", "dispatched"),
    "sent_back": ("办结被退回", "dispatched"),
    "rework": ("重办", "dispatched"),
    "overdue": ("超时", "dispatched"),
    "supervised": ("被督办", "dispatched"),
    "rated": ("协同互评得分合计（满分为次数的五倍）", "rated"),
}
SHARES = frozenset({"signed_in_time", "finished_in_time", "contacted", "resolved", "satisfied", "rated"})
PARTS = {"orders_led": ("lead", "主办工单"), "orders_supported": ("support", "协办工单")}
SIGNS = {"stalled": ("衔接不畅", "移送衔接停滞"), "absence": ("缺位", "疑似缺位")}
NAMES = frozenset({
    *MEASURES, *PARTS, *SIGNS, "duties_used", "duties_unused", "top_matter", "repeated", "pointed_at", "cases",
    "findings_closed", "posts", "load_per_hundred_posts", "heaviest_office", "lightest_office", "offices_loaded",
})  # fmt: skip


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
            told = _Unit(look, self, unit, Period(begin, end))
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

    def event_at(self, position: int) -> str:
        """The event at a position."""
        (event,) = self.ledger.read(Position(position - 1), 1)
        return event.event_id


@dataclass(slots=True)
class _Unit:
    """One unit in a period; what several figures rest on is read once."""

    look: Look
    port: ViewFigures
    unit: UnitCode
    period: Period
    _sums: Sums | None = None
    _loads: dict[str, UnitLoad] | None = None

    def figure(self, name: str) -> PrefilledFigure:
        """One figure by its name."""
        if name in MEASURES:
            return self._measure(name)
        if name in PARTS:
            return self._orders(name)
        if name in SIGNS:
            return self._signs(name)
        found: Callable[[str], PrefilledFigure] = getattr(self, f"_{name}")
        return found(name)

    # --- what it did ---

    def _amount(self, measure: str, side: int) -> int:
        if self._sums is None:
            cut = self.look.cut(self.period, unit=self.unit)
            self._sums = measures(self.look.connection, self.look.table(ACCOUNTABILITY, "facts"), cut)
        return sum(self._sums.get((self.unit, part, measure), (0, 0))[side] for part in ("lead", "support"))

    def _measure(self, name: str) -> PrefilledFigure:
        label, against = MEASURES[name]
        events = self._facts(measure=name, **({"value": 1} if name in SHARES - {"rated"} else {}))
        top = self._amount(name, 1 if name in SHARES else 0)
        return PrefilledFigure(name=name, label=label, top=top, bottom=self._amount(against, 0), evidence=events)

    def _orders(self, name: str) -> PrefilledFigure:
        part, label = PARTS[name]
        cut = self.look.cut(self.period, unit=self.unit, part=part, measure="dispatched")
        table = self.look.table(ACCOUNTABILITY, "facts")
        number = self.look.connection.execute(
            select(func.count()).select_from(table).where(cut.on(table), counted(table, cut))
        ).scalar_one()
        return PrefilledFigure(
            name=name, label=label, top=number, evidence=self._facts(measure="dispatched", part=part)
        )

    def _top_matter(self, name: str) -> PrefilledFigure:
        table = self.look.table(COVERAGE, "loads")
        cut = self.look.cut(self.period, unit=self.unit, what="given")
        query = select(table.c.matter_id, func.count()).where(cut.on(table), table.c.matter_id != "")
        counts = {row[0]: row[1] for row in self.look.connection.execute(query.group_by(table.c.matter_id))}
        most = min(counts, key=lambda matter: (-counts[matter], matter), default="")
        point = self.port.register.as_of(self.period.end).duty_points.get(ClauseId(most))
        label = f"诉求最多的事项：{point.matter if point else most or '无'}"
        return PrefilledFigure(
            name=name, label=label, top=counts.get(most, 0), bottom=sum(counts.values()),
            evidence=self._newest(table, cut.narrowed(matter_id=most)) if most else (),
        )  # fmt: skip

    def _repeated(self, name: str) -> PrefilledFigure:
        table = self.look.table(COVERAGE, "uses")
        cut = self.look.cut(self.period, unit=self.unit, how="repeated")
        return self._counted(name, "群众重复反映", table, cut)

    # --- with others ---

    def _pointed_at(self, name: str) -> PrefilledFigure:
        table = self.look.table(DISPUTES, "returned")
        cut = self.look.cut(self.period, proposed=self.unit, what="returned")
        return self._counted(name, "其他单位退单指向本单位", table, cut)

    def _cases(self, name: str) -> PrefilledFigure:
        table = self.look.table(CASES_VIEW, "cases")
        rows = [
            row
            for row in self.look.rows(table, table.c.opened_on < self.period.until, order=("opened_on", "case_no"))
            if self.unit in row["parties"].split("|")
            and (not row["closed_on"] or row["closed_on"] >= self.period.since)
        ]
        closed = [row for row in rows if row["closed_on"] and row["closed_on"] < self.period.until]
        return PrefilledFigure(
            name=name,
            label="作为当事方的职责争议，其中已结",
            top=len(closed),
            bottom=len(rows),
            evidence=self._at(rows),
        )

    def _signs(self, name: str) -> PrefilledFigure:
        fault, label = SIGNS[name]
        table = self.look.table(FAULTS, "signs")
        rows = self.look.rows(
            table, table.c.unit == self.unit, table.c.fault == fault, table.c.day >= self.period.since,
            table.c.day < self.period.until, order=("day", "subject", "sign"),
        )  # fmt: skip
        events = tuple(dict.fromkeys(event for row in reversed(rows) for event in row["evidence"].split("|") if event))
        return PrefilledFigure(name=name, label=label, top=len(rows), evidence=events[:SHOWN])

    def _findings_closed(self, name: str) -> PrefilledFigure:
        table = self.look.table(FINDINGS_VIEW, "findings")
        rows = [
            row
            for row in self.look.rows(table, table.c.unit == self.unit, order=("began_on", "finding_no"))
            if row["began_on"] < self.period.until and row["phase"] not in ("待研判", "不予立项")
        ]
        closed = [row for row in rows if row["phase"] == "已销号"]
        return PrefilledFigure(
            name=name, label="问题整改销号", top=len(closed), bottom=len(rows), evidence=self._at(rows)
        )

    # --- what it is there for ---

    def _duties(self) -> tuple[int, int, tuple[str, ...]]:
        register = self.port.register.as_of(self.period.end)
        uses = clause_uses(self.look, register, self.port.city.coverage, self.period)
        idle = {one.item for one in never_used(uses, register) if one.unit == self.unit}
        whole = {one.id for one in register.clauses.values() if one.unit == self.unit and one.section is Section.DUTIES}
        table = self.look.table(COVERAGE, "uses")
        cut = self.look.cut(self.period, unit=self.unit, how=("dispatched", "claimed", "denied"))
        return len(whole), len(whole & idle), self._newest(table, cut)

    def _duties_used(self, name: str) -> PrefilledFigure:
        whole, idle, events = self._duties()
        return PrefilledFigure(
            name=name, label="“三定”职责条目在本期有工单依据", top=whole - idle, bottom=whole, evidence=events
        )

    def _duties_unused(self, name: str) -> PrefilledFigure:
        whole, idle, _ = self._duties()
        return PrefilledFigure(name=name, label="“三定”职责条目在本期无工单引用", top=idle, bottom=whole)

    # --- what it carries ---

    def _load(self) -> UnitLoad | None:
        if self._loads is None:
            register = self.port.register.as_of(self.period.end)
            links = self.port.register.register().links
            found = load(self.look, register, links, self.port.city.load, self.period)
            self._loads = {one.unit: one for one in found}
        return self._loads.get(self.unit)

    def _given(self) -> tuple[str, ...]:
        table = self.look.table(COVERAGE, "loads")
        return self._newest(table, self.look.cut(self.period, unit=self.unit, what="given"))

    def _posts(self, name: str) -> PrefilledFigure:
        found = self._load()
        return PrefilledFigure(name=name, label="“三定”核定编制（名）", top=(found.posts if found else 0) or 0)

    def _load_per_hundred_posts(self, name: str) -> PrefilledFigure:
        found = self._load()
        amount = (found.per_hundred_posts if found else 0) or 0
        return PrefilledFigure(
            name=name, label="每百名编制加权工作量（百分之一件）", top=amount, evidence=self._given()
        )

    def _offices_loaded(self, name: str) -> PrefilledFigure:
        offices = found.offices if (found := self._load()) else ()
        carrying = [one for one in offices if one.inside_orders or one.clause_orders]
        return PrefilledFigure(
            name=name, label="本期承担工单的内设机构", top=len(carrying), bottom=len(offices), evidence=self._inside()
        )

    def _inside(self) -> tuple[str, ...]:
        table = self.look.table(COVERAGE, "loads")
        return self._newest(table, self.look.cut(self.period, unit=self.unit, what="inside"))

    def _heaviest_office(self, name: str) -> PrefilledFigure:
        return self._office(name, "工作量最重的内设机构", heaviest=True)

    def _lightest_office(self, name: str) -> PrefilledFigure:
        return self._office(name, "工作量最轻的内设机构", heaviest=False)

    def _office(self, name: str, label: str, *, heaviest: bool) -> PrefilledFigure:
        """By what falls under its list items and what was handed to it, whichever weighs more."""
        offices = found.offices if (found := self._load()) else ()
        weights = {one.office: max(one.inside_weight, one.clause_weight) for one in offices}
        whole = sum(weights.values())
        chosen = min(weights, key=lambda one: (-weights[one] if heaviest else weights[one], one), default="")
        return PrefilledFigure(
            name=name, label=f"{label}：{chosen or '未载明内设机构'}（加权，百分之一件）", top=weights.get(chosen, 0),
            bottom=whole,
        )  # fmt: skip

    # --- events ---

    def _counted(self, name: str, label: str, table: Any, cut: Cut) -> PrefilledFigure:
        number = self.look.connection.execute(select(func.count()).select_from(table).where(cut.on(table))).scalar_one()
        return PrefilledFigure(name=name, label=label, top=number, evidence=self._newest(table, cut))

    def _facts(self, **where: Any) -> tuple[str, ...]:
        table = self.look.table(ACCOUNTABILITY, "facts")
        cut = self.look.cut(self.period, unit=self.unit, **where)
        return self._newest(table, cut, counted(table, cut))

    def _newest(self, table: Any, cut: Cut, *terms: Any) -> tuple[str, ...]:
        query: Select[Any] = select(table.c.event_id, func.max(table.c.position)).where(cut.on(table), *terms)
        query = query.group_by(table.c.event_id).order_by(func.max(table.c.position).desc()).limit(SHOWN)
        return tuple(row[0] for row in self.look.connection.execute(query))

    def _at(self, rows: list[dict[str, Any]]) -> tuple[str, ...]:
        """The events that last changed some rows of state, the newest first."""
        newest = sorted({row["from_position"] for row in rows}, reverse=True)[:SHOWN]
        return tuple(self.port.event_at(position) for position in newest)
