"""How the system stands: views and how far behind they are, what lies in quarantine, the head of the record."""

import threading
from dataclasses import dataclass, field, replace

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.visit import Visiting
from ingest.quarantine import INPUT_QUARANTINED, INPUT_REPLAYED, Held
from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from terms.ids import Position

router = APIRouter()
BATCH = 5_000
SHOWN = 200
VIEWS = {"queue": "工单队列", "tasks": "单位待办", "awaiting": "待提建议", "proposals": "待提建议"}


@dataclass(slots=True)
class Quarantine:
    """What lies in quarantine, followed from where the last look ended: the record is read once, not at every look."""

    ledger: Ledger
    _read_to: Position = BEFORE_EVERYTHING
    _held: dict[str, Held] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def held(self) -> list[Held]:
        """Everything in it, newest first."""
        with self._lock:
            while rows := self.ledger.read_raw(self._read_to, BATCH):
                for row in rows:
                    if row.type in (INPUT_QUARANTINED, INPUT_REPLAYED):
                        self._fold(self.ledger.decode(row))
                self._read_to = Position(rows[-1].position)
            return sorted(self._held.values(), key=lambda one: -one.position)

    def _fold(self, event: Event) -> None:
        told = event.payload
        if event.type == INPUT_QUARANTINED:
            self._held[event.stream] = Held(
                event.stream, event.position, told["kind"], told["at"], told["code"], told["reason"], replayed=False
            )
        elif event.stream in self._held:
            self._held[event.stream] = replace(self._held[event.stream], replayed=True)


@router.get("/operations")
@router.get("/operations.json")
def operations(visit: Visiting) -> Response:
    """The page."""
    visit.open(Page.OPERATIONS)
    parts = visit.console.parts
    held = visit.console.quarantine.held()
    return visit.page(
        "operations.html",
        Page.OPERATIONS,
        "运行状况",
        head=parts.ledger.head(),
        views=parts.projections.status(),
        view_names=VIEWS,
        held=held[:SHOWN],
        held_total=len(held),
        waiting=sum(1 for one in held if not one.replayed),
        edition=visit.register.digest,
        city_version=parts.city.version,
    )
