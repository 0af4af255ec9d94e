"""What a decision in the matter lane may know besides the case: the moment, who asks, the city, the register."""

from dataclasses import dataclass
from datetime import datetime

from casework.clocks import Reckoner
from casework.standing import NOTHING_KNOWN, Standing
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from terms.actors import Actor


@dataclass(frozen=True, slots=True)
class Occasion:
    """`register` is the edition of the day on which the decision falls, `standing` what is known of the matter.

    `numbered` is the 文号 a number series has just given the paper that is being signed; empty by hand.
    """

    now: datetime
    actor: Actor
    city: CityConfiguration
    calendar: WorkingCalendar
    register: RegisterEdition
    standing: Standing = NOTHING_KNOWN
    numbered: str = ""

    @property
    def reckoner(self) -> Reckoner:
        """Reckons deadlines from this moment."""
        return Reckoner(self.city, self.calendar, self.now)
