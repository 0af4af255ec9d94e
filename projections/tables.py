"""The tables of a build and the statements on them: made from what a view declares, named for build and version."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import orjson
from psycopg import Error as PostgresError
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    exc,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from projections import sums
from projections.past import node
from projections.rows import Version, Writes
from projections.view import OPEN, FactTable, Key, Row, StateTable, View

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]
Lines = dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, Row]]]]
"""By table: the rows to close (where they end, key, where they began), the lines to insert, the groups to blank."""


def lines_of(view: View, writes: Writes) -> Lines:
    """What a batch leaves as the database takes it: plain tuples, each in the order of `_names`."""
    lines: Lines = {}
    for declared in view.tables:
        name = declared.name
        if isinstance(declared, StateTable):
            plain = [column for column, _ in declared.columns if column not in declared.key]
            inserted = _lines(writes.inserted.get(name, ()), plain)
            if declared.past:
                inserted = [(*line, node(*line[-2:])) for line in inserted]
        else:
            plain = [column for column, _ in declared.columns]
            facts = writes.facts.get(name, ())
            inserted = [(*map(fact.get, plain), position, event_id, line) for position, event_id, line, fact in facts]
        told = writes.closed.get(name, []), inserted, writes.scrubbed.get(name, [])
        if any(told):
            lines[name] = told
    return lines


class BuildTables:
    """Makes, fills and reads the tables of builds in one schema (None on SQLite)."""

    def __init__(self, schema: str | None) -> None:
        self.schema = schema
        self.meta = MetaData(schema=schema)
        self._made: dict[str, Table] = {}
        self._making = threading.Lock()

    def of(self, view: View, generation: int) -> dict[str, Table]:
        """The tables of one build, by the names the view gives them."""
        return {declared.name: self.table(view, declared, generation) for declared in view.tables}

    def table(self, view: View, declared: StateTable | FactTable, generation: int) -> Table:
        """One table of one build."""
        name = f"{view.name}_{declared.name}_v{view.version}_{generation}"
        with self._making:
            if name not in self._made:
                self._made[name] = Table(name, self.meta, *_columns(declared))
                if isinstance(declared, FactTable) and declared.sums:
                    sums.sums_table(declared, self._made[name], self.meta)
            return self._made[name]

    def names(self, view: View, generation: int) -> list[str]:
        """What the tables of one build are called in the database, those of sums included."""
        return [one.name for one in self._all(view, generation)]

    def _all(self, view: View, generation: int) -> Iterator[Table]:
        for table in self.of(view, generation).values():
            yield table
            if sums.KEPT in table.info:
                yield sums.kept(table)

    def create(self, connection: Connection, view: View, generation: int) -> None:
        """Make a build's tables, without indexes: filling first and sorting once is what makes a rebuild quick."""
        for table in self._all(view, generation):
            table.create(connection, checkfirst=True)

    def index(self, connection: Connection, view: View, generation: int) -> None:
        """Make the indexes a view declares, where they are not there yet, and its sums."""
        for declared in view.tables:
            table = self.table(view, declared, generation)
            held = isinstance(declared, StateTable)
            for number, columns in enumerate(declared.indexes):
                named = ", ".join(f'"{column}"' for column in dict.fromkeys((*columns, *_told_by(declared))))
                where = f" WHERE to_position = {OPEN}" if held else ""  # nine rows in ten of a state table are past
                connection.execute(
                    text(f"CREATE INDEX IF NOT EXISTS ix_{table.name}_{number} ON {self._name(table)} ({named}){where}")
                )
            if isinstance(declared, StateTable) and declared.past:
                past = f'CREATE INDEX IF NOT EXISTS "ix_{table.name}_past" ON {self._name(table)}'
                connection.execute(text(f"{past} (node, from_position, to_position) WHERE node IS NOT NULL"))
            if sums.KEPT in table.info:
                sums.fill(connection, table)

    def vacuum(self, connection: Connection, view: View, generation: int) -> None:
        """Have PostgreSQL look through a full build at once and not some minutes later: until then it plans as if the
        tables were empty, and looks up in the table every row that an index alone could tell. Not in a transaction."""
        for table in self._all(view, generation):
            connection.execute(text(f"VACUUM (ANALYZE) {self._name(table)}"))

    def drop(self, connection: Connection, names: Iterable[str]) -> None:
        """Drop the tables of a build by their names: it may be another program version's, unknown here."""
        for name in names:
            connection.execute(text(f'DROP TABLE IF EXISTS {self.schema + "." if self.schema else ""}"{name}"'))

    # --- rows ---

    def load(
        self, connection: Connection, view: View, generation: int, table_name: str, groups: Sequence[Any]
    ) -> Iterator[tuple[Key, int, Row]]:
        """The rows of some groups that hold now: key, from_position, row."""
        declared = next(one for one in view.tables if one.name == table_name and isinstance(one, StateTable))
        table = self.table(view, declared, generation)
        keyed = len(declared.key)
        names = [name for name, _ in declared.columns if name not in declared.key]
        truths = [] if self.schema else [name for name, type_ in declared.columns if isinstance(type_, Boolean)]
        asked = ", ".join(f'"{name}"' for name in (*declared.key, *names))
        among = "= ANY(%s)" if self.schema else "IN (SELECT value FROM json_each(?))"
        statement = (
            f'SELECT {asked}, from_position FROM {self._name(table)} WHERE "{declared.key[0]}" {among}'  # noqa: S608 (our own names)
            f" AND to_position = {OPEN}"
        )
        given = list(groups) if self.schema else orjson.dumps(groups).decode()
        for found in connection.exec_driver_sql(statement, (given,)).all():  # straight to the driver: a hot path
            row = dict(zip(names, found[keyed:-1], strict=True))
            for name in truths:  # SQLite keeps them as numbers
                if row[name] is not None:
                    row[name] = bool(row[name])
            yield tuple(found[:keyed]), found[-1], row

    def write(self, connection: Connection, view: View, generation: int, lines: Lines, *, summing: bool) -> None:
        """Everything a batch leaves, each table in a few statements; the sums too when people read them already.

        Raises sqlalchemy.exc.DBAPIError.
        """
        for declared in view.tables:
            if declared.name in lines:
                table = self.table(view, declared, generation)
                closed, inserted, scrubbed = lines[declared.name]
                if isinstance(declared, StateTable):
                    self._close(connection, declared, table, closed)
                self._insert(connection, table, _names(declared), inserted)
                if summing and isinstance(declared, FactTable) and declared.sums:
                    self._sum(connection, sums.kept(table), sums.added(declared, inserted))
                for first, blank in scrubbed:
                    connection.execute(update(table).where(table.c[_names(declared)[0]] == first).values(**blank))

    def _close(
        self, connection: Connection, declared: StateTable, table: Table, closed: Sequence[tuple[Any, ...]]
    ) -> None:
        if not closed:
            return
        if declared.past:
            closed = [(ends, node(one[-1], ends), *one) for ends, *one in closed]
        placed = ["to_position", *(["node"] if declared.past else [])]
        known = [*declared.key, "from_position"]
        if self.schema:  # one statement for all of them
            types = [table.c[name].type for name in (*placed, *known)]
            columns = ", ".join(f'"{name}"' for name in (*(f"new_{name}" for name in placed), *known))
            changes = ", ".join(f"{name} = asked.new_{name}" for name in placed)
            same = " AND ".join(f'held."{name}" = asked."{name}"' for name in known)
            connection.exec_driver_sql(
                f"UPDATE {self._name(table)} AS held SET {changes} FROM {_unnested(types)} AS asked ({columns})"  # noqa: S608
                f" WHERE {same} AND held.to_position + 0 = {OPEN}",  # + 0: as below
                _by_columns(closed),
            )
            return
        changes = ", ".join(f"{name} = ?" for name in placed)
        same = " AND ".join(f'"{name}" = ?' for name in known)
        # + 0: by the primary key, never by an index of the rows that hold, which may be read whole for every row
        connection.exec_driver_sql(
            f"UPDATE {self._name(table)} SET {changes} WHERE {same} AND to_position + 0 = {OPEN}",  # noqa: S608 - names declared
            closed,
        )

    def _sum(self, connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
        if rows and self.schema:
            given = f"SELECT * FROM {_unnested([column.type for column in table.c])}"  # noqa: S608 - names of types
            connection.exec_driver_sql(sums.adding(table, self._name(table), given), _by_columns(rows))
        elif rows:
            marks = ", ".join("?" * len(table.c))
            connection.exec_driver_sql(sums.adding(table, self._name(table), f"VALUES ({marks})"), rows)

    def scrub_elsewhere(self, connection: Connection, view: View, generation: int, lines: Lines) -> None:
        """Blank in another build of the same view what an erasure blanked in this one."""
        for declared in view.tables:
            table = self.table(view, declared, generation)
            for first, blank in lines.get(declared.name, ((), (), ()))[2]:
                if isinstance(declared, StateTable):
                    connection.execute(update(table).where(table.c[declared.key[0]] == first).values(**blank))

    def _insert(self, connection: Connection, table: Table, names: Sequence[str], lines: list[tuple[Any, ...]]) -> None:
        # Straight to the driver: this is the hot path. PostgreSQL takes rows by COPY, some five times quicker.
        columns = ", ".join(f'"{name}"' for name in names)
        if not lines:
            return
        if self.schema:
            _copy(connection, f"COPY {self._name(table)} ({columns}) FROM STDIN", lines)
        else:
            marks = ", ".join("?" * len(names))
            connection.exec_driver_sql(
                f"INSERT INTO {self._name(table)} ({columns}) VALUES ({marks})",  # noqa: S608 - names declared
                lines,
            )

    def _name(self, table: Table) -> str:
        return f'{self.schema}."{table.name}"' if self.schema else f'"{table.name}"'


def _unnested(types: Iterable[TypeEngine[Any]]) -> str:
    """Rows given as one array a column."""
    return f"unnest({', '.join(f'%s::{one.compile(dialect=_POSTGRES)}[]' for one in types)})"


def _by_columns(rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(map(list, zip(*rows, strict=True)))


def _columns(declared: StateTable | FactTable) -> Iterable[Column[Any] | PrimaryKeyConstraint]:
    for name, type_ in declared.columns:
        # A declared length tells the reader what to expect; it must not let PostgreSQL refuse what SQLite takes.
        yield Column(name, Text() if isinstance(type_, String) else type_)
    if isinstance(declared, StateTable):
        yield Column("from_position", BigInteger)
        yield Column("to_position", BigInteger, nullable=False)
        if declared.past:
            yield Column("node", BigInteger)
        yield PrimaryKeyConstraint(*declared.key, "from_position")
    else:
        yield Column("position", BigInteger)
        yield Column("event_id", Text, nullable=False)
        yield Column("line", Integer)
        yield PrimaryKeyConstraint("position", "line")


def _told_by(declared: StateTable | FactTable) -> tuple[str, ...]:
    """What an index tells beside its columns, so that no row need be looked up in the table to learn when it holds.

    `to_position` is the same in all of an index of rows that hold, but SQLite looks it up in the row otherwise.
    """
    if isinstance(declared, FactTable):
        return ("position",)
    return ("from_position", "to_position") if declared.past else ("to_position",)


def _names(declared: StateTable | FactTable) -> list[str]:
    """The columns of a line, in its order."""
    names = [name for name, _ in declared.columns]
    if isinstance(declared, StateTable):
        plain = [name for name in names if name not in declared.key]
        return [*declared.key, *plain, "from_position", "to_position", *(["node"] if declared.past else [])]
    return [*names, "position", "event_id", "line"]


def _lines(inserted: Sequence[tuple[Key, Version]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    # 34 columns by `itemgetter` take 0.6 µs, by 34 calls 1.6 µs; a row that leaves a column out takes the long way
    pick = itemgetter(*names) if len(names) > 1 else None
    lines = []
    for key, version in inserted:
        row = version.row
        try:
            values = pick(row) if pick else (row[names[0]],)
        except KeyError:
            values = tuple(map(row.get, names))
        lines.append((*key, *values, version.from_position, version.to_position))
    return lines


def _copy(connection: Connection, statement: str, lines: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for line in lines:
                copy.write_row(line)
    except PostgresError as error:
        raise exc.DBAPIError.instance(
            statement, None, error, PostgresError, connection_invalidated=driver.broken
        ) from error
