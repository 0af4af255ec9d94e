"""Boundaries as they are tracked (逐项跟踪): matters link by link, open cases with age and step, what decisions did.

A link (环节) is decided when the register names one unit for it by a duty point, undecided when it names none or two;
a case under way says where it stands. Faults of the lists themselves come from the lint, what happened from the views.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mandates.edition import RegisterEdition
from mandates.lint import Linted, leads, twin_leads, uncovered
from mandates.model import BoundaryItem, DutyPoint
from projections.cases import CASES_VIEW, changed_by
from projections.disputes import DISPUTES
from projections.figures import count
from projections.readings.looking import Look, Period
from terms.ids import ClauseId

WINDOW = 30  # days before and after a decision that are compared
TWO_LEADS, NO_LEAD, UNCOVERED = "two-leads", "no-lead", "uncovered"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A boundary case that goes on: where it stands, how old it is, how long at this step (calendar days)."""

    case_no: str
    matter_id: str
    matter: str
    parties: tuple[str, ...]
    convener: str
    handler: str
    status_quo: str
    step: str
    orders: int
    opened_on: str
    age: int
    at_step: int
    overdue: bool  # a clock of the case ran out


@dataclass(frozen=True, slots=True)
class Decided:
    """A case that wrote duty points and what it changed: returns on its matter in equal spans before and after."""

    case_no: str
    matter_id: str
    matter: str
    parties: tuple[str, ...]
    lead: str
    how: str
    doc_no: str
    effective_from: str
    before: int
    after: int
    days_after: int  # how many of the days after have passed; fewer than the span when it is recent

    @property
    def settled(self) -> bool:
        """Whether enough has passed to compare, and fewer returns came."""
        return self.days_after >= WINDOW and self.after < self.before


@dataclass(frozen=True, slots=True)
class LinkState:
    """One link of a matter: who has it (none, one or two units), on which clauses, by which decision."""

    link: str
    units: tuple[str, ...]
    clauses: tuple[str, ...]
    decision: str

    @property
    def decided(self) -> bool:
        """Whether exactly one unit has it."""
        return len(self.units) == 1


