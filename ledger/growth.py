"""The bell that an append rings for the waiters of its own process."""

import threading


class Growth:
    """Counts appends; whoever noted the count before looking cannot miss one that came after."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def tell(self) -> None:
        """Something was appended: wake every waiter."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def count(self) -> int:
        """How many appends so far: note it before looking at the record."""
        with self._changed:
            return self._count

    def wait(self, seen: int, timeout: float) -> None:
        """Return once the count is past `seen`, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > seen, timeout)
