"""Who has an order and on what ground, and what of the register the rules of faults ask for."""

from collections.abc import Iterable
from typing import Any

from ledger.envelope import Event
from projections.signs.tables import NEW_ORDER
from projections.view import Masked, Row, Rows

REFUSED_RETURN_RULES = frozenset({"refuses-own-clause", "ungrounded-return", "power-taken-duty-refused"})


def split(joined: str) -> list[str]:
    """The parts of a cell that holds several."""
    return [part for part in joined.split("|") if part]


def order_of(rows: Rows, order_no: str) -> Row:
    """What is known of an order."""
    return rows.get("orders", (order_no,)) or NEW_ORDER


def proposed(rows: Rows, event: Event, _: Masked) -> None:
    """Whom routing named, by which clauses, for which matter."""
    told = event.payload["proposal"]
    key = (event.payload["order_no"],)
    cited = [one["clause_id"] for one in told["citations"] if one["unit"] == told["lead"]]
    rows.put(
        "orders",
        key,
        order_of(rows, key[0])
        | {
            "proposed": told["lead"] or "",
            "proposed_clauses": "|".join(cited),
            "matter": told["matter"],
            "matter_id": told["matter_id"] or "",
        },
    )


def _same_duty(rows: Rows, unit: str, other: str) -> bool:
    """Whether the units carry the same duties, one in the city's tier and one in a district's, or in two districts."""
    one, two = rows.get("units", (unit,)), rows.get("units", (other,))
    carried = {unit, *split(one["mirrors"] if one else "")}
    return not carried.isdisjoint({other, *split(two["mirrors"] if two else "")})


def _give(rows: Rows, event: Event, unit: str, ground: str, clauses: Iterable[str], **matter: str) -> None:
    order_no = event.payload["order_no"]
    row = order_of(rows, order_no) | {name: value for name, value in matter.items() if value}
    own = list(clauses)
    if not own and row["proposed"] and _same_duty(rows, unit, row["proposed"]):
        own = split(row["proposed_clauses"])
    changes = {
        "lead": unit,
        "ground": ground or ("clause" if own else "none"),
        "clauses": "|".join(own),
        "given": event.event_id,
    }
    rows.put("orders", (order_no,), row | changes)


def _own(told: dict[str, Any], unit: str) -> list[str]:
    return [one["clause_id"] for one in told["citations"] if one["unit"] == unit]


def dispatched(rows: Rows, event: Event, _: Masked) -> None:
    """派单: the lead and its ground."""
    told = event.payload
    ground = ""
    if told["lead"] == told["desk"]:
        ground = "desk"  # it passes on; it does not handle
    elif told["fallback"] or told["status_quo"] == "fallback":
        ground = "fallback"
    elif told["status_quo"] == "designated":
        ground = "designated"
    elif told["disputed"]:
        ground = "status_quo"
    elif told["decision"]:
        ground = "decision"
    own = _own(told, told["lead"])
    _give(rows, event, told["lead"], ground, own, matter=told["matter"], matter_id=told["matter_id"] or "")


def reassigned(rows: Rows, event: Event, _: Masked) -> None:
    """改派: who returned it was right."""
    told = event.payload
    order_no, to = told["order_no"], told["to_unit"]
    claim = rows.get("returns", (order_no, told["objection"])) if told["objection"] is not None else None
    own = _own(told, to)
    if not own and claim and claim["pointed_at"] == to and claim["claimed"]:
        own = [claim["claimed"]]  # the review upheld the counter-claim: that clause is the new lead's
    _vindicate(rows, order_no, told["from_unit"])
    _give(rows, event, to, "decision" if told["by"] in ("decision", "reform") else "", own)


def carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the successor has the order on the ground the unit had it on."""
    told = event.payload
    order = order_of(rows, told["order_no"])
    if order["lead"] == told["from_unit"]:
        rows.put("orders", (told["order_no"],), order | {"lead": told["to_unit"]})
    for key, row in rows.group("hand_overs", told["order_no"]).items():
        if told["to_unit"]:
            names = {one: told["to_unit"] for one in ("sender", "receiver") if row[one] == told["from_unit"]}
            rows.put("hand_overs", key, row | names)


def designated(rows: Rows, event: Event, _: Masked) -> None:
    """指定承办: what it does from now on is never its fault."""
    told = event.payload
    if told["unit"] != told["from_unit"]:
        _vindicate(rows, told["order_no"], told["from_unit"])
    _give(rows, event, told["unit"], "designated", _own(told, told["unit"]))


def _vindicate(rows: Rows, order_no: str, unit: str) -> None:
    """The order left the unit in the end: its returns, refused before, were right."""
    for key, row in rows.group("signs", order_no).items():
        if row["unit"] == unit and row["rule"] in REFUSED_RETURN_RULES:
            rows.close("signs", key)


def excluded(rows: Rows, event: Event, _: Masked) -> None:
    """不计考核: the order says nothing of the unit."""
    for key, row in rows.group("signs", event.payload["order_no"]).items():
        if row["unit"] == event.payload["unit"]:
            rows.close("signs", key)


# --- the register, as far as the rules ask for it ---


def unit(rows: Rows, event: Event, _: Masked) -> None:
    """Which units a bureau mirrors."""
    rows.put("units", (event.payload["code"],), {"mirrors": "|".join(event.payload["mirrors"])})


def point(rows: Rows, event: Event, _: Masked) -> None:
    """Which link of a matter a duty point is."""
    rows.put("points", (event.payload["id"],), {"link": event.payload["link"]})


def power(rows: Rows, event: Event, _: Masked) -> None:
    """A power and the clause it stands on."""
    told = event.payload
    if (before := rows.get("items", (told["id"],))) and before["clause"] != told["clause"]:
        rows.close("powers", (before["clause"], told["id"]))
    if told["clause"]:
        rows.put("items", (told["id"],), {"clause": told["clause"]})
        row = {"type": told["type"], "event_id": event.event_id}
        rows.put("powers", (told["clause"], told["id"]), row | dict(told["span"]))


def ended(rows: Rows, event: Event, _: Masked) -> None:
    """A power ends."""
    told = event.payload
    if told["table"] != "power_items" or not (item := rows.get("items", (told["id"],))):
        return
    key = (item["clause"], told["id"])
    if row := rows.get("powers", key):
        rows.put("powers", key, row | {"valid_to": min(row["valid_to"], told["valid_to"])})
