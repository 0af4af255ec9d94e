"""Runs the parts as threads of one process, starts a part again that failed, and ends all of them within seconds.

`dingze serve` is this beside the pages; in production the same parts run as processes of their own.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

import structlog

from ledger.feed import Feed
from terms.ids import Position
from terms.reasons import brief

LOG = structlog.get_logger("supervisor")
LONGEST_PAUSE = 30.0  # seconds between two tries of a part that keeps failing
WELL_AFTER = 5.0  # seconds a part has followed without failing again


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the system does by itself. `step` does what there is to do and says how much it did.

    A part is stepped whenever the record has grown, and at least every `every` seconds. A part that follows the feed
    by itself gives `follow` instead, which returns when the event is set. With `gather`, a step begins at least so many
    seconds after the one before: a stream is then worked off in batches, whose fixed costs are shared.
    """

    name: str
    step: Callable[[], int] = lambda: 0
    every: float = 1.0
    follow: Callable[[threading.Event], None] | None = None
    gather: float = 0.0


class Supervisor:
    """Keeps the parts going until it is told to stop."""

    def __init__(self, parts: list[Part], feed: Feed, head: Callable[[], Position]) -> None:
        self._parts = parts
        self._feed = feed
        self._head = head
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failures: dict[str, str] = {}
        self._began: dict[str, float | None] = {part.name: None for part in parts}
        self._following: dict[str, float] = {}  # since when, of those that follow by themselves
        self._done: dict[str, int] = {part.name: 0 for part in parts}

    def start(self) -> None:
        """Start a thread for each part."""
        for part in self._parts:
            thread = threading.Thread(target=self._run, args=(part,), name=part.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout: float = 10.0) -> bool:
        """Let every part finish its step and end; whether all ended in time."""
        self._stop.set()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def failures(self) -> Mapping[str, str]:
        """The parts that failed at their last step, and why; empty when all is well.

        A part that follows the feed by itself comes back from no step: it is well once it has followed for a while.
        """
        well = time.monotonic() - WELL_AFTER
        return {name: why for name, why in self._failures.items() if self._following.get(name, inf) > well}

    @property
    def done(self) -> Mapping[str, int]:
        """What the steps of each part add up to; a part that follows by itself does not tell."""
        return dict(self._done)

    def running(self) -> bool:
        """Whether every part was started and its thread lives."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def at_it(self) -> Mapping[str, float]:
        """Seconds since each part began the step it is at; 0 between two steps, and for what follows by itself."""
        now = time.monotonic()
        return {name: 0.0 if began is None else now - began for name, began in self._began.items()}

    def _run(self, part: Part) -> None:
        pause = 1.0
        while not self._stop.is_set():
            try:
                # looking at the record belongs to the step: a database that is away must not end the thread
                seen = self._head()
                if part.follow is not None:
                    self._following[part.name] = time.monotonic()
                    part.follow(self._stop)
                    continue
                began = self._began[part.name] = time.monotonic()
                done = part.step()
                self._done[part.name] += done
                self._began[part.name] = None
                self._failures.pop(part.name, None)
                pause = 1.0
                if not done:
                    self._feed.wait(seen, part.every)
                self._stop.wait(max(0.0, began + part.gather - time.monotonic()))
            except Exception as error:  # whatever fails in a part must not end the others; it is logged and tried again
                since = self._following.pop(part.name, None)
                if since is not None and time.monotonic() - since > WELL_AFTER:
                    pause = 1.0  # it had been well in between
                self._failures[part.name] = brief(error)
                LOG.exception("part failed", part=part.name, pause=pause)
                self._began[part.name] = None
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
