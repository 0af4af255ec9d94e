"""What a draft would change when it takes effect: which duty points, and which open orders are proposed anew."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from casework import events as e
from casework.boundary_case.points import written
from casework.boundary_case.state import OPEN, BoundaryCase
from console.bianban.acting import Matter
from mandates.edition import RegisterEdition
from projections.queue import SETTLED
from projections.store import as_of
from terms.ids import ClauseId, UnitCode

ORDERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PointChange:
    """One duty point: whose it is and what it says now (empty for a new one), and after."""

    item: str
    link: str
    unit_before: str
    unit_after: str
    text_before: str
    text_after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The changes of a draft; `orders` are those of the matter still under way, `moving` those whose lead differs."""

    source: str
    lead: UnitCode
    points: tuple[PointChange, ...]
    orders: tuple[dict[str, Any], ...]
    moving: int


def preview(connection: Connection, orders: Table, matter: Matter[BoundaryCase]) -> Preview | None:
    """What the 协调意见 or the minutes as drafted would change; None without a draft or once the case is over."""
    case = matter.state
    drafted = case.opinion or case.minutes
    if drafted is None or case.step not in OPEN:
        return None
    day = matter.occasion.calendar.local_day(matter.occasion.now)
    told, _ = written(case, "opinion", "", drafted.lead, drafted.supports, drafted.points, day, matter.occasion)
    concerned = _under_way(connection, orders, told.matter_id, case.orders)
    return Preview(
        "协调意见" if case.opinion else "协商纪要",
        drafted.lead,
        tuple(_changes(told, matter.register)),
        tuple(concerned),
        sum(row["lead"] != drafted.lead for row in concerned),
    )


def _changes(told: e.DutyPointsWritten, register: RegisterEdition) -> list[PointChange]:
    found = []
    for number, point in enumerate(told.points, start=1):
        for item in told.items:
            known = register.duty_points.get(ClauseId(item))
            if known.link != point.link if known else not item.endswith(f"-{number}"):
                continue  # another point's: a new one is named by its number, one there already by its link
            found.append(
                PointChange(
                    item,
                    point.link,
                    known.unit if known else "",
                    point.unit,
                    (register.text_of(known.clause) or "") if known else "",
                    point.text,
                )
            )
    return found


def _under_way(connection: Connection, orders: Table, matter_id: str, named: tuple[str, ...]) -> list[dict[str, Any]]:
    """Orders of the matter or of the case that nobody has ended: a decision proposes them anew."""
    names = ("order_no", "title", "lead", "state", "district")
    query = (
        select(*[orders.c[name] for name in names])
        .where(
            as_of(orders, None),
            orders.c.state.not_in((*SETTLED, "终止")),
            or_(orders.c.order_no.in_(named), and_(orders.c.matter_id == matter_id, orders.c.matter_id != "")),
        )
        .order_by(orders.c.received_at, orders.c.order_no)
        .limit(ORDERS_SHOWN)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
