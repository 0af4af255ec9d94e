"""What each unit answered for, as lead and as support: one line for each thing that counts, with the event behind it.

A rate is a sum of `value` over a number of lines: `finished_in_time` has one line a result, with 1 when in time.
Which lines make a rate, and whether excluded orders are left out, is said by the formulas of the city, not here.

| measure | part | value |
|---|---|---|
| dispatched | both | 1; `how` is rule or hand |
| first_kept | lead | at closing: 1 when the first dispatch was never returned nor moved; `how` as dispatched |
| signed_in_time, finished_in_time | both | 1 or 0 by the deadline in force then |
| contacted | lead | 1 when the requester was reached |
| returned, return_upheld, return_refused, return_designated, return_withdrawn | both | 1 |
| moved_away, moved_to | lead | 1; `other` is the other unit |
| sent_back, rework | lead | 1 |
| resolved, satisfied | both | at closing: 1 or 0, no line where the requester did not say |
| overdue | both | 1; `how` is the clock; not that of a return, whose silence accepts |
| supervised | both | 1; `how` is the step |
| rated | both | score 1–5; `other` is the rater |
| excluded | both | 1: the order is left out of this unit's figures |
"""

from typing import Any

from sqlalchemy import Boolean, Integer, String

from ledger.envelope import Event
from projections.days import day_of
from projections.queue import due_of
from projections.view import FactTable, Handler, Masked, Row, Rows, StateTable, View

ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("district", String(80)),
        ("matter_id", String(80)),
        ("first_lead", String(20)),
        ("first_by", String(10)),
        ("first_kept", Boolean()),
        ("lead", String(20)),
        ("closed", Boolean()),
        ("resolved", Boolean()),
        ("satisfied", Boolean()),
    ),
)
PARTS = StateTable(
    name="parts",
    key=("order_no", "unit"),
    columns=(
        ("order_no", String(80)),
        ("unit", String(20)),
        ("part", String(10)),
        ("held", Boolean()),
        ("sign_due", String(40)),
        ("handle_due", String(40)),
        ("signed", Boolean()),
        ("acting", String(20)),  # "designated" or "fallback": never 越位 or 错位 for what it does here
    ),
)
FACTS = FactTable(
    name="facts",
    columns=(
        ("measure", String(30)),
        ("unit", String(20)),
        ("part", String(10)),
        ("order_no", String(80)),
        ("value", Integer()),
        ("how", String(20)),
        ("other", String(20)),
        ("acting", String(20)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("day", String(10)),
    ),
    indexes=(
        ("unit", "measure", "day"),
        ("measure", "day"),
        ("order_no", "unit", "measure"),
        ("day", "unit", "part", "measure", "value", "how"),  # all sums of a few days, from the index alone
    ),
    sums=("unit", "part", "measure", "how"),
)

_ORDER: Row = {name: "" for name, _ in ORDERS.columns if name != "order_no"} | {
    "first_kept": True, "closed": False, "resolved": None, "satisfied": None
}  # fmt: skip
_PART: Row = {"part": "lead", "held": True, "sign_due": None, "handle_due": None, "signed": False, "acting": ""}


def _order(rows: Rows, event: Event) -> Row:
    return rows.get("orders", (event.payload["order_no"],)) or _ORDER


def _set(rows: Rows, event: Event, row: Row, **changes: Any) -> None:
    rows.put("orders", (event.payload["order_no"],), row | changes)


def _count(rows: Rows, event: Event, measure: str, unit: str, value: int = 1, how: str = "", other: str = "") -> None:
    order_no = event.payload["order_no"]
    order = _order(rows, event)
    part = rows.get("parts", (order_no, unit))
    rows.add(
        "facts",
        {"measure": measure, "unit": unit, "part": part["part"] if part else "lead", "order_no": order_no,
         "value": int(value), "how": how, "other": other, "acting": part["acting"] if part else "",
         "matter_id": order["matter_id"], "district": order["district"], "day": day_of(event.occurred_at)},
    )  # fmt: skip


def _give(rows: Rows, event: Event, unit: str, part: str, acting: str = "") -> None:
    clocks = event.payload.get("deadlines", [])
    row = _PART | {
        "part": part, "acting": acting, "sign_due": due_of(clocks, "sign", unit),
        "handle_due": due_of(clocks, "handle", unit),
    }  # fmt: skip
    rows.put("parts", (event.payload["order_no"], unit), row)


def _release(rows: Rows, event: Event, unit: str) -> None:
    key = (event.payload["order_no"], unit)
    if row := rows.get("parts", key):
        rows.put("parts", key, row | {"held": False})


def _received(rows: Rows, event: Event, _: Masked) -> None:
    _set(rows, event, _order(rows, event), district=event.payload["district"])


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    matter_id = event.payload["proposal"]["matter_id"]
    if matter_id:
        _set(rows, event, _order(rows, event), matter_id=matter_id)


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _order(rows, event)
    if row["lead"] and row["lead"] != told["lead"]:
        _release(rows, event, row["lead"])  # a district desk passes on
    first = {} if row["first_lead"] and told["tier"] == "city" else {"first_lead": told["lead"]}
    if not row["first_by"]:
        first["first_by"] = told["by"]
    _set(rows, event, row, lead=told["lead"], matter_id=told["matter_id"] or row["matter_id"], **first)
    acting = "fallback" if told["fallback"] else "designated" if told["status_quo"] == "designated" else ""
    _give(rows, event, told["lead"], "lead", acting)
    _count(rows, event, "dispatched", told["lead"], how=told["by"])
    for unit in told["supports"]:
        if unit != told["lead"]:
            _give(rows, event, unit, "support")
            _count(rows, event, "dispatched", unit, how=told["by"])


def _withdrawn(rows: Rows, event: Event, _: Masked) -> None:
    row = _order(rows, event)
    for (_no, unit), part in rows.group("parts", event.payload["order_no"]).items():
        if part["held"]:
            _release(rows, event, unit)
    _set(rows, event, row, lead="", first_kept=False)


def _moved(field: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        to, origin = told[field], told["from_unit"]
        row = _order(rows, event)
        acting = "designated" if event.type == "UnitDesignated" else ""
        key = (told["order_no"], to)
        if to == origin:
            part = rows.get("parts", key)
            if part:
                rows.put("parts", key, part | {"acting": acting})
        else:
            _count(rows, event, "moved_away", origin, other=to)
            _release(rows, event, origin)
            _set(rows, event, row, lead=to, first_kept=False)
            _give(rows, event, to, "lead", acting)
            _count(rows, event, "moved_to", to, other=origin)
        if told["objection"] is not None:
            measure = "return_designated" if event.type == "UnitDesignated" else "return_upheld"
            _count(rows, event, measure, origin, other=to)
        for unit in told["supports"]:
            known = rows.get("parts", (told["order_no"], unit))
            if unit != to and not (known and known["held"]):
                _give(rows, event, unit, "support")
                _count(rows, event, "dispatched", unit, how="hand")

    return handler


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: no line is written, for nobody was wrong; what comes later is said of the successor."""
    told = event.payload
    order_no, unit, to = told["order_no"], told["from_unit"], told["to_unit"]
    row, part = _order(rows, event), rows.get("parts", (order_no, unit))
    if told["part"] == "lead":
        first = to if row["first_lead"] == unit and to else row["first_lead"]
        _set(rows, event, row, lead=to, first_lead=first)
    if to and part and part["held"]:
        had = rows.get("parts", (order_no, to))
        if told["part"] == "lead" or not (had and had["held"]):
            rows.put("parts", (order_no, to), part)
    for (_no, other), held in rows.group("parts", order_no).items():
        if held["held"] and (other == unit or (told["part"] == "lead" and not to)):
            _release(rows, event, other)


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    unit = event.payload["unit"]
    _give(rows, event, unit, "support")
    _count(rows, event, "dispatched", unit, how="hand")
    if event.payload["objection"] is not None:
        _count(rows, event, "return_upheld", _order(rows, event)["lead"], other=unit)


def _support_released(rows: Rows, event: Event, _: Masked) -> None:
    _count(rows, event, "moved_away", event.payload["unit"])
    _release(rows, event, event.payload["unit"])


def _signed(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"], event.payload["unit"])
    part = rows.get("parts", key)
    if part and part["held"] and not part["signed"]:
        rows.put("parts", key, part | {"signed": True})
        if part["sign_due"]:
            _count(rows, event, "signed_in_time", key[1], value=_in_time(event, part["sign_due"]))


def _in_time(event: Event, due: str) -> int:
    # Both are canonical UTC texts of the record, so they compare as texts once they have the same form.
    return int(event.occurred_at.strftime("%Y-%m-%dT%H:%M:%S") <= due[:19])


def _finished(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"], event.payload["unit"])
    part = rows.get("parts", key)
    if part and part["handle_due"]:
        _count(rows, event, "finished_in_time", key[1], value=_in_time(event, part["handle_due"]))


def _extended(rows: Rows, event: Event, _: Masked) -> None:
    """An extension or a resumption moves the deadlines of the parts it names."""
    for key, part in rows.group("parts", event.payload["order_no"]).items():
        due = due_of(event.payload["deadlines"], "handle", key[1])
        if due and part["held"]:
            rows.put("parts", key, part | {"handle_due": due})


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _count(rows, event, "returned", told["unit"], how=told["reason"], other=told["proposed_unit"] or "")
    if told["part"] == "lead":
        _set(rows, event, _order(rows, event), first_kept=False)


def _said_of(measure: str, field: str = "unit", how: str | None = None, value: str | None = None) -> Handler:
    """One line about the unit a fact names."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        if told[field]:
            _count(
                rows, event, measure, told[field],
                value=told[value] if value else 1, how=told[how] if how else "", other=told.get("rater", ""),
            )  # fmt: skip

    return handler


def _ran_out(rows: Rows, event: Event, masked: Masked) -> None:
    """A clock of a unit ran out; that of a return is acceptance by silence (吕梁 2024), and nothing is late."""
    if event.payload["clock"] != "return":
        _said_of("overdue", how="clock")(rows, event, masked)


def _to_lead(measure: str) -> Handler:
    """One line about whoever leads."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        if lead := _order(rows, event)["lead"]:
            _count(rows, event, measure, lead)

    return handler


def _reworked(rows: Rows, event: Event, _: Masked) -> None:
    lead = _order(rows, event)["lead"]
    if not lead:
        return
    _count(rows, event, "rework", lead)
    part = rows.get("parts", (event.payload["order_no"], lead))
    if part and (due := due_of(event.payload["deadlines"], "rework", lead)):
        rows.put("parts", (event.payload["order_no"], lead), part | {"handle_due": due})


def _followed_up(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    said = {name: told[name] for name in ("resolved", "satisfied") if told[name] is not None}
    _set(rows, event, _order(rows, event), **said)


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _order(rows, event)
    if row["closed"] or not row["first_lead"]:
        return
    said = {name: row[name] if told[name] is None else told[name] for name in ("resolved", "satisfied")}
    _set(rows, event, row, closed=True, **said)
    _count(rows, event, "first_kept", row["first_lead"], value=row["first_kept"], how=row["first_by"])
    for (_no, unit), part in rows.group("parts", told["order_no"]).items():
        if part["held"]:
            for name, answer in said.items():
                if answer is not None:
                    _count(rows, event, name, unit, value=answer)


ACCOUNTABILITY = View(
    name="accountability",
    version=6,
    cost=18,
    tables=(ORDERS, PARTS, FACTS),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "DispatchWithdrawn": _withdrawn,
        "OrderReassigned": _moved("to_unit"),
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _moved("unit"),
        "SupportAdded": _support_added,
        "SupportReleased": _support_released,
        "WorkOrderSignedFor": _signed,
        "RequesterContacted": _said_of("contacted", value="reached"),
        "ReturnRequested": _returned,
        "ReturnRefused": _said_of("return_refused"),
        "ReturnWithdrawn": _said_of("return_withdrawn"),
        "ExtensionGranted": _extended,
        "OrderResumed": _extended,
        "ResultSubmitted": _finished,
        "ResultSentBack": _to_lead("sent_back"),
        "ReworkOrdered": _reworked,
        "FollowUpRecorded": _followed_up,
        "SupervisionIssued": _said_of("supervised", how="step"),
        "ExclusionGranted": _said_of("excluded"),
        "OrderClosed": _closed,
        "PartsRated": _said_of("rated", field="rated", value="score"),
        "ClockExpired": _ran_out,
    },
)
