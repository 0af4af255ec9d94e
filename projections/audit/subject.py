"""Whom an audit is about, and which events speak of him. Pure.

An event speaks of a unit when a field of its own names the unit, or when one of the unit's people did it. A unit that
routing merely weighed is not concerned: nothing nested in a proposal counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from terms.actors import Actor
from terms.errors import BadInput
from terms.ids import UnitCode

WEIGHED_ONLY = frozenset({"AssignmentProposed"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A unit or an officer's account, exactly one of them, and the days of the period, both included."""

    begin: date
    end: date
    unit: UnitCode | None = None
    officer: str | None = None

    def __post_init__(self) -> None:
        if (self.unit is None) == (self.officer is None):
            raise BadInput("audit.whom", at="unit")

    @property
    def name(self) -> str:
        """The code or account, as messages and the archive name it."""
        return self.unit or self.officer or ""

    def concerned(self, type_: str, actor: str, payload: Mapping[str, Any]) -> bool:
        """Whether an event speaks of the subject."""
        acting = acted_by(actor)
        if self.officer is not None:
            told = (payload.get("account"), payload.get("signatory"), payload.get("received_by"))
            return acting[0] == self.officer or self.officer in told
        if acting[1] == self.unit:
            return True
        if type_ in WEIGHED_ONLY:
            return False
        return any(_names(value, self.unit) for value in payload.values())


def _names(value: Any, unit: str | None) -> bool:
    if isinstance(value, str):
        return value == unit
    return isinstance(value, list) and any(one == unit for one in value if isinstance(one, str))


def acted_by(actor: str) -> tuple[str, str | None]:
    """The account and the unit behind an event's actor; an actor of an older form is its own account."""
    try:
        found = Actor.parse(actor)
    except ValueError:
        return actor, None
    return found.account, found.unit
