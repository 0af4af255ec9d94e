"""What is known of every matter, kept at the head of one ledger: who was decided, designated, first, under which case.

The rules that use it are pure (`casework.standing`); here it is only fetched. One reader follows the feed and folds
no event twice.
"""

import threading
from collections.abc import Mapping

from casework import events as e
from casework.standing import NOTHING_KNOWN, Standing, learn_standing, status_quo
from ledger.envelope import BEFORE_EVERYTHING
from ledger.store import Ledger
from terms.ids import Position, UnitCode

BATCH = 5_000
FOLDED = frozenset(
    fact.event_type()
    for fact in (e.WorkOrderDispatched, e.UnitDesignated, e.BoundaryCaseOpened, e.DutyPointsWritten, e.CaseClosed)
)


class StandingsReader:
    """Keeps the standing of every matter. Safe to share between threads."""

    def __init__(self, ledger: Ledger, fallback: UnitCode) -> None:
        """`fallback` is the city's 兜底 unit."""
        self._ledger = ledger
        self._fallback = fallback
        self._known: dict[str, Standing] = {}
        self._matter_of_case: dict[str, str] = {}
        self._read_to = BEFORE_EVERYTHING
        self._lock = threading.Lock()

    def of(self, matter_id: str) -> Standing:
        """What is known of a matter now."""
        return self._caught_up().get(matter_id, NOTHING_KNOWN)

    def disputed(self) -> Mapping[str, UnitCode]:
        """Every matter under an open case and who handles it meanwhile: what routing asks for."""
        return {
            matter_id: status_quo(standing, None, self._fallback)[0]
            for matter_id, standing in self._caught_up().items()
            if standing.open_case
        }

    def _caught_up(self) -> Mapping[str, Standing]:
        with self._lock:
            head = self._ledger.head()
            while self._read_to < head:
                rows = self._ledger.read_raw(self._read_to, min(BATCH, head - self._read_to))
                for row in rows:
                    if row.type in FOLDED:
                        event = self._ledger.decode(row)
                        self._learn(e.read(event.type, event.payload))
                self._read_to = Position(rows[-1].position)
            return dict(self._known)

    def _learn(self, fact: e.Fact) -> None:
        if isinstance(fact, e.BoundaryCaseOpened):
            self._matter_of_case[fact.case_no] = fact.matter_id
        if isinstance(fact, e.CaseClosed):
            matter_id = self._matter_of_case.pop(fact.case_no, "")
        else:
            matter_id = str(getattr(fact, "matter_id", None) or "")
        if matter_id:
            self._known[matter_id] = learn_standing(self._known, matter_id, fact)[matter_id]
