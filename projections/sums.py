"""Sums of fact lines, kept month by month and year by year, so that no page counts two years of lines anew.

A fact table may name columns its lines are summed by. The sums are made when a build is given to its readers, as its
indexes are; from then on every batch adds what it adds to the lines, in the same transaction. `first_position` and
`last_position` are those of the lines in a sum: as of a position before the first it is nothing, from the last on it
holds whole, and in between a year is taken by its months and that month is counted from its lines
(`projections.figures`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    CompoundSelect,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
    union_all,
)

from projections.view import FactTable

KEPT = "sums"  # under this name a table of lines knows the table of its sums
YEAR, MONTH = 4, 7  # characters of a day
LEVELS = (("m", MONTH), ("y", YEAR))  # a period is `m2023-04` or `y2023`: each level stands together


def sums_table(declared: FactTable, lines: Table, meta: MetaData) -> Table:
    """The table of the sums of `lines`, which knows it from now on."""
    total = [Column("total", BigInteger, nullable=False)] if "value" in lines.c else []
    lines.info[KEPT] = Table(
        f"{lines.name}_sums",
        meta,
        *(Column(name, Text) for name in ("period", *declared.sums)),
        Column("lines", BigInteger, nullable=False),
        *total,
        Column("first_position", BigInteger, nullable=False),
        Column("last_position", BigInteger, nullable=False),
        PrimaryKeyConstraint("period", *declared.sums),
        sqlite_with_rowid=False,
    )
    return kept(lines)


def kept(lines: Table) -> Table:
    """The table of the sums of `lines`. Raises KeyError where there is none."""
    found: Table = lines.info[KEPT]
    return found


def counted(lines: Table) -> CompoundSelect[Any]:
    """The sums, counted from all lines: those of months, and of these those of years."""
    sums = kept(lines)
    by = sums.primary_key.columns.keys()[1:]
    grown = [name for name in ("lines", "total") if name in sums.c]
    told: list[Any] = [func.count(), *([func.sum(lines.c.value)] if "total" in grown else [])]
    months = (
        select(
            (literal("m", Text) + func.substr(lines.c.day, 1, MONTH)).label("period"),
            *(lines.c[name] for name in by),
            *(one.label(name) for name, one in zip(grown, told, strict=True)),
            func.min(lines.c.position).label("first_position"),
            func.max(lines.c.position).label("last_position"),
        )
        .group_by("period", *(lines.c[name] for name in by))
        .cte("months")
    )
    years = select(
        (literal("y", Text) + func.substr(months.c.period, 2, YEAR)).label("year"),
        *(months.c[name] for name in by),
        *(cast(func.sum(months.c[name]), BigInteger) for name in grown),
        func.min(months.c.first_position),
        func.max(months.c.last_position),
    ).group_by("year", *(months.c[name] for name in by))
    return union_all(select(months), years)


def fill(connection: Connection, lines: Table) -> None:
    """Make the sums of all lines there are, whatever stood there."""
    sums = kept(lines)
    connection.execute(sums.delete())
    connection.execute(sums.insert().from_select(list(sums.c.keys()), counted(lines)))


def differ(connection: Connection, lines: Table) -> bool:
    """Whether the sums are not those of the lines: somebody changed one or the other."""
    sums, right = select(kept(lines)), select(counted(lines).subquery())
    return any(connection.execute(one.except_(other).limit(1)).first() for one, other in ((sums, right), (right, sums)))


def added(declared: FactTable, lines: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """What new lines, in the order of the record, add to the sums: rows of the table, in the order of its columns."""
    names = [name for name, _ in declared.columns]
    places = [names.index(name) for name in declared.sums]
    day, position = names.index("day"), len(names)
    value = names.index("value") if "value" in names else None
    found: dict[tuple[Any, ...], list[int]] = {}
    for line in lines:
        worth = () if value is None else (line[value],)
        by = [line[place] for place in places]
        for level, characters in LEVELS:
            key = (level + line[day][:characters], *by)
            held = found.get(key)
            if held is None:
                found[key] = [1, *worth, line[position], line[position]]
            else:
                held[0] += 1
                if value is not None:
                    held[1] += line[value]
                held[-1] = line[position]
    return [(*key, *sums) for key, sums in found.items()]


def adding(sums: Table, name: str, rows: str) -> str:
    """The statement that adds rows of `added`, each to another sum; `rows` gives them: `VALUES …` or `SELECT …`."""
    columns = list(sums.c.keys())
    grown = [one for one in ("lines", "total") if one in columns]
    changes = [f"{one} = held.{one} + excluded.{one}" for one in grown] + ["last_position = excluded.last_position"]
    return (
        f"INSERT INTO {name} AS held ({', '.join(columns)}) {rows}"
        f" ON CONFLICT ({', '.join(sums.primary_key.columns.keys())}) DO UPDATE SET {', '.join(changes)}"
    )
