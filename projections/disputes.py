"""Who disputes what with whom: returns and their outcomes, chains of hands, ping-pong, boundary cases link by link.

`returned` has one line for every return and one for its outcome, so a matrix of units, matters, clauses, reasons and
districts is a sum over it. `chains` keeps an order's hands in order, `returns` every return with how it ended, `cases`
where each boundary case stands.
"""

from typing import Any

from sqlalchemy import Boolean, Integer, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import FactTable, Handler, Masked, Row, Rows, StateTable, View

CHAINS = StateTable(
    name="chains",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("district", String(80)),
        ("street", String(80)),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("hands", Text()),  # unit codes in the order they led, joined by >
        ("lead", String(20)),
        ("returns", Integer()),
        ("moves", Integer()),
        ("came_back", Integer()),  # times the order came back to a unit that had led it before: ping-pong
        ("designated", String(20)),
        ("case_no", String(80)),
    ),
    indexes=(
        ("matter_id", "lead"),  # who leads a matter's orders, from the index alone
        ("matter_id", "returns", "moves", "matter"),  # a page's choices
        ("district", "matter_id", "lead"),
        ("came_back", "moves", "returns"),  # chains, those that came back most first
    ),
    past=True,
)
RETURNS = StateTable(
    name="returns",
    key=("order_no", "objection"),
    columns=(
        ("order_no", String(80)),
        ("objection", Integer()),  # 0 and below: told by an older platform
        ("unit", String(20)),
        ("part", String(10)),
        ("proposed", String(20)),
        ("reason", String(40)),
        ("denied_clause", String(120)),
        ("claimed_clause", String(120)),
        ("no_clause", Boolean()),
        ("basis_complete", Boolean()),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("street", String(80)),
        ("outcome", String(20)),  # open, upheld, refused, designated, support_added, withdrawn, merged
        ("to_unit", String(20)),  # who leads after the outcome
        ("requested_on", String(10)),
        ("decided_on", String(10)),
    ),
    indexes=(("unit", "outcome"), ("matter_id", "outcome"), ("no_clause", "matter_id", "matter", "unit", "order_no")),
    past=True,
)
RETURNED = FactTable(
    name="returned",
    columns=(
        ("what", String(20)),  # returned, or an outcome of RETURNS
        ("order_no", String(80)),
        ("unit", String(20)),
        ("proposed", String(20)),
        ("reason", String(40)),
        ("denied_clause", String(120)),
        ("claimed_clause", String(120)),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("street", String(80)),
        ("to_unit", String(20)),
        ("basis", String(10)),  # of a return: clauses, no_clause (no unit has one), or nothing
        ("day", String(10)),
    ),
    indexes=(
        ("basis", "what", "matter_id", "matter", "unit", "day"),
        ("what", "unit", "proposed", "matter_id", "matter", "day"),  # the matrix and its pairs, from the index alone
        ("matter_id", "what", "matter", "day"),
        ("day",),
    ),
)
MOVED = FactTable(
    name="moved",
    columns=(
        ("order_no", String(80)),
        ("from_unit", String(20)),
        ("to_unit", String(20)),
        ("why", String(20)),  # review, hand, decision, reform, designated
        ("came_back", Boolean()),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("district", String(80)),
        ("day", String(10)),
    ),
    indexes=(
        ("from_unit", "to_unit"),
        ("matter_id", "matter", "why", "from_unit", "to_unit", "day"),  # the hands of a matter, from the index alone
        ("day",),
    ),
)

_CHAIN: Row = {name: "" for name, _ in CHAINS.columns if name != "order_no"} | {
    "returns": 0, "moves": 0, "came_back": 0
}  # fmt: skip


def _chain(rows: Rows, order_no: str) -> Row:
    return rows.get("chains", (order_no,)) or _CHAIN


