"""What each event does to an order in the queue."""

from typing import Any

from ledger.envelope import Event
from projections.queue import hands, requests
from projections.queue.row import due_of, headline, put, row_of
from projections.queue.stage import ASKED, CONSULTED, EXTENDING, HANDED, RETURN, mark, unmarked
from projections.queue.sums import ENDED
from projections.queue.tables import EMPTY, ORDERS, SETTLED
from projections.view import Handler, Masked, Rows, View

HISTORY_STATES = {
    "dispatched": "已派单",
    "signed": "签收",
    "returned": "退单申请",
    "return_refused": "签收",
    "reassigned": "已派单",
    "started": "办理中",
    "progress": "办理中",
    "result": "办结审核",
    "accepted": "回访",
    "follow_up": "回访",
    "rework": "重办",
    "closed": "结案",
}


def _received(rows: Rows, event: Event, masked: Masked) -> None:
    told = event.payload
    before = rows.get("orders", (told["order_no"],))  # what an older platform did may be known before the order is
    put(
        rows,
        event,
        before or EMPTY,
        **{
            name: told[name]
            for name in (
                "received_at",
                "kind",
                "category",
                "urgency",
                "district",
                "street",
                "channel",
                "caller",
                "mode",
            )
        },
        title=headline(masked),
        place=masked.get("place", ""),
        state=before["stands"] if before and before["stands"] else "待派遣",
        dispatch_due=due_of(told["deadlines"], "dispatch"),
    )


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload["proposal"]
    put(
        rows,
        event,
        row_of(rows, event),
        proposed=told["lead"] or "",
        confidence=told["confidence"],
        automatic=told["automatic"],
        abstained=told["abstained"]["code"] if told["abstained"] else None,
        matter=told["matter"],
        matter_id=told["matter_id"],
        disputed=told["disputed"],
    )


