"""What every desk does, whatever the lane: load a stream, let the rules decide, append what follows.

Two people may act on one thing at once. The version that was read is the version that is appended to; whoever comes
second is told what happened meanwhile and decides anew. Only automation that names its cause tries once more by
itself: the same cause is never recorded twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from casework import events as e
from casework.bounds import Cover, check, covered, uncovered
from casework.lanes import Cause, Done, Lane, Loaded, State, event_name, new_event, who
from casework.standing import NOTHING_KNOWN, Standing
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ledger.envelope import Append, Event, NewEvent, Outcome
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from terms.actors import Actor, Role
from terms.errors import Conflict
from terms.ids import Position

NOTHING_BESIDE: Mapping[str, Any] = MappingProxyType({})


def _nothing_more(facts: Sequence[e.Fact], now: datetime) -> Sequence[Append]:
    return ()


def _nothing_to_do() -> None:
    pass


def _nothing_known(matter_id: str) -> Standing:
    return NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Record:
    """A record and what deciding needs. `register` gives the edition of a day, `standing` what is known of a matter."""

    ledger: Ledger
    city: CityConfiguration
    calendar: WorkingCalendar
    register: Callable[[date], RegisterEdition]
    clock: Callable[[], datetime]
    standing: Callable[[str], Standing] = field(default=_nothing_known)
    cover: Cover = uncovered  # personal data in what people type; what processes say needs none
    # between the rules' yes and the record: files are kept here
    once_accepted: Callable[[], object] = field(default=_nothing_to_do, kw_only=True)

    def proper(self, lane: Lane[Any], key: str, command: Any, actor: Actor) -> Any:
        """The command as it may be kept (`casework.bounds`). Raises BadInput."""
        check(command)
        return command if actor.role is Role.SYSTEM else covered(command, lane.stream(key), self.cover)

    def load(self, lane: Lane[State], key: str) -> Loaded[State]:
        """The thing as the record has it; an empty one when there is nothing."""
        return self._folded(lane, key, tuple(self.ledger.stream(lane.stream(key))))

    def load_all(self, lane: Lane[State], keys: Sequence[str]) -> dict[str, Loaded[State]]:
        """Several things at once: as `load`, in one look at the record."""
        found = self.ledger.streams([lane.stream(key) for key in keys])
        return {key: self._folded(lane, key, tuple(found[lane.stream(key)])) for key in keys}

    def _folded(self, lane: Lane[State], key: str, events: tuple[Event, ...]) -> Loaded[State]:
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
        beside: Mapping[str, Loaded[State]] = NOTHING_BESIDE,
    ) -> Done[State]:
        """Load, decide, append; facts of other things of the lane go to their own streams in the same append.

        `also` gives what has to be recorded with them elsewhere (the register takes up what a decision wrote);
        `beside` holds the other things the decision rests on, which may not have moved on either.
        """
        if cause is not None and (first := self.ledger.by_source(cause.source, f"{cause.key}/0")) is not None:
            return Done(self.load(lane, key).state, (first,), first.position)
        found = self.load(lane, key)
        self.require_seen(lane, key, found, seen)
        try:
            return self._decide_and_append(lane, key, found, decided, actor, cause, also, beside)
        except Conflict as moved:
            if moved.code != "ledger.version-moved":
                raise
            if cause is None or actor.role is not Role.SYSTEM:
                seen_at = {key: found.version} | {other: one.version for other, one in beside.items()}
                others = (one for one, version in seen_at.items() if any(self.ledger.stream(lane.stream(one), version)))
                one = next(others, key)
                raise self._moved(lane, one, seen_at[one]) from moved
        return self._decide_and_append(lane, key, self.load(lane, key), decided, actor, cause, also, beside)

    def require_seen(self, lane: Lane[State], key: str, found: Loaded[State], seen: int | None) -> None:
        """Raise Conflict with what happened since, when the thing is no longer at the version somebody saw."""
        if seen is not None and seen != found.version:
            raise self._moved(lane, key, seen)

    def _decide_and_append(
        self,
        lane: Lane[State],
        key: str,
        found: Loaded[State],
        decided: Callable[[Loaded[State], datetime], Sequence[e.Fact]],
        actor: Actor,
        cause: Cause | None,
        also: Callable[[Sequence[e.Fact], datetime], Sequence[Append]],
        beside: Mapping[str, Loaded[State]],
    ) -> Done[State]:
        now = self.clock()
        facts = decided(found, now)
        if not facts:
            return Done(found.state, (), found.position)
        self.once_accepted()
        by_key: dict[str, list[NewEvent]] = {}
        for number, fact in enumerate(facts):
            event = new_event(fact, number, now, actor, cause, lane.stream(key))
            by_key.setdefault(lane.key_of(fact), []).append(event)
        versions = {other: loaded.version for other, loaded in beside.items()} | {key: found.version}
        answers = self.ledger.append(
            *(Append(lane.stream(one), versions.get(one), tuple(events)) for one, events in by_key.items()),
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
