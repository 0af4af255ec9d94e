"""Where a page looks from: the day it stands on, the record as it was known then, and a period of days before it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

from console.visit import Visiting
from console.words import CITY_TIME
from projections.figures import Cut
from terms.days import day_of
from terms.errors import BadInput
from terms.ids import Position

At = Annotated[int | None, Query(ge=0, le=2**62)]
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


@dataclass(frozen=True, slots=True)
class Lookback:
    """`as_of` is the day asked for and `position` the end of it in the record; both None for now.

    An address may name a `position` of the record instead of a day (`at_position`); the page then stands on its day.

    `moment` is that end (aware), `since` and `until` the days of the period, both included; None leaves it open.
    """

    as_of: date | None
    position: Position | None
    moment: datetime
    since: date | None = None
    until: date | None = None
    at_position: bool = False

    @property
    def past(self) -> bool:
        """Whether the page stands in the past, where nothing can be done."""
        return self.position is not None

    @property
    def day(self) -> date:
        """The city's day the page stands on."""
        return self.as_of or self.moment.astimezone(CITY_TIME).date()

    def cut(self, **where: Any) -> Cut:
        """The fact lines of the period, known then, that match; filters without a value do not narrow."""
        return Cut(
            upto=self.position,
            since=self.since.isoformat() if self.since else None,
            until=(self.until + timedelta(days=1)).isoformat() if self.until else None,
            where={name: value for name, value in where.items() if value not in ("", None)},
        )

    def query(self) -> dict[str, str]:
        """The same look in an address."""
        told = {"as_of": None if self.at_position else self.as_of, "since": self.since, "until": self.until}
        found = {name: day.isoformat() for name, day in told.items() if day}
        return found | ({"position": str(self.position)} if self.at_position else {})


def look_back(visit: Visiting, as_of: Day = "", since: Day = "", until: Day = "", position: At = None) -> Lookback:
    """The look an address asks for. Raises BadInput for a day that is none, or a period that ends before it begins.

    A position goes before a day; one that is not in the record yet is the newest there is.
    """
    begins, ends = (date_of(since, "since", "起始日期"), date_of(until, "until", "截止日期"))
    if begins and ends and begins > ends:
        raise BadInput("console.period-backwards", at="until", since=since, until=until)
    ledger = visit.console.parts.ledger
    if position is not None:
        known = min(position, int(ledger.head()))
        told = ledger.read(Position(max(known - 1, 0)), 1)
        moment = told[0].recorded_at if told else visit.now
        return Lookback(moment.astimezone(CITY_TIME).date(), Position(known), moment, begins, ends, at_position=True)
    day, moment = visit.day_end(as_of)
    return Lookback(day, ledger.position_at(moment) if day else None, moment, begins, ends)


def date_of(text: str, at: str, label: str) -> date | None:
    """A date of an address; None for none. Raises BadInput."""
    try:
        return day_of(text) if text else None
    except ValueError as error:
        raise BadInput("console.bad-date", at=at, field=label) from error


Looking = Annotated[Lookback, Depends(look_back)]
