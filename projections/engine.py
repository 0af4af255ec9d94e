"""The engine that folds: one decoding pass feeds all views; rows and checkpoint go in one transaction.

A view that meets an event it cannot fold stops there, with the reason, and the others go on. A changed view is built
beside the one people read, from zero, and the pointer flips when it has caught up. Two runners never write twice: a
checkpoint that somebody else moved makes the batch void.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.backends import now
from ledger.envelope import Append, NewEvent
from ledger.feed import Feed
from ledger.store import Ledger
from projections.building import REBUILD_BATCH, Builder
from projections.events import SKIPPED, projection_stream
from projections.feeding import Feeder, OpenMasked, Progress
from projections.folding import Runner
from projections.leases import LEASE_SECONDS, Lease
from projections.store import Build, ViewStore
from projections.view import View
from terms.errors import Conflict, NotFound
from terms.ids import Position

__all__ = ["LIVE_BATCH", "REBUILD_BATCH", "OpenMasked", "ProjectionEngine", "Status"]

LIVE_BATCH = 2_000
GATHER = 0.2  # seconds from one fold of a stream to the next, so that it is folded in batches and not event by event
STREAM = 20  # events from which what was folded is a stream, and not somebody's command who waits for it
SWEEP_SECONDS = 15.0  # between looks for builds nobody reads any more
LAGGARDS_STEP = 20_000  # a new view reads this much of the past before the others are looked after again


@dataclass(frozen=True, slots=True)
class Status:
    """How a build stands: how far, how many events and seconds behind, whether and why it stopped.

    `seconds` is the age of the oldest event it has not folded yet; 0 when there is none. `purpose` is "live",
    "beside" (a rebuild under way) or "proof" (made by verify).
    """

    name: str
    version: int
    generation: int
    position: int
    behind: int
    current: bool
    stopped: str
    seconds: float
    purpose: str


class ProjectionEngine:
    """Keeps the views of one ledger. Reading, rebuilding and following may go on beside one another."""

    def __init__(
        self,
        ledger: Ledger,
        store: ViewStore,
        views: Sequence[View],
        open_masked: OpenMasked,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.ledger = ledger
        self.store = store
        self.views = {view.name: view for view in views}
        self._clock = clock
        self._feeder = Feeder(ledger, open_masked)
        self._builder = Builder(ledger, store, self._feeder)
        self._runners: dict[str, Runner] = {}
        self._following = threading.Lock()
        self._sweep_at = 0.0
        self._moved = threading.Condition()

    # --- following ---

    def catch_up(self, upto: Position | None = None, batch: int | None = None) -> int:
        """Fold what is new into every view, to a position or the head; how many events were read.

        `batch` is the most events in one transaction; by default 2,000 when little is new and 4,000 when much is.
        """
        with self._following:
            if time.monotonic() >= self._sweep_at:
                self._sweep_at = time.monotonic() + SWEEP_SECONDS
                with self.store.changing() as connection:
                    self.store.sweep(connection)
            return self._catch_up(upto, batch)

    def follow(self, stop: threading.Event, idle: float = 0.5) -> None:
        """Keep every view caught up until `stop` is set, woken by every append; whoever holds the leases works.

        Raises what reading the record or the database raises: a supervisor starts it again.
        """
        feed = Feed(self.ledger)
        leases: dict[str, Lease] = {}
        renew_at = 0.0

        def renew(_: int = 0) -> None:
            nonlocal renew_at
            self._tell(0)
            if time.monotonic() >= renew_at or len(leases) < len(self.views):
                renew_at = time.monotonic() + LEASE_SECONDS / 3
                self._renew(leases)

        try:
            while not stop.is_set():
                renew()
                began, seen = time.monotonic(), self.ledger.head()
                with self._following:
                    read = self._catch_up(seen, None, leases, stop, renew)
                if read > STREAM:
                    stop.wait(max(0.0, began + GATHER - time.monotonic()))
                feed.wait(seen, idle)
        finally:
            with self.store.changing() as connection:
                for lease in leases.values():
                    self.store.leases.give_back(connection, lease)

    def _renew(self, leases: dict[str, Lease]) -> None:
        with self.store.changing() as connection:
            taken = {name: self.store.leases.take(connection, name, LEASE_SECONDS) for name in self.views}
            self.store.sweep(connection)
        leases.clear()
        leases.update({name: lease for name, lease in taken.items() if lease})

    def _catch_up(
        self,
        upto: Position | None,
        batch: int | None,
        leases: dict[str, Lease] | None = None,
        stop: threading.Event | None = None,
        progress: Progress | None = None,
    ) -> int:
        views = [view for view in self.views.values() if leases is None or view.name in leases]
        read = 0
        stood: list[tuple[str, int]] = []
        while True:
            with self.store.looking() as connection:
                there = {build.name: build for build in self.store.builds(connection) if build.current}
            found = [self._current(view, there.get(view.name)) for view in views]
            runners = [runner for runner in found if runner and not runner.build.stopped]
            goal = int(self.ledger.head() if upto is None else upto)
            behind = [runner for runner in runners if runner.build.position < goal]
            stands = [(runner.view.name, runner.build.position) for runner in behind]
            if not behind or stands == stood or (stop and stop.is_set()):
                return read  # everything is folded, or another runner has the lease
            stood = stands
            # A view that is new here reads the past in steps, so that those people read meanwhile stay fresh.
            front = max(runner.build.position for runner in behind)
            leading = [runner for runner in behind if runner.build.position >= front - REBUILD_BATCH]
            lagging = [runner for runner in behind if runner not in leading]
            for group, limit in ((leading, goal), (lagging, LAGGARDS_STEP)):
                if group:
                    first = min(runner.build.position for runner in group)
                    to = goal if group is leading else min(goal, first + limit)
                    size = batch or (LIVE_BATCH if to - first <= REBUILD_BATCH else REBUILD_BATCH)
                    read += self._feeder.feed(
                        group, to, size, progress=progress or self._tell, stop=stop, leases=leases
                    )

    def _tell(self, _: int) -> None:
        with self._moved:
            self._moved.notify_all()

    def _current(self, view: View, build: Build | None) -> Runner | None:
        """The runner of the build people read, which is made where there is none; None while another is at it."""
        if build is None:
            with self.store.changing() as connection:
                build = self.store.current(connection, view.name) or self.store.start(connection, view, current=True)
        if build.version > view.version:
            return None  # a newer program is at work; it follows its own
        if build.version < view.version:
            try:
                (build,) = self._builder.rebuild([view])
            except Conflict:
                return None  # another process is building it
            if not build.current:
                return None
        runner = self._runners.get(view.name)
        if runner is None or replace(runner.build, stopped="") != replace(build, stopped=""):
            runner = self._runners[view.name] = Runner(self.store, view, build)
        runner.build = build
        if build.stopped:
            runner.skipped = self._feeder.skipped(view)
            if build.position + 1 in runner.skipped:
                runner.build = replace(build, stopped="")
        return runner

    def skip(self, name: str, reason: str, actor: str) -> Position:
        """Leave out the event a view stopped at, as a recorded decision; the position left out.

        The decision holds for this version of the view only. Raises NotFound when the view has not stopped.
        """
        view = self._view(name)
        with self.store.reading() as connection:
            build = self.store.current(connection, name)
        if build is None or not build.stopped:
            raise NotFound("projections.not-stopped", name=name)
        position = Position(build.position + 1)
        told = {"view": name, "version": view.version, "position": position, "reason": reason, "error": build.stopped}
        event = NewEvent(
            SKIPPED, told, self._clock(), actor, source="projections", source_key=f"{name}.{view.version}.{position}"
        )
        self.ledger.append(Append(projection_stream(name), None, (event,)))
        return position

    # --- reading ---

    def wait(self, position: Position, timeout: float = 2.0, name: str | None = None) -> bool:
        """Wait until a view (or all) has reached a position, at most `timeout` seconds; whether it has."""
        until = time.monotonic() + timeout
        while not self._all_reached(position, name):
            left = until - time.monotonic()
            if left <= 0:
                return False
            with self._moved:
                self._moved.wait(min(left, 0.05))
        return True

    def _all_reached(self, position: int, name: str | None) -> bool:
        with self.store.reading() as connection:
            reached = {build.name: build.position for build in self.store.builds(connection) if build.current}
        return all(reached.get(one, -1) >= position for one in ([name] if name else self.views))

    def status(self) -> list[Status]:
        """How every build stands; those about to be swept are left out."""
        head = self.ledger.head()
        with self.store.reading() as connection:
            builds = [build for build in self.store.builds(connection) if build.purpose != "retired"]
        return [
            Status(
                build.name, build.version, build.generation, build.position, max(head - build.position, 0),
                build.current, build.stopped, self._age(build, head), build.purpose,
            )
            for build in builds
        ]  # fmt: skip

    def _age(self, build: Build, head: Position) -> float:
        recorded = self.ledger.recorded_at(Position(build.position + 1)) if build.position < head else None
        return max((self._clock() - recorded).total_seconds(), 0.0) if recorded else 0.0

    # --- rebuilding and proving: see projections.building ---

    def rebuild(
        self,
        name: str,
        progress: Progress | None = None,
        batch: int = REBUILD_BATCH,
        *,
        flip: bool = True,
        stop: threading.Event | None = None,
        scribes: bool = False,
    ) -> Build:
        """Build a view anew from zero beside the one people read, then flip. Goes on where a broken-off one stopped."""
        return self._builder.rebuild([self._view(name)], progress, batch, flip=flip, stop=stop, scribes=scribes)[0]

    def rebuild_all(
        self,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        *,
        names: Sequence[str] | None = None,
        scribes: bool = False,
    ) -> list[Build]:
        """All views, or those named, in one decoding pass; with `scribes` other processes write them."""
        chosen = list(self.views.values()) if names is None else [self._view(name) for name in names]
        return self._builder.rebuild(chosen, progress, stop=stop, scribes=scribes)

    def verify(self, name: str, progress: Progress | None = None) -> tuple[bool, int]:
        """Whether the view people read equals one folded from zero to the same position; and that position."""
        return self._builder.verify(self._view(name), progress)

    def switch(self, name: str, generation: int) -> Build:
        """Let people read another, whole build of a view."""
        return self._builder.switch(self._view(name), generation)

    def drop(self, name: str, generation: int) -> None:
        """Drop a build nobody reads; the view itself need not be known any more."""
        self._builder.drop(name, generation)

    def _view(self, name: str) -> View:
        if name not in self.views:
            raise NotFound("projections.no-view", name=name, known="、".join(sorted(self.views)))
        return self.views[name]
