"""One decoding pass over the record feeds any number of builds."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ledger.chain import Row
from ledger.envelope import Event
from ledger.store import Ledger
from projections.events import SKIPPED, projection_stream
from projections.folding import Batch, Runner, Unreadable
from projections.leases import Lease
from projections.view import Masked, View
from terms.errors import LedgerBroken
from terms.ids import Position

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]
"""Gives the masked texts of a batch's events by event id; nothing for those whose key was erased."""

COLLECT_AFTER = 100  # batches
CHUNK = 500  # events decoded and folded at a time: they and what they touch stay in the processor's cache

Progress = Callable[[int], None]  # told the position after every batch


@contextmanager
def _collecting_seldom() -> Iterator[Callable[[], None]]:
    """No search for cycles but every `COLLECT_AFTER` batches: folding makes hundreds of thousands of objects and no
    cycle, and the groups of rows kept between batches are looked at every time: on a million events that took more
    than the folding itself (`perf`). What other threads leave waits that long. Called after every batch."""
    was_on, batches = gc.isenabled(), 0
    gc.disable()

    def batch_done() -> None:
        nonlocal batches
        batches += 1
        if batches % COLLECT_AFTER == 0:
            gc.collect()

    try:
        yield batch_done
    finally:
        if was_on:
            gc.enable()


class Feeder:
    """Reads the record and hands batches to runners."""

    def __init__(self, ledger: Ledger, open_masked: OpenMasked) -> None:
        self._ledger = ledger
        self._open_masked = open_masked

    def feed(
        self,
        runners: Sequence[Runner],
        upto: int,
        batch: int,
        *,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        leases: Mapping[str, Lease] | None = None,
    ) -> int:
        """Fold everything up to a position into those runners that have not stopped; how many events were read.

        Ends early, between two batches, when `stop` is set. Raises LedgerBroken at a hole, Unavailable.
        """
        read = 0
        running = [runner for runner in runners if not runner.build.stopped]
        with _collecting_seldom() as batch_done:
            while running and not (stop and stop.is_set()):
                after = min(runner.reached for runner in running)
                if after >= upto:
                    break
                last = self._feed(running, after, min(batch, upto - after), leases or {})
                if last == after:
                    break
                running = [runner for runner in running if not runner.build.stopped and runner.reached > after]
                read += last - after
                if progress:
                    progress(last)
                batch_done()
        for runner in runners:
            goal = runner.reached
            if not runner.settle():
                self._singly(runner, goal, (leases or {}).get(runner.view.name))
        return read

    def _feed(self, running: Sequence[Runner], after: int, limit: int, leases: Mapping[str, Lease]) -> int:
        """One batch into every runner, written once; the last position it held, `after` when there is nothing."""
        last, upto = after, after + limit
        while last < upto:
            reached = self._gather(running, last, min(CHUNK, upto - last))
            if reached == last:
                break
            last = reached
        for runner in running:
            if not runner.keep(leases.get(runner.view.name)):
                self._singly(runner, last, leases.get(runner.view.name))
        return last

    def _gather(self, running: Sequence[Runner], after: int, limit: int) -> int:
        rows = self._ledger.read_raw(Position(after), limit)
        if not rows:
            return after
        batch = self._decode(rows, frozenset().union(*(runner.view.handlers for runner in running)))
        for runner in running:
            runner.gather(batch)
        return batch.last

    def _singly(self, runner: Runner, upto: int, lease: Lease | None) -> None:
        """Fold again, writing every chunk, up to the event that this view cannot fold."""
        wanted = frozenset(runner.view.handlers)
        while not runner.build.stopped and runner.build.position < upto:
            before = runner.build.position
            rows = self._ledger.read_raw(Position(before), min(CHUNK, upto - before))
            runner.fold(self._decode(rows, wanted), lease)
            if runner.build.position == before:
                return

    def skipped(self, view: View) -> frozenset[int]:
        """The positions that a person decided this version of a view leaves out."""
        return frozenset(
            event.payload["position"]
            for event in self._ledger.stream(projection_stream(view.name))
            if event.type == SKIPPED and event.payload["version"] == view.version
        )

    def _decode(self, rows: Sequence[Row], wanted: frozenset[str]) -> Batch:
        decode = self._ledger.decode
        events: list[Event | Unreadable]
        try:
            events = [decode(row) for row in rows if row.type in wanted]
        except (LedgerBroken, ValueError):
            events = [self._event(row) for row in rows if row.type in wanted]
        sealed = [event for event in events if isinstance(event, Event) and event.payload.get("masked")]
        try:
            masked = self._open_masked(sealed) if sealed else {}
        except LedgerBroken:
            events, masked = self._one_by_one(events)
        return Batch(events, masked, rows[-1].position)

    def _event(self, row: Row) -> Event | Unreadable:
        try:
            return self._ledger.decode(row)
        except (LedgerBroken, ValueError) as error:
            return Unreadable(row.position, row.type, error)

    def _one_by_one(self, events: Sequence[Event | Unreadable]) -> tuple[list[Event | Unreadable], dict[str, Masked]]:
        """Open the texts singly, so that a damaged one is found and spoils no other."""
        found: list[Event | Unreadable] = []
        masked: dict[str, Masked] = {}
        for event in events:
            readable: Event | Unreadable = event
            if isinstance(event, Event) and event.payload.get("masked"):
                try:
                    masked |= self._open_masked([event])
                except LedgerBroken as error:
                    readable = Unreadable(event.position, event.type, error)
            found.append(readable)
        return found, masked
