"""Which cases, findings, digests and papers there are, whose they are, and which units' applications are on hold.

Followed from the record from where the last look ended, so an answer is as new as the record itself: an approval
system that asks for a hold is not told what a view has not folded yet.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from terms.ids import Position, UnitCode

BATCH = 5_000
HOLDS = frozenset({"HoldSigned", "HoldLifted"})
BEGINNINGS = {
    "BoundaryCaseOpened": ("cases", "case_no"),
    "FindingProposed": ("findings", "finding_no"),
    "FindingRaised": ("findings", "finding_no"),
    "DigestOpened": ("digests", "digest_no"),
    "PaperDrafted": ("papers", "paper_no"),
    "ScoresDrafted": ("score-sheets", "quarter"),
    "AssessmentOpened": ("assessments", "sheet_no"),
}
KINDS = ("cases", "findings", "digests", "papers", "score-sheets", "assessments")


@dataclass(frozen=True, slots=True)
class HoldSigned:
    """A hold (暂停受理) that stands: the finding behind it, who it holds, since which event."""

    finding_no: str
    unit: str
    since: datetime  # aware
    position: int


@dataclass(slots=True)
class Docket:
    """What the matter lane holds, by number, newest last."""

    ledger: Ledger
    _read_to: Position = BEFORE_EVERYTHING
    _numbers: dict[str, dict[str, frozenset[UnitCode]]] = field(default_factory=lambda: {name: {} for name in KINDS})
    _holds: dict[str, HoldSigned] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def numbers(self, kind: str, units: frozenset[UnitCode] | None = None) -> list[str]:
        """The numbers of the things of a kind (`KINDS`), newest first; with `units` those that concern one of them."""
        with self._lock:
            self._follow()
            found = reversed(self._numbers[kind].items())
            return [number for number, concerned in found if units is None or not units.isdisjoint(concerned)]

    def holds(self, unit: str) -> tuple[list[HoldSigned], Position]:
        """The holds that stand on a unit's applications, and the position of the record this was true at."""
        with self._lock:
            self._follow()
            return [one for one in self._holds.values() if one.unit == unit], self._read_to

    def _follow(self) -> None:
        while rows := self.ledger.read_raw(self._read_to, BATCH):
            for row in rows:
                if row.type in BEGINNINGS or row.type in HOLDS:
                    self._fold(self.ledger.decode(row))
            self._read_to = Position(rows[-1].position)

    def _fold(self, event: Event) -> None:
        told = event.payload
        if event.type in BEGINNINGS:
            kind, number = BEGINNINGS[event.type]
            named = (*told.get("parties", ()), told.get("convener"), told.get("unit"), told.get("issuer"))
            named = (*named, *told.get("addressees", ()), *told.get("content", {}).get("copies", ()))
            named = (*named, *(line["unit"] for line in told.get("lines", ())))
            concerned = frozenset(UnitCode(unit) for unit in named if unit)
            self._numbers[kind][told[number]] = self._numbers[kind].get(told[number], frozenset()) | concerned
        elif event.type == "HoldLifted":
            self._holds.pop(told["finding_no"], None)
        else:
            self._holds[told["finding_no"]] = HoldSigned(
                told["finding_no"], told["unit"], event.occurred_at, event.position
            )
