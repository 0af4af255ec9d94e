"""A way past the ledger, straight into its database: for showing what the database itself refuses, and for damage."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Refusal = (sqlite3.DatabaseError, psycopg.Error)

_UNGUARD = {
    "sqlite": (
        "DROP TRIGGER ledger_events_no_update",
        "DROP TRIGGER ledger_events_no_delete",
        "DROP TRIGGER ledger_events_contiguous",
    ),
    "postgresql": (
        "DROP TRIGGER ledger_events_no_change ON ledger_events",
        "DROP TRIGGER ledger_events_no_truncate ON ledger_events",
    ),
}


def run(url: str, *statements: str) -> None:
    """Run statements in one transaction as anybody with the database's password could."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    with psycopg.connect(url) as postgres:
        for statement in statements:
            postgres.execute(statement.encode())


def damage(url: str, statements: Sequence[str]) -> None:
    """Take the guards away and change the record."""
    run(url, *_UNGUARD["sqlite" if url.startswith("sqlite") else "postgresql"], *statements)


def everything_held(url: str) -> Iterator[tuple[str, bytes]]:
    """Every byte the database holds: SQLite's files (views, logs and attachments beside it too), PostgreSQL's tables in
    binary."""
    if url.startswith("sqlite"):
        file = Path(make_url(url).database or "")
        beside = (
            found for found in file.parent.rglob("*") if found.relative_to(file.parent).parts[0].startswith(file.name)
        )
        yield from ((found.name, found.read_bytes()) for found in beside if found.is_file())
        return
    with psycopg.connect(url) as postgres:
        tables = postgres.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            named = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema, table))
            with postgres.cursor() as cursor, cursor.copy(named) as rows:
                yield f"{schema}.{table}", b"".join(bytes(part) for part in rows)
