"""The one place where casework touches the record: load a stream, let the rules decide, append what follows.

Two people may act on one thing at once. The version that was read is the version that is appended to; whoever comes
second is told what happened meanwhile and decides anew. Only automation that names its cause tries once more by
itself: the same cause is never recorded twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework import events as e
from casework.boundary_case import commands as b
from casework.boundary_case.decide import decide as decide_case
from casework.boundary_case.points import enactments
from casework.boundary_case.state import BoundaryCase
from casework.finding import commands as f
from casework.finding import digest
from casework.finding.decide import decide as decide_finding
from casework.finding.digest import Digest
from casework.finding.state import Finding
from casework.lanes import (
    CASES,
    DIGESTS,
    FINDINGS,
    ORDERS,
    Cause,
    Done,
    Lane,
    Loaded,
    State,
    event_name,
    new_event,
    who,
)
from casework.occasion import Occasion
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Context, WorkOrder, decide
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ledger.envelope import Append, NewEvent, Outcome
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.enact import enactment
from terms.actors import Actor, Role
from terms.errors import Conflict, NotFound
from terms.ids import Position

__all__ = ["CASES", "DIGESTS", "FINDINGS", "ORDERS", "Cause", "Desk", "Done", "Loaded", "event_name"]


def _nothing_more(facts: Sequence[e.Fact], now: datetime) -> Sequence[Append]:
    return ()


def _nothing_known(matter_id: str) -> Standing:
    return NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Desk:
    """Carries out commands. `register` gives the edition of a day, `standing` what is known of a matter by its id."""

    ledger: Ledger
    city: CityConfiguration
    calendar: WorkingCalendar
    register: Callable[[date], RegisterEdition]
    clock: Callable[[], datetime]
    standing: Callable[[str], Standing] = field(default=_nothing_known)

    # --- orders ---

    def order(self, order_no: str) -> WorkOrder:
        """The order as it stands. Raises NotFound when the record knows nothing of it."""
        found = self.load(ORDERS, order_no)
        if not found.events:
            raise NotFound("casework.no-such-order", at=order_no, order=order_no)
        return found.state

    def do(
        self,
        order_no: str,
        command: c.Command,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[WorkOrder]:
        """Carry out a command on an order.

        `seen` is the version the person's page showed; if the order has moved on since, nothing is done. Raises
        NotFound, NotPermitted, Refused, and Conflict with what happened meanwhile.
        """

        def decided(found: Loaded[WorkOrder], now: datetime) -> Sequence[e.OrderFact]:
            if not found.events and not isinstance(command, c.RecordReturn):
                raise NotFound("casework.no-such-order", at=order_no, order=order_no)
            return decide(found.state, command, self._context(found.state, command, actor, now))

        return self.perform(ORDERS, order_no, decided, actor, seen=seen, cause=cause)

    def _context(self, order: WorkOrder, command: c.Command, actor: Actor, now: datetime) -> Context:
        others: dict[str, WorkOrder] = {}
        if isinstance(command, c.Merge):
            others[command.parent] = self.load(ORDERS, command.parent).state
        day = self.calendar.local_day(order.received_at or now)
        return Context(
            now=now,
            actor=actor,
            city=self.city,
            calendar=self.calendar,
            register=self.register(day),
            others=others,
            standing=self.standing(order.matter_id) if order.matter_id else NOTHING_KNOWN,
        )

    # --- boundary cases, findings, digests ---

    def do_case(
        self, case_no: str, command: b.CaseCommand, actor: Actor, *, seen: int | None = None, cause: Cause | None = None
    ) -> Done[BoundaryCase]:
        """Carry out a command on a boundary case; what it wrote enters the register in the same append.

        Raises as `do`.
        """

        def decided(found: Loaded[BoundaryCase], now: datetime) -> Sequence[e.CaseFact]:
            if not found.events and not isinstance(command, b.OpenCase):
                raise NotFound("casework.no-such-case", at=case_no, case=case_no)
            matter_id = command.matter_id if isinstance(command, b.OpenCase) else ""
            standing = self.standing(matter_id) if matter_id else NOTHING_KNOWN
            return decide_case(found.state, command, self.occasion(actor, now, standing))

        def also(facts: Sequence[e.Fact], now: datetime) -> Sequence[Append]:
            return self.enacted(facts, actor, now)

        return self.perform(CASES, case_no, decided, actor, seen=seen, cause=cause, also=also)

    def enacted(self, facts: Sequence[e.Fact], actor: Actor, now: datetime) -> list[Append]:
        """What the register takes up of facts of the matter lane."""
        register = self.register(self.calendar.local_day(now))
        return [
            enactment(item, at=now, actor=str(actor))
            for fact in facts
            if isinstance(fact, e.DutyPointsWritten)
            for item in enactments(fact, register)
        ]

    def do_finding(
        self,
        finding_no: str,
        command: f.FindingCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[Finding]:
        """Carry out a command on a finding. Raises as `do`."""

        def decided(found: Loaded[Finding], now: datetime) -> Sequence[e.FindingFact]:
            if not found.events and not isinstance(command, f.ProposeFinding | f.RaiseFinding):
                raise NotFound("casework.no-such-finding", at=finding_no, finding=finding_no)
            return decide_finding(found.state, command, self.occasion(actor, now))

        return self.perform(FINDINGS, finding_no, decided, actor, seen=seen, cause=cause)

    def do_digest(
        self,
        digest_no: str,
        command: f.FindingCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[Digest]:
        """Carry out a command on a digest; what the digest named as previous left open comes back. Raises as `do`."""
        previous = command.previous if isinstance(command, f.OpenDigest) else ""

        def decided(found: Loaded[Digest], now: datetime) -> Sequence[e.DigestFact]:
            before = self.load(DIGESTS, previous).state if previous else None
            return digest.decide(found.state, command, self.occasion(actor, now), before)

        return self.perform(DIGESTS, digest_no, decided, actor, seen=seen, cause=cause)

    def occasion(self, actor: Actor, now: datetime, standing: Standing = NOTHING_KNOWN) -> Occasion:
        """What a decision in the matter lane may know at that moment."""
        register = self.register(self.calendar.local_day(now))
        return Occasion(now, actor, self.city, self.calendar, register, standing)

    # --- any lane ---

    def load(self, lane: Lane[State], key: str) -> Loaded[State]:
        """The thing as the record has it; an empty one when there is nothing."""
        events = tuple(self.ledger.stream(lane.stream(key)))
        state = lane.empty(key)
        for event in events:
            if event.type in e.FACTS:
                state = lane.evolve(state, e.read(event.type, event.payload), event.occurred_at)
        last = events[-1] if events else None
        return Loaded(state, last.version if last else 0, last.position if last else Position(0), events)

    def perform(
        self,
        lane: Lane[State],
        key: str,
        decided: Callable[[Loaded[State], datetime], Sequence[e.Fact]],
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
        also: Callable[[Sequence[e.Fact], datetime], Sequence[Append]] = _nothing_more,
    ) -> Done[State]:
        """Load, decide, append; facts of other things of the lane go to their own streams in the same append.

        `also` gives what has to be recorded with them elsewhere (the register takes up what a decision wrote).
        """
        if cause is not None and (first := self.ledger.by_source(cause.source, f"{cause.key}/0")) is not None:
            return Done(self.load(lane, key).state, (first,), first.position)
        found = self.load(lane, key)
        if seen is not None and seen != found.version:
            raise self._moved(lane, key, seen)
        try:
            return self._decide_and_append(lane, key, found, decided, actor, cause, also)
        except Conflict as moved:
            if moved.code != "ledger.version-moved":
                raise
            if cause is None or actor.role is not Role.SYSTEM:
                raise self._moved(lane, key, found.version) from moved
        return self._decide_and_append(lane, key, self.load(lane, key), decided, actor, cause, also)

    def _decide_and_append(
        self,
        lane: Lane[State],
        key: str,
        found: Loaded[State],
        decided: Callable[[Loaded[State], datetime], Sequence[e.Fact]],
        actor: Actor,
        cause: Cause | None,
        also: Callable[[Sequence[e.Fact], datetime], Sequence[Append]],
    ) -> Done[State]:
        now = self.clock()
        facts = decided(found, now)
        if not facts:
            return Done(found.state, (), found.position)
        by_key: dict[str, list[NewEvent]] = {}
        for number, fact in enumerate(facts):
            event = new_event(fact, number, now, actor, cause, lane.stream(key))
            by_key.setdefault(lane.key_of(fact), []).append(event)
        answers = self.ledger.append(
            *(
                Append(lane.stream(one), found.version if one == key else None, tuple(events))
                for one, events in by_key.items()
            ),
            *also(facts, now),
        )
        own = answers[: len(by_key)]
        if any(answer.outcome is Outcome.CONFLICT for answer in own):
            raise Conflict("casework.cause-used-otherwise", at=key)
        state = found.state
        for fact in facts:
            if lane.key_of(fact) == key:
                state = lane.evolve(state, fact, now)
        written = tuple(event for answer in answers for event in answer.events)
        return Done(state, written, max(event.position for event in written))

    def _moved(self, lane: Lane[Any], key: str, seen: int) -> Conflict:
        """What a person is told who was second: what happened since, and by whom."""
        since = self.ledger.stream(lane.stream(key), seen)
        told = "；".join(f"{event_name(event.type)}（{who(event.actor)}）" for event in since)
        return Conflict("casework.somebody-was-first", at=key, happened=told or "内容已变化", version=seen + len(since))
