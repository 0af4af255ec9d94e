"""Where memory editions lie: by digest, beside the views. Learning is exact, so a lost one can be learned again.

An edition holds words of orders. When an order is erased, every edition that knew it leaves the shelf; what a past
proposal leaned on keeps its name in the record, and the words are gone.
"""

import structlog
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, delete, insert, select

from projections.connections import SCHEMA
from projections.store import ViewStore
from routing.memory_edition import EMPTY, MemoryEdition
from terms.reasons import brief

LOG = structlog.get_logger(__name__)


class MemoryShelf:
    """The editions of one ledger."""

    def __init__(self, store: ViewStore) -> None:
        self._store = store
        schema = SCHEMA if store.writer.dialect.name == "postgresql" else None
        self._table = Table(
            "memory_editions",
            MetaData(schema=schema),
            Column("digest", String(64), primary_key=True),
            Column("position", BigInteger, nullable=False),
            Column("content", LargeBinary, nullable=False),
        )
        with store.changing() as connection:
            self._table.create(connection, checkfirst=True)

    def put(self, edition: MemoryEdition) -> None:
        """Keep an edition; the same one again changes nothing."""
        with self._store.writing() as connection:
            if connection.execute(select(self._table.c.digest).where(self._table.c.digest == edition.digest)).first():
                return
            connection.execute(
                insert(self._table).values(digest=edition.digest, position=edition.position, content=edition.to_bytes())
            )

    def get(self, digest: str) -> MemoryEdition | None:
        """An edition by its digest; None when it is not here (never was, or knew an order that was erased), or was made
        by a program that wrote another format."""
        if digest == EMPTY.digest:
            return EMPTY
        with self._store.reading() as connection:
            row = connection.execute(select(self._table.c.content).where(self._table.c.digest == digest)).first()
        try:
            return MemoryEdition.from_bytes(row.content) if row else None
        except ValueError as unread:
            LOG.warning("memory-unread", digest=digest[:12], reason=brief(unread))
            return None

    def keep_only(self, digests: set[str]) -> int:
        """Take every other edition off the shelf; how many."""
        with self._store.writing() as connection:
            return connection.execute(delete(self._table).where(self._table.c.digest.not_in(digests))).rowcount
