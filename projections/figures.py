"""Figures are sums over fact lines, and every figure opens to the events behind it.

A filter is a column and a value; a list or tuple of values means any of them, None means "empty". A period is half-open
in days of the city: `since <= day < until`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, literal, select, union_all

from projections.sums import KEPT, MONTH, YEAR


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

    Whole years and months are taken from the sums that are kept, where they can answer; the other days are counted.
    """
    kept = table.info.get(KEPT)
    begin, end = _whole_months(cut)
    if kept is None or not {*by, *cut.where} <= set(kept.c.keys()) or (end is not None and begin >= end):
        return _counted(connection, table, by, cut)
    days = [Cut(cut.upto, cut.since, f"{begin}-01", cut.where)] if cut.since and cut.since[MONTH:] != "-01" else []
    if end is not None and cut.until and cut.until[MONTH:] != "-01":
        days.append(Cut(cut.upto, f"{end}-01", cut.until, cut.where))
    spans = _spans(begin, end)
    broken: list[str] = []
    if cut.upto is not None:
        years = _broken(connection, kept, [one for one in spans if one[0] >= "y"], cut.upto)
        spans += [(f"m{one[1:]}-01", f"m{one[1:]}-13") for one in years]
        months = _broken(connection, kept, [one for one in spans if one[0] < "y"], cut.upto)
        days += [Cut(cut.upto, f"{one[1:]}-01", f"{_after(one[1:])}-01", cut.where) for one in months]
        broken = [*years, *months]
    found = _summed(connection, kept, by, cut, spans, broken)
    for part in days:
        for key, (lines, worth) in _counted(connection, table, by, part).items():
            held = found.get(key, (0, 0))
            found[key] = held[0] + lines, held[1] + worth
    return dict(sorted(found.items()))


def _spans(begin: str, end: str | None) -> list[tuple[str, str]]:
    """Whole months from one to before another as few periods of sums: the first, and the one after the last."""
    first = begin[:YEAR] if begin[MONTH - 2 :] in ("", "01") else f"{int(begin[:YEAR]) + 1:04d}"
    if end is not None and first >= end[:YEAR]:
        return [(f"m{begin}", f"m{end}")]
    head = [(f"m{begin}", f"m{first}-01")] if begin != "" and begin != f"{first}-01" else []
    tail = [(f"m{end[:YEAR]}-01", f"m{end}")] if end is not None and end[MONTH - 2 :] != "01" else []
    return [*head, (f"y{first}", "z" if end is None else f"y{end[:YEAR]}"), *tail]


def _broken(connection: Connection, kept: Table, spans: Sequence[tuple[str, str]], upto: int) -> list[str]:
    """The periods of which only a part was recorded at a position."""
    part = kept.c.first_position <= upto, kept.c.last_position > upto
    return [
        period
        for first, after in spans
        for period in connection.execute(
            select(kept.c.period).distinct().where(kept.c.period >= first, kept.c.period < after, *part)
        ).scalars()
    ]


def _summed(
    connection: Connection,
    kept: Table,
    by: Sequence[str],
    cut: Cut,
    spans: Iterable[tuple[str, str]],
    broken: Sequence[str],
) -> dict[tuple[Any, ...], tuple[int, int]]:
    worth = kept.c.total if "total" in kept.c else literal(0).label("total")
    known = [kept.c.last_position <= cut.upto, kept.c.period.not_in(broken)] if cut.upto is not None else []
    chosen = select(*(kept.c[name] for name in by), kept.c.lines, worth).where(*cut.matches(kept), *known)
    each = union_all(*(chosen.where(kept.c.period >= first, kept.c.period < after) for first, after in spans))
    rows = each.subquery("kept")
    return _grouped(connection, [rows.c[name] for name in by], func.sum(rows.c.lines), func.sum(rows.c.total))


def _counted(
    connection: Connection, table: Table, by: Sequence[str], cut: Cut
) -> dict[tuple[Any, ...], tuple[int, int]]:
    worth = func.sum(table.c.value) if "value" in table.c else literal(0)
    return _grouped(connection, [table.c[name] for name in by], func.count(), worth, cut.on(table))


def _grouped(
    connection: Connection, by: Sequence[ColumnElement[Any]], lines: Any, worth: Any, *where: ColumnElement[bool]
) -> dict[tuple[Any, ...], tuple[int, int]]:
    query = select(*by, lines, worth).where(*where).group_by(*by).order_by(*by)
    return {tuple(row[:-2]): (int(row[-2] or 0), int(row[-1] or 0)) for row in connection.execute(query).all()}


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
