"""The same folding in the plainest way: no batches, no cache, no database; every version is kept in a list."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from ledger.envelope import Event
from projections.store import ViewStore
from projections.view import OPEN, Key, Masked, Row, StateTable, View


class NaiveRows:
    """`projections.view.Rows` over lists."""

    def __init__(self, view: View) -> None:
        self.with_texts = {one.name for one in view.tables if isinstance(one, StateTable) and one.texts}
        self.position = 0
        self.event_id = ""
        self.state: dict[str, list[list[Any]]] = {}  # table → [key, row, from, to]
        self.facts: dict[str, list[tuple[int, str, Row]]] = {}

    def _held(self, table: str, key: Key) -> list[Any] | None:
        return next((one for one in self.state.get(table, []) if one[0] == key and one[3] == OPEN), None)

    def get(self, table: str, key: Key) -> Row | None:
        found = self._held(table, key)
        return found[1] if found else None

    def group(self, table: str, first: Any) -> dict[Key, Row]:
        held = [one for one in self.state.get(table, []) if one[0][0] == first and one[3] == OPEN]
        return {one[0]: one[1] for one in sorted(held, key=lambda one: one[0])}

    def put(self, table: str, key: Key, row: Row) -> None:
        found = self._held(table, key)
        if found and found[1] == row and table not in self.with_texts:
            return
        self.close(table, key)
        self.state.setdefault(table, []).append([key, row, self.position, OPEN])

    def close(self, table: str, key: Key) -> None:
        if found := self._held(table, key):
            found[3] = self.position

    def add(self, table: str, fact: Row) -> None:
        self.facts.setdefault(table, []).append((self.position, self.event_id, fact))

    def scrub(self, table: str, first: Any, blank: Row) -> None:
        for one in self.state.get(table, []):
            if one[0][0] == first:
                one[1] = one[1] | blank


def fold(view: View, events: Iterable[Event], masked: dict[str, Masked]) -> NaiveRows:
    """Every event through its handler, one after the other."""
    rows = NaiveRows(view)
    for event in events:
        if event.type in view.handlers:
            rows.position, rows.event_id = event.position, event.event_id
            view.handlers[event.type](rows, event, masked.get(event.event_id, {}))
    return rows


def content(view: View, rows: NaiveRows) -> dict[str, list[Any]]:
    """Everything a view says, in a form that can be compared."""
    found: dict[str, list[Any]] = {}
    for declared in view.tables:
        names = [name for name, _ in declared.columns]
        if isinstance(declared, StateTable):
            plain = [name for name in names if name not in declared.key]
            lines = [
                (*key, *(row.get(name) for name in plain), start, end)
                for key, row, start, end in rows.state.get(declared.name, [])
                if start < end
            ]
            found[declared.name] = sorted(lines, key=lambda line: (line[: len(declared.key)], line[-2]))
        else:
            found[declared.name] = [
                (*(fact.get(name) for name in names), position, event_id)
                for position, event_id, fact in rows.facts.get(declared.name, [])
            ]
    return found


def stored(store: ViewStore, view: View) -> dict[str, list[Any]]:
    """What people read of a view, in the same form."""
    found: dict[str, list[Any]] = {}
    with store.reading() as connection:
        build = store.current(connection, view.name)
        assert build is not None
        for name, table in store.tables(view, build).items():
            declared = next(one for one in view.tables if one.name == name)
            names = [column for column, _ in declared.columns]
            if isinstance(declared, StateTable):
                plain = [column for column in names if column not in declared.key]
                columns = [*declared.key, *plain, "from_position", "to_position"]
                order = [*declared.key, "from_position"]
            else:
                columns, order = [*names, "position", "event_id"], ["position", "line"]
            query = select(*(table.c[column] for column in columns)).order_by(*(table.c[column] for column in order))
            found[name] = [tuple(row) for row in connection.execute(query)]
            if isinstance(declared, StateTable):  # the database's order of texts need not be Python's
                found[name].sort(key=lambda line: (line[: len(declared.key)], line[-2]))
    return found
