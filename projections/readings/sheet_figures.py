"""The figures that the items of a unit's sheet are prefilled with, each with the newest of the events it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from casework.appraisal.figures import SHOWN
from casework.events import PrefilledFigure
from city.configuration import CityConfiguration
from ledger.store import Ledger
from mandates.model import Section
from mandates.reading import RegisterReader
from projections.accountability import ACCOUNTABILITY
from projections.cases import CASES_VIEW
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.figures import Cut
from projections.findings import FINDINGS_VIEW
from projections.measures import counted, measures
from projections.readings.clauses import clause_uses, never_used
from projections.readings.load import OfficeLoad, UnitLoad, load
from projections.readings.looking import Look, Period
from projections.scores import Sums
from projections.signs import FAULTS
from terms.ids import ClauseId, Position, UnitCode

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


@dataclass(slots=True)
class FiguresOfUnit:
    """One unit in a period; what several figures rest on is read once."""

    look: Look
    ledger: Ledger
    register: RegisterReader
    city: CityConfiguration
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
        point = self.register.as_of(self.period.end).duty_points.get(ClauseId(most))
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
        register = self.register.as_of(self.period.end)
        uses = clause_uses(self.look, register, self.city.coverage, self.period)
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
            register = self.register.as_of(self.period.end)
            links = self.register.register().links
            found = load(self.look, register, links, self.city.load, self.period)
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
            name=name, label="每百名编制加权工作量（折合件）", top=_whole(amount), evidence=self._given()
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
        evidence = self._of_office(next((one for one in offices if one.office == chosen), None))
        return PrefilledFigure(
            name=name, label=f"{label}：{chosen or '未载明内设机构'}（加权折合件）", top=_whole(weights.get(chosen, 0)),
            bottom=_whole(whole), evidence=evidence,
        )  # fmt: skip

    def _of_office(self, office: OfficeLoad | None) -> tuple[str, ...]:
        """The events by which an office carries what it carries, in the way its weight was taken."""
        if office is None:
            return ()
        if office.inside_weight >= office.clause_weight:
            cut = self.look.cut(self.period, unit=self.unit, what="inside", office=office.office)
            return self._newest(self.look.table(COVERAGE, "loads"), cut)
        cut = self.look.cut(self.period, unit=self.unit, how="dispatched", clause=office.clauses)
        return self._newest(self.look.table(COVERAGE, "uses"), cut)

    # --- events ---

    def _counted(self, name: str, label: str, table: Any, cut: Cut) -> PrefilledFigure:
        # an event leans on a clause and on the duty point that rests on it: two lines, and one thing that happened
        query = select(func.count(func.distinct(table.c.event_id))).where(cut.on(table))
        number = self.look.connection.execute(query).scalar_one()
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
        return tuple(self._event_at(position) for position in newest)

    def _event_at(self, position: int) -> str:
        (event,) = self.ledger.read(Position(position - 1), 1)
        return event.event_id


def _whole(hundredths: int) -> int:
    """Hundredths of an order as orders, upward: who carries a part of one order is not told as carrying nothing."""
    return -(-hundredths // 100)
