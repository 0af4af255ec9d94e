"""The counts on the queue's tabs, counted once for everybody who asks within a moment.

Counting a hundred thousand orders by state takes some hundred milliseconds; a hundred people ask for the same figures
whenever an order arrives. So a count is kept for two seconds, but never shown to somebody whose own last act is newer.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

KEPT_SECONDS = 2.0
KEPT_AT_MOST = 200  # combinations of filters and rights


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by tab, as of a position of the view, made at a moment of this machine's clock."""

    counts: dict[str, int]
    position: int
    made: float


class Tallies:
    """Counts by what was asked for. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Tally] = {}
        self._lock = threading.Lock()

    def counts(self, key: Hashable, position: int, needed: int, count: Callable[[], dict[str, int]]) -> dict[str, int]:
        """The counts for `key`; counted anew unless they are of this position, or fresh and not older than `needed`."""
        now = time.monotonic()
        with self._lock:
            found = self._kept.get(key)
        if found is not None:
            fresh = now - found.made < KEPT_SECONDS and found.position >= needed
            if found.position == position or fresh:
                return found.counts
        counts = count()
        with self._lock:
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            self._kept[key] = Tally(counts, position, now)
        return counts
