"""Who disputes what with whom: the matrix of units, the disputed matters with the clauses of both sides, the chains.

All of it are sums over the lines of `projections.disputes`; each figure opens to its events by `behind`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from projections.cases import CASES_VIEW
from projections.disputes import DISPUTES
from projections.figures import count, events_behind
from projections.readings.looking import Look, Period

OUTCOMES = ("upheld", "refused", "designated", "support_added", "withdrawn", "merged")
DUTY_REASONS = ("not_ours", "unclear", "overlap", "partial")  # what a digest is about; a wrong place is no quarrel
FILTERS = ("matter_id", "denied_clause", "claimed_clause", "reason", "district", "street", "unit", "proposed")


@dataclass(frozen=True, slots=True)
class Pair:
    """A cell of the matrix: returns in which `unit` pointed at `other` (empty: at nobody), and how they ended.

    `matters` are (matter_id, matter, returns), the most disputed first; `cases` the boundary cases both are parties to.
    """

    unit: str
    other: str
    returned: int
    upheld: int
    refused: int
    designated: int
    support_added: int
    withdrawn: int
    merged: int
    matters: tuple[tuple[str, str, int], ...]
    cases: tuple[str, ...]

    @property
    def open(self) -> int:
        """Not decided yet, or decided outside the period."""
        decided: int = sum(getattr(self, name) for name in OUTCOMES)
        return max(self.returned - decided, 0)


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that returns lean on: whose it is, whether it was denied or claimed, how often."""

    clause: str
    unit: str
    side: str  # denied or claimed
    times: int


