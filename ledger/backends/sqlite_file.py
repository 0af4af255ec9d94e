"""How one SQLite file is opened: WAL, `synchronous=FULL`, one writer at a time, readers that cannot write.

The write engine has a single connection that begins IMMEDIATE; the read engine is `query_only`. One engine with a
blanket IMMEDIATE hook would let one leaked read lock everybody out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as hooks

from ledger.contract import PATIENCE
from terms.errors import BadInput, Conflict, LedgerBroken, Unavailable


def file_of(url: sa.URL) -> Path:
    """The database file of a `sqlite:///path` URL. Raises BadInput for a database in memory: it would not last."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise BadInput("ledger.no-file", at=str(url))
    return Path(url.database)


def write_engine(url: sa.URL) -> sa.Engine:
    """An engine with one connection, for the ledger's writer and for migrations; its transactions are IMMEDIATE."""
    file_of(url).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": PATIENCE},
    )

    @hooks.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # an erased key leaves no bytes in free pages
        connection.execute("PRAGMA recursive_triggers=ON")  # else INSERT OR REPLACE deletes past the triggers

    @hooks.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def read_engine(url: sa.URL) -> sa.Engine:
    """An engine whose connections refuse to write."""
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_size=8,
        max_overflow=24,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": PATIENCE},
    )

    @hooks.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    return engine


@contextmanager
def plain_errors() -> Iterator[None]:
    """What SQLite raises as errors of the record: Conflict, LedgerBroken, Unavailable."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict("ledger.already-there", at=str(error)) from error
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" in str(error):
            raise LedgerBroken("ledger.unreadable", at=str(error)) from error
        raise Unavailable("ledger.unavailable", at=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise LedgerBroken("ledger.unreadable", at=str(error)) from error


def as_far_as_readable(text: bytes) -> str:
    """A text whose bytes are no UTF-8 with marks in their place: for showing what is broken."""
    return text.decode("utf-8", "replace")
