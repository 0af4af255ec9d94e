"""What each clause and duty point carries: how often used, disputed, resolved, satisfied, repeated; and never used.

Static text joined to what really happened (润州 001): every figure is a sum of lines of `projections.coverage` and
opens to its events by `behind`.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from city.establishment import CoverageRules
from mandates.edition import RegisterEdition
from mandates.lint import Linted, vague
from mandates.model import Section
from projections.coverage import COVERAGE
from projections.figures import Cut, count, events_behind
from projections.readings.looking import Look, Period
from projections.sums import KEPT
from terms.ids import ClauseId

SHORT = 90  # characters of a clause's words in a list
FIGURES = (
    "proposed", "dispatched", "denied", "claimed", "closed", "resolved", "unresolved", "satisfied", "unsatisfied",
    "repeated",
)  # fmt: skip
_NEVER: Mapping[str, int] = {}
_NONE: dict[str, Any] = dict.fromkeys(FIGURES, 0)


@dataclass(frozen=True, slots=True)
class ClauseUse:
    """One citable item and what happened under it. `kind` is 条目, 权责事项, 边界事项, 颗粒点 or 履职事项.

    `dispatched` counts orders sent under it (reassignments too), `denied` returns that say it does not reach,
    `claimed` returns that point at it; the rest counts closed orders that stood under it. `repeated` are orders merged
    into one that stood under it. `in_force` is False for an item that was used and has ended since.
    """

    item: str
    kind: str
    unit: str
    words: str
    role: str
    in_force: bool
    proposed: int
    dispatched: int
    denied: int
    claimed: int
    closed: int
    resolved: int
    unresolved: int
    satisfied: int
    unsatisfied: int
    repeated: int
    vague_words: bool  # by lint: it only guides, takes part, helps
    vague_outcome: bool  # by outcome: denied by those it was used on

    @property
    def used(self) -> bool:
        """Whether any event leans on it."""
        return any((self.proposed, self.dispatched, self.denied, self.claimed, self.closed, self.repeated))

    @property
    def disputed(self) -> int:
        """How often returns name it, either way."""
        return self.denied + self.claimed


def clause_uses(
    look: Look,
    register: RegisterEdition,
    rules: CoverageRules,
    period: Period | None = None,
    unit: str | None = None,
) -> tuple[ClauseUse, ...]:
    """Every item in force and every item used, most used first; `unit` keeps one unit's own."""
    uses: dict[str, dict[str, int]] = defaultdict(dict)
    table, cut = look.table(COVERAGE, "uses"), look.cut(period)
    for (clause, how), times in count(look.connection, table, ("clause", "how"), cut).items():
        uses[clause][how] = times
    said = _items(register)
    weak = {one.item for one in vague(Linted(register, register.as_of, {}))}
    ended = _ended(look, cut, sorted(uses.keys() - said.keys()))
    found = [
        _use(item, words, uses.get(item, _NEVER), rules, in_force=item in said, vague_words=item in weak)
        for item, words in (said | ended).items()
        if unit is None or words[1] == unit
    ]
    return tuple(sorted(found, key=lambda one: (-one.dispatched, -one.disputed, -one.proposed, one.item)))


def never_used(uses: tuple[ClauseUse, ...], register: RegisterEdition) -> tuple[ClauseUse, ...]:
    """The duties of the 三定 in force that nothing leans on, neither themselves nor a duty point that rests on them."""
    through = {
        register.duty_points[ClauseId(one.item)].clause
        for one in uses
        if one.used and ClauseId(one.item) in register.duty_points
    }
    return tuple(
        sorted(
            (
                one
                for one in uses
                if not one.used
                and one.item not in through
                and (known := register.clauses.get(ClauseId(one.item))) is not None
                and known.section is Section.DUTIES
            ),
            key=lambda one: (one.unit, one.item),
        )
    )


def behind(look: Look, item: str, how: str, period: Period | None = None) -> list[tuple[int, str]]:
    """Position and id of the events that a figure of an item counts."""
    return events_behind(look.connection, look.table(COVERAGE, "uses"), look.cut(period, clause=item, how=how))


def _ended(look: Look, cut: Cut, items: list[str]) -> dict[str, tuple[str, str, str, str]]:
    """Items the register does not know any more, as `_items` tells those it knows: whose a use was is all that is left
    of them."""
    if not items:
        return {}
    table = look.table(COVERAGE, "uses")
    kept = table.info[KEPT]
    asked = select(kept.c.clause).where(kept.c.period >= "y", kept.c.clause.in_(items)).distinct().subquery("asked")
    # the first use that says whose it is; there are thousands, and the index comes to it at once
    unit = (
        select(table.c.unit)
        .where(cut.on(table), table.c.clause == asked.c.clause, table.c.unit != "")
        .order_by(table.c.how, table.c.day)
        .limit(1)
        .scalar_subquery()
    )
    return {row[0]: ("", row[1] or "", "", "") for row in look.connection.execute(select(asked.c.clause, unit)).all()}


def _items(register: RegisterEdition) -> dict[str, tuple[str, str, str, str]]:
    """Item → kind, unit, words, role; everything in force that can be cited."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for clause in register.clauses.values():
        if clause.section in (Section.DUTIES, Section.DIVISION, Section.CHANGE):
            found[clause.id] = ("条目", clause.unit, clause.text, str(clause.role or ""))
    for power in register.power_items.values():
        found[power.id] = ("权责事项", power.unit, f"{power.type}：{power.name}", "")
    for boundary in register.boundary_items.values():
        found[boundary.id] = ("边界事项", boundary.lead, boundary.matter, "牵头")
    for point in register.duty_points.values():
        found[point.id] = ("颗粒点", point.unit, f"{point.matter}（{point.link}）", "")
    for listed in register.subdistrict_items.values():
        found[listed.id] = ("履职事项", listed.lead or "", listed.matter, str(listed.list))
    return found


def _use(
    item: str,
    said: tuple[str, str, str, str],
    uses: Mapping[str, int],
    rules: CoverageRules,
    *,
    in_force: bool,
    vague_words: bool,
) -> ClauseUse:
    """One of some thousand items of a register, for each look at the page: made once and not copied."""
    kind, unit, words, role = said
    figures: dict[str, Any] = {how: uses.get(how, 0) for how in FIGURES} if uses else _NONE
    often = figures["denied"] * 100 >= rules.denied_often * figures["dispatched"]
    return ClauseUse(
        item=item,
        kind=kind,
        unit=unit,
        words=words[:SHORT],
        role=role,
        in_force=in_force,
        vague_words=vague_words,
        vague_outcome=often and figures["dispatched"] >= rules.least_uses,
        **figures,
    )
