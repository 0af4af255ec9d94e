"""Leases: one runner at a time works on a thing, and a runner that slept past its lease cannot write.

The database's clock decides, not the runners'. Every new holder gets a higher fencing number; a write that names an
older one is refused (`Leases.holds`). A holder on this machine whose process is gone is not waited for.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    MetaData,
    Select,
    Table,
    Text,
    exists,
    literal_column,
    select,
)

LEASE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on `name`, until it runs out or somebody with a higher `fence` has it."""

    name: str
    fence: int


class Leases:
    """The leases of one view store. Each instance is one holder."""

    def __init__(self, meta: MetaData, *, sqlite: bool) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.table = Table(
            "view_leases",
            meta,
            Column("name", Text, primary_key=True),
            Column("holder", Text, nullable=False),
            Column("fence", BigInteger, nullable=False),
            Column("until", Float, nullable=False),  # seconds since 1970, by the database's clock
        )
        clock = "(julianday('now') - 2440587.5) * 86400.0" if sqlite else "extract(epoch FROM clock_timestamp())"
        self.now: Select[Any] = select(literal_column(clock))

    def take(self, connection: Connection, name: str, seconds: float = LEASE_SECONDS) -> Lease | None:
        """Take or renew the lease, inside a transaction that holds the store's lock; None while another has it."""
        now = float(connection.execute(self.now).scalar_one())
        found = connection.execute(select(self.table).where(self.table.c.name == name)).mappings().first()
        if found is None:
            connection.execute(self.table.insert().values(name=name, holder=self.holder, fence=1, until=now + seconds))
            return Lease(name, 1)
        mine = found["holder"] == self.holder
        if not mine and found["until"] > now and not _gone(found["holder"]):
            return None
        fence = found["fence"] if mine else found["fence"] + 1
        self._set(connection, name, holder=self.holder, fence=fence, until=now + seconds)
        return Lease(name, fence)

    def holds(self, connection: Connection, lease: Lease) -> bool:
        """Whether nobody with a higher fencing number has come since."""
        fence = connection.execute(select(self.table.c.fence).where(self.table.c.name == lease.name)).scalar()
        return fence == lease.fence

    def held(self, lease: Lease) -> ColumnElement[bool]:
        """As `holds`, for the condition of a statement that writes."""
        return exists().where(self.table.c.name == lease.name, self.table.c.fence == lease.fence)

    def give_back(self, connection: Connection, lease: Lease) -> None:
        """Let the next holder in at once; nothing, if there is one already."""
        if self.holds(connection, lease):
            self._set(connection, lease.name, until=0.0)

    def _set(self, connection: Connection, name: str, **values: object) -> None:
        connection.execute(self.table.update().where(self.table.c.name == name).values(**values))


def _gone(holder: str) -> bool:
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
