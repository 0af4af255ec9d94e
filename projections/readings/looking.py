"""How a reading looks at the views: one snapshot, as of a position, over a period of days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from city.quarter import quarter_days, quarter_of
from mandates.edition import RegisterEdition
from projections.figures import Cut
from projections.store import ViewStore, as_of
from projections.view import View
from terms.errors import Unavailable
from terms.ids import Position, UnitCode

__all__ = ["Look", "Period", "looking", "name_of", "quarter", "quarter_of"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the city, both included."""

    begin: date
    end: date

    @property
    def since(self) -> str:
        """The first day, as fact lines write it."""
        return self.begin.isoformat()

    @property
    def until(self) -> str:
        """The day after the last: periods of `Cut` are half-open."""
        return (self.end + timedelta(days=1)).isoformat()

    def before(self) -> "Period":
        """The same number of days just before."""
        end = self.begin - timedelta(days=1)
        return Period(end - (self.end - self.begin), end)


def quarter(name: str) -> Period:
    """The days of a quarter, `2026-Q3`. Raises BadInput."""
    return Period(*quarter_days(name))


@dataclass(frozen=True, slots=True)
class Look:
    """A connection that can only read, and the position that counts (None = now)."""

    connection: Connection
    store: ViewStore
    upto: Position | None = None

    def table(self, view: View, name: str) -> Table:
        """A table of the build people read. Raises Unavailable while the view is not built in this version yet."""
        build = self.store.current(self.connection, view.name)
        if build is None or build.version != view.version:
            raise Unavailable("readings.not-built", at=view.name, view=view.name)
        return self.store.tables(view, build)[name]

    def held(self, table: Table) -> ColumnElement[bool]:
        """The predicate "held then" on a state table."""
        found: ColumnElement[bool] = as_of(table, self.upto)
        return found

    def rows(self, table: Table, *conditions: Any, order: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The rows of a state table that held then and meet the conditions."""
        query = select(table).where(self.held(table), *conditions).order_by(*(table.c[name] for name in order))
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def cut(self, period: Period | None = None, **where: Any) -> Cut:
        """Which fact lines count."""
        return Cut(self.upto, period.since if period else None, period.until if period else None, where)


@contextmanager
def looking(store: ViewStore, upto: Position | None = None) -> Iterator[Look]:
    """Look at the views in one consistent snapshot."""
    with store.reading() as connection:
        yield Look(connection, store, upto)


def name_of(unit: str, register: RegisterEdition) -> str:
    """A unit's full name; its code where the register does not know it; empty for none."""
    known = register.units.get(UnitCode(unit))
    return known.name if known else unit
