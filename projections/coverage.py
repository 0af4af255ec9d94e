"""How the clauses carry the load: which are used, never used, disputed, and which orders no clause covers.

`uses` has one line for each clause an event leans on. `how`: proposed, dispatched, denied (a unit says its clause does
not reach), claimed (that the other's does); and at closing, for the clauses the order was last dispatched under:
closed, resolved, unresolved, satisfied, unsatisfied, repeated. Duty points count beside the clause they rest on.
"""

from collections.abc import Iterable, Mapping
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
        ("district", String(80)),
        ("lead", String(20)),
        ("clauses", Text()),  # those the order stands under now, joined by |
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("abstained", String(60)),
        ("covered", Boolean()),  # False: routed or asked for, and no clause was found
        ("closed", Boolean()),
    ),
    indexes=(("covered", "abstained"),),
)
USES = FactTable(
    name="uses",
    columns=(
        ("clause", String(120)),
        ("unit", String(20)),
        ("how", String(20)),
        ("order_no", String(80)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("day", String(10)),
    ),
    indexes=(("clause", "how"), ("unit", "how"), ("day",)),
)

_NEW: Row = {"district": "", "lead": "", "clauses": "", "matter": "", "matter_id": "", "abstained": "",
             "covered": None, "closed": False}  # fmt: skip


def _row(rows: Rows, event: Event) -> Row:
    return rows.get("orders", (event.payload["order_no"],)) or _NEW


def _put(rows: Rows, event: Event, row: Row, **changes: Any) -> Row:
    row = row | changes
    rows.put("orders", (event.payload["order_no"],), row)
    return row


def _use(rows: Rows, event: Event, row: Row, how: str, clauses: Iterable[tuple[str, str]]) -> None:
    """`clauses` are (clause, unit); each counts once an event."""
    for clause, unit in dict.fromkeys(clauses):
        rows.add(
            "uses",
            {"clause": clause, "unit": unit, "how": how, "order_no": event.payload["order_no"],
             "matter_id": row["matter_id"], "district": row["district"], "day": day_of(event.occurred_at)},
        )  # fmt: skip


def _cited(citations: list[dict[str, Any]], lead: str | None, point: str | None) -> list[tuple[str, str]]:
    cited = [(one["clause_id"], one["unit"]) for one in citations]
    return [*cited, (point, lead or "")] if point else cited


def _received(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, _row(rows, event), district=event.payload["district"])


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


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["lead"])


def _reassigned(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["to_unit"])


def _designated(rows: Rows, event: Event, _: Masked) -> None:
    _led(rows, event, event.payload["unit"])


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    _use(rows, event, _row(rows, event), "dispatched", _cited(event.payload["citations"], None, None))


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _row(rows, event)
    if told["denied_clause"]:
        _use(rows, event, row, "denied", [(told["denied_clause"], told["unit"])])
    if told["claimed_clause"]:
        _use(rows, event, row, "claimed", [(told["claimed_clause"], told["proposed_unit"] or "")])
    if told["no_clause"]:
        _put(rows, event, row, covered=False)  # "no unit has a clause": an orphan matter


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
    version=1,
    tables=(ORDERS, USES),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "OrderReassigned": _reassigned,
        "UnitDesignated": _designated,
        "SupportAdded": _support_added,
        "ReturnRequested": _returned,
        "OrdersMerged": _merged,
        "OrderClosed": _closed,
    },
)


def never_used(in_force: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """The clauses and duty points in force that no event leans on: the register minus what was used."""
    return tuple(sorted(set(in_force) - set(used)))


def most_disputed(uses: Mapping[tuple[str, str], int]) -> tuple[tuple[str, int, int], ...]:
    """(clause, times denied, times claimed) from counts by (clause, how), the most denied and claimed first."""
    clauses = {clause for clause, how in uses if how in ("denied", "claimed")}
    lines = ((one, uses.get((one, "denied"), 0), uses.get((one, "claimed"), 0)) for one in clauses)
    return tuple(sorted(lines, key=lambda line: (-line[1] - line[2], line[0])))
