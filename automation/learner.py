"""Outcomes → memory editions: learned anew when enough has happened, at once when somebody is to be forgotten.

The artefact goes on the shelf, `MemoryEditionMade{position, digest}` into the record; routing reads only editions that
the record names. Which outcomes there are is folded by the view `outcomes`; their masked texts are opened for the
learning and dropped after it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import structlog
from sqlalchemy import func, select

from automation.memory_shelf import MemoryShelf
from automation.router import Router
from city.configuration import CityConfiguration
from ledger.envelope import Append, Event, NewEvent
from ledger.store import Ledger
from ledger.upcast import KnownType
from mandates.reading import RegisterReader
from mandates.register import Register
from projections.engine import ProjectionEngine
from projections.outcomes import LEARNABLE
from projections.past import as_of
from projections.view import Masked
from routing.memory import Outcome, learn
from routing.memory_edition import EMPTY, MemoryEdition
from terms.actors import process
from terms.ids import ClauseId, OrderNo, StreamId, UnitCode, order_stream

NAME = "learner"
STREAM = StreamId("memory")
MADE = "MemoryEditionMade"  # {position, digest, learned, register_edition, why}
EVENT_TYPES = (KnownType(MADE),)
ENOUGH = 50  # new outcomes, and at least a tenth of what was learned before
LOG = structlog.get_logger(NAME)

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]


@dataclass(slots=True)
class Learner:
    """Makes memory editions of one ledger and hands out the newest."""

    ledger: Ledger
    projections: ProjectionEngine
    register: RegisterReader
    router: Router
    shelf: MemoryShelf
    city: CityConfiguration
    open_masked: OpenMasked
    clock: Callable[[], datetime]
    _newest: tuple[int, MemoryEdition] = field(default=(0, EMPTY))

    def newest(self) -> MemoryEdition:
        """The edition the record named last, from memory unless the record has moved on."""
        made = self._made()
        if made is None:
            return EMPTY
        if made.version != self._newest[0]:
            found = self.shelf.get(made.payload["digest"])
            if found is None:
                return self._newest[1]  # learned by another process and not yet on this shelf, or just taken off it
            self._newest = (made.version, found)
        return self._newest[1]

    def _made(self) -> Event | None:
        events = self.ledger.stream(STREAM, self._newest[0] - 1 if self._newest[0] else 0)
        return events[-1] if events else None

    def step(self) -> int:
        """Learn if there is enough that is new or somebody to forget; 1 when an edition was made."""
        newest = self.newest()
        known = {order for order, _, _ in newest.orders}
        if known and (forgotten := self._erased(known)):
            edition = newest
            for order_no in sorted(forgotten):
                edition = edition.forget(order_no)
            self._record(edition, "forgotten")
            self.shelf.keep_only({edition.digest})
            return 1
        if self._speaks_of_the_past(newest):
            return self.learn_now()
        fresh = self._count_after(newest.position)
        if fresh < max(ENOUGH, newest.learned // 10):
            return 0
        return self.learn_now()

    def learn_now(self) -> int:
        """Learn from everything there is; 1 unless that teaches nothing new."""
        today = self.router.day_of(self.clock())
        index = self.router.index(self.register.as_of(today))
        edition = learn(
            carried_over(self.outcomes(), self.register.register(), today), index, self.city.memory, today=today
        )
        if edition.digest == self.newest().digest:
            return 0
        self._record(edition, "learned")
        return 1

    def _speaks_of_the_past(self, edition: MemoryEdition) -> bool:
        """Whether a unit it learned of has ended meanwhile, and another carries on for it."""
        today = self.router.day_of(self.clock())
        register, units = self.register.register(), self.register.as_of(today).units
        gone = {UnitCode(unit) for _, unit, _ in edition.orders} - set(units)
        return any(register.successor(unit, today) in units for unit in gone)

    def _record(self, edition: MemoryEdition, why: str) -> None:
        self.shelf.put(edition)
        made = self._made()
        version = made.version if made else 0
        event = NewEvent(
            type=MADE,
            payload={"position": edition.position, "digest": edition.digest, "learned": edition.learned, "why": why},
            occurred_at=self.clock(),
            actor=str(process(NAME)),
        )
        self.ledger.append(Append(STREAM, version, (event,)))
        LOG.info("learned", why=why, learned=edition.learned, digest=edition.digest[:12])

    # --- what there is to learn ---

    def outcomes(self, newest: int | None = None) -> list[Outcome]:
        """Every outcome, or the `newest`, whose order's text can still be opened, in the order of the record."""
        rows = self._rows(newest)
        texts = self._texts(sorted({row[0] for row in rows}))
        return [
            Outcome(
                order_no=OrderNo(order_no),
                text=texts[order_no],
                unit=UnitCode(unit),
                kind=kind,
                recorded_position=position,
                matter_id=ClauseId(matter_id) if matter_id else None,
                at=date.fromisoformat(at),
                supports=tuple(UnitCode(one) for one in (supports or "").split()),
            )
            for order_no, unit, kind, at, position, matter_id, supports in rows
            if order_no in texts
        ]

    def _rows(self, newest: int | None) -> list[tuple[str, str, str, str, int, str | None, str | None]]:
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, LEARNABLE.name)
            if build is None:
                return []
            tables = store.tables(LEARNABLE, build)
            learned, orders = tables["outcomes"], tables["orders"]
            query = (
                select(
                    learned.c.order_no, learned.c.unit, learned.c.kind, learned.c.at, learned.c.recorded_position,
                    orders.c.matter_id, orders.c.supports,
                )
                .select_from(learned)
                .outerjoin(orders, (orders.c.order_no == learned.c.order_no) & as_of(orders, None))
                .where(as_of(learned, None))
                .order_by(learned.c.recorded_position.desc(), learned.c.unit.desc())
                .limit(newest)
            )  # fmt: skip
            return [tuple(row) for row in connection.execute(query)][::-1]

    def _count_after(self, position: int) -> int:
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, LEARNABLE.name)
            if build is None:
                return 0
            table = store.tables(LEARNABLE, build)["outcomes"]
            query = select(func.count()).where(as_of(table, None), table.c.recorded_position > position)
            return int(connection.execute(query).scalar_one())

    def _erased(self, known: set[str]) -> set[str]:
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, LEARNABLE.name)
            if build is None:
                return set()
            table = store.tables(LEARNABLE, build)["outcomes"]
            there = {
                row.order_no
                for row in connection.execute(select(table.c.order_no).where(as_of(table, None)).distinct())
            }
        return known - there

    def _texts(self, order_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(order_nos), 500):
            part = order_nos[start : start + 500]
            received = {
                order_no: event
                for order_no in part
                for event in self.ledger.stream(order_stream(order_no))
                if event.type == "WorkOrderReceived"
            }
            texts = self.open_masked(list(received.values()))
            for order_no, event in received.items():
                if (masked := texts.get(event.event_id)) is not None:
                    title, text = masked.get("title", ""), masked.get("text", "")
                    found[order_no] = f"{title}\n{text}" if title else text
        return found


def carried_over(outcomes: Sequence[Outcome], register: Register, day: date) -> list[Outcome]:
    """机构改革: what became of orders of a unit that is gone on that day speaks for its successor (domain, section 7).

    The duty point of the order's matter says which successor; units that go on speak for themselves, and a support that
    is gone gives way to its successor, unless that one led.
    """
    units = register.as_of(day).units

    def now(unit: UnitCode, matter: ClauseId | None) -> UnitCode:
        return unit if unit in units else register.successor(unit, day, matter)

    found = []
    for one in outcomes:
        if {one.unit, *one.supports} <= units.keys():
            found.append(one)
            continue
        lead = now(one.unit, one.matter_id)
        supports = dict.fromkeys(now(unit, None) for unit in one.supports)
        supports.pop(lead, None)
        found.append(replace(one, unit=lead, supports=tuple(supports)))
    return found
