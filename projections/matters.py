"""What is known of each matter: who was decided, who was designated, who had it first, which case is open on it.

The row is `casework.standing.Standing`, folded; the status-quo unit of a disputed matter is read from it, so a dispute
never leaves an order without an owner (domain, section 2). Closed rows answer the same for any day.
"""

from sqlalchemy import String

from ledger.envelope import Event
from projections.view import Handler, Masked, Rows, StateTable, View

MATTERS = StateTable(
    name="matters",
    key=("matter_id",),
    columns=(
        ("matter_id", String(80)),
        ("decided", String(20)),
        ("decision", String(200)),
        ("designated", String(20)),
        ("first_receiver", String(20)),
        ("open_case", String(80)),
        ("status_quo", String(20)),  # the unit the open case named when it was opened
        ("status_quo_ground", String(20)),
    ),
    indexes=(("open_case",),),
    of="",
)
ORDERS = StateTable(name="orders", key=("order_no",), columns=(("order_no", String(80)), ("matter_id", String(80))))
CASES = StateTable(
    name="cases", key=("case_no",), columns=(("case_no", String(80)), ("matter_id", String(80))), of="case"
)

_UNKNOWN = dict.fromkeys(
    ("decided", "decision", "designated", "first_receiver", "open_case", "status_quo", "status_quo_ground"), ""
)


def _know(rows: Rows, matter_id: str | None, **learned: str) -> None:
    if matter_id:
        key = (matter_id,)
        rows.put("matters", key, (rows.get("matters", key) or _UNKNOWN) | learned)


def _matter_of(rows: Rows, table: str, name: str) -> str | None:
    row = rows.get(table, (name,))
    return row["matter_id"] if row else None


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    if matter_id := event.payload["proposal"]["matter_id"]:
        rows.put("orders", (event.payload["order_no"],), {"matter_id": matter_id})


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["matter_id"]:
        rows.put("orders", (told["order_no"],), {"matter_id": told["matter_id"]})
    matter_id = _matter_of(rows, "orders", told["order_no"])
    known = rows.get("matters", (matter_id,)) if matter_id else None
    if not (known and known["first_receiver"]):
        _know(rows, matter_id, first_receiver=told["lead"])


def _designated(rows: Rows, event: Event, _: Masked) -> None:
    _know(rows, _matter_of(rows, "orders", event.payload["order_no"]), designated=event.payload["unit"])


def _opened(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    rows.put("cases", (told["case_no"],), {"matter_id": told["matter_id"]})
    _know(
        rows,
        told["matter_id"],
        open_case=told["case_no"],
        status_quo=told["status_quo"],
        status_quo_ground=told["status_quo_ground"],
    )


def _decided(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _know(rows, told["matter_id"], decided=told["lead"], decision=told["doc_no"], designated="")


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    _know(rows, _matter_of(rows, "cases", event.payload["case_no"]), open_case="", status_quo="", status_quo_ground="")


_HANDLERS: dict[str, Handler] = {
    "AssignmentProposed": _proposed,
    "WorkOrderDispatched": _dispatched,
    "UnitDesignated": _designated,
    "BoundaryCaseOpened": _opened,
    "DutyPointsWritten": _decided,
    "CaseClosed": _closed,
}
STANDINGS = View(name="matters", version=2, cost=4, tables=(MATTERS, ORDERS, CASES), handlers=_HANDLERS)
