"""内部交办: who inside a unit has its part of an order, 汇总, and 分管领导审签."""

from ledger.envelope import Event
from projections.view import Masked, Rows


def given(rows: Rows, event: Event, _: Masked) -> None:
    """内部交办 and 汇总: who inside the unit has it, until when; with nobody left it waits for the leader."""
    told = event.payload
    key = (told["order_no"], told["unit"])
    row = rows.get("parts", key)
    if not row:
        return
    offices = [one for one in row["offices"].split("\n") if one and one.rpartition("|")[0] != told["office"]]
    if event.type == "AssignedInside":
        offices.append(f"{told['office']}|{told.get('due') or ''}")
    dues = [due for one in offices if (due := one.rpartition("|")[2])]  # UTC, as events are written
    changed = {"offices": "\n".join(offices), "inside": "交办中" if offices else "待审签"}
    rows.put("parts", key, row | changed | {"inside_due": min(dues, default=None)})


def signed_off(rows: Rows, event: Event, _: Masked) -> None:
    """分管领导审签, or sent back to be worked on."""
    key = (event.payload["order_no"], event.payload["unit"])
    if row := rows.get("parts", key):
        rows.put("parts", key, row | {"inside": "已审签" if event.payload["approved"] else "待审签"})
