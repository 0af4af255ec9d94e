"""Folding a batch into one build: in memory, then rows and checkpoint in one transaction.

An event that cannot be folded, or whose rows the database refuses, stops this build just before it, with the reason;
what stands before it in the batch is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from traceback import extract_tb
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, StatementError

from ledger.envelope import Event
from projections.leases import Lease
from projections.rows import BatchRows, Writes
from projections.scribe import Answer, Scribe
from projections.store import Build, ViewStore
from projections.tables import lines_of
from projections.view import Masked, View
from terms.errors import NotFound
from terms.reasons import brief

NOTHING: Masked = {}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that is there but cannot be read: its payload or its sealed text is damaged."""

    position: int
    type: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Batch:
    """What one decoding pass gives to all builds: the events some view folds, and how far the feed was read."""

    events: Sequence[Event | Unreadable]
    masked: Mapping[str, Masked]
    last: int


class Runner:
    """Feeds one build. Not shared between threads."""

    def __init__(self, store: ViewStore, view: View, build: Build) -> None:
        self.store = store
        self.view = view
        self.build = build
        self.skipped: frozenset[int] = frozenset()  # positions a person decided to leave out
        self.rows = BatchRows(view, self._load)
        self.reached = build.position  # what is folded in memory; `build` says what is written
        self._spoiled = False
        self.scribe: Scribe | None = None  # writes beside, where there is one
        self._sent: tuple[int, Writes] | None = None  # what it writes now, and where the build then is
        self._answer: Answer | None = None
        self._sent_groups: dict[str, set[Any]] | None = None

    def _load(self, table: str, groups: list[Any]) -> list[Any]:
        if self._sent is not None and self._answer is None and self._is_sent(table, groups):
            self._answer = self.scribe.answer() if self.scribe else "refused"
        # Reads what is committed. Should another runner commit meanwhile, our checkpoint will not move and the
        # whole batch is void: so nothing here needs a lock.
        with self.store.looking() as connection:
            return list(self.store.load(connection, self.view, self.build, table, groups))

    def gather(self, batch: Batch) -> None:
        """Fold what is new in a batch, in memory only: `keep` writes what several batches left."""
        if self._spoiled or self.reached >= batch.last:
            return
        try:
            _, fault = self._apply(self._mine(batch, self.reached), batch.masked)
        except BaseException:
            self._forget()
            raise
        self._spoiled = fault is not None
        self.reached = batch.last

    def keep(self, lease: Lease | None = None) -> bool:
        """Write what was gathered, rows and checkpoint in one transaction.

        False when an event in it cannot be folded or a row is refused: nothing of it is kept, and `fold`, given the
        same events again, finds which one it is.
        """
        if not self.settle():
            return False
        if self._spoiled:
            self._forget()
            return False
        if self.reached <= self.build.position:
            return True
        try:
            writes = self.rows.take()
            if self.scribe and self.scribe.ready():
                lines = lines_of(self.view, writes)
                if self.scribe.send(self.build, self.reached, lines, lease):
                    self._sent, self._answer, self._sent_groups = (self.reached, writes), None, None
                    return True
            self._store(writes, self.reached, "", lease)
        except StatementError as error:
            self._forget()
            if _database_is_away(error):
                raise
            return False
        except BaseException:
            self._forget()  # what the cache calls stored was not
            raise
        return True

    def settle(self) -> bool:
        """Wait for what the scribe still writes. False when it is not there: everything gathered is forgotten."""
        if self._sent is None or self.scribe is None:
            return True
        (last, writes), answer = self._sent, self._answer or self.scribe.answer()
        self._sent = None
        if answer == "written":
            self.build = replace(self.build, position=last, stopped="")
            self.store.clean_log(doubtful=bool(writes.scrubbed))
        elif answer == "moved":
            self._lost()
            self.reached, self._spoiled = self.build.position, False
        else:
            self._forget()
        return answer != "refused"

    def _is_sent(self, table: str, groups: list[Any]) -> bool:
        """Whether rows of these groups are being written now: what is committed does not show them yet."""
        if self._sent_groups is None and self._sent is not None:
            writes = self._sent[1]
            self._sent_groups = {
                name: {key[0] for key, _ in writes.inserted.get(name, ())}
                | {closed[1] for closed in writes.closed.get(name, ())}
                | {first for first, _ in writes.scrubbed.get(name, ())}
                for name in (*writes.inserted, *writes.closed, *writes.scrubbed)
            }
        return not (self._sent_groups or {}).get(table, set()).isdisjoint(groups)

    def fold(self, batch: Batch, lease: Lease | None = None) -> None:
        """Fold and write what is new in a batch; afterwards `build` says how far it is and whether it stopped."""
        try:
            self._fold(self._mine(batch, self.build.position), batch.masked, batch.last, lease)
        except BaseException:
            self._forget()
            raise

    def _mine(self, batch: Batch, after: int) -> list[Event | Unreadable]:
        handlers = self.view.handlers
        mine = [event for event in batch.events if event.type in handlers]
        if self.skipped or (mine and mine[0].position <= after):
            mine = [event for event in mine if event.position > after and event.position not in self.skipped]
        return mine

    def _forget(self) -> None:
        self.rows.forget()
        self.reached, self._spoiled = self.build.position, False

    def _fold(
        self, mine: list[Event | Unreadable], masked: Mapping[str, Masked], last: int, lease: Lease | None
    ) -> None:
        done, fault = self._apply(mine, masked)
        if fault is not None:
            # The fault may have left half of its event's rows behind: fold again what came before it.
            self.rows.forget()
            self._apply(mine[:done], masked)
            self._store(self.rows.take(), mine[done].position - 1, _why(mine[done], fault), lease)
            return
        try:
            self._store(self.rows.take(), last, "", lease)
        except StatementError as error:
            if _database_is_away(error):
                raise
            self.rows.forget()
            if len(mine) > 1:
                # Some event's rows are refused: halve until it is found.
                first, rest = mine[: len(mine) // 2], mine[len(mine) // 2 :]
                self._fold(first, masked, first[-1].position, lease)
                if self.build.position == first[-1].position and not self.build.stopped:
                    self._fold(rest, masked, last, lease)
            elif mine:
                self._store(Writes(), mine[0].position - 1, _why(mine[0], error.orig or error), lease)
            else:
                raise

    def _apply(
        self, events: Sequence[Event | Unreadable], masked: Mapping[str, Masked]
    ) -> tuple[int, Exception | None]:
        """Fold events in memory; how many, and the fault of the one after them, if there was one."""
        rows, handlers, texts = self.rows, self.view.handlers, masked.get
        rows.prefetch(dict.fromkeys([event.stream for event in events if isinstance(event, Event)]))
        done = 0
        try:
            for done, event in enumerate(events):
                if isinstance(event, Unreadable):
                    return done, event.error
                event_id = event.event_id
                rows.at(event.position, event_id)
                handlers[event.type](rows, event, texts(event_id, NOTHING))
        except SQLAlchemyError:
            raise  # the handler asked for rows and the database was away
        except Exception as error:  # any fault of a handler stops this view, and only this view, with its reason
            return done, error
        return len(events), None

    def _store(self, writes: Writes, last: int, stopped: str, lease: Lease | None) -> None:
        with self.store.writing() as connection:
            ours = self.store.advance(connection, self.build, last, stopped, lease)
            if ours:
                self.store.write(connection, self.view, self.build, lines_of(self.view, writes))
        if ours:
            self.build = replace(self.build, position=last, stopped=stopped)
            self.store.clean_log()
        else:
            self._lost()
        self.reached = self.build.position

    def _lost(self) -> None:
        """Another runner was here first: go on from where it stands."""
        self.rows.forget()
        with self.store.reading() as connection:
            again = self.store.again(connection, self.build)
        if again is None:
            raise NotFound("projections.no-build", name=self.build.name)
        self.build = again


def _database_is_away(error: StatementError) -> bool:
    """The database is away or full; no event is to blame."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _why(event: Event | Unreadable, error: BaseException) -> str:
    places = extract_tb(error.__traceback__)[-1:]  # the error's words may hold what stands in the event
    where = "".join(f"（{Path(one.filename).name}:{one.lineno}）" for one in places)
    return f"{event.type} 第 {event.position} 条：{brief(error)}{where}"
