"""Who disputes what with whom, read from the view of disputes: matrix, pairs, chains of hands, matters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, FromClause, Table, Text, cast, func, or_, select

from mandates.edition import RegisterEdition
from mandates.lint import Linted, leads
from projections.figures import Cut, count
from projections.past import foremost, held

TINTS = 5  # steps of colour of a cell; the number stands in it
COLUMNS_SHOWN = 11
PAIRS_SHOWN = 200
CHAINS_SHOWN = 200
MATTERS_SHOWN = 200
Matter = tuple[str, str]  # id, name
_NOTHING = (0, "")
_NAME, _NEXT = "\x1f", "\x1e"  # between the parts of a text the database puts together; no name has them


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
    most: int  # in a cell

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
        shown = self.cells.get(row, {})
        return self.row_totals.get(row, 0) - sum(shown.get(one, 0) for one in self.columns)

    def tint(self, row: str, column: str) -> int:
        """How strongly a cell is coloured, 0 to 5."""
        # one return is never the darkest
        return -(-self.cells.get(row, {}).get(column, 0) * TINTS // max(self.most, TINTS))


def _ways(connection: Connection, returned: Table, cut: Cut, what: str) -> Sequence[Any]:
    """Unit, unit it pointed at, and how many lines say `what`: some thousand rows, found in the order of the index."""
    by = returned.c.unit, returned.c.proposed
    return connection.execute(select(*by, func.count()).where(cut.narrowed(what=what).on(returned)).group_by(*by)).all()


def read_matrix(connection: Connection, returned: Table, cut: Cut) -> Matrix:
    """Department × department: who returned orders and whom the return pointed at."""
    cells: dict[str, dict[str, int]] = {}
    upheld: dict[str, dict[str, int]] = {}
    refused: dict[str, int] = {}
    columns: dict[str, int] = {}
    for unit, proposed, times in _ways(connection, returned, cut, "returned"):
        cells.setdefault(unit, {})[proposed] = times
        columns[proposed] = columns.get(proposed, 0) + times
    for unit, proposed, times in _ways(connection, returned, cut, "upheld"):
        upheld.setdefault(unit, {})[proposed] = times
    for (unit,), times in count(connection, returned, ("unit",), cut.narrowed(what="refused")).items():
        refused[unit] = times
    rows = _most_first({unit: sum(row.values()) for unit, row in cells.items()})
    columns = _most_first(columns)
    named = [one for one in columns if one][:COLUMNS_SHOWN]
    shown = (*named, "") if "" in columns else tuple(named)
    most = max((max(row.values()) for row in cells.values()), default=0)
    return Matrix(tuple(rows), shown, cells, upheld, refused, rows, columns, sum(rows.values()), most)


def _most_first(sums: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(sums.items(), key=lambda one: (not one[0], -one[1], one[0])))


def read_pairs(connection: Connection, returned: Table, cut: Cut) -> tuple[list[Pair], int]:
    """Pairs of units of which one pointed at the other, the most quarrelsome first; and how many pairs there are."""
    ways = {(unit, other): times for unit, other, times in _ways(connection, returned, cut, "returned") if other}
    returns: dict[tuple[str, str], int] = {}
    for way, times in ways.items():
        both = way if way[0] < way[1] else way[::-1]
        returns[both] = returns.get(both, 0) + times
    worst = nsmallest(PAIRS_SHOWN, returns, key=lambda both: (-returns[both], both))
    pairs = {both: Pair(*both, ways.get(both, 0), ways.get(both[::-1], 0)) for both in worst}
    _tell_outcomes(connection, returned, cut, pairs)
    _tell_matters(connection, returned, cut, pairs)
    return list(pairs.values()), len(returns)


def _between(returned: Table, pairs: Iterable[tuple[str, str]]) -> Any:
    """The lines between these pairs, either way."""
    ways = sorted(f"{one} {other}" for first, second in pairs for one, other in ((first, second), (second, first)))
    return (returned.c.unit + " " + returned.c.proposed).in_(ways)


def _tell_outcomes(connection: Connection, returned: Table, cut: Cut, pairs: Mapping[tuple[str, str], Pair]) -> None:
    by = [returned.c[name] for name in ("unit", "proposed", "what")]
    lines = cut.narrowed(what=("upheld", "refused", "designated")).on(returned), _between(returned, pairs)
    for row in connection.execute(select(*by, func.count()).where(*lines).group_by(*by)).all():
        unit, proposed, what, times = tuple(row)
        pair = pairs[(unit, proposed) if unit < proposed else (proposed, unit)]
        setattr(pair, what, getattr(pair, what) + times)


def _tell_matters(connection: Connection, returned: Table, cut: Cut, pairs: Mapping[tuple[str, str], Pair]) -> None:
    """What the pairs quarrel over, the most returns first, and when last.

    Nearly every return has a matter of its own: those of a way are brought over in one text, and counted here.
    """
    by = returned.c.unit, returned.c.proposed
    told = func.aggregate_strings(returned.c.matter_id + _NAME + returned.c.matter, _NEXT)
    query = select(*by, func.max(returned.c.day), told).where(
        cut.narrowed(what="returned").on(returned), _between(returned, pairs)
    )
    over: dict[tuple[str, str], Counter[str]] = {}
    for unit, proposed, day, text in connection.execute(query.group_by(*by)).all():
        both = (unit, proposed) if unit < proposed else (proposed, unit)
        pairs[both].last = max(pairs[both].last, day)
        over.setdefault(both, Counter()).update(text.split(_NEXT))
    for both, matters in over.items():
        named = [(*one.partition(_NAME)[::2], times) for one, times in matters.items()]
        pairs[both].matters = sorted(((id_, name, times) for id_, name, times in named), key=lambda one: (-one[2], one))


def read_chains(
    connection: Connection, chains: Table, position: int | None, where: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Orders that went from hand to hand, those that came back to a unit first."""
    names = (
        "order_no", "district", "matter", "matter_id", "hands", "lead", "returns", "moves", "came_back", "designated",
    )  # fmt: skip
    went_on = or_(chains.c.moves > 0, chains.c.returns > 1)
    query = foremost(chains, names, position, _most_moved, CHAINS_SHOWN, went_on, *_same(chains, where))
    return [dict(row) | {"hands": row["hands"].split(">")} for row in connection.execute(query).mappings()]