def _received(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _chain(rows, told["order_no"])
    rows.put("chains", (told["order_no"],), row | {"district": told["district"], "street": told["street"]})


def _matter(row: Row, told: dict[str, Any]) -> Row:
    return {"matter": told.get("matter") or row["matter"], "matter_id": told.get("matter_id") or row["matter_id"]}


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"],)
    row = _chain(rows, key[0])
    rows.put("chains", key, row | _matter(row, event.payload["proposal"]))


def _dispatched(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = _chain(rows, told["order_no"])
    # A district desk passing on is the same hand going on, no move between departments.
    hands = f"{row['hands']}>{told['lead']}" if row["hands"] else told["lead"]
    rows.put(
        "chains", (told["order_no"],), row | _matter(row, told) | {"hands": hands, "lead": told["lead"]}
    )  # fmt: skip


def _withdrawn(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["order_no"],)
    rows.put("chains", key, _chain(rows, key[0]) | {"lead": ""})


def _move(rows: Rows, event: Event, to_unit: str, why: str) -> None:
    told = event.payload
    row = _chain(rows, told["order_no"])
    designated = {"designated": to_unit} if why == "designated" else {}
    if told["from_unit"] == to_unit:
        rows.put("chains", (told["order_no"],), row | designated)
        return
    before = row["hands"].split(">") if row["hands"] else []
    came_back = to_unit in before
    changes = {
        "hands": ">".join([*(before or [told["from_unit"]]), to_unit]),
        "lead": to_unit,
        "moves": row["moves"] + 1,
        "came_back": row["came_back"] + came_back,
    }
    rows.put("chains", (told["order_no"],), row | changes | designated)
    rows.add(
        "moved",
        {"order_no": told["order_no"], "from_unit": told["from_unit"], "to_unit": to_unit, "why": why,
         "came_back": came_back, "matter": row["matter"], "matter_id": row["matter_id"],
         "district": row["district"], "day": day_of(event.occurred_at)},
    )  # fmt: skip


def _carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the hand that held it goes on under the successor's name; no move between departments."""
    told = event.payload
    row = _chain(rows, told["order_no"])
    unit, to = told["from_unit"], told["to_unit"]
    if told["part"] == "lead":
        hands = ">".join(to if one == unit and to else one for one in row["hands"].split(">"))
        designated = {"designated": to} if row["designated"] == unit else {}
        rows.put("chains", (told["order_no"],), row | {"hands": hands, "lead": to} | designated)


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    chain = _chain(rows, told["order_no"])
    chain = chain | _matter(chain, told) | {"returns": chain["returns"] + 1}
    rows.put("chains", (told["order_no"],), chain)
    claimed = told["proposed_unit"] or told["asked_support"] or ""
    _claim(rows, event, chain, told["objection"], told["unit"], claimed, told)


def _claim(
    rows: Rows, event: Event, chain: Row, objection: int, unit: str, proposed: str, told: dict[str, Any]
) -> None:
    row: Row = {
        "unit": unit, "part": told.get("part", "lead"), "proposed": proposed, "reason": told["reason"],
        "denied_clause": told.get("denied_clause") or "", "claimed_clause": told.get("claimed_clause") or "",
        "no_clause": bool(told.get("no_clause")), "basis_complete": told["basis_complete"], "matter": chain["matter"],
        "matter_id": chain["matter_id"], "district": chain["district"], "street": chain["street"],
        "outcome": "open", "to_unit": "", "requested_on": day_of(event.occurred_at), "decided_on": "",
    }  # fmt: skip
    rows.put("returns", (told["order_no"], objection), row)
    _count(rows, event, told["order_no"], "returned", row)


def _count(rows: Rows, event: Event, order_no: str, what: str, row: Row) -> None:
    names = [name for name, _ in RETURNED.columns if name in row]
    basis = "no_clause" if row["no_clause"] else "clauses" if row["denied_clause"] or row["claimed_clause"] else ""
    rows.add(
        "returned",
        {name: row[name] for name in names}
        | {"what": what, "order_no": order_no, "basis": basis, "day": day_of(event.occurred_at)},
    )


def _outcome(rows: Rows, event: Event, outcome: str, to_unit: str) -> None:
    told = event.payload
    key = (told["order_no"], told["objection"])
    row = rows.get("returns", key) if told["objection"] is not None else None
    if row is not None and row["outcome"] == "open":
        row = row | {"outcome": outcome, "to_unit": to_unit, "decided_on": day_of(event.occurred_at)}
        rows.put("returns", key, row)
        _count(rows, event, told["order_no"], outcome, row)


def _decided(outcome: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        _outcome(rows, event, outcome, event.payload["unit"])

    return handler


def _support_added(rows: Rows, event: Event, _: Masked) -> None:
    _outcome(rows, event, "support_added", _chain(rows, event.payload["order_no"])["lead"])


def _reassigned(rows: Rows, event: Event, _: Masked) -> None:
    _move(rows, event, event.payload["to_unit"], event.payload["by"])
    _outcome(rows, event, "upheld", event.payload["to_unit"])


def _designated(rows: Rows, event: Event, _: Masked) -> None:
    _move(rows, event, event.payload["unit"], "designated")
    _outcome(rows, event, "designated", event.payload["unit"])


def _merged(rows: Rows, event: Event, _: Masked) -> None:
    """A return still open when its order is merged is settled by that: nobody reviews it any more."""
    told = event.payload
    if told["child"] != told["order_no"]:
        return
    for key, row in rows.group("returns", told["order_no"]).items():
        if row["outcome"] == "open":
            row = row | {"outcome": "merged", "decided_on": day_of(event.occurred_at)}
            rows.put("returns", key, row)
            _count(rows, event, told["order_no"], "merged", row)


def _history(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    if told["what"] == "returned":
        chain = _chain(rows, told["order_no"])
        chain = chain | {"returns": chain["returns"] + 1}
        rows.put("chains", (told["order_no"],), chain)
        number = min((key[1] for key in rows.group("returns", told["order_no"])), default=1)
        _claim(rows, event, chain, min(number - 1, 0), told["unit"], told["other_unit"], told)


DISPUTES = View(
    name="disputes",
    version=6,
    cost=7,
    tables=(CHAINS, RETURNS, RETURNED, MOVED),
    handlers={
        "WorkOrderReceived": _received,
        "AssignmentProposed": _proposed,
        "WorkOrderDispatched": _dispatched,
        "DispatchWithdrawn": _withdrawn,
        "ReturnRequested": _returned,
        "ReturnRefused": _decided("refused"),
        "ReturnWithdrawn": _decided("withdrawn"),
        "OrderReassigned": _reassigned,
        "OrderCarriedOver": _carried_over,
        "UnitDesignated": _designated,
        "SupportAdded": _support_added,
        "OrdersMerged": _merged,
        "HistoryRecorded": _history,
    },
)
