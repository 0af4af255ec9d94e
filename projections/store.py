"""The builds of the views, how far each is and which one people read; and the one way to write and to read them.

The engine owns these tables: they carry the view's version and the generation of the build, and `view_builds` says
which generation people read. All of it can be rebuilt from the record.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    Table,
    Text,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError

from ledger.backends import database_url
from projections.connections import SCHEMA, postgres_engines, sqlite_engines
from projections.leases import Lease, Leases
from projections.past import as_of
from projections.tables import BuildTables, Lines
from projections.view import Key, Row, View

__all__ = ["Build", "ViewStore", "as_of"]

_BUILDERS_LOCK = 0x64696E677A65_03  # "dingze" and a number; ledger.migrate holds 01, its writers 02
RETIRED_SECONDS = 30.0  # a page that began on the old build may finish on it
ABANDONED_SECONDS = 86_400.0  # a rebuild nobody went on with holds copies of texts: it goes after a day


@dataclass(frozen=True, slots=True)
class Build:
    """One generation of a view: how far it is, whether people read it, why it stopped.

    `purpose` is "live", "beside" (a rebuild under way), "proof" (made by verify) or "retired" (was read until lately).
    """

    name: str
    version: int
    generation: int
    position: int
    current: bool
    stopped: str
    purpose: str = "live"


class ViewStore:
    """The view tables of one database. Writing takes one connection at a time; reading never waits for it."""

    def __init__(self, url: str) -> None:
        self.url = url
        target = database_url(url)
        self._sqlite = target.get_backend_name() == "sqlite"
        made = sqlite_engines(target) if self._sqlite else postgres_engines(target)
        self.writer, self.reader, self._looker = made
        self._tables = BuildTables(None if self._sqlite else SCHEMA)
        self._lock = threading.RLock()  # SQLite's writer is one connection for all threads
        self._log_holds_text = self._sqlite  # texts erased before a crash may still stand in the write-ahead log
        self.builds_table = Table(
            "view_builds",
            self._tables.meta,
            Column("name", Text, primary_key=True),
            Column("version", Integer, primary_key=True),
            Column("generation", Integer, primary_key=True),
            Column("position", BigInteger, nullable=False),
            Column("current", Boolean, nullable=False),
            Column("stopped", Text, nullable=False),
            Column("purpose", Text, nullable=False),
            Column("touched_at", Float, nullable=False),
            Column("table_names", Text, nullable=False),
        )
        self.leases = Leases(self._tables.meta, sqlite=self._sqlite)
        self._prepare()
        self.clean_log()

    def _prepare(self) -> None:
        with self.writer.begin() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _BUILDERS_LOCK})
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            looked = inspect(connection)
            there = set(looked.get_table_names(schema=self._tables.schema))
            if "view_builds" in there:
                columns = {column["name"] for column in looked.get_columns("view_builds", schema=self._tables.schema)}
                if columns != set(self.builds_table.c.keys()):
                    self._tables.drop(connection, there)  # an older layout: views are rebuilt, not migrated
            for table in (self.builds_table, self.leases.table):
                table.create(connection, checkfirst=True)

    def close(self) -> None:
        """Give all connections back."""
        self.writer.dispose()
        self.reader.dispose()
        self._looker.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction on the writer."""
        with self._lock, self.writer.begin() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One transaction that starts, flips or drops builds: one at a time over all processes."""
        with self.writing() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _BUILDERS_LOCK})
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that can only read, in one consistent snapshot."""
        with self.reader.connect() as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection to read with by single statements, each in a snapshot of its own: half the round trips."""
        with self._looker.connect() as connection:
            yield connection

    # --- builds ---

    def builds(self, connection: Connection, name: str | None = None) -> list[Build]:
        """All builds, oldest first; of one view when named."""
        columns = [self.builds_table.c[field] for field in Build.__slots__]
        query = select(*columns).order_by(*columns[:3])
        if name:
            query = query.where(self.builds_table.c.name == name)
        return [Build(*row) for row in connection.execute(query)]

    def current(self, connection: Connection, name: str) -> Build | None:
        """The build people read, if the view has been built at all."""
        return next((build for build in self.builds(connection, name) if build.current), None)

    def start(self, connection: Connection, view: View, *, current: bool, purpose: str = "live") -> Build:
        """A new empty generation of a view with its tables; the current one with its indexes."""
        generations = [build.generation for build in self.builds(connection, view.name)]
        build = Build(view.name, view.version, max(generations, default=0) + 1, 0, current, "", purpose)
        self._tables.create(connection, view, build.generation)
        if current:
            self._tables.index(connection, view, build.generation)
        names = "|".join(self._tables.names(view, build.generation))
        connection.execute(
            self.builds_table.insert().values(
                **{field: getattr(build, field) for field in Build.__slots__},
                touched_at=self.now(connection),
                table_names=names,
            )
        )
        return build

    def furnish(self, view: View, build: Build) -> None:
        """Give a full build what reading it needs: indexes, sums, statistics. Call it before `flip`, and again when
        the build has been written to since."""
        with self.writing() as connection:
            self._tables.index(connection, view, build.generation)
        if not self._sqlite:
            with self.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                self._tables.vacuum(connection, view, build.generation)

    def flip(self, connection: Connection, build: Build) -> Build:
        """From now on people read this furnished build; the one they read is retired, and swept a little later."""
        old = self.current(connection, build.name)
        if old is not None:
            self._set(connection, old, current=False, purpose="retired", touched_at=self.now(connection))
        self._set(connection, build, current=True, purpose="live")
        return replace(build, current=True, purpose="live")

    def drop(self, connection: Connection, build: Build) -> None:
        """Drop a build and its tables."""
        table = self.builds_table
        names = connection.execute(select(table.c.table_names).where(*self._is(build))).scalar()
        self._tables.drop(connection, names.split("|") if names else ())
        connection.execute(table.delete().where(*self._is(build)))

    def sweep(self, connection: Connection) -> list[Build]:
        """Drop what nobody reads or goes on with any more; what was dropped."""
        table = self.builds_table
        now = self.now(connection)
        old = {"retired": now - RETIRED_SECONDS, "beside": now - ABANDONED_SECONDS, "proof": now - ABANDONED_SECONDS}
        dropped = []
        for purpose, before in old.items():
            query = select(*(table.c[field] for field in Build.__slots__))
            for row in connection.execute(query.where(table.c.purpose == purpose, table.c.touched_at < before)).all():
                dropped.append(Build(*row))
                self.drop(connection, dropped[-1])
        return dropped

    def advance(
        self, connection: Connection, build: Build, position: int, stopped: str = "", lease: Lease | None = None
    ) -> bool:
        """Move a build's checkpoint on; False when another runner was here first, and nothing may be written."""
        table = self.builds_table
        moved = update(table).where(*self._is(build), table.c.position == build.position)
        if lease is not None:
            moved = moved.where(self.leases.held(lease))
        values = {"position": position, "stopped": stopped, "touched_at": self.leases.now.scalar_subquery()}
        return connection.execute(moved.values(values)).rowcount == 1

    def now(self, connection: Connection) -> float:
        """The database's clock, seconds since 1970."""
        return float(connection.execute(self.leases.now).scalar_one())

    def again(self, connection: Connection, build: Build) -> Build | None:
        """The same build as it stands now; None when it is gone."""
        same = (build.version, build.generation)
        return next((b for b in self.builds(connection, build.name) if (b.version, b.generation) == same), None)

    def _set(self, connection: Connection, build: Build, **values: Any) -> None:
        connection.execute(update(self.builds_table).where(*self._is(build)).values(**values))

    def _is(self, build: Build) -> tuple[Any, ...]:
        table = self.builds_table
        return table.c.name == build.name, table.c.version == build.version, table.c.generation == build.generation

    # --- tables and rows ---

    def tables(self, view: View, build: Build) -> dict[str, Table]:
        """The tables of one build, by the names the view gives them."""
        return self._tables.of(
            view if view.version == build.version else replace(view, version=build.version), build.generation
        )

    def load(
        self, connection: Connection, view: View, build: Build, table: str, groups: list[Any]
    ) -> Iterable[tuple[Key, int, Row]]:
        """The rows that hold now of some groups: key, from_position, row."""
        return self._tables.load(connection, view, build.generation, table, groups)

    def write(self, connection: Connection, view: View, build: Build, lines: Lines) -> None:
        """Everything a batch leaves; what is scrubbed is blanked in every other build of this view too."""
        self._tables.write(connection, view, build.generation, lines, summing=build.current)
        if any(scrubbed for _, _, scrubbed in lines.values()):
            self._log_holds_text = self._sqlite
            for other in self.builds(connection, view.name):
                if other.generation != build.generation and other.version == build.version:
                    self._tables.scrub_elsewhere(connection, view, other.generation, lines)

    def clean_log(self, *, doubtful: bool = False) -> bool:
        """After an erasure: fold SQLite's write-ahead log in and cut it to nothing, so that no old page stays.

        `doubtful`: another process wrote an erasure. False while a reader still needs the log; asked again after every
        batch until it has worked.
        """
        self._log_holds_text |= doubtful and self._sqlite
        if not self._log_holds_text:
            return True
        with self._lock, contextlib.suppress(OperationalError), self.writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA busy_timeout=100")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            driver.execute("PRAGMA busy_timeout=30000")
            self._log_holds_text = bool(busy)
        return not self._log_holds_text
