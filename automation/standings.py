"""What is known of a matter, for the desk and the router: read from the view `matters`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from casework.standing import NOTHING_KNOWN, Standing
from projections.engine import ProjectionEngine
from projections.matters import STANDINGS
from projections.past import as_of
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Standings:
    """Looks matters up in the view people read."""

    projections: ProjectionEngine

    def standing(self, matter_id: str) -> Standing:
        """What is known of one matter; nothing, when nobody ever met it."""
        return self.standings([matter_id]).get(matter_id, NOTHING_KNOWN)

    def standings(self, matter_ids: Sequence[str]) -> Mapping[str, Standing]:
        """What is known of each of these matters, in one look; those that nobody ever met are not there."""
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, STANDINGS.name)
            if build is None or not matter_ids:
                return {}
            table = store.tables(STANDINGS, build)["matters"]
            rows = connection.execute(select(table).where(table.c.matter_id.in_(matter_ids), as_of(table, None)))
            return {row.matter_id: _read(row) for row in rows}

    def reached(self, position: int) -> bool:
        """Whether the view has folded all up to a position; one that stopped or is built anew holds nobody up."""
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, STANDINGS.name)
        following = build is not None and build.version == STANDINGS.version and not build.stopped
        return build is None or not following or build.position >= position

    def disputed(self) -> Mapping[str, UnitCode]:
        """Every matter under an open case and the status-quo unit that handles it meanwhile."""
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, STANDINGS.name)
            if build is None:
                return {}
            table = store.tables(STANDINGS, build)["matters"]
            rows = connection.execute(
                select(table.c.matter_id, table.c.status_quo)
                .where(table.c.open_case != "", as_of(table, None))
                .order_by(table.c.matter_id)
            )
            return {row.matter_id: UnitCode(row.status_quo) for row in rows}


def _read(row: Any) -> Standing:
    return Standing(
        matter_id=row.matter_id,
        decided=_unit(row.decided),
        decision=row.decision,
        designated=_unit(row.designated),
        first_receiver=_unit(row.first_receiver),
        open_case=row.open_case,
        named=_unit(row.status_quo),
        named_ground=row.status_quo_ground,
    )


def _unit(code: str) -> UnitCode | None:
    return UnitCode(code) if code else None
