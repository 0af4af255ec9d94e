"""A way past the ledger, straight into its database: for showing what the database itself refuses, and for damage."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import psycopg
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
