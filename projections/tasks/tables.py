"""What is kept of the tasks of units: their parts in orders, and what they are asked beside them."""

from sqlalchemy import Integer, String, Text

from projections.view import Row, StateTable

PARTS = StateTable(
    name="parts",
    key=("order_no", "unit"),
    columns=(
        ("order_no", String(80)),
        ("unit", String(20)),
        ("part", String(10)),  # lead / support
        (
            "state",
            String(20),
        ),  # 待签收, 签收, 办理中, 退单申请, 挂账, 办结审核, 回访, 重办, 结案; 已移出 when it lost the part
        ("stands", String(20)),  # while it is 退单申请: where its work stands meanwhile
        ("title", Text()),
        ("urgency", String(20)),
        ("place", Text()),
        ("lead", String(20)),
        ("matter", String(200)),
        ("dispatched_at", String(40)),
        ("sign_due", String(40)),
        ("return_due", String(40)),
        ("handle_due", String(40)),
        ("signed_at", String(40)),
        ("finished_at", String(40)),
        ("designated", Integer()),
        ("returns", Integer()),
        ("share", Text()),
        ("offices", Text()),  # 内部交办: the 科室 and 二级单位 not collected yet, each `name|due`, a line each
        ("inside", String(20)),  # 交办中, 待审签, 已审签; empty when nothing was given to anybody inside
        ("inside_due", String(40)),  # the earliest of theirs
    ),
    indexes=(("unit", "state", "handle_due", "sign_due", "part"),),
    texts=("title", "place"),
    past=True,
)
ORDERS = StateTable(
    name="orders",
    key=("order_no",),
    columns=(
        ("order_no", String(80)),
        ("title", Text()),
        ("urgency", String(20)),
        ("place", Text()),
        ("matter", String(200)),
    ),
    texts=("title", "place"),
)
ASKS = StateTable(
    name="asks",
    key=("order_no", "unit", "what", "number"),
    columns=(
        ("order_no", String(80)),
        ("unit", String(20)),
        ("what", String(20)),  # answer (征询答复) / hand_over (移送)
        ("number", Integer()),  # of the objection or the hand-over
        ("state", String(20)),  # 待答复; 待接收, 待反馈; 已移出 when nothing is asked any more
        ("title", Text()),
        ("urgency", String(20)),
        ("place", Text()),
        ("matter", String(200)),
        ("asked_by", String(20)),
        ("asked_at", String(40)),
        ("due", String(40)),
    ),
    indexes=(("unit", "state", "due"),),
    texts=("title", "place"),
    past=True,
)
GONE = "已移出"  # the state of a part or question that a unit does not have any more
# a part that was just given
NEW: Row = {name: None for name, _ in PARTS.columns if name not in PARTS.key} | {
    "state": "待签收", "stands": "", "designated": 0, "returns": 0, "share": "", "offices": "", "inside": "",
}  # fmt: skip


def leads(row: Row) -> bool:
    """Whether a part is the lead's, and still held."""
    return bool(row["part"] == "lead" and row["state"] != GONE)
