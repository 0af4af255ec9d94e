"""The state of an order from its facts. Pure and total: whatever stands in the ledger can be folded."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from casework import events as e
from casework.work_order import fold_answering, fold_ending, fold_intake, fold_working
from casework.work_order.folding import fold
from casework.work_order.state import WorkOrder

PARTS = (fold_intake, fold_answering, fold_working, fold_ending)  # importing them registers their folds


def evolve(order: WorkOrder, fact: e.OrderFact, at: datetime) -> WorkOrder:
    """The order after one more fact. `at` is when the fact was recorded as happening; time never runs backwards."""
    found = fold(fact, order)
    last_at = at if order.last_at is None else max(order.last_at, at)
    shelved = at if isinstance(fact, e.OrderShelved) else found.shelved_at
    return replace(found, version=order.version + 1, last_at=last_at, shelved_at=shelved)


def replay(order_no: str, facts: Iterable[tuple[e.OrderFact, datetime]]) -> WorkOrder:
    """The order after all its facts, each with its time."""
    order = WorkOrder(order_no)
    for fact, at in facts:
        order = evolve(order, fact, at)
    return order
