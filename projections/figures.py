"""Figures are sums over fact lines, and every figure opens to the events behind it.

A filter is a column and a value; a list or tuple of values means any of them, None means "empty". A period is half-open
in days of the city: `since <= day < until`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select


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
        for name, value in self.where.items():
            column = table.c[name]
            if isinstance(value, list | tuple):
                terms.append(column.in_(value))
            else:
                terms.append(column.is_(None) if value is None else column == value)
        return and_(*terms)


def count(connection: Connection, table: Table, by: Sequence[str], cut: Cut) -> dict[tuple[Any, ...], int]:
    """How many lines there are for each combination of the columns `by`, in their order."""
    columns = [table.c[name] for name in by]
    query = select(*columns, func.count()).where(cut.on(table)).group_by(*columns).order_by(*columns)
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query)}


def total(connection: Connection, table: Table, by: Sequence[str], value: str, cut: Cut) -> dict[tuple[Any, ...], int]:
    """The sum of a column for each combination of the columns `by`."""
    columns = [table.c[name] for name in by]
    query = select(*columns, func.sum(table.c[value])).where(cut.on(table)).group_by(*columns).order_by(*columns)
    return {tuple(row[:-1]): int(row[-1] or 0) for row in connection.execute(query)}


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
