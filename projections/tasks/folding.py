"""What each event does to a unit's part in an order, and the view of tasks."""

from typing import Any

from ledger.envelope import Event
from projections.queue import due_of, headline
from projections.tasks import asks, offices
from projections.tasks.tables import ASKS, GONE, NEW, ORDERS, PARTS, leads
from projections.view import Handler, Key, Masked, Rows, View


def _received(rows: Rows, event: Event, masked: Masked) -> None:
    rows.put(
        "orders",
        (event.payload["order_no"],),
        {
            "title": headline(masked),
            "place": masked.get("place", ""),
            "urgency": event.payload["urgency"],
            "matter": "",
        },
    )


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"],)
    if row := rows.get("orders", key):
        rows.put("orders", key, row | {"matter": event.payload["proposal"]["matter"]})


def _give(rows: Rows, event: Event, unit: str, part: str, lead: str, **changes: Any) -> None:
    order_no = event.payload["order_no"]
    deadlines = event.payload.get("deadlines", [])
    row = NEW | (rows.get("orders", (order_no,)) or {"title": "", "urgency": "", "place": "", "matter": ""})
    rows.put(
        "parts",
        (order_no, unit),
        row
        | {
            "part": part,
            "lead": lead,
            "dispatched_at": event.occurred_at.isoformat(),
            "sign_due": due_of(deadlines, "sign", unit),
            "return_due": due_of(deadlines, "return", unit),
            "handle_due": due_of(deadlines, "handle", unit),
        }
        | changes,
    )


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    for (order_no, unit), row in rows.group("parts", told["order_no"]).items():
        if row["part"] == "lead" and unit != told["lead"]:
            rows.put("parts", (order_no, unit), row | {"state": GONE})
    _give(rows, event, told["lead"], "lead", told["lead"])
    for unit in told["supports"]:
        _give(rows, event, unit, "support", told["lead"])


def _moved(field: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        order_no, lead = told["order_no"], told[field]
        designated = 1 if event.type == "UnitDesignated" else 0
        for key, row in rows.group("parts", order_no).items():
            if key[1] == lead and row["part"] == "lead":
                state = "签收" if row["state"] == "退单申请" else row["state"]
                rows.put("parts", key, row | {"designated": designated, "state": state})
            elif row["part"] == "lead":
                rows.put("parts", key, row | {"state": GONE, "lead": lead})
            elif row["state"] != GONE:
                rows.put("parts", key, row | {"lead": lead})
        if lead != told["from_unit"]:
            _give(rows, event, lead, "lead", lead, designated=designated)
        for unit in told["supports"]:
            if unit not in {key[1] for key in rows.group("parts", order_no)}:
                _give(rows, event, unit, "support", lead)

    return handler


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the successor finds the task as the unit left it; without one the hotline has the order again."""
    told = event.payload
    order_no, unit, to = told["order_no"], told["from_unit"], told["to_unit"]
    for key, row in rows.group("parts", order_no).items():
        if row["state"] == GONE:
            continue
        if key[1] == unit:
            rows.put("parts", key, row | {"state": GONE})
            known = rows.get("parts", (order_no, to)) if to else None
            if to and (row["part"] == "lead" or known is None or known["state"] == GONE):
                lead = to if row["lead"] == unit else row["lead"]
                rows.put("parts", (order_no, to), row | {"lead": lead})
        elif told["part"] == "lead" and not to:
            rows.put("parts", key, row | {"state": GONE})
        elif row["lead"] == unit and key[1] != to:
            rows.put("parts", key, row | {"lead": to})


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    lead = next((key[1] for key, row in rows.group("parts", told["order_no"]).items() if leads(row)), "")
    _give(rows, event, told["unit"], "support", lead, share=told["share"])
    if told.get("objection") is not None and lead:
        _in_hand_again(rows, (told["order_no"], lead))


def _step(state: str, **fixed: str) -> Handler:
    """What a unit does to its own part. `fixed` names columns that take the time of the event."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"], event.payload["unit"])
        row = rows.get("parts", key)
        if row and row["state"] != GONE:
            times = {column: event.occurred_at.isoformat() for column in fixed}
            at = "stands" if row["state"] == "退单申请" and state != GONE else "state"  # the work goes on meanwhile
            rows.put("parts", key, row | {at: state} | times)

    return handler


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"], event.payload["unit"])
    if row := rows.get("parts", key):
        stands = row["stands"] if row["state"] == "退单申请" else row["state"]
        rows.put("parts", key, row | {"state": "退单申请", "stands": stands, "returns": row["returns"] + 1})


