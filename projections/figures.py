"""Figures are sums over fact lines, and every figure opens to the events behind it.

A filter is a column and a value; a list or tuple of values means any of them, None means "empty". A period is half-open
in days of the city: `since <= day < until`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, literal, select

from projections.sums import KEPT, MONTH


@dataclass(frozen=True, slots=True)
class Cut:
    """Which fact lines count: as of a position (None = now), in a period of days, matching filters."""

    upto: int | None = None
    since: str | None = None
    until: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)

    def narrowed(self, **where: Any) -> "Cut":
        """The same cut with more filters: the cell of a table within the table."""
        return Cut(self.upto, self.since, self.until, {**self.where, **where})

    def on(self, table: Table) -> ColumnElement[bool]:
        """The predicate on one fact table, whose day column is `day`."""
        terms: list[ColumnElement[bool]] = [table.c.position >= 0]
        if self.upto is not None:
            terms.append(table.c.position <= self.upto)
        if self.since is not None:
            terms.append(table.c.day >= self.since)
        if self.until is not None:
            terms.append(table.c.day < self.until)
        return and_(*terms, *self.matches(table))

    def matches(self, table: Table) -> list[ColumnElement[bool]]:
        """The filters alone."""
        terms: list[ColumnElement[bool]] = []
        for name, value in self.where.items():
            column = table.c[name]
            if isinstance(value, list | tuple):
                terms.append(column.in_(value))
            else:
                terms.append(column.is_(None) if value is None else column == value)
        return terms


def count(connection: Connection, table: Table, by: Sequence[str], cut: Cut) -> dict[tuple[Any, ...], int]:
    """How many lines there are for each combination of the columns `by`, in their order."""
    return {key: lines for key, (lines, _) in sums(connection, table, by, cut).items()}


def total(connection: Connection, table: Table, by: Sequence[str], value: str, cut: Cut) -> dict[tuple[Any, ...], int]:
    """The sum of a column for each combination of the columns `by`."""
    columns = [table.c[name] for name in by]
    query = select(*columns, func.sum(table.c[value])).where(cut.on(table)).group_by(*columns).order_by(*columns)
    return {tuple(row[:-1]): int(row[-1] or 0) for row in connection.execute(query).all()}


def sums(connection: Connection, table: Table, by: Sequence[str], cut: Cut) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Each combination of the columns `by` → how many lines, and the sum of their `value` (0 where lines have none).

    Whole months are taken from the sums that are kept, where they can answer; the other days are counted.
    """
    kept = table.info.get(KEPT)
    begin, end = _whole_months(cut)
    if kept is None or not {*by, *cut.where} <= set(kept.c.keys()) or (end is not None and begin >= end):
        return _grouped(connection, table, by, func.count(), cut.on(table))
    whole = [kept.c.month >= begin, *([kept.c.month < end] if end is not None else []), *cut.matches(kept)]
    days = [Cut(cut.upto, cut.since, f"{begin}-01", cut.where)] if cut.since and cut.since[MONTH:] != "-01" else []
    if end is not None and cut.until and cut.until[MONTH:] != "-01":
        days.append(Cut(cut.upto, f"{end}-01", cut.until, cut.where))
    if cut.upto is not None:
        whole.append(kept.c.last_position <= cut.upto)
        broken = (
            select(kept.c.month).distinct().where(kept.c.first_position <= cut.upto, kept.c.last_position > cut.upto)
        )
        for month in connection.execute(broken).scalars().all():
            whole.append(kept.c.month != month)
            if begin <= month and (end is None or month < end):
                days.append(Cut(cut.upto, f"{month}-01", f"{_after(month)}-01", cut.where))
    found = _grouped(connection, kept, by, func.sum(kept.c.lines), and_(*whole))
    for part in days:
        for key, (lines, worth) in _grouped(connection, table, by, func.count(), part.on(table)).items():
            held = found.get(key, (0, 0))
            found[key] = held[0] + lines, held[1] + worth
    return dict(sorted(found.items()))


def _grouped(
    connection: Connection, table: Table, by: Sequence[str], lines: Any, where: ColumnElement[bool]
) -> dict[tuple[Any, ...], tuple[int, int]]:
    columns = [table.c[name] for name in by]
    worth = table.c.get("value", table.c.get("total"))
    query = select(*columns, lines, literal(0) if worth is None else func.sum(worth)).where(where)
    found = connection.execute(query.group_by(*columns).order_by(*columns)).all()
    return {tuple(row[:-2]): (int(row[-2] or 0), int(row[-1] or 0)) for row in found}


def _whole_months(cut: Cut) -> tuple[str, str | None]:
    """The first month that lies whole in the period, and the first after it that does not; None: there is no end."""
    begin = "" if cut.since is None else cut.since[:MONTH]
    if cut.since is not None and cut.since[MONTH:] != "-01":
        begin = _after(begin)
    return begin, None if cut.until is None else cut.until[:MONTH]


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def events_behind(
    connection: Connection, table: Table, cut: Cut, limit: int = 1_000, after: int = 0
) -> list[tuple[int, str]]:
    """Position and id of the events that a figure counts, in order; go on `after` the last position."""
    query = (
        select(table.c.position, table.c.event_id)
        .where(cut.on(table), table.c.position > after)
        .distinct()
        .order_by(table.c.position)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]
