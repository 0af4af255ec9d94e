"""What each event does to an order in the queue."""

from typing import Any

from ledger.envelope import Event
from projections.queue.stage import ASKED, CONSULTED, EXTENDING, HANDED, RETURN, mark, marked, shown, unmarked
from projections.queue.sums import ENDED, ENDINGS, recount
from projections.queue.tables import EMPTY, ORDERS, SETTLED
from projections.view import Handler, Masked, Row, Rows, View

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


def _row(rows: Rows, event: Event) -> Row:
    return rows.get("orders", (event.payload["order_no"],)) or EMPTY


def _put(rows: Rows, event: Event, row: Row, **changes: Any) -> None:
    if "state" in changes:
        changes["stands"] = changes["state"]
    now = row | changes
    now["state"] = shown(now["stands"], now["aside"])
    rows.put("orders", (event.payload["order_no"],), now)
    if now["state"] in ENDINGS or row["state"] in ENDINGS:
        recount(rows, row, now)


def headline(masked: Masked) -> str:
    """What a list shows of an order: its title, else the beginning of its text."""
    return (masked.get("title") or masked.get("text", "")[:40])[:120]  # it is indexed: no title may be too long


def due_of(deadlines: list[dict[str, Any]], clock: str, unit: str | None = None) -> str | None:
    """When a clock among new deadlines is due, if it is there."""
    for deadline in deadlines:
        if deadline["clock"] == clock and unit in (None, deadline["unit"]):
            due: str = deadline["due"]
            return due
    return None


