"""Received → proposed → dispatched by rule: the one who answers every new order with a reason.

It reads what is due from the view `awaiting`, asks the router, lets `casework` decide, and appends a batch in one
transaction. What it appends carries its name and the event that asked for it, so two proposers or a restart repeat
nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal

import structlog
from sqlalchemy import select

from automation.recent_orders import RecentOrders
from automation.router import AtHand, Router
from automation.sharing import ALL, HELP_AFTER, Share
from casework import events as e
from casework.desk import ORDERS, Desk, Loaded
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Context, WorkOrder, decide, evolve
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ledger.envelope import Append, Event, NewEvent
from ledger.store import Ledger
from projections.awaiting import AWAITING
from projections.engine import ProjectionEngine
from projections.tables import as_of
from projections.view import Masked
from routing.proposal import OrderText, Proposal
from terms.actors import process
from terms.errors import Refused
from terms.ids import Position, order_stream
from terms.measures import PROPOSED

NAME = "proposer"
ACTOR = process(NAME)
BATCH = 200
LOG = structlog.get_logger(NAME)

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]


@dataclass(frozen=True, slots=True)
class Due:
    """One order that waits for a proposal, why, and the position of the event that asks for it."""

    order_no: str
    why: Any
    asked_at: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch is judged by: between two batches the views catch up, within one nothing changes."""

    at_hand: AtHand
    standing: Callable[[str], Standing]
    orders: Mapping[str, Loaded[WorkOrder]]
    texts: Mapping[str, Masked]
    _standings: dict[str, Standing] = field(default_factory=dict)

    def of(self, matter_id: str | None) -> Standing:
        """What is known of a matter."""
        if not matter_id:
            return NOTHING_KNOWN
        if matter_id not in self._standings:
            self._standings[matter_id] = self.standing(matter_id)
        return self._standings[matter_id]


