"""How the clauses carry the load: which are used, never used, disputed, and which orders no clause covers.

`uses` has one line for each clause an event leans on. `how`: proposed, dispatched, denied (a unit says its clause does
not reach), claimed (that the other's does); and at closing, for the clauses the order was last dispatched under:
closed, resolved, unresolved, satisfied, unsatisfied, repeated. Duty points count beside the clause they rest on.
`loads` has one line for each unit that an order was given to, by its part, and one for each 内设机构 it was handed on
to inside (呼伦贝尔: 职能量化); both carry the kind of the order, so that a city can weigh them.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import FactTable, Masked, Row, Rows, StateTable, View

ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("received_at", String(40)),
        ("kind", String(40)),
        ("district", String(80)),
        ("lead", String(20)),
        ("supports", Text()),  # everybody who was ever asked to support it, joined by |
        ("clauses", Text()),  # those the order stands under now, joined by |
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("abstained", String(60)),
        ("covered", Boolean()),  # False: routed or asked for, and no clause was found
        ("no_clause", Boolean()),  # a return said that no unit has a clause
        ("bare", Boolean()),  # any of it: no clause covers the order, by a return, by the router, or as it was sent
        ("closed", Boolean()),
    ),
    indexes=(("bare", "received_at", "order_no"),),  # the newest orders that no clause covers
    past=True,
)
USES = FactTable(
    name="uses",
    columns=(
        ("clause", String(120)),
        ("unit", String(20)),
        ("how", String(20)),
        ("part", String(10)),
        ("kind", String(40)),
        ("order_no", String(80)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("day", String(10)),
    ),
    indexes=(
        ("clause", "how", "day", "unit", "part", "kind"),  # an item's uses and what they weighed, from the index alone
        ("unit", "how"),
        ("day", "clause", "how", "unit"),  # every item's in a few days
    ),
    sums=("clause", "how"),
)
LOADS = FactTable(
    name="loads",
    columns=(
        ("what", String(10)),  # given: the unit got the order; inside: its 内设机构 did
        ("unit", String(20)),
        ("office", String(80)),
        ("part", String(10)),
        ("kind", String(40)),
        ("order_no", String(80)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("day", String(10)),
    ),
    indexes=(("what", "unit", "day"), ("day", "what", "unit", "office", "part", "kind")),  # a few days, from it alone
    sums=("what", "unit", "office", "part", "kind"),
)

NO_CLAUSE = ("route.no-clause",)  # the router's words for it
_NEW: Row = {"received_at": "", "kind": "", "district": "", "lead": "", "supports": "", "clauses": "", "matter": "",
             "matter_id": "", "abstained": "", "covered": None, "no_clause": False, "bare": False,
             "closed": False}  # fmt: skip


def _row(rows: Rows, event: Event) -> Row:
    return rows.get("orders", (event.payload["order_no"],)) or _NEW


def _put(rows: Rows, event: Event, row: Row, **changes: Any) -> Row:
    row = row | changes
    row["bare"] = row["no_clause"] or row["covered"] is False or row["abstained"] in NO_CLAUSE
    rows.put("orders", (event.payload["order_no"],), row)
    return row


def _use(rows: Rows, event: Event, row: Row, how: str, clauses: Iterable[tuple[str, str]]) -> None:
    """`clauses` are (clause, unit); each counts once an event."""
    for clause, unit in dict.fromkeys(clauses):
        rows.add(
            "uses",
            {"clause": clause, "unit": unit, "how": how,
             "part": "lead" if unit == row["lead"] else "support", "kind": row["kind"],
             "order_no": event.payload["order_no"], "matter_id": row["matter_id"],
             "district": row["district"], "day": day_of(event.occurred_at)},
        )  # fmt: skip


def _load(rows: Rows, event: Event, row: Row, what: str, unit: str, part: str, office: str = "") -> None:
    rows.add(
        "loads",
        {"what": what, "unit": unit, "office": office, "part": part, "kind": row["kind"],
         "order_no": event.payload["order_no"], "matter_id": row["matter_id"],
             "district": row["district"],
         "day": day_of(event.occurred_at)},
    )  # fmt: skip


def _cited(citations: list[dict[str, Any]], lead: str | None, point: str | None) -> list[tuple[str, str]]:
    cited = [(one["clause_id"], one["unit"]) for one in citations]
    return [*cited, (point, lead or "")] if point else cited


def _received(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, _row(rows, event), **{name: event.payload[name] for name in ("received_at", "district", "kind")})


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload["proposal"]
    found = _cited(told["citations"], told["lead"], told["matter_id"])
    row = _row(rows, event)
    row = _put(
        rows, event, row, matter=told["matter"] or row["matter"], matter_id=told["matter_id"] or row["matter_id"],
        abstained=told["abstained"]["code"] if told["abstained"] else "", covered=bool(found) or bool(row["clauses"]),
    )  # fmt: skip
    _use(rows, event, row, "proposed", found)


def _led(rows: Rows, event: Event, lead: str) -> None:
    told = event.payload
    row = _row(rows, event)
    found = _cited(told["citations"], lead, told.get("matter_id") or row["matter_id"])
    own = "|".join(sorted({clause for clause, unit in found if unit == lead}))
    row = _put(
        rows, event, row, lead=lead, clauses=own, covered=bool(found), matter=told.get("matter") or row["matter"],
        matter_id=told.get("matter_id") or row["matter_id"],
    )  # fmt: skip
    _use(rows, event, row, "dispatched", found)
    if told.get("from_unit") != lead:
        _load(rows, event, row, "given", lead, "lead")
    _supported(rows, event, row, told["supports"])


def _supported(rows: Rows, event: Event, row: Row, units: Iterable[str]) -> None:
    known = [unit for unit in row["supports"].split("|") if unit]
    fresh = [unit for unit in dict.fromkeys(units) if unit not in known and unit != row["lead"]]
    if fresh:
        row = _put(rows, event, row, supports="|".join([*known, *fresh]))
    for unit in fresh:
        _load(rows, event, row, "given", unit, "support")


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["lead"])


def _reassigned(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["to_unit"])


def _designated(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["unit"])


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: no new load; what comes later of the clause is said of the successor."""
    told, row = event.payload, _row(rows, event)
    unit, to = told["from_unit"], told["to_unit"]
    lead = to if row["lead"] == unit else row["lead"]
    supports = [to if one == unit else one for one in row["supports"].split("|")]
    left = "|".join(dict.fromkeys(one for one in supports if one and one != lead))
    _put(rows, event, row, lead=lead, supports=left)


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    row = _row(rows, event)
    _use(rows, event, row, "dispatched", _cited(event.payload["citations"], None, None))
    _supported(rows, event, row, [event.payload["unit"]])


