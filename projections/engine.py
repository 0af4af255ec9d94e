"""The engine that folds: one decoding pass feeds all views; rows and checkpoint go in one transaction.

A view that meets an event it cannot fold stops there, with the reason, and the others go on. A changed view is built
beside the one people read, from zero, and the pointer flips when it has caught up. Two runners never write twice: a
checkpoint that somebody else moved makes the batch void.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from ledger.envelope import Event
from ledger.store import Ledger
from projections.rows import BatchRows
from projections.store import Build, ViewStore
from projections.view import OPEN, Masked, StateTable, View
from terms.errors import NotFound
from terms.ids import Position

LIVE_BATCH = 500
REBUILD_BATCH = 4_000
NOTHING: Masked = {}

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]
"""Gives the masked texts of a batch's events by event id; nothing for those whose key was erased."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a view stands: how far, how many events behind, whether and why it stopped."""

    name: str
    version: int
    generation: int
    position: int
    behind: int
    current: bool
    stopped: str


@dataclass(slots=True)
class _Runner:
    """One build being fed."""

    view: View
    build: Build
    rows: BatchRows


class ProjectionEngine:
    """Keeps the views of one ledger. `catch_up` may be called from one thread at a time, reading from many."""

    def __init__(self, ledger: Ledger, store: ViewStore, views: Sequence[View], open_masked: OpenMasked) -> None:
        self.ledger = ledger
        self.store = store
        self.views = {view.name: view for view in views}
        self._open_masked = open_masked
        self._runners: dict[tuple[str, int, int], _Runner] = {}
        self._lock = threading.Lock()
        self._moved = threading.Condition()

    # --- following ---

    def catch_up(self, upto: Position | None = None, batch: int = LIVE_BATCH) -> int:
        """Fold what is new into every current view, to a position or the head; how many events were read."""
        with self._lock:
            runners = [runner for runner in (self._current(view) for view in self.views.values()) if runner]
            return self._feed(runners, self.ledger.head() if upto is None else upto, batch)

    def _current(self, view: View) -> _Runner | None:
        with self.store.writing() as connection:
            build = self.store.current(connection, view.name)
            if build is None:
                build = self.store.start(connection, view, current=True)
        if build.version != view.version:
            return None  # an older program's build is read until `rebuild` has made ours
        return self._runner(view, build)

    def _runner(self, view: View, build: Build) -> _Runner:
        key = (build.name, build.version, build.generation)
        runner = self._runners.get(key)
        if runner is None or runner.build.position != build.position:

            def load(table: str, groups: list[Any]) -> Iterable[Any]:
                with self.store.writing() as connection:
                    yield from list(self.store.load(connection, view, build, table, groups))

            runner = self._runners[key] = _Runner(view, build, BatchRows(view, load))
        runner.build = build
        return runner

    def _feed(
        self,
        runners: list[_Runner],
        upto: int,
        batch: int,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        read = 0
        running = [runner for runner in runners if not runner.build.stopped]
        while running:
            after = min(runner.build.position for runner in running)
            if after >= upto:
                break
            raw = self.ledger.read_raw(Position(after), min(batch, upto - after))
            if not raw:
                break
            wanted = set().union(*(runner.view.handlers for runner in running))
            events = [self.ledger.decode(row) for row in raw if row.type in wanted]
            masked = self._open_masked([event for event in events if event.payload.get("masked")])
            last = raw[-1].position
            for runner in running:
                if runner.build.position < last:
                    self._fold(runner, events, masked, last)
            running = [runner for runner in running if not runner.build.stopped and runner.build.position > after]
            read += len(raw)
            if progress:
                progress(last)
        return read

    def _fold(self, runner: _Runner, events: list[Event], masked: Mapping[str, Masked], last: int) -> None:
        handlers = runner.view.handlers
        mine = [event for event in events if event.type in handlers and event.position > runner.build.position]
        stopped = ""
        failed = self._apply(runner, mine, masked)
        if failed is not None:
            event, error = failed
            stopped = f"{event.type} 第 {event.position} 条：{type(error).__name__}: {error}"
            last = event.position - 1
            runner.rows.forget()
            self._apply(runner, [event for event in mine if event.position <= last], masked)
        writes = runner.rows.take()
        with self.store.writing() as connection:
            if not self.store.advance(connection, runner.build, last, stopped):
                connection.rollback()
                runner.rows.forget()
                runner.build = self._refreshed(connection, runner.build)
                return
            self.store.write(connection, runner.view, runner.build, writes)
        runner.build = replace(runner.build, position=last, stopped=stopped)
        with self._moved:
            self._moved.notify_all()

    def _apply(
        self, runner: _Runner, events: list[Event], masked: Mapping[str, Masked]
    ) -> tuple[Event, Exception] | None:
        rows, handlers = runner.rows, runner.view.handlers
        rows.prefetch(list(dict.fromkeys(_stream(event) for event in events)))
        for event in events:
            rows.at(event.position, event.event_id)
            try:
                handlers[event.type](rows, event, masked.get(event.event_id, NOTHING))
            except Exception as error:  # any fault of a handler stops this view, and only this view, with its reason
                return event, error
        return None

    def _refreshed(self, connection: Connection, build: Build) -> Build:
        for found in self.store.builds(connection, build.name):
            if (found.version, found.generation) == (build.version, build.generation):
                return found
        raise NotFound("projections.no-build", name=build.name)

    # --- reading ---

    def wait(self, position: Position, timeout: float = 2.0, name: str | None = None) -> bool:
        """Wait until a view (or all) has reached a position, at most `timeout` seconds; whether it has."""
        until = time.monotonic() + timeout
        while not self._reached(position, name):
            left = until - time.monotonic()
            if left <= 0:
                return False
            with self._moved:
                self._moved.wait(min(left, 0.1))
        return True

    def _reached(self, position: int, name: str | None) -> bool:
        return all(
            status.position >= position for status in self.status() if status.current and name in (None, status.name)
        )

    def status(self) -> list[Status]:
        """How every build stands."""
        head = self.ledger.head()
        with self.store.reading() as connection:
            return [
                Status(
                    build.name, build.version, build.generation, build.position, head - build.position, build.current,
                    build.stopped,
                )
                for build in self.store.builds(connection)
            ]  # fmt: skip

    # --- rebuilding and proving ---

    def rebuild(self, name: str, progress: Callable[[int], None] | None = None, batch: int = REBUILD_BATCH) -> Build:
        """Build a view anew from zero beside the one people read, then flip. Goes on where a broken-off one stopped."""
        view = self._view(name)
        with self._lock:
            with self.store.writing() as connection:
                builds = self.store.builds(connection, name)
                begun = [build for build in builds if not build.current and build.version == view.version]
                build = begun[-1] if begun else self.store.start(connection, view, current=False)
            runner = self._runner(view, replace(build, stopped=""))
            self._feed([runner], self.ledger.head(), batch, progress)
            if runner.build.stopped:
                return runner.build
            with self.store.writing() as connection:
                self.store.flip(connection, runner.build)
                for old in self.store.builds(connection, name):
                    if not old.current:
                        self.store.drop(connection, replace(view, version=old.version), old)
            return replace(runner.build, current=True)

    def verify(self, name: str) -> tuple[bool, int]:
        """Whether the view people read equals one folded from zero to the same position; and that position."""
        view = self._view(name)
        with self._lock, self.store.writing() as connection:
            build = self.store.current(connection, name)
            if build is None:
                raise NotFound("projections.no-build", name=name)
            scratch = self.store.start(connection, view, current=False)
        try:
            runner = self._runner(view, scratch)
            self._feed([runner], build.position, REBUILD_BATCH)
            with self.store.reading() as connection:
                same = self.content(connection, view, build, build.position) == self.content(
                    connection, view, runner.build, build.position
                )
            return same and not runner.build.stopped, build.position
        finally:
            with self.store.writing() as connection:
                self.store.drop(connection, view, scratch)

    def content(self, connection: Connection, view: View, build: Build, upto: int) -> str:
        """The digest of everything a build says up to a position, whatever has happened since."""
        digest = hashlib.sha256()
        for declared in view.tables:
            table = self.store.tables(view, build)[declared.name]
            if isinstance(declared, StateTable):
                query = select(table).where(table.c.from_position <= upto)
                query = query.order_by(*(table.c[name] for name in declared.key), table.c.from_position)
            else:
                query = select(table).where(table.c.position <= upto).order_by(table.c.position, table.c.line)
            for row in connection.execution_options(yield_per=5_000).execute(query).mappings():
                line = dict(row)
                if line.get("to_position", 0) > upto:
                    line["to_position"] = OPEN
                digest.update(repr(sorted(line.items())).encode())
        return digest.hexdigest()

    def _view(self, name: str) -> View:
        if name not in self.views:
            raise NotFound("projections.no-view", name=name, known="、".join(sorted(self.views)))
        return self.views[name]


def _stream(event: Event) -> tuple[str, str, bool]:
    """The kind and the name of an event's stream (`order-123` → order, 123), and whether the stream begins here."""
    kind, _, name = event.stream.partition("-")
    return kind, name, event.version == 1
