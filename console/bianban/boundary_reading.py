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
PAIRS_SHOWN = 200
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

    @property
    def others_total(self) -> int:
        """All returns that point at the others."""
        return sum(self.column_totals[one] for one in self.others)

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


def read_pairs(connection: Connection, returned: Table, cut: Cut) -> tuple[list[Pair], int]:
    """Pairs of units of which one pointed at the other, the most quarrelsome first; and how many pairs there are."""
    pairs: dict[tuple[str, str], Pair] = {}
    by = [returned.c[name] for name in ("what", "unit", "proposed")]
    query = select(*by, func.count()).where(cut.on(returned), returned.c.proposed != "").group_by(*by)
    for row in connection.execute(query).all():
        what, unit, proposed, times = tuple(row)
        both = (unit, proposed) if unit < proposed else (proposed, unit)
        pair = pairs.get(both)
        if pair is None:
            pair = pairs[both] = Pair(*both)
        if what == "returned":
            if unit == both[0]:
                pair.there += times
            else:
                pair.back += times
        elif what in ("upheld", "refused", "designated"):
            setattr(pair, what, getattr(pair, what) + times)
    worst = sorted(pairs.values(), key=lambda pair: (-pair.returns, pair.first, pair.second))[:PAIRS_SHOWN]
    _tell_matters(connection, returned, cut, {(pair.first, pair.second): pair for pair in worst})
    return worst, len(pairs)


def _tell_matters(connection: Connection, returned: Table, cut: Cut, pairs: Mapping[tuple[str, str], Pair]) -> None:
    """What the pairs quarrel over, the most returns first, and when last."""
    ways = sorted(f"{one} {other}" for first, second in pairs for one, other in ((first, second), (second, first)))
    by = [returned.c[name] for name in ("unit", "proposed", "matter_id", "matter")]
    query = select(*by, func.count(), func.max(returned.c.day)).where(
        cut.narrowed(what="returned").on(returned), (returned.c.unit + " " + returned.c.proposed).in_(ways)
    )
    over: dict[tuple[str, str], dict[Matter, int]] = {}
    for row in connection.execute(query.group_by(*by)).all():
        unit, proposed, matter_id, matter, times, day = tuple(row)
        both = (unit, proposed) if unit < proposed else (proposed, unit)
        pairs[both].last = max(pairs[both].last, day)
        matters = over.setdefault(both, {})
        matters[matter_id, matter] = matters.get((matter_id, matter), 0) + times
    for both, matters in over.items():
        pairs[both].matters = sorted(
            ((id_, name, times) for (id_, name), times in matters.items()), key=lambda one: (-one[2], one)
        )


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
    chains = tables["chains"]
    denied = count(connection, tables["returned"], ("matter_id",), cut.narrowed(what="returned", basis="no_clause"))
    matters = {one for (one,) in (*returned, *moved) if one}
    found: list[dict[str, Any]] = [
        {
            "matter_id": matter_id,
            "matter": name,
            "orders": orders,
            "returns": returned.get((matter_id,), 0),
            "moves": moved.get((matter_id,), 0),
            "no_clause": denied.get((matter_id,), 0),
            "leads": leads,
        }
        for matter_id, (name, orders, leads) in _led(connection, chains, cut.upto, where).items()
        if matter_id in matters
    ]
    found.sort(key=lambda row: (-row["returns"], -row["moves"], row["matter_id"]))
    return found[:MATTERS_SHOWN]


def _led(
    connection: Connection, chains: Table, position: int | None, where: Mapping[str, str]
) -> dict[str, tuple[str, int, list[tuple[str, int]]]]:
    """Matter → its name, its orders, and (unit that leads them, how many), the most first."""
    by = (chains.c.matter_id, chains.c.lead)
    query = (
        select(*by, func.count(), func.max(chains.c.matter))
        .where(as_of(chains, position), chains.c.matter_id != "", *_same(chains, where))
        .group_by(*by)
    )
    names: dict[str, str] = {}
    orders: dict[str, int] = {}
    leads: dict[str, list[tuple[str, int]]] = {}
    for matter_id, lead, times, name in connection.execute(query).all():
        if matter_id not in names:
            names[matter_id], orders[matter_id], leads[matter_id] = name, 0, []
        elif name > names[matter_id]:
            names[matter_id] = name
        orders[matter_id] += times
        if lead:
            leads[matter_id].append((lead, times))
    ranked = {matter: sorted(units, key=lambda one: (-one[1], one[0])) for matter, units in leads.items()}
    return {matter: (names[matter], orders[matter], ranked[matter]) for matter in names}


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
