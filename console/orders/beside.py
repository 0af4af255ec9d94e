"""What stands beside an order: the past orders the router leaned on and how they ended, the caller's other orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from casework import permissions
from casework.work_order import commands as c
from console.orders.reading import OrderSheet
from console.visit import Visit
from projections.queue import QUEUE
from projections.store import as_of
from terms.ids import UnitCode

SHOWN = 5
CLOSED = frozenset({"结案", "归档"})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another order in one line, and how it ended or how it stands."""

    order_no: str
    title: str
    received_at: str
    lead: UnitCode | None
    state: str
    ending: str  # what the requester said, and how often it was returned


@dataclass(frozen=True, slots=True)
class Beside:
    """The neighbours of one order. Empty for whoever may not see the whole city's orders."""

    similar: tuple[Neighbour, ...] = ()
    same_caller: tuple[Neighbour, ...] = ()


def beside(visit: Visit, sheet: OrderSheet) -> Beside:
    """Read the neighbours from the queue's view. The caller's other orders are for the hotline alone.

    They are found by the pseudonym that the order carries; once the caller or the order was erased there are none.
    """
    if visit.units is not None:
        return Beside()
    similar = tuple(sheet.proposal.similar) if sheet.proposal else ()
    caller = sheet.received.caller if sheet.received and not sheet.order.erased else ""
    if not permissions.may(visit.actor.role, c.Chase):
        caller = ""
    by_number = {one.order_no: one for one in _read(visit, similar, "")}
    return Beside(
        similar=tuple(by_number[number] for number in similar if number in by_number)[:SHOWN],
        same_caller=tuple(one for one in _read(visit, (), caller) if one.order_no != sheet.order.order_no)[:SHOWN],
    )


def _read(visit: Visit, numbers: Sequence[str], caller: str) -> list[Neighbour]:
    if not numbers and not caller:
        return []
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return []
        table = views.tables(QUEUE, build)["orders"]
        which: ColumnElement[bool] = table.c.caller == caller if caller else table.c.order_no.in_(numbers)
        found = select(table).where(which, as_of(table, None)).order_by(table.c.received_at.desc(), table.c.order_no)
        return [
            Neighbour(
                order_no=row["order_no"],
                title=row["title"],
                received_at=row["received_at"],
                lead=UnitCode(row["lead"]) if row["lead"] else None,
                state=row["state"],
                ending=_ending(row["state"], row["resolved"], row["satisfied"], row["returns"] or 0),
            )
            for row in connection.execute(found.limit(SHOWN * 4)).mappings()
        ]


def _ending(state: str, resolved: bool | None, satisfied: bool | None, returns: int) -> str:
    said = []
    if returns:
        said.append(f"退{returns}次")
    if resolved is not None:
        said.append("已解决" if resolved else "未解决")
    if satisfied is not None:
        said.append("满意" if satisfied else "不满意")
    if not said and state in CLOSED:
        said.append("未回访到")
    return "，".join(said)
