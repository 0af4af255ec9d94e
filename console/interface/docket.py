"""The things of the matter lane as they stand, from cases to score sheets, and which units' applications are on hold.

Followed from the record from where the last look ended, so an answer is as new as the record itself: an approval
system that asks for a hold is not told what a view has not folded yet.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from casework import events as e
from casework.desk import CASES, DIGESTS, FINDINGS
from casework.lanes import ASSESSMENTS, PAPERS, SCORES, Lane
from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from terms.ids import Position, UnitCode

BATCH = 5_000
HOLDS = frozenset({"HoldSigned", "HoldLifted"})
LANES: Mapping[str, Lane[Any]] = {
    "cases": CASES, "findings": FINDINGS, "digests": DIGESTS, "papers": PAPERS,
    "score-sheets": SCORES, "assessments": ASSESSMENTS,
}  # fmt: skip
KIND_OF: Mapping[str, str] = {
    fact.event_type(): kind
    for kind, facts in (
        ("cases", e.CASE_FACTS),
        ("findings", e.FINDING_FACTS),
        ("digests", e.DIGEST_FACTS),
        ("papers", e.DRAFT_FACTS),
        ("score-sheets", e.SCORE_FACTS),
        ("assessments", e.ASSESSMENT_FACTS),
    )
    for fact in facts
}
BEGINNINGS = frozenset(
    {
        "BoundaryCaseOpened", "FindingProposed", "FindingRaised", "DigestOpened", "PaperDrafted", "ScoresDrafted",
        "AssessmentOpened",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HoldSigned:
    """A hold (暂停受理) that stands: the finding behind it, who it holds, since which event."""

    finding_no: str
    unit: str
    since: datetime  # aware
    position: int


@dataclass(frozen=True, slots=True)
class Thing:
    """One of them as it stands. `judged` is, of a digest, item → owner and date; `told` the title of a finding."""

    number: str
    state: Any
    version: int
    concerned: frozenset[UnitCode]
    judged: Mapping[str, tuple[str, date]] = field(default_factory=dict)
    told: str = ""


@dataclass(slots=True)
class Docket:
    """What the matter lane holds, by number, newest last."""

    ledger: Ledger
    _read_to: Position = BEFORE_EVERYTHING
    _things: dict[str, dict[str, Thing]] = field(default_factory=lambda: {name: {} for name in LANES})
    _holds: dict[str, HoldSigned] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def things(self, kind: str, units: frozenset[UnitCode] | None = None) -> list[Thing]:
        """The things of a kind (`LANES`), newest first; with `units` those that concern one of them."""
        with self._lock:
            self._follow()
            found = reversed(self._things[kind].values())
            return [one for one in found if units is None or not units.isdisjoint(one.concerned)]

    def holds(self, unit: str = "") -> tuple[list[HoldSigned], Position]:
        """The holds that stand, of one unit or of all, and the position of the record this was true at."""
        with self._lock:
            self._follow()
            return [one for one in self._holds.values() if unit in ("", one.unit)], self._read_to

    def _follow(self) -> None:
        while rows := self.ledger.read_raw(self._read_to, BATCH):
            for row in rows:
                if row.type in KIND_OF:
                    self._fold(self.ledger.decode(row))
            self._read_to = Position(rows[-1].position)

    def _fold(self, event: Event) -> None:
        fact = e.read(event.type, event.payload)
        kind = KIND_OF[event.type]
        lane, known = LANES[kind], self._things[kind]
        number = lane.key_of(fact)
        before = known.get(number) or Thing(number, lane.empty(number), 0, frozenset())
        thing = replace(before, state=lane.evolve(before.state, fact, event.occurred_at), version=event.version)
        if event.type in BEGINNINGS:
            thing = replace(thing, concerned=before.concerned | _concerned(event.payload))
        if isinstance(fact, e.FindingRaised):
            thing = replace(thing, told=fact.title)
        if isinstance(fact, e.DigestItemJudged):
            thing = replace(thing, judged={**before.judged, fact.item: (fact.owner, fact.due)})
        known[number] = thing
        if isinstance(fact, e.HoldSigned):
            self._holds[number] = HoldSigned(number, fact.unit, event.occurred_at, event.position)
        if isinstance(fact, e.HoldLifted):
            self._holds.pop(number, None)


def _concerned(told: Mapping[str, Any]) -> frozenset[UnitCode]:
    named = (*told.get("parties", ()), told.get("convener"), told.get("unit"), told.get("issuer"))
    named = (*named, *told.get("addressees", ()), *told.get("content", {}).get("copies", ()))
    named = (*named, *(line["unit"] for line in told.get("lines", ())))
    return frozenset(UnitCode(unit) for unit in named if unit)
