"""The disputed matters of a period with the clauses of both sides, and the open cases on them: what a digest lists.

Sums over the lines of `projections.disputes`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projections.cases import CASES_VIEW
from projections.disputes import DISPUTES
from projections.readings.looking import Look, Period

OUTCOMES = ("upheld", "refused", "designated", "support_added", "withdrawn", "merged")
DUTY_REASONS = ("not_ours", "unclear", "overlap", "partial")  # what a digest is about; a wrong place is no quarrel


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


def _cases_by_matter(look: Look) -> dict[str, tuple[str, list[str], list[str]]]:
    """Matter key → its name, its open cases, their parties."""
    table = look.table(CASES_VIEW, "cases")
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    for row in look.rows(table, table.c.step != "closed", order=("case_no",)):
        _, cases, parties = found.setdefault(row["matter_id"] or row["matter"], (row["matter"], [], []))
        cases.append(row["case_no"])
        parties += [unit for unit in row["parties"].split("|") if unit and unit not in parties]
    return found
