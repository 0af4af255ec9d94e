"""What became of orders, unit by unit: what the learner learns from.

One row for each order and unit with the last thing that was decided between them (domain, section 2): signed for,
closed to the requester's satisfaction, returned and upheld, reassigned, designated, decided. A weaker fact never
covers a stronger one. An erased order leaves no row: its text is gone, so it can teach nothing.
"""

from collections.abc import Iterable

from sqlalchemy import BigInteger, String

from ledger.envelope import Event
from projections.view import Handler, Masked, Rows, StateTable, View

OUTCOMES = StateTable(
    name="outcomes",
    key=("order_no", "unit"),
    columns=(
        ("order_no", String(80)),
        ("unit", String(20)),
        ("kind", String(20)),  # a field of city.configuration.Weights
        ("at", String(10)),  # the day it happened, ISO
        ("recorded_position", BigInteger()),
    ),
)
ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("lead", String(20)),
        ("matter_id", String(80)),
        ("supports", String(400)),  # those who help and were not released, by code, separated by blanks
    ),
)
STRENGTH = ("signed", "closed_satisfied", "reassigned", "returned_upheld", "designated", "decided")


def _learned(rows: Rows, event: Event, unit: str, kind: str) -> None:
    if not unit:
        return
    key = (event.payload["order_no"], unit)
    had = rows.get("outcomes", key)
    if had is None or STRENGTH.index(kind) >= STRENGTH.index(had["kind"]):
        day = event.occurred_at.date().isoformat()
        rows.put("outcomes", key, {"kind": kind, "at": day, "recorded_position": event.position})


def _change(rows: Rows, event: Event, **told: str | None) -> None:
    key = (event.payload["order_no"],)
    row = rows.get("orders", key) or {"lead": "", "matter_id": None, "supports": ""}
    rows.put("orders", key, row | told)


def _help(rows: Rows, event: Event, units: Iterable[str], *, less: Iterable[str] = ()) -> None:
    row = rows.get("orders", (event.payload["order_no"],))
    known = set(row["supports"].split()) if row else set()
    _change(rows, event, supports=" ".join(sorted((known | set(units)) - set(less))))


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    _change(rows, event, matter_id=event.payload["proposal"]["matter_id"])


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    _change(rows, event, lead=event.payload["lead"])
    _help(rows, event, event.payload["supports"])


def _added(rows: Rows, event: Event, _: Masked) -> None:
    _help(rows, event, [event.payload["unit"]])


def _released(rows: Rows, event: Event, _: Masked) -> None:
    _help(rows, event, (), less=[event.payload["unit"]])


def _signed(rows: Rows, event: Event, _: Masked) -> None:
    if event.payload["part"] == "lead":
        _learned(rows, event, event.payload["unit"], "signed")


def _moved(field: str, kind: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        lead, before = told[field], told["from_unit"]
        if lead != before and told.get("objection") is not None:
            _learned(rows, event, before, "returned_upheld")
        _learned(rows, event, lead, "decided" if told.get("decision") else kind)
        _change(rows, event, lead=lead)
        _help(rows, event, told["supports"], less=[lead])

    return handler


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革 teaches nothing by itself; what comes of the order is the successor's."""
    told = event.payload
    unit, to = told["from_unit"], told["to_unit"]
    row = rows.get("orders", (told["order_no"],))
    if told["part"] == "lead":
        _change(rows, event, lead=to)
        _help(rows, event, (), less=[to] if to else row["supports"].split() if row else ())
    else:
        joins = [to] if to and not (row and row["lead"] == to) else []
        _help(rows, event, joins, less=[unit])


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = rows.get("orders", (told["order_no"],))
    lead = told["lead"] or (row["lead"] if row else "")
    if told["how"] == "done" and told["satisfied"]:
        _learned(rows, event, lead, "closed_satisfied")


def _history(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["what"] == "signed":
        _learned(rows, event, told["unit"], "signed")
    elif told["what"] == "reassigned":
        _learned(rows, event, told["other_unit"] or told["unit"], "reassigned")
    elif told["what"] == "closed" and told["satisfied"]:
        _learned(rows, event, told["unit"], "closed_satisfied")


def _erased(rows: Rows, event: Event, _: Masked) -> None:
    for key in rows.group("outcomes", event.payload["order_no"]):
        rows.close("outcomes", key)


LEARNABLE = View(
    name="outcomes",
    version=3,
    cost=6,
    tables=(OUTCOMES, ORDERS),
    handlers={
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "WorkOrderSignedFor": _signed,
        "SupportAdded": _added,
        "SupportReleased": _released,
        "OrderReassigned": _moved("to_unit", "reassigned"),
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _moved("unit", "designated"),
        "OrderClosed": _closed,
        "HistoryRecorded": _history,
        "PersonalDataErased": _erased,
    },
)
