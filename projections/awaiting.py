"""What the proposer has yet to do: orders that came in, were added to or reopened and have no proposal since.

The proposer keeps no position of its own: what is due is folded from the facts, so a restart repeats and forgets
nothing.
"""

from sqlalchemy import BigInteger, Boolean, String

from ledger.envelope import Event
from projections.view import Handler, Masked, Row, Rows, StateTable, View

PROPOSALS = StateTable(
    name="proposals",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("due", String(20)),  # why a proposal is due: received, added, decided; empty when none is
        ("asked_at", BigInteger()),  # position of the event that asks for it
        ("dispatched", Boolean()),
        ("settled", Boolean()),  # nothing will be proposed for it any more
    ),
    indexes=(("due", "asked_at"),),
)


_NEW: Row = {"due": "", "asked_at": 0, "dispatched": False, "settled": False}


def _due(why: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"],)
        row = rows.get("proposals", key) or _NEW
        if not row["dispatched"] and not row["settled"]:
            rows.put("proposals", key, row | {"due": why, "asked_at": event.position})

    return handler


def _becomes(**changes: bool) -> Handler:
    """Nothing is due any more, and what the event says besides."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"],)
        rows.put("proposals", key, (rows.get("proposals", key) or _NEW) | {"due": ""} | changes)

    return handler


def _decided(rows: Rows, event: Event, _: Masked) -> None:
    """A decision on a matter: its open orders are proposed for again and shown; who has them keeps them."""
    for order_no in event.payload["orders"]:
        row = rows.get("proposals", (order_no,))
        if row is not None and not row["settled"]:
            rows.put("proposals", (order_no,), row | {"due": "decided", "asked_at": event.position})


AWAITING = View(
    name="awaiting",
    version=2,
    cost=9,
    tables=(PROPOSALS,),
    handlers={
        "WorkOrderReceived": _due("received"),
        "AdditionReceived": _due("added"),
        "AssignmentProposed": _becomes(),
        "ProposalDeclined": _becomes(),
        "WorkOrderDispatched": _becomes(dispatched=True),
        "DispatchWithdrawn": _becomes(dispatched=False),
        "OrderNotAccepted": _becomes(settled=True),
        "AnsweredAtOnce": _becomes(settled=True),
        "OrdersMerged": _becomes(),
        "OrderClosed": _becomes(settled=True),
        "PersonalDataErased": _becomes(settled=True),
        "DutyPointsWritten": _decided,
    },
)