def _not_returned(rows: Rows, event: Event, _: Masked) -> None:
    """The return was refused or taken back."""
    _in_hand_again(rows, (event.payload["order_no"], event.payload["unit"]))


def _in_hand_again(rows: Rows, key: Key) -> None:
    row = rows.get("parts", key)
    if row and row["state"] == "退单申请":
        rows.put("parts", key, row | {"state": row["stands"] or "签收", "stands": ""})


def _whole(state: str, *, lead_only: bool = False) -> Handler:
    """What happens to the order happens to every part that is still held."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        for key, row in rows.group("parts", event.payload["order_no"]).items():
            if row["state"] != GONE and (row["part"] == "lead" or not lead_only):
                due = due_of(event.payload.get("deadlines", []), "handle", key[1])
                rows.put("parts", key, row | {"state": state, "handle_due": due or row["handle_due"]})

    return handler


def _merged(rows: Rows, event: Event, masked: Masked) -> None:
    """并单: nobody has the child any more, and nobody is asked about a return of it."""
    if event.payload["child"] == event.payload["order_no"]:
        _whole(GONE)(rows, event, masked)
        asks.answered_no_more(rows, event)


def _sent_back(rows: Rows, event: Event, masked: Masked) -> None:
    """A result that is sent back goes over the leader's desk again when it was worked out inside."""
    _whole("办理中", lead_only=True)(rows, event, masked)
    for key, row in rows.group("parts", event.payload["order_no"]).items():
        if leads(row) and row["inside"] == "已审签":
            rows.put("parts", key, row | {"inside": "待审签"})


def _extended(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"], event.payload["unit"])
    row = rows.get("parts", key)
    due = due_of(event.payload["deadlines"], "handle", key[1])
    if row and due:
        rows.put("parts", key, row | {"handle_due": due})


def _reworked(rows: Rows, event: Event, _: Masked) -> None:
    for key, row in rows.group("parts", event.payload["order_no"]).items():
        if leads(row):
            due = due_of(event.payload["deadlines"], "rework", key[1])
            inside = "待审签" if row["inside"] == "已审签" else row["inside"]
            again = {"state": "重办", "handle_due": due, "finished_at": None, "inside": inside}
            rows.put("parts", key, row | again)


def _erased(rows: Rows, event: Event, _: Masked) -> None:
    for table in ("orders", "parts", "asks"):
        rows.scrub(table, event.payload["order_no"], {"title": "", "place": ""})


TASKS = View(
    name="tasks",
    version=8,
    cost=14,
    tables=(ORDERS, PARTS, ASKS),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "DispatchWithdrawn": _whole(GONE),
        "OrdersMerged": _merged,
        "WorkOrderSignedFor": _step("签收", signed_at="now"),
        "OrderReassigned": asks.reviewed(_moved("to_unit")),
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": asks.reviewed(_moved("unit")),
        "SupportAdded": asks.reviewed(_support_added),
        "SupportReleased": _step(GONE),
        "ReturnRequested": _returned,
        "ReturnRefused": asks.reviewed(_not_returned),
        "ReturnWithdrawn": asks.reviewed(_not_returned),
        "ProposedUnitAsked": asks.asked,
        "ProposedUnitAnswered": asks.answered,
        "HandOverSent": asks.handed_over("待接收", "hand_over"),
        "HandOverReceived": asks.handed_over("待反馈", "hand_over_result"),
        "HandOverRefused": asks.handed_over(GONE, ""),
        "HandOverResultFedBack": asks.handed_over(GONE, ""),
        "WorkStarted": _step("办理中"),
        "ExtensionGranted": _extended,
        "OrderShelved": _whole("挂账"),
        "OrderResumed": _whole("办理中"),
        "ResultSubmitted": _step("办结审核", finished_at="now"),
        "ResultAccepted": _whole("回访", lead_only=True),
        "ResultSentBack": _sent_back,
        "AssignedInside": offices.given,
        "InsideResultCollected": offices.given,
        "LeaderSignedOff": offices.signed_off,
        "ReworkOrdered": _reworked,
        "OrderClosed": asks.reviewed(_whole("结案"), whole=True),
        "PersonalDataErased": _erased,
    },
)
