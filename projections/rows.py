"""The rows of one view during one batch: read once, folded in memory, written once a key."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from projections.view import OPEN, Key, Row, StateTable, View

Load = Callable[[str, list[Any]], Iterable[tuple[Key, int, Row]]]  # table, groups → key, from_position, row


@dataclass(slots=True)
class Version:
    """One version of a row: from its position on, until it is closed."""

    from_position: int
    row: Row
    to_position: int = OPEN
    stored: bool = False  # it is in the database already


def _lists() -> defaultdict[str, list[Any]]:
    return defaultdict(list)


@dataclass(slots=True)
class Writes:
    """What a batch leaves to write, by table: rows to close, rows to insert, lines to add, groups to blank.

    A row to close is where it ends, its key and where it began.
    """

    closed: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=_lists)
    inserted: defaultdict[str, list[tuple[Key, Version]]] = field(default_factory=_lists)
    facts: defaultdict[str, list[tuple[int, str, int, Row]]] = field(default_factory=_lists)
    scrubbed: defaultdict[str, list[tuple[Any, Row]]] = field(default_factory=_lists)


class BatchRows:
    """Implements `projections.view.Rows`. Groups stay in a bounded cache between batches."""

    def __init__(self, view: View, load: Load, keep: int = 20_000) -> None:
        self._load = load
        self._keep = keep
        self._with_texts = {one.name for one in view.tables if isinstance(one, StateTable) and one.texts}
        self._of = {table.name: table.of for table in view.tables if isinstance(table, StateTable)}
        self._groups: dict[str, OrderedDict[Any, dict[Key, Version]]] = {
            table.name: OrderedDict() for table in view.tables if isinstance(table, StateTable)
        }
        self._position = 0
        self._event_id = ""
        self._lines = 0
        self._writes = Writes()

    def at(self, position: int, event_id: str) -> None:
        """What follows is done by this event."""
        self._position = position
        self._event_id = event_id
        self._lines = 0

    def prefetch(self, streams: Iterable[str]) -> None:
        """Load what a batch will ask for, one query a table. A stream is a kind and a name: `order-123`."""
        named: dict[str, list[str]] = {}
        for stream in streams:
            kind, _, name = stream.partition("-")
            named.setdefault(kind, []).append(name)
        for table, cached in self._groups.items():
            missing = []
            for name in named.get(self._of[table], ()):
                if name in cached:
                    cached.move_to_end(name)
                else:
                    missing.append(name)
            if missing:
                found: dict[Any, dict[Key, Version]] = {name: {} for name in missing}
                for key, position, row in self._load(table, sorted(missing)):
                    found[key[0]][key] = Version(position, row, stored=True)
                cached.update(found)

    def _group(self, table: str, first: Any) -> dict[Key, Version]:
        cached = self._groups[table]
        if first not in cached:
            cached[first] = {
                key: Version(position, row, stored=True) for key, position, row in self._load(table, [first])
            }
        return cached[first]

    def get(self, table: str, key: Key) -> Row | None:
        """See `projections.view.Rows`."""
        held = self._groups[table].get(key[0])
        found = (self._group(table, key[0]) if held is None else held).get(key)
        return None if found is None else found.row

    def group(self, table: str, first: Any) -> dict[Key, Row]:
        """See `projections.view.Rows`."""
        held = self._group(table, first)
        return {key: held[key].row for key in sorted(held)}

    def put(self, table: str, key: Key, row: Row) -> None:
        """See `projections.view.Rows`, and `StateTable` for what makes a version."""
        held = self._groups[table].get(key[0])
        if held is None:
            held = self._group(table, key[0])
        old = held.get(key)
        if old is not None:
            if old.from_position == self._position:
                old.row = row
                return
            if table not in self._with_texts and old.row == row:
                return
            self._end(table, key, old)
        version = held[key] = Version(self._position, row)
        self._writes.inserted[table].append((key, version))

    def close(self, table: str, key: Key) -> None:
        """See `projections.view.Rows`."""
        old = self._group(table, key[0]).pop(key, None)
        if old is not None:
            self._end(table, key, old)

    def _end(self, table: str, key: Key, old: Version) -> None:
        old.to_position = self._position
        if old.stored:
            self._writes.closed[table].append((self._position, *key, old.from_position))

    def add(self, table: str, fact: Row) -> None:
        """See `projections.view.Rows`."""
        self._writes.facts[table].append((self._position, self._event_id, self._lines, fact))
        self._lines += 1

    def scrub(self, table: str, first: Any, blank: Row) -> None:
        """See `projections.view.Rows`."""
        for version in self._group(table, first).values():
            version.row = version.row | blank
        for key, version in self._writes.inserted.get(table, []):
            if key[0] == first:
                version.row = version.row | blank
        self._writes.scrubbed[table].append((first, blank))

    def take(self) -> Writes:
        """What is to be written; afterwards the batch is empty and its rows count as stored.

        Whoever then fails to write it must call `forget`.
        """
        writes, self._writes = self._writes, Writes()
        for versions in writes.inserted.values():
            # A version that opened and closed on one position never held; it leaves no row.
            versions[:] = [(key, version) for key, version in versions if version.from_position < version.to_position]
            for _, version in versions:
                version.stored = True
        for cached in self._groups.values():
            while len(cached) > self._keep:
                cached.popitem(last=False)
        return writes

    def forget(self) -> None:
        """Drop everything that was not written: the transaction failed, or an event could not be folded."""
        self._writes = Writes()
        for cached in self._groups.values():
            cached.clear()
