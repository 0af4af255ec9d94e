"""Working days: the national calendar with its holidays and 调休, beyond its years plain weekdays, and the city's own.

The national arrangements come from the `chinesecalendar` package, which carries the yearly notices of the State
Council Office. A year whose notice is not yet in it counts weekdays and is marked provisional.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar import constants

from city.configuration import CityConfiguration
from city.limits import Limit, Unit
from terms.errors import BadInput

FIRST_YEAR: int = min(constants.holidays).year
LAST_YEAR: int = max(constants.holidays).year
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A moment found on the calendar (aware, UTC); provisional when a year on the way was not yet published."""

    at: datetime
    provisional: bool


@lru_cache(maxsize=8192)
def _national(day: date) -> bool:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


class WorkingCalendar:
    """The working days of one city. Immutable; the same city version gives the same answers for ever.

    A limit in days begins on the day after the event and ends with the last day, at 24:00 of the city's time
    (民法典 arts. 201–203). Minutes and hours run round the clock.
    """

    __slots__ = ("_holidays", "_workdays", "_zone")

    def __init__(self, city: CityConfiguration) -> None:
        """Take the zone and the city's own days. Raises BadInput on a date that is none."""
        self._zone = ZoneInfo(city.timezone)
        self._holidays = _days(city.extra_holidays, "extra_holidays")
        self._workdays = _days(city.extra_workdays, "extra_workdays")

    def is_working(self, day: date) -> bool:
        """Whether the city works on that day; the city's own days go before the national ones."""
        if day in self._workdays:
            return True
        return day not in self._holidays and _national(day)

    def is_published(self, day: date) -> bool:
        """Whether the national arrangement of that year is known."""
        return FIRST_YEAR <= day.year <= LAST_YEAR

    def local_day(self, moment: datetime) -> date:
        """The city's date at that moment."""
        return moment.astimezone(self._zone).date()

    def end_of(self, day: date) -> datetime:
        """24:00 of that day in the city, in UTC (民法典 art. 203)."""
        midnight = datetime.combine(day + ONE_DAY, time(0), self._zone)
        return midnight.astimezone(UTC)

    def after(self, start: datetime, limit: Limit) -> Reckoned:
        """When a limit that starts at `start` is due."""
        if limit.unit is Unit.MINUTE:
            return Reckoned(start + timedelta(minutes=limit.amount), provisional=False)
        if limit.unit is Unit.HOUR:
            return Reckoned(start + timedelta(hours=limit.amount), provisional=False)
        if limit.unit is Unit.DAY:
            return self._calendar_days(self.local_day(start), limit.amount)
        return self.working_days_after(self.local_day(start), limit.amount)

    def working_days_after(self, day: date, amount: int) -> Reckoned:
        """The end of the `amount`-th working day after `day`; of `day` itself when the amount is 0."""
        published = self.is_published(day)
        left = amount
        while left > 0:
            day += ONE_DAY
            published = published and self.is_published(day)
            left -= self.is_working(day)
        return Reckoned(self.end_of(day), provisional=not published)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie in `start < day <= end`; 0 when the end is not after the start."""
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            count += self.is_working(day)
        return count

    def _calendar_days(self, day: date, amount: int) -> Reckoned:
        """Calendar days; a last day that is no working day gives way to the next one (民法典 art. 203)."""
        end = day + timedelta(days=amount)
        while not self.is_working(end):
            end += ONE_DAY
        return Reckoned(self.end_of(end), provisional=not self.is_published(end))


def _days(texts: tuple[str, ...], key: str) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(text) for text in texts)
    except ValueError as error:
        raise BadInput("city.invalid", at=key, reason="日期应写成 2024-03-01") from error
