"""机构改革: the open orders of units that ended or handed duties over go on with their successors (domain, section 7).

Which unit that is, `casework` decides; here stands only which orders to look at: those in the queue with a unit that a
reform in force touched. An order is looked at again when its row has changed, so one that is dispatched late by the
register of an earlier day is found too. What was carried over is not found again, so a restart repeats nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select

from casework.desk import Cause, Desk
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from mandates.reading import RegisterReader
from projections.engine import ProjectionEngine
from projections.past import as_of
from projections.queue import QUEUE, SETTLED
from terms.actors import process
from terms.ids import UnitCode

NAME = "carrier"
ACTOR = process(NAME)


@dataclass(slots=True)
class Carrier:
    """Carries open orders over, a unit at a time."""

    register: RegisterReader
    projections: ProjectionEngine
    desk: Desk
    calendar: WorkingCalendar
    clock: Callable[[], datetime]
    _looked: dict[tuple[UnitCode, str], tuple[int, date]] = field(default_factory=dict)  # row and reform judged by

    def step(self) -> int:
        """Look at what a reform in force touches; how many facts were recorded."""
        today = self.calendar.local_day(self.clock())
        succession = self.register.register().succession
        looked, self._looked = self._looked, {}
        carried = 0
        for unit in succession.reformed(today):
            heirs, day = succession.heirs(unit, today)
            if day is None or heirs == (unit,):
                continue
            for order_no, row in self._orders_of(unit):
                if looked.get((unit, order_no)) != (row, day):
                    command = c.CarryOver(unit, heirs, day)
                    cause = Cause(NAME, f"{order_no}/{unit}/{day.isoformat()}/{row}")
                    carried += len(self.desk.do(order_no, command, ACTOR, cause=cause).events)
                self._looked[unit, order_no] = (row, day)
        return carried

    def _orders_of(self, unit: UnitCode) -> list[tuple[str, int]]:
        """The open orders the unit has a part in, each with where its row was written."""
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, QUEUE.name)
            if build is None:
                return []
            table = store.tables(QUEUE, build)["orders"]
            part = or_(table.c.lead == unit, ("|" + table.c.supports + "|").contains(f"|{unit}|", autoescape=True))
            rows = connection.execute(
                select(table.c.order_no, table.c.from_position)
                .where(as_of(table, None), table.c.state.not_in(SETTLED), part)
                .order_by(table.c.order_no)
            )
            return [(str(order_no), int(position)) for order_no, position in rows]
