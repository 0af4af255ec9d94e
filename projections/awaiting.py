"""What the proposer has yet to do: orders that came in, were added to or reopened and have no proposal since.

The proposer keeps no position of its own: what is due is folded from the facts, so a restart repeats and forgets
nothing.
"""

from sqlalchemy import BigInteger, Boolean, String

from ledger.envelope import Event
from projections.view import Handler, Masked, Rows, StateTable, View

PROPOSALS = StateTable(
    name="proposals",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("due", String(20)),  # why a proposal is due: received, added, decided; empty when none is
        ("asked_at", BigInteger()),  # position of the event that asks for it
        ("dispatched", Boolean()),
    ),
    indexes=(("due", "asked_at"),),
)


def _due(why: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"],)
        row = rows.get("proposals", key) or {"dispatched": False}
        if not row["dispatched"]:
            rows.put("proposals", key, {"due": why, "asked_at": event.position, "dispatched": False})

    return handler


def _settled(dispatched: bool | None) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"],)
        row = rows.get("proposals", key) or {"asked_at": event.position, "dispatched": False}
        now = row["dispatched"] if dispatched is None else dispatched
        rows.put("proposals", key, {"due": "", "asked_at": row["asked_at"], "dispatched": now})

    return handler


AWAITING = View(
    name="awaiting",
    version=1,
    tables=(PROPOSALS,),
    handlers={
        "WorkOrderReceived": _due("received"),
        "AdditionReceived": _due("added"),
        "AssignmentProposed": _settled(None),
        "WorkOrderDispatched": _settled(True),
        "DispatchWithdrawn": _settled(False),
        "OrderNotAccepted": _settled(True),
        "AnsweredAtOnce": _settled(True),
        "OrdersMerged": _settled(True),
        "OrderClosed": _settled(True),
        "PersonalDataErased": _settled(None),
    },
)