def _inside(rows: Rows, event: Event, _: Masked) -> None:
    told, row = event.payload, _row(rows, event)
    _load(
        rows, event, row, "inside", told["unit"], "lead" if told["unit"] == row["lead"] else "support", told["office"]
    )


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    if told["denied_clause"]:
        _use(rows, event, row, "denied", [(told["denied_clause"], told["unit"])])
    if told["claimed_clause"]:
        _use(rows, event, row, "claimed", [(told["claimed_clause"], told["proposed_unit"] or "")])
    if told["no_clause"]:
        _put(rows, event, row, covered=False, no_clause=True)  # "no unit has a clause": an orphan matter


def _denied(rows: Rows, event: Event, _: Masked) -> None:
    """A unit that was asked, or that supports, says its clause does not reach."""
    told = event.payload
    if told["denied_clause"]:
        _use(rows, event, _row(rows, event), "denied", [(told["denied_clause"], told["unit"])])


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    if told["parent"] == told["order_no"] and row["clauses"]:
        _use(rows, event, row, "repeated", [(clause, row["lead"]) for clause in row["clauses"].split("|")])


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    if row["closed"]:
        return
    row = _put(rows, event, row, closed=True)
    own = [(clause, row["lead"]) for clause in row["clauses"].split("|") if clause]
    _use(rows, event, row, "closed", own)
    for name in ("resolved", "satisfied"):
        if told[name] is not None:
            _use(rows, event, row, name if told[name] else f"un{name}", own)


COVERAGE = View(
    name="coverage",
    version=7,
    cost=16,
    tables=(ORDERS, USES, LOADS),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "OrderReassigned": _reassigned,
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _designated,
        "SupportAdded": _support_added,
        "AssignedInside": _inside,
        "ReturnRequested": _returned,
        "SupportObjected": _denied,
        "ProposedUnitAnswered": _denied,
        "OrdersMerged": _merged,
        "OrderClosed": _closed,
    },
)
