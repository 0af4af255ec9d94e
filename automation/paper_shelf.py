"""Where issued papers lie as files: by digest, beside the views. One that is lost is made again from the record.

A paper about an order holds words of it, so its file is sealed under the order's key: when the order is erased, nobody
reads the file any more, nor any copy of it.
"""

import base64
import zlib

import orjson
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Text, insert, select

from ledger.vault import Vault
from projections.connections import SCHEMA
from projections.store import ViewStore
from terms.ids import StreamId, order_stream

_OF_ORDERS = order_stream("")


class PaperShelf:
    """The printed papers of one ledger."""

    def __init__(self, store: ViewStore, vault: Vault) -> None:
        self._store, self._vault = store, vault
        schema = SCHEMA if store.writer.dialect.name == "postgresql" else None
        self._table = Table(
            "issued_papers",
            MetaData(schema=schema),
            Column("digest", String(64), primary_key=True),
            Column("about", Text, nullable=False),
            Column("content", LargeBinary, nullable=False),
        )
        with store.changing() as connection:
            self._table.create(connection, checkfirst=True)

    def put(self, digest: str, about: StreamId, file: bytes) -> None:
        """Keep a file; the same one again changes nothing, and one of an order that is erased is not kept."""
        content = zlib.compress(file)
        if about.startswith(_OF_ORDERS):
            ring = self._vault.reading([about])
            if ring.is_erased(about):
                return
            content = orjson.dumps(ring.seal(about, {"file": base64.b64encode(content).decode()}))
        with self._store.writing() as connection:
            if not connection.execute(select(self._table.c.digest).where(self._table.c.digest == digest)).first():
                connection.execute(insert(self._table).values(digest=digest, about=about, content=content))

    def get(self, digest: str, about: StreamId) -> bytes | None:
        """The file again; None when it is not here, or the order it is about was erased."""
        with self._store.reading() as connection:
            row = connection.execute(select(self._table.c.content).where(self._table.c.digest == digest)).first()
        if row is None:
            return None
        content: bytes = row.content
        if about.startswith(_OF_ORDERS):
            opened = self._vault.reading([about]).open(about, orjson.loads(content))
            if opened is None:
                return None
            content = base64.b64decode(opened["file"])
        return zlib.decompress(content)