@dataclass(frozen=True, slots=True)
class DisputedMatter:
    """A matter whose orders are returned over the duty itself. `key` is its id, else its name."""

    key: str
    matter_id: str
    matter: str
    units: tuple[str, ...]  # who returned, then who was pointed at, most first
    orders: tuple[str, ...]
    returned: int
    upheld: int
    refused: int
    open: int
    no_clause: int
    clauses: tuple[Cited, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The hands one order went through. `came_back` counts how often it came back to a unit that had led it."""

    order_no: str
    matter_id: str
    matter: str
    district: str
    hands: tuple[str, ...]
    returns: int
    moves: int
    came_back: int
    designated: str
    case_no: str


def matrix(look: Look, period: Period | None = None, **where: Any) -> tuple[Pair, ...]:
    """Department by department, the most returns first. `where` filters by any of FILTERS."""
    table = look.table(DISPUTES, "returned")
    cut = look.cut(period, **{name: value for name, value in where.items() if name in FILTERS and value})
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (unit, other, what), times in count(look.connection, table, ("unit", "proposed", "what"), cut).items():
        cells[unit, other][what] += times
    matters: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    by_matter = count(
        look.connection, table, ("unit", "proposed", "matter_id", "matter"), cut.narrowed(what="returned")
    )
    for (unit, other, matter_id, matter), times in by_matter.items():
        matters[unit, other].append((matter_id, matter, times))
    parties = _parties(look)
    found = [
        Pair(
            unit=unit,
            other=other,
            returned=cell["returned"],
            **{name: cell[name] for name in OUTCOMES},
            matters=tuple(sorted(matters[unit, other], key=lambda one: (-one[2], one[1], one[0]))),
            cases=tuple(number for number, units in parties.items() if {unit, other} <= units),
        )
        for (unit, other), cell in cells.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.returned, -one.refused, one.unit, one.other)))


def quarrels(pairs: tuple[Pair, ...]) -> tuple[tuple[str, str, int, tuple[tuple[str, int], ...]], ...]:
    """Both directions of each pair together: (unit, unit, returns, matters with their returns), the worst first."""
    total: Counter[tuple[str, str]] = Counter()
    about: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in pairs:
        if one.other:
            both = (min(one.unit, one.other), max(one.unit, one.other))
            total[both] += one.returned
            for matter_id, matter, times in one.matters:
                about[both][matter or matter_id] += times
    return tuple(
        (first, second, times, tuple(sorted(about[first, second].items(), key=lambda item: (-item[1], item[0]))))
        for (first, second), times in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )


def disputed_matters(look: Look, period: Period | None = None) -> tuple[DisputedMatter, ...]:
    """The matters disputed in a period over the duty itself, and those under an open case; the worst first."""
    table = look.table(DISPUTES, "returned")
    cut = look.cut(period, reason=DUTY_REASONS)
    columns = ("what", "order_no", "unit", "proposed", "denied_clause", "claimed_clause", "matter_id", "matter")
    query = select(*(table.c[name] for name in columns)).where(cut.on(table)).order_by(table.c.position, table.c.line)
    lines: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in look.connection.execute(query).mappings():
        if row["matter_id"] or row["matter"]:
            lines[row["matter_id"] or row["matter"]].append(dict(row))
    cases = _cases_by_matter(look)
    returns = look.table(DISPUTES, "returns")
    bare = select(returns.c.order_no).where(look.held(returns), returns.c.no_clause.is_(True))
    without = {row[0] for row in look.connection.execute(bare)}
    found = [_matter(key, lines.get(key, []), cases.get(key), without) for key in sorted(lines.keys() | cases.keys())]
    return tuple(sorted(found, key=lambda one: (-one.returned, -len(one.cases), one.matter, one.key)))


def _matter(
    key: str, lines: list[Mapping[str, Any]], case: tuple[str, list[str], list[str]] | None, without: set[str]
) -> DisputedMatter:
    matter, cases, parties = case or ("", [], [])
    what = Counter(line["what"] for line in lines)
    asked = [line for line in lines if line["what"] == "returned"]
    units = Counter(line["unit"] for line in asked)
    pointed = Counter(line["proposed"] for line in asked if line["proposed"])
    cited = Counter((line["denied_clause"], line["unit"], "denied") for line in asked if line["denied_clause"])
    cited += Counter((line["claimed_clause"], line["proposed"], "claimed") for line in asked if line["claimed_clause"])
    ranked = [*sorted(units, key=lambda unit: (-units[unit], unit))]
    ranked += sorted(pointed, key=lambda unit: (-pointed[unit], unit))
    orders = tuple(dict.fromkeys(line["order_no"] for line in asked))
    return DisputedMatter(
        key=key,
        matter_id=next(
            (line["matter_id"] for line in lines if line["matter_id"]), key if case and key != matter else ""
        ),
        matter=next((line["matter"] for line in reversed(lines) if line["matter"]), matter) or key,
        units=tuple(dict.fromkeys([*ranked, *parties])),
        orders=orders,
        returned=what["returned"],
        upheld=what["upheld"] + what["support_added"],
        refused=what["refused"],
        open=max(what["returned"] - sum(what[name] for name in OUTCOMES), 0),
        no_clause=len(without.intersection(orders)),
        clauses=tuple(
            Cited(clause, unit, side, times)
            for (clause, unit, side), times in sorted(cited.items(), key=lambda one: (-one[1], one[0]))
        ),
        cases=tuple(cases),
    )


def chains(look: Look, at_least: int = 1, limit: int = 200) -> tuple[Chain, ...]:
    """Orders that went through more than one hand, ping-pong first."""
    table = look.table(DISPUTES, "chains")
    query = (
        select(table)
        .where(look.held(table), or_(table.c.moves >= at_least, table.c.came_back > 0))
        .order_by(table.c.came_back.desc(), table.c.moves.desc(), table.c.returns.desc(), table.c.order_no)
        .limit(limit)
    )
    names = ("order_no", "matter_id", "matter", "district", "returns", "moves", "came_back", "designated", "case_no")
    return tuple(
        Chain(hands=tuple(row["hands"].split(">")) if row["hands"] else (), **{name: row[name] for name in names})
        for row in look.connection.execute(query).mappings()
    )


def behind(look: Look, what: str, period: Period | None = None, **where: Any) -> list[tuple[int, str]]:
    """Position and id of the events a figure of returns counts."""
    table = look.table(DISPUTES, "returned")
    return events_behind(look.connection, table, look.cut(period, what=what, **where))


def _parties(look: Look) -> dict[str, frozenset[str]]:
    table = look.table(CASES_VIEW, "cases")
    return {row["case_no"]: frozenset(row["parties"].split("|")) for row in look.rows(table, order=("case_no",))}


def _cases_by_matter(look: Look) -> dict[str, tuple[str, list[str], list[str]]]:
    """Matter key → its name, its open cases, their parties."""
    table = look.table(CASES_VIEW, "cases")
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    for row in look.rows(table, table.c.step != "closed", order=("case_no",)):
        _, cases, parties = found.setdefault(row["matter_id"] or row["matter"], (row["matter"], [], []))
        cases.append(row["case_no"])
        parties += [unit for unit in row["parties"].split("|") if unit and unit not in parties]
    return found
