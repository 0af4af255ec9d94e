"""What the view of faults keeps: the signs themselves, and what of orders and register the rules ask for."""

from sqlalchemy import Integer, String, Text

from projections.view import Row, StateTable

SIGNS = StateTable(
    name="signs",
    key=("subject", "sign"),  # the order (or case) it was seen on; rule, unit and number
    columns=(
        ("subject", String(80)),
        ("sign", String(120)),
        ("fault", String(20)),
        ("rule", String(40)),
        ("unit", String(20)),
        ("other_units", Text()),  # codes joined by |
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("clauses", Text()),  # clause and item ids joined by |
        ("evidence", Text()),  # event ids joined by |, in the order of the record
        ("day", String(10)),
    ),
    indexes=(("unit", "fault"), ("fault", "day")),
)
ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("lead", String(20)),
        ("ground", String(20)),  # clause, none, designated, fallback, status_quo, decision, desk
        ("clauses", Text()),  # the lead's own, as cited when it got the order
        ("given", String(40)),  # event id of what gave it the order
        ("proposed", String(20)),  # whom routing named, and that unit's clauses
        ("proposed_clauses", Text()),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("returned_by", Text()),
    ),
)
RETURNS = StateTable(
    name="returns",
    key=("order_no", "objection"),
    columns=(
        ("order_no", String(80)),
        ("objection", Integer()),
        ("unit", String(20)),
        ("part", String(10)),
        ("denied", String(80)),
        ("claimed", String(80)),
        ("pointed_at", String(20)),
        ("event_id", String(40)),
    ),
)
HAND_OVERS = StateTable(
    name="hand_overs",
    key=("order_no", "hand_over"),
    columns=(
        ("order_no", String(80)),
        ("hand_over", Integer()),
        ("sender", String(20)),
        ("receiver", String(20)),
        ("clause", String(80)),
        ("state", String(10)),  # sent, received, over
        ("events", Text()),
    ),
)
UNITS = StateTable(
    name="units", key=("unit",), columns=(("unit", String(20)), ("mirrors", Text())), of=""
)  # a district bureau carries the duties of the city units it mirrors
POINTS = StateTable(name="points", key=("point",), columns=(("point", String(80)), ("link", String(20))), of="")
POWERS = StateTable(
    name="powers",
    key=("clause", "item"),
    columns=(
        ("clause", String(80)),
        ("item", String(80)),
        ("type", String(20)),
        ("event_id", String(40)),
        ("valid_from", String(10)),
        ("valid_to", String(10)),
    ),
    of="",
)
ITEMS = StateTable(name="items", key=("item",), columns=(("item", String(80)), ("clause", String(80))), of="")
TABLES = (SIGNS, ORDERS, RETURNS, HAND_OVERS, UNITS, POINTS, POWERS, ITEMS)

NEW_ORDER: Row = {name: "" for name, _ in ORDERS.columns if name != "order_no"}
