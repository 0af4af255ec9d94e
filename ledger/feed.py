"""The record as a feed: in order, without holes, in batches, with a wake-up when it grows."""

import time
from collections.abc import Iterator

from ledger.chain import Row
from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from terms.ids import Position

LOOK_EVERY = 0.1  # seconds between looks for what other processes appended


class Feed:
    """What readers follow. A reader keeps its own position; the feed keeps nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def batches(self, after: Position = BEFORE_EVERYTHING, size: int = 1_000) -> Iterator[list[Event]]:
        """Batches of at most `size` events from behind `after` to the present end; never an empty one.

        Raises LedgerBroken at a hole or at an event this program does not know.
        """
        for rows in self.raw_batches(after, size):
            yield [self._ledger.decode(row) for row in rows]

    def raw_batches(self, after: Position = BEFORE_EVERYTHING, size: int = 1_000) -> Iterator[list[Row]]:
        """As `batches`, undecoded: `Ledger.decode` those that are folded. Raises LedgerBroken at a hole."""
        while rows := self._ledger.read_raw(after, size):
            yield rows
            after = Position(rows[-1].position)

    def wait(self, after: Position, timeout: float) -> bool:
        """Wait until something stands after `after`, at most `timeout` seconds; whether it does.

        Waiters in the appending process are woken by the append itself. Appends of other processes are seen by
        looking at the head every 100 ms: one indexed read, no second connection, the same on both databases.
        """
        until = time.monotonic() + timeout
        while True:
            seen = self._ledger.growth.count()
            if self._ledger.head() > after:
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._ledger.growth.wait(seen, min(LOOK_EVERY, left))
