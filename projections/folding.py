"""Folding a batch into one build: in memory, then rows and checkpoint in one transaction.

An event that cannot be folded, or whose rows the database refuses, stops this build just before it, with the reason;
what stands before it in the batch is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, StatementError

from ledger.envelope import Event
from projections.leases import Lease
from projections.rows import BatchRows, Writes
from projections.store import Build, ViewStore
from projections.view import Masked, View
from terms.errors import NotFound

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

    def _load(self, table: str, groups: list[Any]) -> list[Any]:
        # Reads what is committed. Should another runner commit meanwhile, our checkpoint will not move and the
        # whole batch is void: so nothing here needs a lock.
        with self.store.reading() as connection:
            return list(self.store.load(connection, self.view, self.build, table, groups))

    def fold(self, batch: Batch, lease: Lease | None = None) -> None:
        """Fold what is new in a batch; afterwards `build` says how far it is and whether it stopped."""
        after, handlers = self.build.position, self.view.handlers
        mine = [event for event in batch.events if event.type in handlers]
        if self.skipped or (mine and mine[0].position <= after):
            mine = [event for event in mine if event.position > after and event.position not in self.skipped]
        try:
            self._fold(mine, batch.masked, batch.last, lease)
        except BaseException:
            self.rows.forget()  # what the cache calls stored was not
            raise

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
            if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
                raise  # the database is away or full; no event is to blame
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
                self.store.write(connection, self.view, self.build, writes)
        if ours:
            self.build = replace(self.build, position=last, stopped=stopped)
            self.store.clean_log()
        else:
            self.rows.forget()
            with self.store.reading() as connection:
                again = self.store.again(connection, self.build)
            if again is None:
                raise NotFound("projections.no-build", name=self.build.name)
            self.build = again


def _why(event: Event | Unreadable, error: BaseException) -> str:
    reason = " ".join(str(error).split())[:300]
    return f"{event.type} 第 {event.position} 条：{type(error).__name__}: {reason}"
