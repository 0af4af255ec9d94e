"""Who disputes what with whom, read from the view of disputes: matrix, pairs, chains of hands, matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select

from mandates.edition import RegisterEdition
from mandates.lint import Linted, leads
from projections.figures import Cut, count
from projections.store import as_of

TINTS = 5  # steps of colour of a cell; the number stands in it
COLUMNS_SHOWN = 11
CHAINS_SHOWN = 200
MATTERS_SHOWN = 200
Matter = tuple[str, str]  # id, name


@dataclass(slots=True)
class Pair:
    """Two units and what passed between them; `first` sorts before `second`. Counts are lines of `returned`."""

    first: str
    second: str
    there: int = 0  # returns of `first` that point at `second`
    back: int = 0
    upheld: int = 0
    refused: int = 0
    designated: int = 0
    last: str = ""
    matters: list[tuple[str, str, int]] = field(default_factory=list)  # id, name, returns; the most first

    @property
    def returns(self) -> int:
        """Both ways."""
        return self.there + self.back


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows are units that returned, columns the units they pointed at ("" = nobody); most returns first."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[str, Mapping[str, int]]
    upheld: Mapping[str, Mapping[str, int]]
    refused: Mapping[str, int]  # the returns of a row's unit that were refused
    row_totals: Mapping[str, int]
    column_totals: Mapping[str, int]
    total: int

    @property
    def others(self) -> tuple[str, ...]:
        """Units pointed at more seldom than those with a column of their own."""
        return tuple(one for one in self.column_totals if one not in self.columns)

    def elsewhere(self, row: str) -> int:
        """The returns of a unit that point at the others."""
        return sum(self.cells.get(row, {}).get(one, 0) for one in self.others)

    def tint(self, row: str, column: str) -> int:
        """How strongly a cell is coloured, 0 to 5."""
        most = max((times for cells in self.cells.values() for times in cells.values()), default=0)
        return -(-self.cells.get(row, {}).get(column, 0) * TINTS // max(most, TINTS))  # one return is never the darkest


def read_matrix(connection: Connection, returned: Table, cut: Cut) -> Matrix:
    """Department × department: who returned orders and whom the return pointed at."""
    cells: dict[tuple[str, str], int] = {}
    upheld: dict[tuple[str, str], int] = {}
    refused: dict[str, int] = {}
    for (what, unit, proposed), times in count(connection, returned, ("what", "unit", "proposed"), cut).items():
        if what == "returned":
            cells[unit, proposed] = times
        elif what == "upheld":
            upheld[unit, proposed] = times
        elif what == "refused":
            refused[unit] = refused.get(unit, 0) + times
    rows, columns = _summed(cells, 0), _summed(cells, 1)
    named = [one for one in columns if one][:COLUMNS_SHOWN]
    shown = (*named, "") if "" in columns else tuple(named)
    return Matrix(tuple(rows), shown, _nested(cells), _nested(upheld), refused, rows, columns, sum(rows.values()))


def _nested(cells: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (row, column), times in cells.items():
        found.setdefault(row, {})[column] = times
    return found


def _summed(cells: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for cell, times in cells.items():
        sums[cell[side]] = sums.get(cell[side], 0) + times
    return dict(sorted(sums.items(), key=lambda one: (not one[0], -one[1], one[0])))


def read_pairs(connection: Connection, returned: Table, cut: Cut) -> list[Pair]:
    """Every two units of which one pointed at the other, the most quarrelsome first."""
    named = cut.on(returned) & (returned.c.proposed != "")
    by = ("what", "unit", "proposed", "matter_id", "matter")
    columns = [returned.c[name] for name in by]
    query = select(*columns, func.count(), func.max(returned.c.day)).where(named).group_by(*columns)
    pairs: dict[tuple[str, str], Pair] = {}
    over: dict[tuple[str, str], dict[Matter, int]] = {}
    for row in connection.execute(query):
        what, unit, proposed, matter_id, matter, times, day = tuple(row)
        first, second = min(unit, proposed), max(unit, proposed)
        pair = pairs.setdefault((first, second), Pair(first, second))
        if what == "returned":
            if unit == first:
                pair.there += times
            else:
                pair.back += times
            pair.last = max(pair.last, day)
            matters = over.setdefault((first, second), {})
            matters[matter_id, matter] = matters.get((matter_id, matter), 0) + times
        elif what in ("upheld", "refused", "designated"):
            setattr(pair, what, getattr(pair, what) + times)
    for key, matters in over.items():
        pairs[key].matters = sorted(((*one, times) for one, times in matters.items()), key=lambda one: (-one[2], one))
    return sorted(pairs.values(), key=lambda pair: (-pair.returns, pair.first, pair.second))


def read_chains(
    connection: Connection, chains: Table, position: int | None, where: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Orders that went from hand to hand, those that came back to a unit first."""
    query = (
        select(*[chains.c[name] for name in ("order_no", "district", "matter", "matter_id", "hands", "lead", "returns",
                                             "moves", "came_back", "designated")])
        .where(as_of(chains, position), or_(chains.c.moves > 0, chains.c.returns > 1), *_same(chains, where))
        .order_by(chains.c.came_back.desc(), chains.c.moves.desc(), chains.c.returns.desc(), chains.c.order_no)
        .limit(CHAINS_SHOWN)
    )  # fmt: skip
    return [dict(row) | {"hands": row["hands"].split(">")} for row in connection.execute(query).mappings()]


