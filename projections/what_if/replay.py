"""The pure core: each past order routed under two registers, and what the difference would have meant.

Routing is a function of order, register edition, memory edition and city version, so a proposal the record holds for
exactly these is not made again: it is the answer. Everything else is routed anew, twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from city.configuration import CityConfiguration
from projections.what_if.past import PastOrder
from routing.index import RegisterIndex
from routing.memory_edition import MemoryEdition
from routing.proposal import Verdict
from routing.propose import verdict
from routing.seen import Words, read_order
from terms.ids import ClauseId, EventId, OrderNo, UnitCode


@dataclass(frozen=True, slots=True)
class Answer:
    """What a proposal says that matters here: the lead, its desk and clauses, whether it goes by rule."""

    lead: UnitCode | None
    desk: UnitCode | None
    automatic: bool
    abstained: str
    clauses: tuple[ClauseId, ...]

    def reaches(self, unit: UnitCode | None) -> bool:
        """Whether the order would go straight to this unit; to its own district's desk counts for a desk."""
        return unit is not None and unit in (self.lead, self.desk)


class Effect(StrEnum):
    """What the draft does to one order, judged by the unit that ended up with it."""

    SAME = "same"  # the same lead
    GONE = "gone"  # it was disputed, and now goes straight to the unit that ended up with it
    RIGHTED = "righted"  # not disputed: a hand put it right before it went out, now routing does
    NEW = "new"  # it went to the unit that ended up with it, and now would not
    ASIDE = "aside"  # another lead, as right or as wrong as before
    OPEN = "open"  # another lead; the order never went to a unit, so nobody can say


@dataclass(frozen=True, slots=True)
class Compared:
    """One order under both registers. `recorded`: the answer before the draft was taken from the record."""

    order_no: OrderNo
    day: str
    before: Answer
    after: Answer
    effect: Effect
    first: UnitCode | None
    final: UnitCode | None
    disputed: bool
    returns: tuple[EventId, ...]
    recorded: bool

    @property
    def already(self) -> bool:
        """A recorded dispute that today's own routing would avoid: the draft has no part in that."""
        return self.disputed and self.before.reaches(self.final) and self.first != self.final


def answer_of(given: Verdict) -> Answer:
    """The answer of a verdict just given."""
    abstained = given.abstained.code if given.abstained else ""
    return Answer(given.lead, given.desk, given.automatic, abstained, tuple(one.clause_id for one in given.cited))


def answer_recorded(proposal: Mapping[str, Any]) -> Answer:
    """The answer of a proposal as its event holds it."""
    lead = proposal["lead"]
    clauses = tuple(ClauseId(one["clause_id"]) for one in proposal["citations"] if one["unit"] == lead)
    abstained = proposal["abstained"]["code"] if proposal["abstained"] else ""
    return Answer(lead, proposal["desk"], proposal["automatic"], abstained, clauses)


def replay(
    orders: Sequence[PastOrder],
    index_before: RegisterIndex,
    index_after: RegisterIndex,
    memory: MemoryEdition,
    city: CityConfiguration,
    *,
    by_record: bool = True,
) -> list[Compared]:
    """Every order that still has a text, under both registers, in the order given; erased ones are left out.

    `by_record` takes a recorded proposal for the answer before the draft where it was made from the same register
    edition, memory edition and city version, outside any dispute; the answer is the same, in half the time.
    """
    version = city.version
    found: list[Compared] = []
    for order in orders:
        if order.text is None:
            continue
        recorded = by_record and order.made_from == (index_before.digest, memory.digest, version)
        proposed = order.proposed if recorded else None
        words = read_order(order.text)
        before = answer_recorded(proposed) if proposed is not None else _routed(words, index_before, memory, city)
        after = before if index_after is index_before else _routed(words, index_after, memory, city)
        found.append(
            Compared(
                order.order_no, order.day.isoformat(), before, after, effect_of(order, before, after), order.first,
                order.final, order.disputed, order.returns, proposed is not None,
            )
        )  # fmt: skip
    return found


def _routed(words: Words, index: RegisterIndex, memory: MemoryEdition, city: CityConfiguration) -> Answer:
    return answer_of(verdict(words, index, memory, city))


def effect_of(order: PastOrder, before: Answer, after: Answer) -> Effect:
    """What another answer would have meant for an order, judged by the unit that ended up with it."""
    if before.lead == after.lead:
        return Effect.SAME
    if order.final is None:
        return Effect.OPEN
    was, would_be = before.reaches(order.final), after.reaches(order.final)
    if would_be and not was:
        return Effect.GONE if order.disputed else Effect.RIGHTED
    return Effect.NEW if was and not would_be else Effect.ASIDE
