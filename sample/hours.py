"""When people of the sample city are at work: office hours on the city's working days. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from city.calendar import ONE_DAY, WorkingCalendar

SHIFTS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Moments are aware; answers are in UTC."""

    calendar: WorkingCalendar
    zone: ZoneInfo

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself during office hours, else when the offices open next."""
        day = moment.astimezone(self.zone).date()
        while True:
            if self.calendar.is_working(day):
                for begin, end in SHIFTS:
                    opens = datetime.combine(day, begin, self.zone)
                    if moment < datetime.combine(day, end, self.zone):
                        return max(moment, opens).astimezone(UTC)
            day += ONE_DAY

    def later(self, moment: datetime, minutes: float) -> datetime:
        """That many minutes of office time after `moment`."""
        left = timedelta(minutes=minutes)
        while True:
            moment = self.next_open(moment)
            room = self._closes(moment) - moment
            if left < room:
                return moment + left
            left -= room
            moment += room

    def _closes(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        return next(
            datetime.combine(local.date(), end, self.zone).astimezone(UTC)
            for begin, end in SHIFTS
            if begin <= local.time() < end
        )
