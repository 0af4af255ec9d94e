"""Sums the queue keeps while it folds, so that no page counts a hundred thousand ended orders anew.

`ended` has a line for each unit, district and end, with how many orders ended so and what was said of them. What is
still open is few and is counted where it is read. A state table like any other: as of a position it says what was so
then.
"""

from sqlalchemy import Integer, String

from projections.view import Key, Row, Rows, StateTable

ENDINGS = (
    "不予受理",
    "即时答复",
    "并单",
    "结案",
    "归档",
    "终止",
)  # nothing more is waited for
UNDER_WAY = (  # every other state of domain, section 5; "" when only a piece of an order's history is known
    "", "待受理", "待派遣", "待补充", "会商", "已派单", "签收", "办理中", "重办", "移送", "延期", "退单申请",
    "异议审核", "挂账", "办结审核", "回访",
)  # fmt: skip
COUNTED = (
    "orders", "sent", "by_rule", "first_right", "sent_returned", "returned", "asked", "satisfied", "resolved_asked",
    "resolved",
)  # fmt: skip
ENDED = StateTable(
    name="ended",
    key=("lead", "district", "state"),
    columns=(
        ("lead", String(20)),
        ("district", String(80)),
        ("state", String(20)),
        *((name, Integer()) for name in COUNTED),
    ),
    indexes=(("lead",),),
    of="",
    past=True,
)


def recount(rows: Rows, before: Row, now: Row) -> None:
    """An order's row changed: take what it was out of the sums and put in what it is."""
    if before["state"] in ENDINGS:
        _add(rows, before, -1)
    if now["state"] in ENDINGS:
        _add(rows, now, 1)


def counts(row: Row) -> tuple[int, ...]:
    """What one order adds to each of `COUNTED`."""
    sent, untouched = row["dispatched_by"] is not None, row["returns"] == 0
    satisfied, resolved = row["satisfied"], row["resolved"]
    return (
        1, sent, row["dispatched_by"] == "rule", sent and untouched and row["bounces"] == 0, sent and not untouched,
        not untouched, satisfied is not None, satisfied is True, resolved is not None, resolved is True,
    )  # fmt: skip


def _add(rows: Rows, row: Row, sign: int) -> None:
    key: Key = (row["lead"], row["district"] or "", row["state"])
    held = rows.get("ended", key)
    by = zip(COUNTED, counts(row), strict=True)
    if held is None:
        rows.put("ended", key, {name: sign * one for name, one in by})
    else:
        rows.put("ended", key, {name: held[name] + sign * one for name, one in by})
