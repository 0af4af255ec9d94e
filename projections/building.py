"""Building a view anew beside the one people read, switching over, dropping, and proving that nothing was changed."""

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from sqlalchemy import Connection, select

from ledger.store import Ledger
from projections import sums
from projections.feeding import Feeder, Progress
from projections.folding import Runner
from projections.leases import LEASE_SECONDS, Lease
from projections.scribe import Scribe
from projections.store import Build, ViewStore
from projections.view import OPEN, StateTable, View
from terms.errors import Conflict, NotFound, Refused

REBUILD_BATCH = 4_000
WORTH_A_SCRIBE = 20_000  # events: a process takes as long to start as this many take to fold


class Builder:
    """Makes builds beside the live ones. The live ones are followed meanwhile; readers notice nothing."""

    def __init__(self, ledger: Ledger, store: ViewStore, feeder: Feeder) -> None:
        self._ledger = ledger
        self._store = store
        self._feeder = feeder

    def rebuild(
        self,
        views: Sequence[View],
        progress: Progress | None = None,
        batch: int = REBUILD_BATCH,
        *,
        flip: bool = True,
        stop: threading.Event | None = None,
        scribes: bool = False,
    ) -> list[Build]:
        """Build views from zero in one pass, then flip each that reached the head. Goes on where one broke off.

        With `scribes` a process beside this one writes each view, where there is enough to write.

        When `stop` is set it ends between two batches; the next call goes on there. A build that met an event it
        cannot fold is left as it is, with its reason. Raises Conflict while another process rebuilds one of them.
        """
        with self._leased(views, "rebuild", progress) as (leases, told), ExitStack() as beside:
            runners = [self._begun(view) for view in views]
            if scribes:
                beside.enter_context(self._scribes(runners))
            while True:
                self._feeder.feed(runners, self._ledger.head(), batch, progress=told, stop=stop, leases=leases)
                if (stop and stop.is_set()) or not flip:
                    return [runner.build for runner in runners]
                left = [runner for runner in runners if not self._flipped(runner)]
                if not left:
                    return [runner.build for runner in runners]

    def _begun(self, view: View) -> Runner:
        with self._store.changing() as connection:
            begun = [
                build
                for build in self._store.builds(connection, view.name)
                if build.purpose == "beside" and build.version == view.version
            ]
            build = begun[-1] if begun else self._store.start(connection, view, current=False, purpose="beside")
        runner = Runner(self._store, view, replace(build, stopped=""))
        runner.skipped = self._feeder.skipped(view)
        return runner

    @contextmanager
    def _scribes(self, runners: Sequence[Runner]) -> Iterator[None]:
        """A process that writes for each runner with enough before it."""
        head = self._ledger.head()
        for runner in runners:
            if head - runner.build.position >= WORTH_A_SCRIBE:
                runner.scribe = Scribe(self._store.url, runner.view)
        try:
            yield
        finally:
            for runner in runners:
                if runner.scribe:
                    runner.scribe.close()

    def _flipped(self, runner: Runner) -> bool:
        """Flip, unless the build people read has gone on meanwhile: a page must never go back in time."""
        if runner.build.stopped or runner.build.current:
            return True
        self._store.furnish(runner.view, runner.build)  # takes its time, so before anything is locked
        with self._store.changing() as connection:
            read = self._store.current(connection, runner.view.name)
            if read is not None and read.position > runner.build.position and not read.stopped:
                return False
            runner.build = self._store.flip(connection, runner.build)
            return True

    def switch(self, view: View, generation: int) -> Build:
        """Let people read another build of this version. Raises NotFound; Refused while it lags or has stopped."""
        with self._store.changing() as connection:
            chosen = self._whole(connection, view, generation)
        if chosen.current:
            return chosen
        self._store.furnish(view, chosen)
        with self._store.changing() as connection:
            chosen = self._whole(connection, view, generation)
            return self._store.flip(connection, chosen) if not chosen.current else chosen

    def _whole(self, connection: Connection, view: View, generation: int) -> Build:
        builds = self._store.builds(connection, view.name)
        chosen = next((b for b in builds if b.generation == generation and b.version == view.version), None)
        if chosen is None:
            raise _no_generation(view.name, generation, builds)
        read = next((build for build in builds if build.current), None)
        if chosen.stopped or chosen.purpose == "proof" or (read and read.position > chosen.position):
            raise Refused("projections.build-lags", name=view.name, rule="switch-to-a-whole-build")
        return chosen

    def drop(self, name: str, generation: int) -> None:
        """Drop a build nobody reads. Raises NotFound; Refused for the one people read."""
        with self._store.changing() as connection:
            builds = self._store.builds(connection, name)
            found = next((b for b in builds if b.generation == generation), None)
            if found is None:
                raise _no_generation(name, generation, builds)
            if found.current:
                raise Refused("projections.in-use", name=name, rule="never-drop-what-is-read")
            self._store.drop(connection, found)

    def verify(self, view: View, progress: Progress | None = None) -> tuple[bool, int]:
        """Whether the view people read equals one folded from zero to the same position; and that position."""
        with self._leased([view], "verify", progress) as (leases, told):
            with self._store.changing() as connection:
                build = self._store.current(connection, view.name)
                if build is None or build.version != view.version:
                    raise NotFound("projections.no-build", name=view.name)
                for left in self._store.builds(connection, view.name):
                    if left.purpose == "proof":
                        self._store.drop(connection, left)
                scratch = self._store.start(connection, view, current=False, purpose="proof")
            try:
                runner = Runner(self._store, view, scratch)
                runner.skipped = self._feeder.skipped(view)
                self._feeder.feed([runner], build.position, REBUILD_BATCH, progress=told, leases=leases)
                with self._store.reading() as connection:
                    pair = [self.content(connection, view, one, build.position) for one in (build, scratch)]
                    summed = self._summed(connection, view, build)
                return pair[0] == pair[1] and summed and runner.build.position == build.position, build.position
            finally:
                with self._store.changing() as connection:
                    self._store.drop(connection, scratch)

    def _summed(self, connection: Connection, view: View, build: Build) -> bool:
        """Whether the sums that are kept are those of the lines."""
        tables = self._store.tables(view, build).values()
        return not any(sums.differ(connection, one) for one in tables if sums.KEPT in one.info)

    def content(self, connection: Connection, view: View, build: Build, upto: int) -> str:
        """The digest (hex) of everything a build says up to a position, whatever has happened since."""
        digest = hashlib.sha256()
        for declared in view.tables:
            table = self._store.tables(view, build)[declared.name]
            if isinstance(declared, StateTable):
                query = select(table).where(table.c.from_position <= upto)
                query = query.order_by(*(table.c[name] for name in declared.key), table.c.from_position)
            else:
                query = select(table).where(table.c.position <= upto).order_by(table.c.position, table.c.line)
            names = list(table.c.keys())
            ends = names.index("to_position") if "to_position" in names else None
            place = names.index("node") if "node" in names else None
            digest.update(repr(names).encode())
            for row in connection.execute(query.execution_options(yield_per=5_000)):
                line = list(row)
                if ends is not None and line[ends] > upto:
                    line[ends] = OPEN
                    if place is not None:
                        line[place] = None
                digest.update(repr(line).encode())
        return digest.hexdigest()

    @contextmanager
    def _leased(
        self, views: Sequence[View], use: str, progress: Progress | None
    ) -> Iterator[tuple[dict[str, Lease], Progress]]:
        """The lease of each view for building, renewed between batches long before it runs out."""
        leases: dict[str, Lease] = {}
        renew_at = 0.0

        def take() -> None:
            nonlocal renew_at
            renew_at = time.monotonic() + LEASE_SECONDS / 3
            with self._store.changing() as connection:
                for view in views:
                    lease = self._store.leases.take(connection, f"{view.name}.{use}", LEASE_SECONDS * 4)
                    if lease is None or lease.fence != leases.get(view.name, lease).fence:
                        raise Conflict("projections.busy", name=view.name)
                    leases[view.name] = lease

        def told(position: int) -> None:
            if time.monotonic() >= renew_at:
                take()
            if progress:
                progress(position)

        try:
            take()
            yield leases, told
        finally:
            with self._store.changing() as connection:
                for lease in leases.values():
                    self._store.leases.give_back(connection, lease)


def _no_generation(name: str, generation: int, builds: Iterable[Build]) -> NotFound:
    known = "、".join(str(one.generation) for one in builds)
    return NotFound("projections.no-generation", name=name, generation=generation, known=known or "—")
