"""职能量化 (呼伦贝尔): what each unit and each 内设机构 carries, weighted by kind and role, and per post (编制).

Posts and offices are those of the 三定 in force; orders are lines of `projections.coverage`. What an office carries is
shown twice: what was handed on to it inside, by the events, and what of its unit's own orders fell under clauses whose
list items it carries out (承办机构), by the register. An order that falls under items of two offices counts for both;
one that a district's bureau has under the city's clause counts for neither: other posts carry it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from city.establishment import LoadWeights
from mandates.edition import RegisterEdition
from mandates.links import LinkKind, Links, holding
from mandates.model import Section
from projections.coverage import COVERAGE
from projections.figures import Cut, count, events_behind
from projections.readings.looking import Look, Period, name_of
from terms.ids import ClauseId, UnitCode

_OFFICE = re.compile(r"^[^：:，。（(]{2,24}")


@dataclass(frozen=True, slots=True)
class OfficeLoad:
    """One 内设机构: its posts, what was handed to it inside, what its list items stand for; weights in hundredths."""

    office: str
    posts: int | None
    inside_orders: int
    inside_weight: int
    clause_orders: int
    clause_weight: int
    clauses: tuple[str, ...]

    @property
    def per_hundred_posts(self) -> int | None:
        """Weight by clause for every hundred posts."""
        return self.clause_weight * 100 // self.posts if self.posts else None


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """One unit over a period; weights in hundredths of an ordinary order."""

    unit: str
    name: str
    unit_class: str
    posts: int | None
    lead_orders: int
    support_orders: int
    weight: int
    kinds: tuple[tuple[str, int], ...]  # orders by kind, most first
    offices: tuple[OfficeLoad, ...]

    @property
    def orders(self) -> int:
        """Orders given to it, as lead or support."""
        return self.lead_orders + self.support_orders

    @property
    def per_hundred_posts(self) -> int | None:
        """Weight for every hundred posts; None where the 三定 gives no posts."""
        return self.weight * 100 // self.posts if self.posts else None


def posts_of(unit: str, register: RegisterEdition) -> int | None:
    """The posts (编制) the 三定 in force gives a unit; None where it gives none."""
    given = [
        clause.posts
        for clause in register.clauses.values()
        if clause.unit == unit and clause.section is Section.POSTS and clause.posts is not None
    ]
    return given[0] if given else None


def office_of(words: str) -> str:
    """The name an 内设机构 clause begins with: 治安管理支队：负责……"""
    found = _OFFICE.match(words)
    return found.group() if found else words[:24]


def load(
    look: Look, register: RegisterEdition, links: Links, weights: LoadWeights, period: Period | None = None
) -> tuple[UnitLoad, ...]:
    """Every unit with posts or orders, the heaviest by its posts first."""
    given: dict[str, list[tuple[str, str, int]]] = defaultdict(list)  # unit → part, kind, orders
    table, cut = look.table(COVERAGE, "loads"), look.cut(period, what="given")
    for (unit, part, kind), orders in count(look.connection, table, ("unit", "part", "kind"), cut).items():
        given[unit].append((part, kind, orders))
    offices = _offices(look, register, links, weights, period)
    posts = {unit: found for unit in register.units if (found := posts_of(unit, register)) is not None}
    lines = []
    for unit in sorted(given.keys() | posts.keys()):
        kinds: dict[str, int] = defaultdict(int)
        for _, kind, orders in given[unit]:
            kinds[kind] += orders
        known = register.units.get(UnitCode(unit))
        lines.append(
            UnitLoad(
                unit=unit,
                name=name_of(unit, register),
                unit_class=known.unit_class if known else "",
                posts=posts.get(UnitCode(unit)),
                lead_orders=sum(orders for part, _, orders in given[unit] if part == "lead"),
                support_orders=sum(orders for part, _, orders in given[unit] if part != "lead"),
                weight=sum(weights.of(kind, part) * orders for part, kind, orders in given[unit]),
                kinds=tuple(sorted(kinds.items(), key=lambda one: (-one[1], one[0]))),
                offices=offices.get(unit, ()),
            )
        )
    return tuple(sorted(lines, key=lambda one: (-(one.per_hundred_posts or 0), -one.weight, one.unit)))


def behind(look: Look, unit: str, period: Period | None = None) -> list[tuple[int, str]]:
    """Position and id of the events by which orders were given to a unit."""
    table = look.table(COVERAGE, "loads")
    return events_behind(look.connection, table, look.cut(period, what="given", unit=unit))


def _offices(
    look: Look, register: RegisterEdition, links: Links, weights: LoadWeights, period: Period | None
) -> dict[str, tuple[OfficeLoad, ...]]:
    posts: dict[tuple[str, str], int | None] = {
        (clause.unit, office_of(clause.text)): clause.posts
        for clause in register.clauses.values()
        if clause.section is Section.OFFICE
    }
    clauses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, clause, target in holding(register, links):
        item = register.power_items.get(ClauseId(target)) if kind == LinkKind.ITEM else None
        if item is not None and item.office:
            clauses[item.unit, item.office].update((clause, item.id))
    inside = _weighed(look, "loads", ("unit", "office"), look.cut(period, what="inside"), weights)
    carried = sorted(set().union(*clauses.values()))
    under_them = look.cut(period, how="dispatched", clause=carried)
    used = _weighed(look, "uses", ("clause", "unit"), under_them, weights) if carried else {}
    found: dict[str, list[OfficeLoad]] = defaultdict(list)
    for unit, office in sorted(posts.keys() | clauses.keys() | inside.keys()):
        stands_for = tuple(sorted(clauses.get((unit, office), ())))
        under = [used[clause, unit] for clause in stands_for if (clause, unit) in used]
        orders, weight = inside.get((unit, office), (0, 0))
        found[unit].append(
            OfficeLoad(
                office=office,
                posts=posts.get((unit, office)),
                inside_orders=orders,
                inside_weight=weight,
                clause_orders=sum(one[0] for one in under),
                clause_weight=sum(one[1] for one in under),
                clauses=stands_for,
            )
        )
    return {unit: tuple(sorted(of, key=lambda one: (-one.clause_weight, one.office))) for unit, of in found.items()}


def _weighed(
    look: Look, name: str, by: tuple[str, ...], cut: Cut, weights: LoadWeights
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Orders and their weight by some columns."""
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    counted = count(look.connection, look.table(COVERAGE, name), (*by, "part", "kind"), cut)
    for (*key, part, kind), orders in counted.items():
        before = found.get(tuple(key), (0, 0))
        found[tuple(key)] = (before[0] + orders, before[1] + weights.of(kind, part) * orders)
    return found
