"""What a unit is asked that has no part in an order: to answer as the one a return points at, to take a hand-over."""

from ledger.envelope import Event
from projections.queue import due_of
from projections.tasks.tables import GONE, leads
from projections.view import Handler, Masked, Rows


def _ask(rows: Rows, event: Event, what: str, unit: str, state: str, clock: str, asked_by: str = "") -> None:
    told = event.payload
    number = told["objection"] if what == "answer" else told["hand_over"]
    key = (told["order_no"], unit, what, number)
    known = rows.get("orders", (told["order_no"],)) or {"title": "", "urgency": "", "place": "", "matter": ""}
    row = rows.get("asks", key) or known | {"asked_by": asked_by}
    due = due_of(told.get("deadlines", []), clock)
    rows.put("asks", key, row | {"state": state, "asked_at": event.occurred_at.isoformat(), "due": due})


def asked(rows: Rows, event: Event, _: Masked) -> None:
    """征询: the unit a return points at is to answer."""
    groups = rows.group("parts", event.payload["order_no"]).items()
    lead = next((key[1] for key, row in groups if leads(row)), "")
    _ask(rows, event, "answer", event.payload["unit"], "待答复", "answer", lead)


def answered(rows: Rows, event: Event, _: Masked) -> None:
    """It answered."""
    _ask(rows, event, "answer", event.payload["unit"], GONE, "answer")


def handed_over(state: str, clock: str) -> Handler:
    """移送: where the hand-over stands with its receiver, and the clock it has there."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        _ask(rows, event, "hand_over", told["receiver"], state, clock, told.get("sender", ""))

    return handler


def answered_no_more(rows: Rows, event: Event) -> None:
    """Nobody is asked about a return of this order any more."""
    for key, row in rows.group("asks", event.payload["order_no"]).items():
        if row["state"] != GONE and key[2] == "answer":
            rows.put("asks", key, row | {"state": GONE, "due": None})


def reviewed(handler: Handler, *, whole: bool = False) -> Handler:
    """As `handler`; and when the event ends a return, nobody is asked about it any more (`whole`: about anything)."""

    def both(rows: Rows, event: Event, masked: Masked) -> None:
        handler(rows, event, masked)
        ended = event.payload.get("objection")
        for key, row in rows.group("asks", event.payload["order_no"]).items():
            if row["state"] != GONE and (whole or (key[2] == "answer" and key[3] == ended)):
                rows.put("asks", key, row | {"state": GONE, "due": None})

    return both
