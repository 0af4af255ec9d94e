"""The record in one SQLite file: what is asked of it and written to it; `sqlite_file` says how it is opened."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import orjson
import sqlalchemy as sa

from ledger.admission import Head, SourceKey
from ledger.backends.sqlite_file import as_far_as_readable, plain_errors, read_engine, write_engine
from ledger.chain import Heading, Row
from ledger.contract import PAGE, ErasedKey
from ledger.envelope import Bookmark, SealedKey
from terms.errors import Conflict, Unavailable

_ROW = (
    "position, event_id, stream, version, type, schema, occurred_at, recorded_at, actor, cause, correlation, source,"
    " source_key, mark, payload, digest"
)
_HEAD = "SELECT position, recorded_at, digest FROM ledger_events ORDER BY position DESC LIMIT 1"
_VERSIONS = (
    "SELECT value, (SELECT max(version) FROM ledger_events WHERE stream = value) AS latest FROM json_each(?)"
    " WHERE latest IS NOT NULL"
)
_KNOWN = (
    f"SELECT {_ROW} FROM (SELECT json_extract(value, '$[0]') AS asked_source,"  # noqa: S608 (constants only)
    " json_extract(value, '$[1]') AS asked_key FROM json_each(?))"
    " CROSS JOIN ledger_events ON source = asked_source AND source_key = asked_key"
)
_INSERT = f"INSERT INTO ledger_events ({_ROW}) VALUES ({', '.join('?' * 16)})"  # noqa: S608 (constants only)
_ROWS = f"SELECT {_ROW} FROM ledger_events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 (constants only)
_HEADINGS = "SELECT position, stream, version, type FROM ledger_events WHERE position > ? ORDER BY position LIMIT ?"
_COUNT = "SELECT count(*) FROM ledger_events WHERE position > ? AND position <= ?"
_ROWS_OF = (
    f"SELECT {_ROW} FROM ledger_events WHERE position > ? AND position <= ?"  # noqa: S608 (constants only)
    " AND type IN (SELECT value FROM json_each(?)) ORDER BY position"
)
_STREAMS = (
    f"SELECT {_ROW} FROM ledger_events WHERE stream IN (SELECT value FROM json_each(?))"  # noqa: S608 (constants)
    " ORDER BY position"
)
_STREAM = f"SELECT {_ROW} FROM ledger_events WHERE stream = ? AND version > ? ORDER BY version"  # noqa: S608 (constants only)
_SOURCE = f"SELECT {_ROW} FROM ledger_events WHERE source = ? AND source_key = ?"  # noqa: S608 (constants only)
_EVENT = f"SELECT {_ROW} FROM ledger_events WHERE event_id = ?"  # noqa: S608 (constants only)

_BOUND = "SELECT fingerprint FROM vault_master"
_KEYS = "SELECT subject, key_id, wrapped FROM vault_keys WHERE subject > ? ORDER BY subject LIMIT ?"
_ERASURES = "SELECT key_id, subject, erased_at FROM vault_erasures ORDER BY key_id"
_BOOKMARKS = "SELECT reader, name, place FROM ledger_bookmarks ORDER BY reader, name"


class _Transaction:
    """The questions of `Writing`, asked on the writer's own connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        found = self._connection.execute(_HEAD).fetchone()
        return Head(*found) if found else Head()

    def versions(self, streams: Sequence[str]) -> dict[str, int]:
        return dict(self._connection.execute(_VERSIONS, (orjson.dumps(streams).decode(),)).fetchall())

    def known(self, keys: Sequence[SourceKey]) -> dict[SourceKey, Row]:
        rows = map(Row._make, self._connection.execute(_KNOWN, (orjson.dumps(keys).decode(),)))
        return {(row.source or "", row.source_key or ""): row for row in rows}

    def key_ids(self, subjects: Sequence[str]) -> dict[str, str]:
        asked = orjson.dumps(subjects).decode()
        sql = "SELECT subject, key_id FROM vault_keys WHERE subject IN (SELECT value FROM json_each(?))"
        return dict(self._connection.execute(sql, (asked,)).fetchall())

    def insert(self, rows: Sequence[Row]) -> None:
        self._connection.executemany(_INSERT, rows)

    def insert_keys(self, keys: Sequence[SealedKey]) -> None:
        self._connection.executemany(
            "INSERT INTO vault_keys (subject, key_id, wrapped) VALUES (?, ?, ?)",
            [(key.subject, key.key_id, key.wrapped) for key in keys],
        )

    def bound_to(self) -> str | None:
        found = self._connection.execute(_BOUND).fetchone()
        return str(found[0]) if found else None

    def keys_after(self, after: str, limit: int) -> list[SealedKey]:
        return [SealedKey(*row) for row in self._connection.execute(_KEYS, (after, limit))]

    def rewrap(self, change: Callable[[SealedKey], SealedKey], before: str, after: str) -> int:
        bound = self._connection.execute(
            "UPDATE vault_master SET fingerprint = ? WHERE fingerprint = ?", (after, before)
        )
        if bound.rowcount != 1:
            raise Conflict("vault.rotated")
        keys, last = 0, ""
        while page := self.keys_after(last, PAGE):
            changed = [(key.wrapped, key.subject) for key in map(change, page)]
            self._connection.executemany("UPDATE vault_keys SET wrapped = ? WHERE subject = ?", changed)
            keys, last = keys + len(page), page[-1].subject
        return keys

    def bookmarks(self, reader: str) -> dict[str, int]:
        sql = "SELECT name, place FROM ledger_bookmarks WHERE reader = ?"
        return dict(self._connection.execute(sql, (reader,)).fetchall())

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        self._connection.executemany(
            "INSERT INTO ledger_bookmarks (reader, name, place) VALUES (?, ?, ?)"
            " ON CONFLICT (reader, name) DO UPDATE SET place = excluded.place",
            [(mark.reader, mark.name, mark.place) for mark in bookmarks],
        )


