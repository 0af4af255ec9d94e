"""What the queue keeps of an order, and the indexes its lists are read by."""

from sqlalchemy import Boolean, Integer, String, Text

from projections.view import Row, StateTable

ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("received_at", String(40)),
        ("kind", String(40)),
        ("category", String(200)),
        ("title", Text()),
        ("urgency", String(20)),
        ("district", String(80)),
        ("street", String(80)),
        ("place", Text()),
        ("channel", String(40)),
        ("caller", String(80)),
        ("mode", String(10)),
        ("state", String(20)),
        ("stands", String(20)),  # where the work stands, whatever lies beside it
        ("aside", Text()),  # what lies beside the work: marks of `projections.queue.stage`, joined by |
        ("state_before", String(20)),  # where a shelf or a merging goes back to
        ("lead", String(20)),  # who has it; before dispatch, nobody
        ("supports", Text()),  # unit codes joined by |
        ("desk", String(20)),
        ("proposed", String(20)),  # the router's lead
        ("confidence", Integer()),
        ("automatic", Boolean()),
        ("abstained", String(60)),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("disputed", String(80)),
        ("dispatched_by", String(10)),
        ("dispatch_due", String(40)),
        ("due", String(40)),  # the lead's handling deadline
        ("returns", Integer()),
        ("bounces", Integer()),
        ("chased", Integer()),
        ("parent", String(80)),
        ("suspected", String(80)),  # the earlier order it seems to repeat
        ("closed_how", String(20)),
        ("resolved", Boolean()),
        ("satisfied", Boolean()),
    ),
    indexes=(
        ("state", "district", "urgency", "lead", "desk", "proposed", "automatic", "abstained"),  # counts by any filter
        ("received_at", "order_no", "state"),  # the newest first, page by page
        ("lead", "state"),
        ("caller",),
        ("matter_id", "lead", "matter"),
        ("returns", "bounces", "matter_id", "state"),
        ("abstained", "matter_id"),
        ("title", "order_no", "state"),  # words are looked for in it from end to end
    ),
    texts=("title", "place"),
    past=True,
)

SETTLED = ("不予受理", "即时答复", "并单", "结案", "归档")  # nothing is waited for

EMPTY: Row = {name: None for name, _ in ORDERS.columns if name != "order_no"} | {
    "title": "", "place": "", "state": "", "stands": "", "aside": "",
    "state_before": "", "lead": "", "supports": "", "proposed": "",
    "returns": 0, "bounces": 0, "chased": 0, "parent": "", "suspected": "",
}  # fmt: skip
