"""Where views live: a file of their own beside a SQLite ledger, a schema of their own in PostgreSQL.

They can be rebuilt, so SQLite need not wait for the disk (`synchronous=NORMAL`). The engine owns these tables: they
carry the view's version and the generation of the build, and `view_builds` says which generation people read.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    create_engine,
    event,
    select,
    text,
    update,
)
from sqlalchemy.pool import StaticPool

from projections.rows import Version, Writes
from projections.view import OPEN, FactTable, Key, Row, StateTable, View

SCHEMA = "dingze_views"


@dataclass(frozen=True, slots=True)
class Build:
    """One generation of a view: how far it is, whether people read it, why it stopped."""

    name: str
    version: int
    generation: int
    position: int
    current: bool
    stopped: str


class ViewStore:
    """The view tables of one database. Writing takes one connection at a time; reading never waits for it."""

    def __init__(self, url: str) -> None:
        self._sqlite = url.startswith("sqlite")
        self.writer, self.reader = _sqlite_engines(url) if self._sqlite else _postgres_engines(url)
        self._schema = None if self._sqlite else SCHEMA
        self._meta = MetaData(schema=self._schema)
        self._made: dict[str, Table] = {}
        self._lock = threading.RLock()  # SQLite's writer is one connection for all threads
        self.builds_table = Table(
            "view_builds",
            self._meta,
            Column("name", String, primary_key=True),
            Column("version", Integer, primary_key=True),
            Column("generation", Integer, primary_key=True),
            Column("position", BigInteger, nullable=False),
            Column("current", Boolean, nullable=False),
            Column("stopped", String, nullable=False),
        )
        with self.writer.begin() as connection:
            if self._schema:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('dingze_views'))"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {self._schema}"))
            self.builds_table.create(connection, checkfirst=True)

    def close(self) -> None:
        """Give all connections back."""
        self.writer.dispose()
        self.reader.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction on the writer."""
        with self._lock, self.writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that can only read, in one consistent snapshot."""
        with self.reader.connect() as connection:
            yield connection

    # --- builds ---

    def builds(self, connection: Connection, name: str | None = None) -> list[Build]:
        """All builds, oldest first; of one view when named."""
        table = self.builds_table
        query = select(table).order_by(table.c.name, table.c.version, table.c.generation)
        if name:
            query = query.where(table.c.name == name)
        return [Build(*row) for row in connection.execute(query)]

    def current(self, connection: Connection, name: str) -> Build | None:
        """The build people read, if the view has been built at all."""
        table = self.builds_table
        row = connection.execute(select(table).where(table.c.name == name, table.c.current.is_(True))).first()
        return Build(*row) if row else None

    def start(self, connection: Connection, view: View, *, current: bool) -> Build:
        """A new empty generation of a view with its tables."""
        generations = [build.generation for build in self.builds(connection, view.name)]
        build = Build(view.name, view.version, max(generations, default=0) + 1, 0, current, "")
        for table in self.tables(view, build).values():
            table.create(connection, checkfirst=True)
        connection.execute(self.builds_table.insert().values(**{f: getattr(build, f) for f in Build.__slots__}))
        return build

    def flip(self, connection: Connection, build: Build) -> None:
        """From now on people read this build; what the others held is dropped."""
        table = self.builds_table
        connection.execute(update(table).where(table.c.name == build.name).values(current=False))
        connection.execute(update(table).where(*self._is(build)).values(current=True))

    def drop(self, connection: Connection, view: View, build: Build) -> None:
        """Drop a build and its tables."""
        for made in self.tables(view, build).values():
            made.drop(connection, checkfirst=True)
        connection.execute(self.builds_table.delete().where(*self._is(build)))

    def advance(self, connection: Connection, build: Build, position: int, stopped: str = "") -> bool:
        """Move a build's checkpoint on; False when another runner was here first, and nothing may be written."""
        table = self.builds_table
        moved = connection.execute(
            update(table)
            .where(*self._is(build), table.c.position == build.position)
            .values(position=position, stopped=stopped)
        )
        return moved.rowcount == 1

    def _is(self, build: Build) -> tuple[Any, ...]:
        table = self.builds_table
        return table.c.name == build.name, table.c.version == build.version, table.c.generation == build.generation

    # --- tables ---

    def tables(self, view: View, build: Build) -> dict[str, Table]:
        """The tables of one build, by the names the view gives them."""
        return {declared.name: self._table(view, declared, build) for declared in view.tables}

    def _table(self, view: View, declared: StateTable | FactTable, build: Build) -> Table:
        name = f"{view.name}_{declared.name}_v{view.version}_{build.generation}"
        if name not in self._made:
            marks: list[Column[Any]]
            if isinstance(declared, StateTable):
                keys = [*declared.key, "from_position"]
                marks = [Column("from_position", BigInteger), Column("to_position", BigInteger, nullable=False)]
            else:
                keys = ["position", "line"]
                marks = [
                    Column("position", BigInteger),
                    Column("event_id", String, nullable=False),
                    Column("line", Integer),
                ]
            columns = [*(Column(name, type_) for name, type_ in declared.columns), *marks]
            made = Table(name, self._meta, *columns, PrimaryKeyConstraint(*keys))
            for number, index in enumerate(declared.indexes):
                tail = ("to_position",) if isinstance(declared, StateTable) else ("position",)
                Index(f"ix_{name}_{number}", *(made.c[column] for column in (*index, *tail)))
            self._made[name] = made
        return self._made[name]

    # --- rows ---

    def load(
        self, connection: Connection, view: View, build: Build, table_name: str, groups: list[Any]
    ) -> Iterator[tuple[Key, int, Row]]:
        """The rows that hold now of some groups."""
        declared = next(table for table in view.tables if table.name == table_name)
        assert isinstance(declared, StateTable)  # noqa: S101 - only state tables are loaded; tells the type checker
        table = self._table(view, declared, build)
        keys = declared.key
        for start in range(0, len(groups), 500):
            query = select(table).where(table.c[keys[0]].in_(groups[start : start + 500]), table.c.to_position == OPEN)
            for found in connection.execute(query).mappings():
                row = dict(found)
                del row["to_position"]
                position = row.pop("from_position")
                yield tuple(row.pop(name) for name in keys), position, row

    def write(self, connection: Connection, view: View, build: Build, writes: Writes) -> None:
        """Everything a batch leaves, each table in a few statements."""
        for declared in view.tables:
            table = self._table(view, declared, build)
            if isinstance(declared, StateTable):
                self._write_state(connection, declared, table, writes)
            elif facts := writes.facts.get(declared.name):
                names = [column for column, _ in declared.columns]
                self._insert(
                    connection,
                    table,
                    [*names, "position", "event_id", "line"],
                    (
                        (*(fact.get(name) for name in names), position, event_id, line)
                        for position, event_id, line, fact in facts
                    ),
                )

    def _write_state(self, connection: Connection, declared: StateTable, table: Table, writes: Writes) -> None:
        if closed := writes.closed.get(declared.name):
            self._execute(
                connection,
                f"UPDATE {self._name(table)} SET to_position = ? WHERE "  # noqa: S608 - names from declarations
                + " AND ".join(f"{name} = ?" for name in declared.key)
                + f" AND to_position = {OPEN}",
                [(position, *key) for position, key in closed],
            )
        names = [column for column, _ in declared.columns if column not in declared.key]
        if inserted := writes.inserted.get(declared.name):
            self._insert(
                connection,
                table,
                [*declared.key, *names, "from_position", "to_position"],
                (_line(key, version, names) for key, version in inserted),
            )
        for first, blank in writes.scrubbed.get(declared.name, []):
            connection.execute(update(table).where(table.c[declared.key[0]] == first).values(**blank))

    def _insert(
        self, connection: Connection, table: Table, names: Sequence[str], lines: Iterable[tuple[Any, ...]]
    ) -> None:
        marks = ", ".join("?" * len(names))
        self._execute(
            connection,
            f"INSERT INTO {self._name(table)} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - names declared
            list(lines),
        )

    def _execute(self, connection: Connection, statement: str, lines: list[tuple[Any, ...]]) -> None:
        # Straight to the driver: this is the hot path, and the statements are made once from declared names.
        if not self._sqlite:
            statement = statement.replace("?", "%s")
        connection.exec_driver_sql(statement, lines)

    def _name(self, table: Table) -> str:
        return f"{self._schema}.{table.name}" if self._schema else table.name


def _line(key: Key, version: Version, names: list[str]) -> tuple[Any, ...]:
    row = version.row
    return (*key, *(row.get(name) for name in names), version.from_position, version.to_position)


def as_of(table: Table, position: int | None) -> Any:
    """The predicate "held at that position"; None means now."""
    if position is None:
        return table.c.to_position == OPEN
    return and_(table.c.from_position <= position, table.c.to_position > position)


def _sqlite_engines(url: str) -> tuple[Engine, Engine]:
    writer = create_engine(
        url + ".views", poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 30}
    )
    reader = create_engine(url + ".views", connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(writer, "connect")
    def _writing(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(writer, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _reading(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    return writer, reader


def _postgres_engines(url: str) -> tuple[Engine, Engine]:
    target = url.replace("postgresql://", "postgresql+psycopg://", 1)
    writer = create_engine(target, pool_size=2)
    reader = create_engine(target, pool_size=10, execution_options={"isolation_level": "REPEATABLE READ"})
    return writer, reader
