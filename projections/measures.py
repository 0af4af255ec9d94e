"""The lines of accountability as sums, without the orders that are left out of a unit's figures (不计考核)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.sql.schema import Table

from projections.figures import Cut, sums


def measures(
    connection: Connection, facts: Table, cut: Cut, *, excluded_count: bool = False
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(unit, part, measure) → (lines, sum of values), without the orders excluded for the unit as of `cut.upto`."""
    by = ("unit", "part", "measure")
    found = sums(connection, facts, by, cut)
    if not excluded_count:
        columns = [facts.c[name] for name in by]
        out = select(*columns, func.count(), func.sum(facts.c.value)).where(
            cut.on(facts),
            facts.c.measure != "excluded",
            tuple_(facts.c.order_no, facts.c.unit).in_(_excluded(facts, cut)),
        )
        for row in connection.execute(out.group_by(*columns)):
            lines, value = found[tuple(row[:3])]
            found[tuple(row[:3])] = lines - row[3], value - int(row[4] or 0)
    return {(unit, part, measure): held for (unit, part, measure), held in found.items() if held[0]}


def counted(facts: Table, cut: Cut) -> ColumnElement[bool]:
    """The lines that count: those of orders not excluded for the unit as of `cut.upto`, and the exclusions."""
    return or_(facts.c.measure == "excluded", tuple_(facts.c.order_no, facts.c.unit).not_in(_excluded(facts, cut)))


def _excluded(facts: Table, cut: Cut) -> Select[Any]:
    """Order and unit of the exclusions: few, and looked up once as a list, not once a line."""
    told = facts.alias("excluded")
    return select(told.c.order_no, told.c.unit).where(
        told.c.measure == "excluded", *([told.c.position <= cut.upto] if cut.upto is not None else [])
    )
