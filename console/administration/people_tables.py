"""Where accounts lie: their tables, and the database that holds them."""

from typing import Any

from sqlalchemy import Boolean, Column, Engine, Integer, MetaData, String, Table, create_engine, event

SCHEMA = "dingze_people"


class PeopleTables:
    """The tables of accounts, sessions, API tokens, the key that signs cookies, and what was done with accounts."""

    def __init__(self, schema: str | None) -> None:
        meta = self.meta = MetaData(schema=schema)
        self.accounts = Table(
            "accounts",
            meta,
            Column("account", String(80), primary_key=True),
            Column("name", String(80), nullable=False),
            Column("role", String(40), nullable=False),
            Column("unit", String(20)),
            Column("password", String(200), nullable=False),  # argon2id; empty = none set, no way in by password
            Column("sample", Boolean, nullable=False),
            Column("must_change", Boolean, nullable=False),
            Column("disabled", Boolean, nullable=False),
            Column("failures", Integer, nullable=False),
            Column("locked_until", String(40), nullable=False),
        )
        self.sessions = Table(
            "sessions",
            meta,
            Column("digest", String(64), primary_key=True),  # sha-256 of the cookie: a copy of this table opens nothing
            Column("account", String(80), nullable=False, index=True),
            Column("csrf", String(64), nullable=False),
            Column("started_at", String(40), nullable=False),
            Column("expires_at", String(40), nullable=False),
        )
        self.tokens = Table(
            "tokens",
            meta,
            Column("digest", String(64), primary_key=True),
            Column("account", String(80), nullable=False, index=True),
            Column("label", String(80), nullable=False),
            Column("scopes", String(400), nullable=False),
            Column("expires_at", String(40), nullable=False),
        )
        self.doings = Table(  # only ever added to: who let whom in, and who came in
            "doings",
            meta,
            Column("id", String(40), primary_key=True),  # UUIDv7: sorts by time
            Column("at", String(40), nullable=False),
            Column("by", String(80), nullable=False),
            Column("account", String(80), nullable=False, index=True),
            Column("what", String(40), nullable=False, index=True),
            Column("detail", String(400), nullable=False),
        )
        self.keys = Table(
            "keys", meta, Column("name", String(40), primary_key=True), Column("value", String(100), nullable=False)
        )


def open_people(url: str) -> tuple[Engine, str | None]:
    """An engine for the accounts beside a ledger, and the schema they lie in (None in SQLite)."""
    if not url.startswith("sqlite"):
        return create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=5, hide_parameters=True
        ), SCHEMA
    engine = create_engine(
        url + ".people", connect_args={"check_same_thread": False, "timeout": 30}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _wal(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=30000")

    return engine, None
