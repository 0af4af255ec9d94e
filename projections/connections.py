"""How the views are reached: a SQLite file of their own beside the ledger's, or a schema of their own in PostgreSQL.

Writing has one connection on SQLite (its transactions are IMMEDIATE) and a small pool on PostgreSQL. Reading cannot
write, and a reader sees one snapshot from its first statement to its last. An error of the database names the
statement, never what was in it: that may be a citizen's words.
"""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

SCHEMA = "dingze_views"
_BUSY = {"isolation_level": None, "check_same_thread": False, "timeout": 30}


def views_file(url: URL) -> str:
    """The SQLite file of the views that belong to a ledger file."""
    return f"{url.database}.views"


def sqlite_engines(url: URL) -> tuple[Engine, Engine, Engine]:
    """Writer and reader of `<ledger file>.views`, the reader also as looker.

    The views can be rebuilt, so no commit waits for the disk.
    """
    file = url.set(database=views_file(url), drivername="sqlite")
    writer = create_engine(file, poolclass=StaticPool, connect_args=_BUSY, hide_parameters=True)
    reader = create_engine(file, connect_args=_BUSY, pool_size=8, max_overflow=24, hide_parameters=True)

    @event.listens_for(writer, "connect")
    def _writing(connection: Any, _: object) -> None:
        # secure_delete: the text of an erased order leaves no bytes in free pages. cache_size: 16 MB; with more a long
        # record takes more memory and is folded no sooner, since the system keeps the file's pages as well
        for pragma in (
            "page_size=8192",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "secure_delete=ON",
            "cache_size=-16384",
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(reader, "connect")
    def _reading(connection: Any, _: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    _begin_with(writer, "BEGIN IMMEDIATE")
    _begin_with(reader, "BEGIN")
    return writer, reader, reader


def _begin_with(engine: Engine, statement: str) -> None:
    # sqlite3 by itself opens no transaction for a SELECT: two statements of one page would see two states
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def postgres_engines(url: URL) -> tuple[Engine, Engine, Engine]:
    """Writer, reader and looker of the schema `dingze_views`. The reader's transactions are READ ONLY snapshots; the
    looker reads by single statements without one, in half the round trips.

    The views can be rebuilt, so no commit waits for the disk: after a crash rows and checkpoint stand a little further
    back, together.
    """
    # A statement takes a whole batch, so it is planned for that batch: by a plan that is kept, from when the table was
    # small, it took twice the time.
    no_wait = {"options": "-c synchronous_commit=off -c plan_cache_mode=force_custom_plan"}
    writer = create_engine(
        url, pool_size=2, max_overflow=8, pool_pre_ping=True, connect_args=no_wait, hide_parameters=True
    )
    looker = create_engine(
        url,
        connect_args={"options": "-c default_transaction_read_only=on -c enable_seqscan=off"},
        hide_parameters=True,
        pool_size=2,
        max_overflow=8,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
    )
    # A page asks for what an index tells in milliseconds: compiling a query or starting workers for it takes longer.
    reader = create_engine(
        url,
        connect_args={"options": "-c jit=off -c max_parallel_workers_per_gather=0"},
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )
    return writer, reader, looker
