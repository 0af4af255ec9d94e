"""An order as somebody may see it, and its running clocks: what pages and the API both start from."""

from dataclasses import replace
from datetime import datetime

from casework.clocks import Clock
from casework.work_order.state import WorkOrder
from console.access import require_order
from console.orders.attachments import KEPT, AttachmentStore
from console.orders.reading import Attached, OrderSheet, order_sheet, read_order, register_of
from console.visit import Visit
from console.words import CLOCKS, PARTS
from mandates.edition import RegisterEdition
from terms.ids import OrderNo, Position, order_stream


def sheet_for(visit: Visit, order_no: str, upto: Position | None = None) -> OrderSheet:
    """An order this person may see. Raises NotFound for one that is not there, and for one that is not theirs."""
    parts = visit.console.parts
    order, events = read_order(parts.ledger, order_no, upto)
    require_order(visit.actor, order, visit.register)
    register = register_of(parts.register, order, visit.now)
    sheet = order_sheet(order, events, register, parts.open_masked, parts.city, parts.people.name_of)
    return replace(sheet, attachments=tuple(_looked_for(one, order_no, parts.attachments) for one in sheet.attachments))


def _looked_for(one: Attached, order_no: str, store: AttachmentStore) -> Attached:
    told = one.attachment
    return replace(one, here=told.reference == KEPT and store.holds(order_stream(OrderNo(order_no)), told.digest))


def clocks_of(order: WorkOrder, register: RegisterEdition, now: datetime) -> list[dict[str, object]]:
    """The running clocks, the most pressing first. The time to return an order that ran out is nobody's delay: silence
    was acceptance, and it is left out."""
    found = [
        {
            "name": one.clock,
            "clock": CLOCKS.get(one.clock, one.clock),
            "code": one.unit,
            "unit": register.units[one.unit].name if one.unit in register.units else one.unit,
            "part": PARTS.get(one.part or "", ""),
            "due": one.due.isoformat(),
            "provisional": one.provisional,
        }
        for one in order.clocks
        if one.clock != Clock.RETURN or one.due > now
    ]
    return sorted(found, key=lambda one: str(one["due"]))
