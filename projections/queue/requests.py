"""What units ask for beside their work and the review has not decided: 延期, 协办异议, 不计考核.

A row an order, unit and request while it waits, so that the list of them is as short as there is to decide. It says
what an order's own state says: who loses its part loses its requests, and a successor has its predecessor's.
"""

from collections.abc import Callable

from sqlalchemy import String

from ledger.envelope import Event
from projections.view import Handler, Key, Masked, Rows, StateTable

EXTENSION, OBJECTION, EXCLUSION = "extension", "objection", "exclusion"
REQUESTS = StateTable(
    name="requests",
    key=("order_no", "unit", "what"),
    columns=(
        ("order_no", String(80)),
        ("unit", String(20)),
        ("what", String(20)),  # extension, objection, exclusion
        ("asked_at", String(40)),
    ),
    past=True,
)


def _asked(what: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        at = event.occurred_at.isoformat()
        rows.put("requests", (event.payload["order_no"], event.payload["unit"], what), {"asked_at": at})

    return handler


def _decided(what: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        _drop(rows, event, lambda key: key[1] == event.payload["unit"] and key[2] == what)

    return handler


def _drop(rows: Rows, event: Event, gone: Callable[[Key], bool]) -> None:
    for key in rows.group("requests", event.payload["order_no"]):
        if gone(key):
            rows.close("requests", key)


def _released(rows: Rows, event: Event, _: Masked) -> None:
    _drop(rows, event, lambda key: key[1] == event.payload["unit"])


def _withdrawn(rows: Rows, event: Event, _: Masked) -> None:
    _drop(rows, event, lambda _: True)


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    if event.payload["child"] == event.payload["order_no"]:
        _drop(rows, event, lambda _: True)


def _moved(field: str) -> Handler:
    """Another unit leads: the one that led has no part any more, and the one that leads begins its part anew."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        old, new = event.payload["from_unit"], event.payload[field]
        if old != new:
            _drop(rows, event, lambda key: key[1] in (old, new))

    return handler


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the successor stands in the unit's place. Where both had a part, the support's ends."""
    told = event.payload
    unit, to, led = told["from_unit"], told["to_unit"], told["part"] == "lead"
    order = rows.get("orders", (told["order_no"],))
    if not to:
        _drop(rows, event, lambda key: led or key[1] == unit)
    elif order is not None and to in (order["lead"], *order["supports"].split("|")):
        _drop(rows, event, lambda key: key[1] == (to if led else unit))
    for key, row in rows.group("requests", told["order_no"]).items():
        if key[1] == unit and to:
            rows.close("requests", key)
            rows.put("requests", (key[0], to, key[2]), row)


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    """Time and shares are of no use any more; whether it counts in the appraisal is still to be decided."""
    _drop(rows, event, lambda key: key[2] != EXCLUSION)


HANDLERS: dict[str, Handler] = {  # each before what the event does to the order's row
    "ExtensionRequested": _asked(EXTENSION),
    "ExtensionGranted": _decided(EXTENSION),
    "ExtensionRefused": _decided(EXTENSION),
    "SupportObjected": _asked(OBJECTION),
    "SupportObjectionRefused": _decided(OBJECTION),
    "SupportReleased": _released,
    "ResultSubmitted": _decided(OBJECTION),
    "ExclusionRequested": _asked(EXCLUSION),
    "ExclusionGranted": _decided(EXCLUSION),
    "ExclusionRefused": _decided(EXCLUSION),
    "OrderReassigned": _moved("to_unit"),
    "UnitDesignated": _moved("unit"),
    "OrderCarriedOver": _carried_over,
    "DispatchWithdrawn": _withdrawn,
    "OrderClosed": _closed,
    "OrderArchived": _withdrawn,
    "OrdersMerged": _merged,
}