def read_matters(
    connection: Connection, tables: Mapping[str, Table], cut: Cut, where: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Matters whose orders were returned or moved, the most returns first: how often, who leads their orders now, and
    how many returns say that no unit has a clause."""
    returned = count(connection, tables["returned"], ("matter_id",), cut.narrowed(what="returned"))
    moved = count(connection, tables["moved"], ("matter_id",), cut)
    chains, returns = tables["chains"], tables["returns"]
    denied = count_denied(connection, returns, cut.upto, where)
    matters = {one for (one,) in (*returned, *moved) if one}
    orders = (
        select(chains.c.matter_id, func.max(chains.c.matter), func.count())
        .where(as_of(chains, cut.upto), chains.c.matter_id != "", *_same(chains, where))
        .group_by(chains.c.matter_id)
    )
    led = _leads(connection, chains, cut.upto, where)
    found: list[dict[str, Any]] = [
        {
            "matter_id": row[0],
            "matter": row[1],
            "orders": row[2],
            "returns": returned.get((row[0],), 0),
            "moves": moved.get((row[0],), 0),
            "no_clause": denied.get(row[0], 0),
            "leads": led.get(row[0], []),
        }
        for row in connection.execute(orders)
        if row[0] in matters
    ]
    found.sort(key=lambda row: (-row["returns"], -row["moves"], row["matter_id"]))
    return found[:MATTERS_SHOWN]


def count_denied(
    connection: Connection, returns: Table, position: int | None, where: Mapping[str, str]
) -> dict[str, int]:
    """Matter → how many returns say that no unit has a clause: an orphan matter shows like this."""
    query = (
        select(returns.c.matter_id, func.count())
        .where(as_of(returns, position), returns.c.no_clause.is_(True), *_same(returns, where))
        .group_by(returns.c.matter_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _leads(
    connection: Connection, chains: Table, position: int | None, where: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    """Matter → (unit that leads its orders, how many), the most first."""
    query = (
        select(chains.c.matter_id, chains.c.lead, func.count())
        .where(as_of(chains, position), chains.c.lead != "", *_same(chains, where))
        .group_by(chains.c.matter_id, chains.c.lead)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for matter_id, lead, orders in connection.execute(query):
        found.setdefault(matter_id, []).append((lead, orders))
    return {matter: sorted(leads, key=lambda one: (-one[1], one[0])) for matter, leads in found.items()}


def read_choices(connection: Connection, chains: Table, position: int | None) -> tuple[list[Matter], list[str]]:
    """What a reader may filter by: the matters and districts that disputed orders have."""
    query = select(chains.c.matter_id, func.max(chains.c.matter)).where(
        as_of(chains, position), chains.c.matter_id != "", or_(chains.c.returns > 0, chains.c.moves > 0)
    )
    matters = connection.execute(query.group_by(chains.c.matter_id))
    districts = connection.execute(
        select(chains.c.district).where(as_of(chains, position), chains.c.district != "").distinct()
    ).scalars()
    return sorted(((one[0], one[1]) for one in matters), key=lambda one: one[1]), sorted(districts)


def _same(table: Table, where: Mapping[str, str]) -> Sequence[Any]:
    return [table.c[name] == value for name, value in where.items() if value]


def doubtful_leads(edition: RegisterEdition) -> list[dict[str, str]]:
    """Matters that the register's own wording gives to two leads or to none (`mandates.lint.leads`)."""
    names = {"two-leads": "两家主办", "no-lead": "无主办"}
    found = sorted(set(leads(Linted(edition, edition.as_of, {}))), key=lambda one: (one.code, one.item, one.message))
    return [
        {"kind": names[one.code], "item": one.item, "unit": one.unit or "", "message": one.message}
        for one in found
        if one.code in names
    ]
