"""Faults seen in the facts (domain, section 8): each with the events that show it, proposed for a person to raise.

Pure: `gather` reads the fact lines of the views as of a position, `detect` says what they show. Who acted under a
designation or as fallback is never 越位 or 错位. 权责脱节 and two lead clauses in the register itself are found by
`mandates.lint`; here stands what is done with them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import Link
from projections.figures import Cut
from terms.ids import ClauseId, UnitCode


@dataclass(frozen=True, slots=True)
class Line:
    """One fact line with its event: `what` was refused, an act on a basis, or a clock of a hand-over that ran out."""

    what: str
    unit: str
    other: str
    clause: str
    matter: str
    matter_id: str
    acting: str
    position: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to propose: which, whose, on which matter, found by which rule, and the events that show it."""

    fault: str
    rule: str
    unit: str
    other_units: tuple[str, ...]
    matter: str
    matter_id: str
    evidence: tuple[str, ...]


def gather(connection: Connection, tables: Mapping[str, Table], cut: Cut) -> list[Line]:
    """The lines that may show a fault. `tables`: `returned` (disputes), `acts` (coverage), `facts` (accountability)."""
    returned, acts, facts = tables["returned"], tables["acts"], tables["facts"]
    lines = [
        Line(
            "refused", row.unit, row.proposed, row.denied_clause, row.matter, row.matter_id, "", row.position,
            row.event_id,
        )
        for row in connection.execute(select(returned).where(cut.narrowed(what="refused").on(returned)))
    ]  # fmt: skip
    lines += [
        Line(
            f"acted on {row.basis}", row.unit, "", "", row.matter, row.matter_id, row.acting, row.position, row.event_id
        )
        for row in connection.execute(select(acts).where(cut.on(acts)))
    ]  # fmt: skip
    stalled = cut.narrowed(measure="overdue", how=["hand_over", "hand_over_result"])
    lines += [
        Line("hand-over overdue", row.unit, "", "", "", row.matter_id, row.acting, row.position, row.event_id)
        for row in connection.execute(select(facts).where(stalled.on(facts)))
    ]
    return sorted(lines, key=lambda line: (line.position, line.what, line.unit))


def detect(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> tuple[Fault, ...]:
    """Every fault the lines of one period show, by fault, unit and matter."""
    found = [fault for rule in RULES for fault in rule(lines, edition, city)]
    return tuple(sorted(found, key=lambda one: (one.fault, one.unit, one.matter_id)))


def _grouped(lines: Iterable[Line], what: str) -> dict[tuple[str, str], list[Line]]:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.what == what and line.unit:
            groups[line.unit, line.matter_id].append(line)
    return groups


def _fault(fault: str, rule: str, unit: str, lines: Sequence[Line]) -> Fault:
    others = tuple(sorted({line.other for line in lines if line.other}))
    evidence = tuple(dict.fromkeys(line.event_id for line in lines))
    return Fault(fault, rule, unit, others, lines[-1].matter, lines[-1].matter_id, evidence)


def _buck_passing(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """推诿: returns of one matter refused again and again within the period (聊城, 楚雄)."""
    for (unit, _), group in _grouped(lines, "refused").items():
        if len(group) >= city.escalation.buck_passing_refused:
            yield _fault("推诿", "returns-refused-again", unit, group)


def _absence(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """缺位: it denied a clause that is its own, and the review said it holds."""
    for (unit, _), group in _grouped(lines, "refused").items():
        own = [line for line in group if _owner(line.clause, edition) == unit]
        if len(own) >= city.escalation.absence_refused:
            yield _fault("缺位", "own-clause-refused", unit, own)


def _overreach(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """越位: it finished orders for which no clause was cited, and nobody had designated it."""
    for (unit, _), group in _grouped(lines, "acted on none").items():
        free = [line for line in group if not line.acting and unit != city.fallback_unit]
        if free:
            yield _fault("越位", "acted-without-a-clause", unit, free)


def _misplacement(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """错位: it finished orders on another unit's clause, and nobody had designated it."""
    for (unit, _), group in _grouped(lines, "acted on other").items():
        free = [line for line in group if not line.acting and unit != city.fallback_unit]
        if free:
            yield _fault("错位", "acted-on-anothers-clause", unit, free)


def _overlap(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """职责交叉: two units of one tier led orders of one matter, each on a clause of its own."""
    led: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for (unit, matter_id), group in _grouped(lines, "acted on own").items():
        if matter_id:
            led[matter_id][unit] = [line for line in group if not line.acting]
    for matter_id in sorted(led):
        tiers: dict[str, list[str]] = defaultdict(list)
        for unit in sorted(led[matter_id]):
            known = edition.units.get(UnitCode(unit))
            # a district's bureau mirrors the city's: only units of the same tier and parent can cross
            if known and led[matter_id][unit]:
                tiers[f"{known.level}/{known.parent or ''}"].append(unit)
        for units in tiers.values():
            if len(units) > 1:
                shown = [line for unit in units for line in led[matter_id][unit]]
                fault = _fault("职责交叉", "two-units-led-on-own-clauses", units[0], shown)
                yield Fault(
                    fault.fault, fault.rule, units[0], tuple(units[1:]), fault.matter, matter_id, fault.evidence
                )


def _power_without_duty(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """重权轻责: it permits or fines in a matter, but its refusal to supervise it had to be turned down."""
    taken = (Link.PERMIT, Link.ENFORCE)
    powers = {(str(one.unit), one.matter) for one in edition.duty_points.values() if one.link in taken}
    for (unit, matter_id), group in _grouped(lines, "refused").items():
        point = edition.duty_points.get(ClauseId(matter_id))
        if point and point.link is Link.SUPERVISE and (unit, point.matter) in powers:
            yield _fault("重权轻责", "permits-but-refuses-to-supervise", unit, group)


def _stalled(lines: Sequence[Line], edition: RegisterEdition, city: CityConfiguration) -> Iterator[Fault]:
    """衔接不畅: a hand-over was not received, or no result came back, within its clock."""
    for (unit, _), group in _grouped(lines, "hand-over overdue").items():
        yield _fault("衔接不畅", "hand-over-overdue", unit, group)


def _owner(clause: str, edition: RegisterEdition) -> str | None:
    id_ = ClauseId(clause)
    found = edition.clauses.get(id_) or edition.power_items.get(id_) or edition.duty_points.get(id_)
    return str(found.unit) if found else None


Rule = Callable[[Sequence[Line], RegisterEdition, CityConfiguration], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    _buck_passing,
    _absence,
    _overreach,
    _misplacement,
    _overlap,
    _power_without_duty,
    _stalled,
)
