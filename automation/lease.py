"""The right to follow the feed for something outside: one at a time among all processes on one view store."""

import time

from projections.leases import LEASE_SECONDS, Lease
from projections.store import ViewStore


class FeedLease:
    """A lease by name; call it before each batch."""

    def __init__(self, store: ViewStore, name: str) -> None:
        self._store = store
        self._name = name
        self._lease: Lease | None = None
        self._renew_at = 0.0

    def __call__(self) -> bool:
        """Take or renew it, a write every third of its time at most; whether it is ours."""
        if self._lease is None or time.monotonic() >= self._renew_at:
            with self._store.changing() as connection:
                self._lease = self._store.leases.take(connection, self._name, LEASE_SECONDS)
            self._renew_at = time.monotonic() + LEASE_SECONDS / 3
        return self._lease is not None

    def give_back(self) -> None:
        """Let the next one in at once."""
        lease, self._lease = self._lease, None
        if lease is not None:
            with self._store.changing() as connection:
                self._store.leases.give_back(connection, lease)