class SqliteBackend:
    """One file. `writing()` is serialised within the process by a lock and between processes by SQLite's own."""

    def __init__(self, url: sa.URL) -> None:
        self._writer = write_engine(url)
        self._reader = read_engine(url)
        self._lock = threading.Lock()
        self._held: sa.PoolProxiedConnection | None = None

    def _write_connection(self) -> sqlite3.Connection:
        if self._held is None:
            self._held = self._writer.raw_connection()
        connection = self._held.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise Unavailable("ledger.unavailable")
        return connection

    @contextmanager
    def writing(self) -> Iterator[_Transaction]:
        with self._lock, plain_errors():
            connection = self._write_connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield _Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with plain_errors():
            pooled = self._reader.raw_connection()
            try:
                connection = pooled.driver_connection
                if not isinstance(connection, sqlite3.Connection):
                    raise Unavailable("ledger.unavailable")
                yield connection
            finally:
                pooled.close()

    def head(self) -> Head:
        with self._reading() as connection:
            return _Transaction(connection).head()

    def rows(self, after: int, limit: int, *, forgiving: bool = False) -> list[Row]:
        with self._reading() as connection:
            if forgiving:
                connection.text_factory = as_far_as_readable
            try:
                return list(map(Row._make, connection.execute(_ROWS, (after, limit))))
            finally:
                connection.text_factory = str

    def headings(self, after: int, limit: int) -> list[Heading]:
        with self._reading() as connection:
            return list(map(Heading._make, connection.execute(_HEADINGS, (after, limit))))

    def rows_of(self, after: int, upto: int, types: Sequence[str]) -> tuple[list[Row], int]:
        # nothing between two positions that are both written ever changes: two statements see the same
        with self._reading() as connection:
            there = connection.execute(_COUNT, (after, upto)).fetchone()[0]
            found = connection.execute(_ROWS_OF, (after, upto, orjson.dumps(types).decode()))
            return list(map(Row._make, found)), there

    def streams_rows(self, streams: Sequence[str]) -> list[Row]:
        with self._reading() as connection:
            return list(map(Row._make, connection.execute(_STREAMS, (orjson.dumps(streams).decode(),))))

    def stream_rows(self, stream: str, after_version: int) -> list[Row]:
        with self._reading() as connection:
            return list(map(Row._make, connection.execute(_STREAM, (stream, after_version))))

    def source_row(self, source: str, source_key: str) -> Row | None:
        return self._one(_SOURCE, (source, source_key))

    def event_row(self, event_id: str) -> Row | None:
        return self._one(_EVENT, (event_id,))

    def _one(self, sql: str, values: tuple[str, ...]) -> Row | None:
        with self._reading() as connection:
            found = connection.execute(sql, values).fetchone()
        return Row._make(found) if found else None

    def recorded_at(self, position: int) -> str | None:
        with self._reading() as connection:
            sql = "SELECT recorded_at FROM ledger_events WHERE position = ?"
            found = connection.execute(sql, (position,)).fetchone()
        return str(found[0]) if found else None

    def bookmarks(self, reader: str) -> dict[str, int]:
        with self._reading() as connection:
            return _Transaction(connection).bookmarks(reader)

    def sealed_keys(self, subjects: Sequence[str]) -> dict[str, SealedKey]:
        sql = "SELECT subject, key_id, wrapped FROM vault_keys WHERE subject IN (SELECT value FROM json_each(?))"
        with self._reading() as connection:
            found = connection.execute(sql, (orjson.dumps(subjects).decode(),)).fetchall()
        return {subject: SealedKey(subject, key_id, wrapped) for subject, key_id, wrapped in found}

    def erased(self, subjects: Sequence[str]) -> dict[str, ErasedKey]:
        sql = (
            "SELECT key_id, subject, erased_at FROM vault_erasures"
            " WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY erased_at"
        )
        with self._reading() as connection:
            found = connection.execute(sql, (orjson.dumps(subjects).decode(),)).fetchall()
        return {receipt.subject: receipt for receipt in map(ErasedKey._make, found)}

    def all_keys(self, after: str, limit: int) -> list[SealedKey]:
        with self._reading() as connection:
            return _Transaction(connection).keys_after(after, limit)

    def all_erasures(self) -> list[ErasedKey]:
        with self._reading() as connection:
            return list(map(ErasedKey._make, connection.execute(_ERASURES)))

    def all_bookmarks(self) -> list[Bookmark]:
        with self._reading() as connection:
            return [Bookmark(reader, name, None, place) for reader, name, place in connection.execute(_BOOKMARKS)]

    def erase(self, receipts: Iterable[ErasedKey]) -> int:
        destroyed = 0
        with self._lock, plain_errors():
            connection = self._write_connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                for receipt in receipts:
                    connection.execute(
                        "UPDATE vault_keys SET wrapped = zeroblob(length(wrapped)) WHERE key_id = ?", (receipt.key_id,)
                    )
                    gone = connection.execute("DELETE FROM vault_keys WHERE key_id = ?", (receipt.key_id,))
                    destroyed += gone.rowcount
                    connection.execute("INSERT OR IGNORE INTO vault_erasures VALUES (?, ?, ?)", receipt)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            # the write-ahead log still holds the page with the key: fold it in and cut the log to nothing
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return destroyed

    def fingerprint(self, offered: str) -> str:
        with self._lock, plain_errors():
            connection = self._write_connection()
            connection.execute("INSERT OR IGNORE INTO vault_master (one, fingerprint) VALUES (1, ?)", (offered,))
            return str(connection.execute(_BOUND).fetchone()[0])

    def bound_to(self) -> str | None:
        with self._reading() as connection:
            return _Transaction(connection).bound_to()

    def rewrap(self, change: Callable[[SealedKey], SealedKey], before: str, after: str) -> int:
        with self.writing() as writing:
            keys = writing.rewrap(change, before, after)
        with self._lock, plain_errors():
            self._write_connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # as after an erasure
        return keys

    def close(self) -> None:
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None
        self._writer.dispose()
        self._reader.dispose()