def _lead_only(state: str) -> Handler:
    """A step that changes the order only when its lead takes it."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = row_of(rows, event)
        if event.payload["part"] == "lead":
            put(rows, event, row, state=state)

    return handler


def _becomes(state: str, **changes: Any) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        put(rows, event, row_of(rows, event), state=state, **changes)

    return handler


def _added(rows: Rows, event: Event, _: Masked) -> None:
    row = row_of(rows, event)
    if row["stands"] == "待补充":
        put(rows, event, row, state="待派遣")


def _suspected(rows: Rows, event: Event, _: Masked) -> None:
    put(rows, event, row_of(rows, event), suspected=event.payload["of"])


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["child"] == told["order_no"]:
        row = row_of(rows, event)
        # nobody has it any more, and its clocks are the parent's from now on
        put(
            rows, event, row, state="并单", parent=told["parent"], lead="", supports="", desk=None,
            dispatch_due=None, due=None, aside=unmarked(row, RETURN, ASKED, CONSULTED, EXTENDING),
        )  # fmt: skip


def _unmerged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["child"] == told["order_no"]:
        row = row_of(rows, event)
        put(rows, event, row, state="待派遣", state_before="", parent="")


def _shelved(rows: Rows, event: Event, _: Masked) -> None:
    row = row_of(rows, event)
    # shelving stops the clock; OrderResumed brings the deadlines back with what was left of them
    put(rows, event, row, state="挂账", state_before=row["stands"], due=None)


def _resumed(rows: Rows, event: Event, _: Masked) -> None:
    row = row_of(rows, event)
    due = due_of(event.payload["deadlines"], "handle", row["lead"])
    put(rows, event, row, state=row["state_before"] or "办理中", state_before="", due=due or row["due"])


def _extended(rows: Rows, event: Event, _: Masked) -> None:
    row = row_of(rows, event)
    unit = event.payload["unit"]
    due = due_of(event.payload["deadlines"], "handle", unit) if unit == row["lead"] else None
    put(rows, event, row, due=due or row["due"], aside=unmarked(row, mark(EXTENDING, unit)))


def _reworked(rows: Rows, event: Event, _: Masked) -> None:
    row = row_of(rows, event)
    put(rows, event, row, state="重办", due=due_of(event.payload["deadlines"], "rework") or row["due"])


def _chased(rows: Rows, event: Event, _: Masked) -> None:
    put(rows, event, row_of(rows, event), chased=event.payload["times"])


def _followed_up(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    put(rows, event, row_of(rows, event), state="回访", resolved=told["resolved"], satisfied=told["satisfied"])


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = row_of(rows, event)
    # 不予受理, 即时答复, 并单 and 终止 keep their own word: it says more than 结案
    ended = "终止" if told["how"] in ("final_answer", "referred") else "结案"
    state = row["stands"] if row["stands"] in SETTLED else ended
    resolved = row["resolved"] if told["resolved"] is None else told["resolved"]
    satisfied = row["satisfied"] if told["satisfied"] is None else told["satisfied"]
    put(
        rows, event, row, state=state, closed_how=told["how"], resolved=resolved, satisfied=satisfied,
        due=None, dispatch_due=None, aside="",
    )  # fmt: skip


def _history(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = row_of(rows, event)
    changes: dict[str, Any] = {"state": HISTORY_STATES.get(told["what"], row["stands"])}
    if told["what"] in ("dispatched", "reassigned"):
        changes |= {"lead": told["other_unit"] or told["unit"], "supports": "|".join(told["supports"])}
    if told["what"] == "returned":
        changes["returns"] = row["returns"] + 1
    for answer in ("resolved", "satisfied"):
        if told[answer] is not None:
            changes[answer] = told[answer]
    put(rows, event, row, **changes)


def _erased(rows: Rows, event: Event, _: Masked) -> None:
    rows.scrub("orders", event.payload["order_no"], {"title": "", "place": ""})


_ORDERS: dict[str, Handler] = {
    "WorkOrderReceived": _received,
    "AssignmentProposed": _proposed,
    "InformationRequested": _becomes("待补充"),
    "AdditionReceived": _added,
    "OrderChased": _chased,
    "OrderNotAccepted": _becomes("不予受理"),
    "AnsweredAtOnce": _becomes("即时答复"),
    "DuplicateSuspected": _suspected,
    "OrdersMerged": _merged,
    "OrderUnmerged": _unmerged,
    "HistoryRecorded": _history,
    "PersonalDataErased": _erased,
    "WorkOrderDispatched": hands.dispatched,
    "DispatchWithdrawn": hands.withdrawn,
    "WorkOrderSignedFor": _lead_only("签收"),
    "ConsultationOpened": hands.beside(CONSULTED, "consultation"),
    "ConsultationClosed": hands.settled(CONSULTED, "consultation"),
    "HandOverSent": hands.beside(HANDED, "hand_over"),
    "HandOverRefused": hands.settled(HANDED, "hand_over"),
    "HandOverResultFedBack": hands.settled(HANDED, "hand_over"),
    "ProposedUnitAsked": hands.beside(ASKED, "unit"),
    "ProposedUnitAnswered": hands.settled(ASKED, "unit"),
    "ExtensionRequested": hands.beside(EXTENDING, "unit"),
    "ExtensionRefused": hands.settled(EXTENDING, "unit"),
    "OrderReassigned": hands.moved("to_unit"),
    "OrderCarriedOver": hands.carried_over,
    "UnitDesignated": hands.moved("unit"),
    "SupportAdded": hands.support_added,
    "SupportReleased": hands.support_released,
    "ReturnRequested": hands.returned,
    "ReturnRefused": hands.in_hand_again,
    "ReturnWithdrawn": hands.in_hand_again,
    "WorkStarted": _lead_only("办理中"),
    "ExtensionGranted": _extended,
    "OrderShelved": _shelved,
    "OrderResumed": _resumed,
    "ResultSubmitted": _lead_only("办结审核"),
    "ResultAccepted": _becomes("回访"),
    "ResultSentBack": _becomes("办理中"),
    "FollowUpRecorded": _followed_up,
    "ReworkOrdered": _reworked,
    "OrderClosed": _closed,
    "OrderArchived": _becomes("归档"),
}


def _both(first: Handler, then: Handler) -> Handler:
    def handler(rows: Rows, event: Event, masked: Masked) -> None:
        first(rows, event, masked)
        then(rows, event, masked)

    return handler


QUEUE = View(
    name="queue",
    version=9,
    cost=20,
    tables=(ORDERS, ENDED, requests.REQUESTS),
    handlers=requests.HANDLERS
    | {
        name: _both(requests.HANDLERS[name], handler) if name in requests.HANDLERS else handler
        for name, handler in _ORDERS.items()
    },
)
