"""What a decision on an order may know besides the order itself: the moment, who asks, the city, the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.clocks import Reckoner
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order.state import WorkOrder
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from terms.actors import Actor


@dataclass(frozen=True, slots=True)
class Context:
    """`register` is the edition of the order's date; `others` the orders a command names; `standing` the matter's."""

    now: datetime
    actor: Actor
    city: CityConfiguration
    calendar: WorkingCalendar
    register: RegisterEdition
    others: Mapping[str, WorkOrder] = field(default_factory=dict)
    standing: Standing = NOTHING_KNOWN

    @property
    def reckoner(self) -> Reckoner:
        """Reckons deadlines from this moment."""
        return Reckoner(self.city, self.calendar, self.now)