@dataclass(frozen=True, slots=True)
class Tracked:
    """One boundary matter, link by link. `item` is empty for one that stands under a case and in no list yet."""

    item: str
    matter: str
    lead: str
    supports: tuple[str, ...]
    links: tuple[LinkState, ...]
    cases: tuple[tuple[str, str], ...]  # case number, step
    returned: int
    refused: int

    @property
    def decided(self) -> bool:
        """Whether every link has one unit and no case goes on."""
        going_on = any(step != "closed" for _, step in self.cases)
        return bool(self.links) and all(one.decided for one in self.links) and not going_on


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A matter with two leads or with none, by the lists or by what happened. `why` is a lint code, or `hands` (it was
    led by several units of one tier) or `no_clause` (a return said that no unit has a clause)."""

    why: str
    matter_id: str
    matter: str
    units: tuple[str, ...]
    text: str
    times: int


def open_cases(look: Look, today: date) -> tuple[OpenCase, ...]:
    """Every case that goes on, the oldest first."""
    table = look.table(CASES_VIEW, "cases")
    steps = look.table(CASES_VIEW, "steps")
    late = {number for (number,) in count(look.connection, steps, ("case_no",), look.cut(step="overdue"))}
    before = _steps_without_clocks(look)
    found = []
    for row in look.rows(table, table.c.step != "closed", order=("opened_on", "case_no")):
        step, since = before.get(row["case_no"], (row["step"], row["stepped_on"]))
        found.append(
            OpenCase(
                case_no=row["case_no"],
                matter_id=row["matter_id"],
                matter=row["matter"],
                parties=_many(row["parties"]),
                convener=row["convener"],
                handler=row["handler"],
                status_quo=row["status_quo"],
                step=step,
                orders=row["orders"],
                opened_on=row["opened_on"],
                age=_days(row["opened_on"], today),
                at_step=_days(since, today),
                overdue=row["case_no"] in late,
            )
        )
    return tuple(found)


def decided(look: Look, today: date, days: int = WINDOW) -> tuple[Decided, ...]:
    """Every case that wrote duty points, the newest first."""
    table, returned = look.table(CASES_VIEW, "cases"), look.table(DISPUTES, "returned")
    found = []
    for row in look.rows(table, table.c.effective_from != "", order=("effective_from", "case_no")):
        change = changed_by(look.connection, returned, row, days, look.upto)
        found.append(
            Decided(
                case_no=row["case_no"],
                matter_id=row["matter_id"],
                matter=row["matter"],
                parties=_many(row["parties"]),
                lead=row["lead"],
                how=row["how"],
                doc_no=row["doc_no"],
                effective_from=row["effective_from"],
                before=change.before,
                after=change.after,
                days_after=max(min(_days(row["effective_from"], today), days), 0),
            )
        )
    return tuple(reversed(found))


def tracked(look: Look, register: RegisterEdition, period: Period | None = None) -> tuple[Tracked, ...]:
    """Every boundary item and every matter under a case; what is not decided first, then the most returned."""
    points: dict[str, list[DutyPoint]] = defaultdict(list)
    for point in register.duty_points.values():
        points[point.matter].append(point)
    cases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    named: dict[str, str] = {}
    for row in look.rows(look.table(CASES_VIEW, "cases"), order=("case_no",)):
        cases[row["matter"]].append((row["case_no"], row["step"]))
        named[row["matter"]] = row["lead"]
    returns: dict[tuple[str, str], int] = defaultdict(int)
    table = look.table(DISPUTES, "returned")
    for (matter, what), times in count(look.connection, table, ("matter", "what"), look.cut(period)).items():
        returns[matter, what] += times
    listed = {item.matter: item for item in register.boundary_items.values()}
    found = [
        Tracked(
            item=item.id if item else "",
            matter=matter,
            lead=item.lead if item else named.get(matter, ""),
            supports=tuple(item.supports) if item else (),
            links=_links(points.get(matter, []), item),
            cases=tuple(cases.get(matter, ())),
            returned=returns[matter, "returned"],
            refused=returns[matter, "refused"],
        )
        for matter in sorted(listed.keys() | cases.keys())
        for item in [listed.get(matter)]
    ]
    return tuple(sorted(found, key=lambda one: (one.decided, -len(one.cases), -one.returned, one.item, one.matter)))


def unsettled(look: Look, register: RegisterEdition, period: Period | None = None) -> tuple[Unsettled, ...]:
    """Matters with two lead clauses or none by the lists, with several leads or no clause by what happened."""
    found = []
    looked_at = Linted(register, register.as_of, {})
    found_by_rules = {one for rule in (leads, twin_leads, uncovered) for one in rule(looked_at)}
    for one in sorted(found_by_rules, key=lambda one: (one.code, one.table, one.item, one.message)):
        if one.code in (TWO_LEADS, NO_LEAD, UNCOVERED):
            matter_id, matter = _named(one.item, register)
            found.append(Unsettled(one.code, matter_id, matter, (one.unit,) if one.unit else (), one.message, 1))
    said = count(
        look.connection, look.table(DISPUTES, "returned"), ("matter_id", "matter", "unit"),
        look.cut(period, what="returned", basis="no_clause"),
    )  # fmt: skip
    nobody: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (matter_id, matter, unit), times in said.items():
        nobody[matter_id, matter][unit] = times
    found += [
        Unsettled("no_clause", matter_id, matter, _most_first(units), "", sum(units.values()))
        for (matter_id, matter), units in sorted(nobody.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]
    return (*found, *_hands(look, period))


def _hands(look: Look, period: Period | None) -> list[Unsettled]:
    """Matters whose orders were moved between departments: each had a ground to lead, by somebody's decision."""
    table = look.table(DISPUTES, "moved")
    by = table.c.matter_id, table.c.matter
    # nearly every move has a pair of units of its own: those of a matter are brought over in one text
    told = func.aggregate_strings(table.c.from_unit + "|" + table.c.to_unit, "|")
    query = select(*by, func.count(), told).where(look.cut(period, why="review").on(table)).group_by(*by)
    hands = {(row[0], row[1]): (row[2], Counter(row[3].split("|"))) for row in look.connection.execute(query).all()}
    return [
        Unsettled("hands", *of, _most_first(units), "", moves)
        for of, (moves, units) in sorted(hands.items())
        if len(units) > 1 and any(of)
    ]


def _most_first(units: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(units, key=lambda unit: (-units[unit], unit)))


def _links(points: list[DutyPoint], item: BoundaryItem | None) -> tuple[LinkState, ...]:
    by_link: dict[str, list[DutyPoint]] = defaultdict(list)
    for point in points:
        by_link[f"{point.link}"].append(point)
    found = [
        LinkState(
            link=link,
            units=tuple(dict.fromkeys(point.unit for point in there)),
            clauses=tuple(dict.fromkeys(point.clause for point in there)),
            decision=next((point.decision for point in reversed(there) if point.decision), ""),
        )
        for link, there in sorted(by_link.items())
    ]
    if not found and item is not None:  # no duty point was ever written: what the list divides is all there is
        found = [
            LinkState(text, (unit,), tuple(one for one in item.clauses if one.startswith(unit)), "")
            for unit, text in item.division
        ]
    return tuple(found)


def _named(item: str, register: RegisterEdition) -> tuple[str, str]:
    key = ClauseId(item)
    if point := register.duty_points.get(key):
        return item, point.matter
    if boundary := register.boundary_items.get(key):
        return item, boundary.matter
    if listed := register.subdistrict_items.get(key):
        return item, listed.matter
    clause = register.clauses.get(key)
    return item, clause.text[:20] if clause else item


def _steps_without_clocks(look: Look) -> dict[str, tuple[str, str]]:
    """Case → its last step and day; a clock that ran out is no step anybody took."""
    table = look.table(CASES_VIEW, "steps")
    cut = look.cut()
    query = select(table.c.case_no, table.c.step, table.c.day).where(cut.on(table), table.c.step != "overdue")
    return {row[0]: (row[1], row[2]) for row in look.connection.execute(query.order_by(table.c.position, table.c.line))}


def _many(joined: str) -> tuple[str, ...]:
    return tuple(part for part in joined.split("|") if part)


def _days(day: str, today: date) -> int:
    return (today - date.fromisoformat(day)).days if day else 0
