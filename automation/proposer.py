"""Received → proposed → dispatched by rule: the one who answers every new order with a reason.

It knows what is due (`waiting_orders`), asks the router, lets `casework` decide, and appends a batch in one
transaction. What it appends carries its name and the event that asked for it, so two proposers or a restart repeat
nothing. A batch costs a handful of questions to the database, however many orders it holds: measured with one question
an order, two workers spent three quarters of their time asking.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Literal

import structlog

from automation.recent_orders import RecentOrders
from automation.router import AtHand, Router
from automation.sharing import ALL, HELP_AFTER, Share
from automation.standings import Standings
from automation.waiting_orders import Due, WaitingOrders
from casework import events as e
from casework.desk import ORDERS, Desk, Loaded
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Context, WorkOrder, decide, evolve
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ledger.envelope import Append, Event, NewEvent
from ledger.store import Ledger
from projections.engine import ProjectionEngine
from projections.view import Masked
from routing.proposal import OrderText, Proposal
from terms.actors import process
from terms.errors import Refused
from terms.ids import Position, UnitCode, order_stream
from terms.measures import PROPOSED

NAME = "proposer"
ACTOR = process(NAME)
BATCH = 200
LOG = structlog.get_logger(NAME)

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch is judged by: between two batches the record is followed, within one nothing changes."""

    at_hand: AtHand
    orders: Mapping[str, Loaded[WorkOrder]]
    causes: Mapping[str, Event]
    texts: Mapping[str, Masked]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One order that waits, when it is judged, by the register of which day, and what the router says."""

    due: Due
    now: datetime
    day: date
    proposal: Proposal


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
    waiting: WaitingOrders
    recent: RecentOrders
    clock: Callable[[], datetime]
    share: Share = ALL

    @property
    def standings(self) -> Standings:
        """What is known of matters."""
        return Standings(self.projections)

    def due(self, limit: int = BATCH) -> list[Due]:
        """The orders of our share that wait longest; where we have none, those of others that wait too long."""
        self.waiting.follow(self.recent.goes_on)
        waiting = self.waiting.due()
        ours = list(islice((one for one in waiting if self.share.has(one.order_no)), limit))
        return ours or list(takewhile(self._lies_too_long, islice(waiting, limit)))  # the oldest come first

    def step(self) -> int:
        """Propose for one batch; how many orders were answered.

        While the view of who answers for a matter has not folded the last thing said about it, nothing is proposed:
        an order on a disputed matter must find the unit that has it meanwhile.
        """
        due = self.due()
        if not due or not self.standings.reached(self.waiting.judged_by):
            return 0
        known = self._known(due)
        asked = [self._ask(one, known) for one in due]
        standings = self.standings.standings(
            sorted({one.proposal.matter_id for one in asked if one.proposal.matter_id})
        )
        appends = [append for one in asked if (append := self._answer(one, known, standings)) is not None]
        if appends:
            self.ledger.append_each(appends)
            LOG.info("proposed", orders=len(appends))
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
        orders = self.desk.load_all(ORDERS, [one.order_no for one in due])
        causes: dict[str, Event] = {}
        for one in due:
            asking = (event for event in orders[one.order_no].events if event.position == one.asked_at)
            causes[one.order_no] = next(asking, None) or self._cause(one)  # a decision lies in another stream
        sealed = [event for order in orders.values() for event in order.events if event.payload.get("masked")]
        texts = self.open_masked(sealed) if sealed else {}
        received = [at for order in orders.values() if (at := order.state.received_at) is not None]
        if received and self.waiting.read_to is not None:
            self.recent.begin(min(received), self.waiting.read_to)
        return _Known(self.router.at_hand(), orders, causes, texts)

    def _ask(self, due: Due, known: _Known) -> _Asked:
        """The router's answer for one order.

        The register of the order's own day decides (国办函〔2025〕66号: 动态更新); after a decision on its matter,
        today's does.
        """
        now, found = self.clock(), known.orders[due.order_no]
        day = self.router.day_of(now if due.why == "decided" else found.state.received_at or now)
        proposal = self.router.route(_text(found.events, known.texts), day=day, at_hand=known.at_hand)
        PROPOSED.labels("automatic" if proposal.automatic else "by_hand" if proposal.lead else "abstained").inc()
        return _Asked(due, now, day, proposal)

    def _answer(self, asked: _Asked, known: _Known, standings: Mapping[str, Standing]) -> Append | None:
        due = asked.due
        stream = order_stream(due.order_no)
        found, cause = known.orders[due.order_no], known.causes[due.order_no]
        order = found.state
        context = Context(
            now=asked.now,
            actor=ACTOR,
            city=self.city,
            calendar=self.calendar,
            register=known.at_hand.edition(asked.day),
            standing=standings.get(asked.proposal.matter_id or "", NOTHING_KNOWN),
        )
        facts: list[e.OrderFact] = []
        decided: Sequence[e.OrderFact] = ()
        for command in self._commands(asked, order):
            for fact in decided:
                order = evolve(order, fact, context.now)
            try:
                decided = decide(order, command, context)
            except Refused as refusal:
                rule = str(refusal.params.get("rule", refusal.code))
                LOG.info("refused", order=due.order_no, rule=rule)
                if not facts:  # else it would wait at the head of the queue for ever
                    facts.append(e.ProposalDeclined(order_no=order.order_no, why=due.why, rule=rule))
                break
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

    def _commands(self, asked: _Asked, order: WorkOrder) -> list[c.Command]:
        """What is asked of casework for one order."""
        proposal = asked.proposal
        commands: list[c.Command] = [self._propose(proposal, asked.due, order)]
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
        return commands

    def _propose(self, proposal: Proposal, due: Due, order: WorkOrder) -> c.Propose:
        """The proposal, and for an order that just came in the earlier one it seems to repeat (并单处理)."""
        if due.why != "received" or not order.starts_clocks or order.received_at is None:
            return c.Propose(proposal, due.why)
        found = self.recent.earlier_like(order.order_no)
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
        subject_units=tuple(UnitCode(unit) for unit in received.payload["subject_units"]),
    )