def _received(rows: Rows, event: Event, masked: Masked) -> None:
    told = event.payload
    before = rows.get("orders", (told["order_no"],))  # what an older platform did may be known before the order is
    _put(
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
    _put(
        rows,
        event,
        _row(rows, event),
        proposed=told["lead"] or "",
        confidence=told["confidence"],
        automatic=told["automatic"],
        abstained=told["abstained"]["code"] if told["abstained"] else None,
        matter=told["matter"],
        matter_id=told["matter_id"],
        disputed=told["disputed"],
    )


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _put(
        rows,
        event,
        _row(rows, event),
        state="已派单",
        lead=told["lead"],
        supports="|".join(told["supports"]),
        desk=told["desk"],
        dispatched_by=told["by"],
        dispatch_due=None,
        due=due_of(told["deadlines"], "handle", told["lead"]),
    )


def _withdrawn(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    left, again = unmarked(row, RETURN, ASKED, EXTENDING), due_of(event.payload.get("deadlines", []), "dispatch")
    _put(rows, event, row, state="待派遣", lead="", supports="", due=None, dispatch_due=again, aside=left)


def _moved(field: str) -> Handler:
    """改派 and 指定承办 alike: another unit leads, and its clocks begin anew."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        row = _row(rows, event)
        again = due_of(told["deadlines"], "handle", told[field])
        _put(
            rows,
            event,
            row,
            state="已派单" if told[field] != told["from_unit"] else row["stands"],
            aside=unmarked(row, RETURN, ASKED, mark(EXTENDING, told["from_unit"])),
            lead=told[field],
            supports="|".join(told["supports"]),
            desk=told["desk"],
            bounces=told["bounces"],
            due=again or row["due"],
        )

    return handler


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the successor stands in the unit's place and nothing else changes; or the hotline has it again."""
    told, row = event.payload, _row(rows, event)
    unit, to = told["from_unit"], told["to_unit"]
    lead = to if unit == row["lead"] else row["lead"]
    supports = [to if one == unit else one for one in row["supports"].split("|")]
    left = "|".join(dict.fromkeys(one for one in supports if one and one != lead))
    if told["part"] == "lead" and not to:
        again = due_of(told["deadlines"], "dispatch")
        _put(
            rows, event, row, state="待派遣", state_before="", lead="", supports="", desk=None, due=None,
            dispatch_due=again, aside=unmarked(row, RETURN, ASKED, EXTENDING),
        )  # fmt: skip
    else:
        _put(rows, event, row, lead=lead, supports=left, desk=told["desk"])


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    if event.payload["part"] != "lead":
        return
    fresh = row | {"aside": unmarked(row, ASKED)}
    aside = marked(fresh, mark(RETURN, event.payload["proposed_unit"] or ""))
    _put(rows, event, row, aside=aside, returns=row["returns"] + 1)


def _back(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    _put(rows, event, row, aside=unmarked(row, RETURN, ASKED))


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    supports = [unit for unit in row["supports"].split("|") if unit] + [event.payload["unit"]]
    aside = row["aside"] if event.payload.get("objection") is None else unmarked(row, RETURN, ASKED)
    _put(rows, event, row, supports="|".join(dict.fromkeys(supports)), aside=aside)


def _support_released(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    left = [unit for unit in row["supports"].split("|") if unit and unit != event.payload["unit"]]
    _put(rows, event, row, supports="|".join(left), aside=unmarked(row, mark(EXTENDING, event.payload["unit"])))


def _beside(kind: str, named: str) -> Handler:
    """Something lies beside the work from now on; `named` is the field that says whose."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = _row(rows, event)
        _put(rows, event, row, aside=marked(row, mark(kind, event.payload[named])))

    return handler


def _settled(kind: str, named: str) -> Handler:
    """What lay beside the work is settled."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = _row(rows, event)
        _put(rows, event, row, aside=unmarked(row, mark(kind, event.payload[named])))

    return handler


def _lead_only(state: str) -> Handler:
    """A step that changes the order only when its lead takes it."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = _row(rows, event)
        if event.payload["part"] == "lead":
            _put(rows, event, row, state=state)

    return handler


def _becomes(state: str, **changes: Any) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        _put(rows, event, _row(rows, event), state=state, **changes)

    return handler


def _added(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    if row["stands"] == "待补充":
        _put(rows, event, row, state="待派遣")


def _suspected(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, _row(rows, event), suspected=event.payload["of"])


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["child"] == told["order_no"]:
        row = _row(rows, event)
        # its clocks are the parent's from now on
        _put(
            rows,
            event,
            row,
            state="并单",
            state_before=row["stands"],
            parent=told["parent"],
            dispatch_due=None,
            due=None,
        )


def _unmerged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["child"] == told["order_no"]:
        row = _row(rows, event)
        _put(rows, event, row, state=row["state_before"] or "待派遣", state_before="", parent="")


def _shelved(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    # shelving stops the clock; OrderResumed brings the deadlines back with what was left of them
    _put(rows, event, row, state="挂账", state_before=row["stands"], due=None)


def _resumed(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    due = due_of(event.payload["deadlines"], "handle", row["lead"])
    _put(rows, event, row, state=row["state_before"] or "办理中", state_before="", due=due or row["due"])


def _extended(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    unit = event.payload["unit"]
    due = due_of(event.payload["deadlines"], "handle", unit) if unit == row["lead"] else None
    _put(rows, event, row, due=due or row["due"], aside=unmarked(row, mark(EXTENDING, unit)))


def _reworked(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    _put(rows, event, row, state="重办", due=due_of(event.payload["deadlines"], "rework") or row["due"])


def _chased(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, _row(rows, event), chased=event.payload["times"])


def _followed_up(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _put(rows, event, _row(rows, event), state="回访", resolved=told["resolved"], satisfied=told["satisfied"])


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    # 不予受理, 即时答复, 并单 and 终止 keep their own word: it says more than 结案
    ended = "终止" if told["how"] in ("final_answer", "referred") else "结案"
    state = row["stands"] if row["stands"] in SETTLED else ended
    resolved = row["resolved"] if told["resolved"] is None else told["resolved"]
    satisfied = row["satisfied"] if told["satisfied"] is None else told["satisfied"]
    _put(
        rows, event, row, state=state, closed_how=told["how"], resolved=resolved, satisfied=satisfied,
        due=None, dispatch_due=None, aside="",
    )  # fmt: skip


def _history(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    changes: dict[str, Any] = {"state": HISTORY_STATES.get(told["what"], row["stands"])}
    if told["what"] in ("dispatched", "reassigned"):
        changes |= {"lead": told["other_unit"] or told["unit"], "supports": "|".join(told["supports"])}
    if told["what"] == "returned":
        changes["returns"] = row["returns"] + 1
    for answer in ("resolved", "satisfied"):
        if told[answer] is not None:
            changes[answer] = told[answer]
    _put(rows, event, row, **changes)


def _erased(rows: Rows, event: Event, _: Masked) -> None:
    rows.scrub("orders", event.payload["order_no"], {"title": "", "place": ""})


QUEUE = View(
    name="queue",
    version=8,
    cost=20,
    tables=(ORDERS, ENDED),
    handlers={
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
        "WorkOrderDispatched": _dispatched,
        "DispatchWithdrawn": _withdrawn,
        "WorkOrderSignedFor": _lead_only("签收"),
        "ConsultationOpened": _beside(CONSULTED, "consultation"),
        "ConsultationClosed": _settled(CONSULTED, "consultation"),
        "HandOverSent": _beside(HANDED, "hand_over"),
        "HandOverRefused": _settled(HANDED, "hand_over"),
        "HandOverResultFedBack": _settled(HANDED, "hand_over"),
        "ProposedUnitAsked": _beside(ASKED, "unit"),
        "ProposedUnitAnswered": _settled(ASKED, "unit"),
        "ExtensionRequested": _beside(EXTENDING, "unit"),
        "ExtensionRefused": _settled(EXTENDING, "unit"),
        "OrderReassigned": _moved("to_unit"),
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _moved("unit"),
        "SupportAdded": _support_added,
        "SupportReleased": _support_released,
        "ReturnRequested": _returned,
        "ReturnRefused": _back,
        "ReturnWithdrawn": _back,
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
    },
)
