"""Which event types this version of the program knows, and how it reads the older forms of each.

A room declares `KnownType("WorkOrderReceived", schema=3, upcasts=(one_to_two, two_to_three))`; the program puts all
of them into one `EventTypes` at start-up and hands it to `open_ledger`. What is stored never changes: an old payload
is carried forward, pure function by pure function, each time it is read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from terms.errors import LedgerBroken

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KnownType:
    """One event type: its present schema number and, in order, the steps 1→2, 2→3 … that lead there.

    Raises ValueError where a step is missing or too many: an event nobody can read must stop the start, not a reader.
    """

    type: str
    schema: int = 1
    upcasts: tuple[Upcast, ...] = ()

    def __post_init__(self) -> None:
        if self.schema < 1 or len(self.upcasts) != self.schema - 1:
            raise ValueError(f"{self.type}: schema {self.schema} needs {self.schema - 1} upcasts")


class EventTypes:
    """All event types known, by name. Raises ValueError if two rooms claim one name."""

    def __init__(self, *groups: Iterable[KnownType]) -> None:
        self._known: dict[str, KnownType] = {}
        for known in (known for group in groups for known in group):
            if known.type in self._known:
                raise ValueError(f"{known.type} is declared twice")
            self._known[known.type] = known

    def __contains__(self, type_name: str) -> bool:
        return type_name in self._known

    def __iter__(self) -> Iterator[KnownType]:
        return iter(self._known.values())

    def schema_of(self, type_name: str) -> int | None:
        """The schema number this program writes for a type; None where the type is unknown."""
        known = self._known.get(type_name)
        return known.schema if known else None

    def present(
        self, type_name: str, schema: int, payload: dict[str, Any], *, at: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The payload in its present form, and that form's schema number; `at` is where it was read.

        Raises LedgerBroken for a type nobody declared or a schema newer than this program.
        """
        known = self._known.get(type_name)
        if known is None or not 1 <= schema <= known.schema:
            where = None if at is None else str(at)
            raise LedgerBroken("ledger.unknown-event", at=where, type=type_name, schema=schema)
        if schema == known.schema:
            return schema, payload
        for step in known.upcasts[schema - 1 :]:
            payload = step(payload)
        return known.schema, payload