def _most_moved(chains: FromClause) -> tuple[Any, ...]:
    return chains.c.came_back.desc(), chains.c.moves.desc(), chains.c.returns.desc(), chains.c.order_no


def read_matters(
    connection: Connection, tables: Mapping[str, Table], cut: Cut, where: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Matters whose orders were returned or moved, the most returns first: how often, who leads their orders now, and
    how many returns say that no unit has a clause."""
    returned = _told(connection, tables["returned"], cut.narrowed(what="returned"))
    moved = _told(connection, tables["moved"], cut)
    listed = nsmallest(
        MATTERS_SHOWN,
        returned.keys() | moved.keys(),
        key=lambda one: (-returned.get(one, _NOTHING)[0], -moved.get(one, _NOTHING)[0], one),
    )
    denied = count(connection, tables["returned"], ("matter_id",), cut.narrowed(what="returned", basis="no_clause"))
    led = _led(connection, tables["chains"], cut.upto, where, listed)
    return [
        {
            "matter_id": one,
            "matter": max(returned.get(one, _NOTHING)[1], moved.get(one, _NOTHING)[1]),
            "orders": led[one][0],
            "returns": returned.get(one, _NOTHING)[0],
            "moves": moved.get(one, _NOTHING)[0],
            "no_clause": denied.get((one,), 0),
            "leads": led[one][1],
        }
        for one in listed
        if one in led
    ]


def _told(connection: Connection, lines: Table, cut: Cut) -> dict[str, tuple[int, str]]:
    """Matter → how many lines tell of it, and what they call it."""
    query = select(lines.c.matter_id, func.count(), func.max(lines.c.matter)).where(
        cut.on(lines), lines.c.matter_id != ""
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(lines.c.matter_id)).all()}


def _led(
    connection: Connection, chains: Table, position: int | None, where: Mapping[str, str], among: Sequence[str]
) -> dict[str, tuple[int, list[tuple[str, int]]]]:
    """Matter → its orders, and (unit that leads them, how many), the most first.

    Some hundred matters with some ninety units each: a row a matter is brought over, its units in one text.
    """
    rows = held(chains, ("matter_id", "lead"), position, chains.c.matter_id.in_(among), *_same(chains, where))
    by = rows.c.matter_id, rows.c.lead
    orders = select(*by, func.count().label("orders")).group_by(*by).subquery("led")
    units = func.aggregate_strings(orders.c.lead + _NAME + cast(orders.c.orders, Text), _NEXT)
    query = select(orders.c.matter_id, func.sum(orders.c.orders), units).group_by(orders.c.matter_id)
    found: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    for matter_id, total, told in connection.execute(query).all():
        led = sorted((-int(times), unit) for unit, times in map(str.split, told.split(_NEXT), repeat(_NAME)) if unit)
        found[matter_id] = int(total), [(unit, -times) for times, unit in led]
    return found


def read_choices(connection: Connection, chains: Table, position: int | None) -> tuple[list[Matter], list[str]]:
    """What a reader may filter by: the matters and districts that disputed orders have."""
    disputed = or_(chains.c.returns > 0, chains.c.moves > 0)
    rows = held(chains, ("matter_id", "matter"), position, chains.c.matter_id != "", disputed)
    matters = connection.execute(select(rows.c.matter_id, func.max(rows.c.matter)).group_by(rows.c.matter_id)).all()
    places = held(chains, ("district",), position, chains.c.district != "")
    districts = connection.execute(select(places.c.district).distinct()).scalars()
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
