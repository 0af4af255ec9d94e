"""How a view is declared: its tables, and what each event type does to them.

A state table keeps every version of a row with the positions between which it held, so any list can be asked for as
of a position; a fact table gets one line for each thing counted, with the event behind it. A handler is pure: it sees
the rows it asks for, the event and the masked text, and says what the rows are now. No clock, no randomness, no set
order: folded live in batches of any size and rebuilt from zero, the tables are the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.types import TypeEngine

from ledger.envelope import Event

OPEN = 2**63 - 1  # `to_position` of a row that still holds
Row = dict[str, Any]
Declared = tuple[str, TypeEngine[Any]]  # a column's name and type
Key = tuple[Any, ...]
Masked = Mapping[str, str]  # title, text, place of an order, masked; empty once erased


@dataclass(frozen=True, slots=True)
class StateTable:
    """Rows that change. `key` names the columns that identify a row; the first of them loads its whole group.

    A row put again as it was makes no version, except where the table holds `texts`: were it otherwise there, the
    versions would depend on a text that may be erased, and a view built afterwards would not equal the one that lived
    through it.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Declared, ...]  # key columns included; the engine adds from_position and to_position
    indexes: tuple[tuple[str, ...], ...] = ()
    of: str = "order"  # the kind of stream whose name is the first key column; "" when it is something else
    texts: tuple[str, ...] = ()  # columns filled from a masked text, which an erasure blanks
    past: bool = False  # pages count its past rows: the engine adds a node by which they are found (`projections.past`)


@dataclass(frozen=True, slots=True)
class FactTable:
    """Lines that are only ever added; the engine adds position, event_id and line.

    Where pages count all lines there are, `sums` names the columns they are counted by; none of them is ever empty
    (NULL), and there is a column `day`. The engine then keeps sums by months and years (`projections.sums`).
    """

    name: str
    columns: tuple[Declared, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    sums: tuple[str, ...] = ()


class Rows(Protocol):
    """What a handler may do."""

    def get(self, table: str, key: Key) -> Row | None:
        """The row that holds now, or None. Never change it: put a new one."""

    def group(self, table: str, first: Any) -> dict[Key, Row]:
        """All rows that hold now whose first key column is `first`, in the order of their keys."""

    def put(self, table: str, key: Key, row: Row) -> None:
        """From this event on, the row is this. `row` has every column that is not in the key."""

    def close(self, table: str, key: Key) -> None:
        """From this event on there is no such row."""

    def add(self, table: str, fact: Row) -> None:
        """Something counted, proved by this event."""

    def scrub(self, table: str, first: Any, blank: Row) -> None:
        """Overwrite columns in every version of a group, closed ones too: the text of an erased order."""


Handler = Callable[[Rows, Event, Masked], None]


@dataclass(frozen=True, slots=True)
class View:
    """A projection: raise `version` whenever tables or handlers change, and the engine builds it anew beside.

    `cost` is about how many µs of CPU it took an event when last measured: a rebuild by several processes deals by it.
    """

    name: str
    version: int
    tables: tuple[StateTable | FactTable, ...]
    handlers: Mapping[str, Handler]
    cost: int = 1  # as of views that take few of the events
