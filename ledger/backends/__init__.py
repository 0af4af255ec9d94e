"""The databases that can hold the record, chosen by URL: `sqlite:///path` or `postgresql://…`."""

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from ledger.backends.sqlite import SqliteBackend
from ledger.backends.urls import database_url
from ledger.contract import Backend
from ledger.migrate import migrate
from ledger.store import Ledger
from ledger.upcast import EventTypes

__all__ = ["database_url", "migrate", "open_ledger"]


def now() -> datetime:
    """The present, in aware UTC."""
    return datetime.now(UTC)


def open_ledger(url: str | sa.URL, *, clock: Callable[[], datetime] = now, types: EventTypes | None = None) -> Ledger:
    """Open the record at a URL that `migrate` has been run on.

    `clock` says when things are recorded (a scripted one for the sample month); `types` are the event types this
    program knows: with them an unknown event stops the reader, without them payloads come as they were written.
    Close it, and open it anew after a fork. Raises BadInput for a URL of another kind, Unavailable.
    """
    return Ledger(_backend(database_url(url)), clock=clock, types=types)


def _backend(url: sa.URL) -> Backend:
    if url.get_backend_name() == "sqlite":
        return SqliteBackend(url)
    from ledger.backends.postgres import PostgresBackend  # psycopg is loaded where it is used

    return PostgresBackend(url)
