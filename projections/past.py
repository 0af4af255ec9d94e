"""The rows of a state table that held at a past position, found without reading all that ever held.

Nine rows in ten are past, and no index on where they began or ended says which of them held in between. So a row that
is closed gets a `node`: of the positions it held at, the one that the most twos divide. Whatever held at a position has
its node there or among the few numbers that stand above it in the binary tree of all numbers, some sixty at most
(Kriegel, Pötke, Seidl: Managing intervals efficiently in object-relational databases, VLDB 2000).
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, literal_column, or_, select, true, union_all

from projections.view import OPEN

_OPEN: ColumnElement[int] = literal_column(
    str(OPEN)
)  # as a literal: an index on the rows that hold serves no bound parameter

KEPT_BY_THE_ENGINE = ("from_position", "to_position", "node")
HEIGHT = 62  # of the tree: positions are 63 bits


def node(begins: int, ends: int) -> int | None:
    """The node of a row that held from a position on until before another; None while it holds."""
    if ends == OPEN:
        return None
    last = ends - 1
    level = ((begins - 1) ^ last).bit_length() - 1
    return last >> level << level


def nodes(position: int) -> list[int]:
    """The nodes of everything closed that held at a position."""
    if position <= 0:
        return []
    own = (position & -position).bit_length() - 1
    return [(position >> level | 1) << level for level in range(own, HEIGHT + 1)]


def as_of(table: Table, position: int | None) -> ColumnElement[bool]:
    """The predicate "held at that position"; None means now."""
    if position is None:
        return table.c.to_position == _OPEN
    return and_(table.c.from_position <= position, table.c.to_position > position)


def held(
    table: Table, columns: Sequence[str], position: int | None, *where: Any, apart: Sequence[Any] = ()
) -> FromClause:
    """Some columns of the rows that hold now, or held at a position, and meet conditions on the table.

    `apart` are conditions of which a row meets exactly one, asked for one by one: of several together PostgreSQL
    believes that many rows meet them, for it knows what is true of all rows and not of the few that hold.
    """
    chosen = select(*(table.c[name] for name in columns)).where(*where)
    present = [chosen.where(as_of(table, None), one) for one in apart or [true()]]
    if position is None:
        return union_all(*present).subquery("held") if apart else present[0].subquery("held")
    closed = chosen.where(table.c.node.in_(nodes(position)), as_of(table, position), *([or_(*apart)] if apart else []))
    return union_all(*(one.where(table.c.from_position <= position) for one in present), closed).subquery("held")


def foremost(
    table: Table,
    columns: Sequence[str],
    position: int | None,
    order: Callable[[FromClause], Sequence[Any]],
    limit: int,
    *where: Any,
    offset: int = 0,
) -> Select[Any]:
    """The first rows of a list, by the terms of `order`, of those that hold now or held at a position.

    As of a position the rows that hold still come down their index only as far as they are needed.
    """
    chosen = select(*(table.c[name] for name in columns)).where(*where)
    present = chosen.where(as_of(table, None))
    if position is None:
        return present.order_by(*order(table)).limit(limit).offset(offset)
    still = present.where(table.c.from_position <= position).order_by(*order(table)).limit(offset + limit).subquery()
    closed = chosen.where(table.c.node.in_(nodes(position)), as_of(table, position))
    rows = union_all(select(still), closed).subquery("held")
    return select(rows).order_by(*order(rows)).limit(limit).offset(offset)
