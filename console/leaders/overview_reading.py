"""Reading the overview: what has ended from the sums the queue keeps, what is under way counted as it stands."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, case, func, select

from projections.past import held
from projections.queue import QUEUE
from projections.queue.sums import COUNTED, UNDER_WAY
from projections.store import ViewStore
from terms.ids import Position

UNITS_SHOWN = 15


def read_overview(views: ViewStore, now: datetime, position: Position | None = None) -> dict[str, Any]:
    """The figures, each as its count and what it is a count of; as they stood at a position when one is given."""
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return {"figures": {}, "states": [], "districts": [], "leads": []}
        tables = views.tables(QUEUE, build)
        ended = tables["ended"]
        sums = held(ended, ("lead", "district", "state", *COUNTED), position, ended.c.orders > 0)
        past = connection.execute(select(sums)).mappings()
        lines = [dict(row) | {"open": 0, "late": 0, "late_unit": 0} for row in past]
        present = connection.execute(_under_way(tables["orders"], now, position)).mappings()
        lines += [{name: value or 0 for name, value in row.items()} | _words(dict(row)) for row in present]
    figures = _sums(lines, (*COUNTED, "open", "late")) | {"returned": _sums(lines, ("sent_returned",))["sent_returned"]}
    leads = _by(lines, lambda line: line["lead"], "lead")
    return {
        "figures": figures,
        "states": _by(lines, lambda line: line["state"], "state"),
        "districts": _by(lines, lambda line: line["district"], "district")[:UNITS_SHOWN],
        "leads": [line for line in leads if line["lead"]][:UNITS_SHOWN],
    }


NAMES = (
    "lead", "district", "state", "dispatch_due", "due", "dispatched_by", "returns", "bounces", "satisfied", "resolved",
)  # fmt: skip


def _under_way(orders: Table, now: datetime, position: Position | None) -> Any:
    """The lines of `projections.queue.sums` for orders that have not ended, and what of them is late."""
    late = now.isoformat().replace("+00:00", "Z")
    table = held(orders, NAMES, position, apart=[orders.c.state == one for one in UNDER_WAY])

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    sent, returned = table.c.dispatched_by.is_not(None), table.c.returns > 0
    by = (table.c.lead, table.c.district, table.c.state)
    return select(
        *by,
        func.count().label("orders"),
        func.count().label("open"),
        count(func.coalesce(table.c.dispatch_due, table.c.due) < late).label("late"),
        count(table.c.due < late).label("late_unit"),
        count(sent).label("sent"),
        count(table.c.dispatched_by == "rule").label("by_rule"),
        count(and_(sent, table.c.returns == 0, table.c.bounces == 0)).label("first_right"),
        count(and_(sent, returned)).label("sent_returned"),
        count(returned).label("returned"),
        count(table.c.satisfied.is_not(None)).label("asked"),
        count(table.c.satisfied.is_(True)).label("satisfied"),
        count(table.c.resolved.is_not(None)).label("resolved_asked"),
        count(table.c.resolved.is_(True)).label("resolved"),
    ).group_by(*by)


def _words(line: dict[str, Any]) -> dict[str, str]:
    return {name: line[name] or "" for name in ("lead", "district", "state")}


def _sums(lines: Iterable[dict[str, Any]], names: Iterable[str]) -> dict[str, int]:
    found = dict.fromkeys(names, 0)
    for line in lines:
        for name in found:
            found[name] += int(line[name])
    return found


def _by(lines: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], str], name: str) -> list[dict[str, Any]]:
    """Sums by a word, the most orders first; `late` counts the unit's deadline, not the hotline's."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    shown = ("orders", "open", "late_unit", "returned", "satisfied", "asked")
    found = []
    for word, group in groups.items():
        sums = _sums(group, shown)
        found.append({name: word, **sums, "late": sums["late_unit"]})
    return sorted(found, key=lambda line: (-line["orders"], line[name]))