@dataclass(frozen=True, slots=True)
class Proposer:
    """Works off what is due, a batch at a time."""

    ledger: Ledger
    desk: Desk
    projections: ProjectionEngine
    router: Router
    city: CityConfiguration
    calendar: WorkingCalendar
    open_masked: OpenMasked
    recent: RecentOrders
    clock: Callable[[], datetime]
    share: Share = ALL

    def due(self, limit: int = BATCH) -> list[Due]:
        """The orders of our share that wait longest; where we have none, those of others that wait too long."""
        waiting = self._waiting(limit * self.share.of)
        ours = [one for one in waiting if self.share.has(one.order_no)][:limit]
        return ours or list(takewhile(self._lies_too_long, waiting[:limit]))  # the oldest come first

    def _waiting(self, limit: int) -> list[Due]:
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, AWAITING.name)
            if build is None:
                return []
            table = store.tables(AWAITING, build)["proposals"]
            rows = connection.execute(
                select(table.c.order_no, table.c.due, table.c.asked_at)
                .where(table.c.due != "", as_of(table, None))
                .order_by(table.c.asked_at)
                .limit(limit)
            )
            return [Due(*row) for row in rows]

    def step(self) -> int:
        """Propose for one batch; how many orders were answered. The caller lets the views catch up between steps."""
        due = self.due()
        known = self._known(due)
        appends = [append for one in due if (append := self._answer(one, known)) is not None]
        if appends:
            self.ledger.append_each(appends)
            LOG.info("proposed", orders=len(appends), head=self.ledger.head())
        return len(appends)

    def run(self) -> int:
        """Until nothing is due: views, proposals, views. How many orders were answered."""
        done = 0
        self.projections.catch_up()
        while answered := self.step():
            done += answered
            self.projections.catch_up()
        return done

    def _known(self, due: Sequence[Due]) -> _Known:
        orders = {one.order_no: self.desk.load(ORDERS, one.order_no) for one in due}
        sealed = [event for order in orders.values() for event in order.events if event.payload.get("masked")]
        texts = self.open_masked(sealed) if sealed else {}
        return _Known(self.router.at_hand(), self.desk.standing, orders, texts)

    def _answer(self, due: Due, known: _Known) -> Append | None:
        stream = order_stream(due.order_no)
        found = known.orders[due.order_no]
        order = found.state
        asking = (event for event in found.events if event.position == due.asked_at)
        cause = next(asking, None) or self._cause(due)  # a decision on its matter lies in another stream
        context, commands = self._asked(due, found, known)
        facts: list[e.OrderFact] = []
        for command in commands:
            try:
                decided = decide(order, command, context)
            except Refused as refusal:
                rule = str(refusal.params.get("rule", refusal.code))
                LOG.info("refused", order=due.order_no, rule=rule)
                if not facts:  # else it would wait at the head of the queue for ever
                    facts.append(e.ProposalDeclined(order_no=due.order_no, why=due.why, rule=rule))
                break
            for fact in decided:
                order = evolve(order, fact, context.now)
            facts.extend(decided)
        if not facts:
            return None
        new = tuple(
            NewEvent(
                type=fact.event_type(),
                schema=fact.SCHEMA,
                payload=fact.to_payload(),
                occurred_at=context.now,
                actor=str(ACTOR),
                cause=cause.event_id,
                correlation=stream,
                source=NAME,
                source_key=f"{cause.event_id}/{due.order_no}/{number}",
                mark=cause.event_id,
            )
            for number, fact in enumerate(facts)
        )
        return Append(stream, found.version, new)

    def _lies_too_long(self, due: Due) -> bool:
        return self.clock() - self._cause(due).recorded_at >= HELP_AFTER

    def _cause(self, due: Due) -> Event:
        return self.ledger.read(Position(due.asked_at - 1), 1)[0]

    def _asked(self, due: Due, found: Loaded[WorkOrder], known: _Known) -> tuple[Context, list[c.Command]]:
        """What is asked of casework for one order, and in which context.

        The register of the order's own day decides (国办函〔2025〕66号: 动态更新); after a decision on its matter,
        today's does.
        """
        now, order = self.clock(), found.state
        day = self.router.day_of(now if due.why == "decided" else order.received_at or now)
        proposal = self.router.route(_text(found.events, known.texts), day=day, at_hand=known.at_hand)
        PROPOSED.labels("automatic" if proposal.automatic else "by_hand" if proposal.lead else "abstained").inc()
        context = Context(
            now=now,
            actor=ACTOR,
            city=self.city,
            calendar=self.calendar,
            register=known.at_hand.edition(day),
            standing=known.of(proposal.matter_id),
        )
        commands: list[c.Command] = [self._propose(proposal, due, order)]
        if proposal.automatic and proposal.lead and order.lead is None and order.starts_clocks:
            commands.append(
                c.Dispatch(
                    lead=proposal.lead,
                    supports=proposal.supports,
                    desk=proposal.desk,
                    citations=proposal.citations,
                    by="rule",
                )
            )
        return context, commands

    def _propose(self, proposal: Proposal, due: Due, order: WorkOrder) -> c.Propose:
        """The proposal, and for an order that just came in the earlier one it seems to repeat (并单处理)."""
        if due.why != "received" or not order.starts_clocks or order.received_at is None:
            return c.Propose(proposal, due.why)
        found = self.recent.earlier_like(order.order_no, order.received_at)
        if found is None:
            return c.Propose(proposal, due.why)
        grounds: list[Literal["text", "place", "caller"]] = ["text"]
        grounds += ["place"] if found.same_place else []
        grounds += ["caller"] if found.same_caller else []
        return c.Propose(proposal, due.why, str(found.order_no), found.likeness, tuple(grounds))


def _text(events: Sequence[Event], texts: Mapping[str, Masked]) -> OrderText:
    received = next(event for event in events if event.type == "WorkOrderReceived")
    masked = texts.get(received.event_id, {})
    added = [
        texts[event.event_id].get("text", "")
        for event in events
        if event.type == "AdditionReceived" and event.event_id in texts
    ]
    return OrderText(
        text="\n".join([masked.get("text", ""), *added]),
        title=masked.get("title", ""),
        place=masked.get("place", ""),
        district=received.payload["district"],
        street=received.payload["street"],
        kind=received.payload["kind"],
    )
