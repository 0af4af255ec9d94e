"""The record on PostgreSQL, by psycopg 3: an advisory lock, then explicit positions.

The lock is a statement of its own at READ COMMITTED: the next statement takes a fresh snapshot, so the head read
under the lock is the head. (Within one statement, or at REPEATABLE READ, the snapshot would be older than the lock.)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from sqlalchemy import event as hooks

from ledger.admission import Head, SourceKey
from ledger.chain import Heading, Row
from ledger.contract import PAGE, PATIENCE, ErasedKey
from ledger.envelope import Bookmark, SealedKey
from terms.errors import Conflict, LedgerBroken, Unavailable
from terms.reasons import brief

WRITERS_LOCK = 0x64696E677A65_02  # "dingze" and a number; ledger.migrate holds 01
_COLUMNS = (
    "position, event_id, stream, version, type, schema, occurred_at, recorded_at, actor, cause, correlation, source,"
    " source_key, mark, payload, digest"
)
_SELECT = f"SELECT {_COLUMNS} FROM ledger_events"  # noqa: S608 (constants only)
_HEADINGS = "SELECT position, stream, version, type FROM ledger_events WHERE position > %s ORDER BY position LIMIT %s"
_COUNT = "SELECT count(*) FROM ledger_events WHERE position > %s AND position <= %s"
_HEAD = "SELECT position, recorded_at, digest FROM ledger_events ORDER BY position DESC LIMIT 1"
_VERSIONS = (
    "SELECT asked.stream, latest.version FROM unnest(%s::text[]) AS asked (stream) CROSS JOIN LATERAL"
    " (SELECT version FROM ledger_events WHERE stream = asked.stream ORDER BY version DESC LIMIT 1) AS latest"
)
_KNOWN = (
    f"SELECT {_COLUMNS} FROM unnest(%s::text[], %s::text[]) AS asked (a_source, a_key) CROSS JOIN LATERAL"  # noqa: S608 (constants)
    " (SELECT * FROM ledger_events WHERE source = asked.a_source AND source_key = asked.a_key LIMIT 1) AS found"
)  # S608: constants only
# one round trip: in a simple query each statement still takes a snapshot of its own
_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITERS_LOCK}); {_HEAD}"
_INSERT = f"INSERT INTO ledger_events ({_COLUMNS}) VALUES ({', '.join(['%s'] * 16)})"  # noqa: S608 (constants only)
_COPY_FROM = 8  # rows from which COPY's extra round trips pay
_COPY = f"COPY ledger_events ({_COLUMNS}) FROM STDIN"

_BOUND = "SELECT fingerprint FROM vault_master"
_KEYS = "SELECT subject, key_id, wrapped FROM vault_keys WHERE subject > %s ORDER BY subject LIMIT %s"
_BOOKMARKS = "SELECT name, place FROM ledger_bookmarks WHERE reader = %s"

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise Conflict("ledger.already-there", at=str(error.diag.constraint_name)) from error
    except (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted) as error:
        raise LedgerBroken("ledger.unreadable", at=brief(error)) from error
    except psycopg.Error as error:
        raise Unavailable("ledger.unavailable", at=_words(error)) from error
    except sa.exc.DBAPIError as error:
        raise Unavailable("ledger.unavailable", at=_words(error.orig or error)) from error
    except sa.exc.TimeoutError as error:
        raise Unavailable("ledger.unavailable", at=brief(error)) from error


def _words(error: BaseException) -> str:
    """What the server says of a connection; of a row that it refused, the code only, for its words name the row."""
    return brief(error) if getattr(error, "sqlstate", None) else str(error).strip()


def _engine(url: sa.URL, **options: Any) -> sa.Engine:
    engine = sa.create_engine(url, **options)

    @hooks.listens_for(engine, "connect")
    def _prepare(connection: Connection, _record: object) -> None:
        # every question here is an index look-up. A plan prepared while the table was small would scan it for ever:
        # measured, appends fell from 820 to 280 a second within 20,000 events
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_hashjoin = off")
        connection.execute("SET enable_mergejoin = off")
        # a writer that was stopped while it held the lock loses its session, not everybody's evening
        connection.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {int(PATIENCE * 1000)}")
        connection.commit()

    return engine


@contextmanager
def _checked_out(engine: sa.Engine) -> Iterator[Connection]:
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise Unavailable("ledger.unavailable")
    try:
        yield connection
    finally:
        if connection.broken:
            pooled.invalidate()
        pooled.close()


class _Transaction:
    """The questions of `Writing`, asked on the connection that holds the lock."""

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self._head = head

    def head(self) -> Head:
        return self._head

    def versions(self, streams: Sequence[str]) -> dict[str, int]:
        return dict(self._connection.execute(_VERSIONS, (list(streams),)).fetchall())

    def known(self, keys: Sequence[SourceKey]) -> dict[SourceKey, Row]:
        asked = [source for source, _ in keys], [key for _, key in keys]
        rows = map(Row._make, self._connection.execute(_KNOWN, asked))
        return {(row.source or "", row.source_key or ""): row for row in rows}

    def key_ids(self, subjects: Sequence[str]) -> dict[str, str]:
        sql = "SELECT subject, key_id FROM vault_keys WHERE subject = ANY (%s)"
        return dict(self._connection.execute(sql, (list(subjects),)).fetchall())

    def insert(self, rows: Sequence[Row]) -> None:
        if len(rows) < _COPY_FROM:
            for row in rows:
                self._connection.execute(_INSERT, row)
            return
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)

    def insert_keys(self, keys: Sequence[SealedKey]) -> None:
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY vault_keys (subject, key_id, wrapped) FROM STDIN") as copy,
        ):
            for key in keys:
                copy.write_row((key.subject, key.key_id, key.wrapped))

    def bound_to(self) -> str | None:
        found = self._connection.execute(_BOUND).fetchone()
        return str(found[0]) if found else None

    def rewrap(self, change: Callable[[SealedKey], SealedKey], before: str, after: str) -> int:
        bound = self._connection.execute(
            "UPDATE vault_master SET fingerprint = %s WHERE fingerprint = %s", (after, before)
        )
        if bound.rowcount != 1:
            raise Conflict("vault.rotated")
        keys, last = 0, ""
        while rows := self._connection.execute(_KEYS, (last, PAGE)).fetchall():
            page = [SealedKey(*row) for row in rows]
            changed = [(key.wrapped, key.subject) for key in map(change, page)]
            with self._connection.cursor() as cursor:
                cursor.executemany("UPDATE vault_keys SET wrapped = %s WHERE subject = %s", changed)
            keys, last = keys + len(page), page[-1].subject
        return keys

    def bookmarks(self, reader: str) -> dict[str, int]:
        return dict(self._connection.execute(_BOOKMARKS, (reader,)).fetchall())

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO ledger_bookmarks (reader, name, place) VALUES (%s, %s, %s)"
                " ON CONFLICT (reader, name) DO UPDATE SET place = excluded.place",
                [(mark.reader, mark.name, mark.place) for mark in bookmarks],
            )


class PostgresBackend:
    """One PostgreSQL database. Writers of all processes queue on one advisory lock, first come, first served."""

    def __init__(self, url: sa.URL) -> None:
        # a server that was restarted must not fail reads one pooled connection after the other: look at checkout
        self._reader = _engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True)
        # one writer a process: threads wait here, not each with a connection on the server's lock. Transactions are
        # begun by hand, together with the lock, so the driver must begin none
        self._writer = _engine(url, pool_size=1, max_overflow=0, isolation_level="AUTOCOMMIT")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with _plain_errors(), _checked_out(self._reader) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[_Transaction]:
        with _plain_errors(), self._locked() as (connection, head):
            yield _Transaction(connection, head)
            connection.execute("COMMIT")

    @contextmanager
    def _locked(self) -> Iterator[tuple[Connection, Head]]:
        for last in (False, True):
            with _checked_out(self._writer) as connection:
                try:
                    cursor = connection.execute(_BEGIN)
                except psycopg.OperationalError:
                    if last or not connection.broken:
                        raise
                    continue  # the pooled connection had died while idle, and nothing was written: take a fresh one
                cursor.nextset()  # BEGIN, then the lock, then the head
                cursor.nextset()
                found = cursor.fetchone()
                try:
                    yield connection, Head(*found) if found else Head()
                finally:
                    if not connection.broken and connection.info.transaction_status != TransactionStatus.IDLE:
                        connection.execute("ROLLBACK")
                return

    def head(self) -> Head:
        found = self._all(_HEAD)
        return Head(*found[0]) if found else Head()

    def rows(self, after: int, limit: int, *, forgiving: bool = False) -> list[Row]:  # PostgreSQL checks its UTF-8
        return self._rows(_SELECT + " WHERE position > %s ORDER BY position LIMIT %s", (after, limit))

    def headings(self, after: int, limit: int) -> list[Heading]:
        return list(map(Heading._make, self._all(_HEADINGS, (after, limit))))

    def rows_of(self, after: int, upto: int, types: Sequence[str]) -> tuple[list[Row], int]:
        # nothing between two positions that are both written ever changes: two statements see the same
        asked = " WHERE position > %s AND position <= %s AND type = ANY (%s) ORDER BY position"
        with self._connection() as connection:
            there = connection.execute(_COUNT, (after, upto)).fetchone()
            found = connection.execute(_SELECT + asked, (after, upto, list(types))).fetchall()
        return list(map(Row._make, found)), int(there[0]) if there else 0

    def stream_rows(self, stream: str, after_version: int) -> list[Row]:
        return self._rows(_SELECT + " WHERE stream = %s AND version > %s ORDER BY version", (stream, after_version))

    def streams_rows(self, streams: Sequence[str]) -> list[Row]:
        return self._rows(_SELECT + " WHERE stream = ANY (%s) ORDER BY position", (list(streams),))

    def source_row(self, source: str, source_key: str) -> Row | None:
        return next(iter(self._rows(_SELECT + " WHERE source = %s AND source_key = %s", (source, source_key))), None)

    def event_row(self, event_id: str) -> Row | None:
        return next(iter(self._rows(_SELECT + " WHERE event_id = %s", (event_id,))), None)

    def _rows(self, sql: str, values: tuple[object, ...]) -> list[Row]:
        return list(map(Row._make, self._all(sql, values)))

    def _all(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    def recorded_at(self, position: int) -> str | None:
        found = self._all("SELECT recorded_at FROM ledger_events WHERE position = %s", (position,))
        return str(found[0][0]) if found else None

    def bookmarks(self, reader: str) -> dict[str, int]:
        return dict(self._all(_BOOKMARKS, (reader,)))

    def sealed_keys(self, subjects: Sequence[str]) -> dict[str, SealedKey]:
        sql = "SELECT subject, key_id, wrapped FROM vault_keys WHERE subject = ANY (%s)"
        return {row[0]: SealedKey(*row) for row in self._all(sql, (list(subjects),))}

    def erased(self, subjects: Sequence[str]) -> dict[str, ErasedKey]:
        sql = "SELECT key_id, subject, erased_at FROM vault_erasures WHERE subject = ANY (%s) ORDER BY erased_at"
        return {receipt.subject: receipt for receipt in map(ErasedKey._make, self._all(sql, (list(subjects),)))}

    def all_keys(self, after: str, limit: int) -> list[SealedKey]:
        return [SealedKey(*row) for row in self._all(_KEYS, (after, limit))]

    def all_erasures(self) -> list[ErasedKey]:
        sql = "SELECT key_id, subject, erased_at FROM vault_erasures ORDER BY key_id"
        return list(map(ErasedKey._make, self._all(sql)))

    def all_bookmarks(self) -> list[Bookmark]:
        found = self._all("SELECT reader, name, place FROM ledger_bookmarks ORDER BY reader, name")
        return [Bookmark(reader, name, None, place) for reader, name, place in found]

    def erase(self, receipts: Iterable[ErasedKey]) -> int:
        destroyed = 0
        with _plain_errors(), _checked_out(self._writer) as connection:
            with connection.transaction():
                for receipt in receipts:
                    gone = connection.execute("DELETE FROM vault_keys WHERE key_id = %s", (receipt.key_id,))
                    destroyed += gone.rowcount
                    connection.execute("INSERT INTO vault_erasures VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", receipt)
            if destroyed:
                # an update would only add a second copy here: the table is written anew without the deleted rows
                connection.execute("VACUUM (FULL) vault_keys")
        return destroyed

    def fingerprint(self, offered: str) -> str:
        with _plain_errors(), _checked_out(self._writer) as connection:
            connection.execute("INSERT INTO vault_master VALUES (1, %s) ON CONFLICT DO NOTHING", (offered,))
            found = connection.execute(_BOUND).fetchone()
        return str(found[0]) if found else offered

    def bound_to(self) -> str | None:
        found = self._all(_BOUND)
        return str(found[0][0]) if found else None

    def rewrap(self, change: Callable[[SealedKey], SealedKey], before: str, after: str) -> int:
        with self.writing() as writing:
            keys = writing.rewrap(change, before, after)
        with _plain_errors(), _checked_out(self._writer) as connection:
            connection.execute("VACUUM (FULL) vault_keys")  # as after an erasure
        return keys

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()
