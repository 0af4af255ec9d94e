"""The working-day calendar: holidays, 调休, years not yet published, and the city's own days."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.calendar import LAST_YEAR, WorkingCalendar
from city.configuration import CityConfiguration
from city.limits import Limit, Unit, hours, minutes, working_days
from terms.errors import BadInput

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(CityConfiguration())
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2032, 12, 1), timezones=st.just(UTC))


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CITY)


def test_the_national_day_week_of_2024_is_not_worked_and_its_makeup_saturday_is() -> None:
    """domain, section 4: day limits run on working days with holidays and 调休."""
    assert not CALENDAR.is_working(date(2024, 10, 4))
    assert CALENDAR.is_working(date(2024, 10, 12))  # a Saturday worked instead (调休)


def test_a_limit_in_working_days_begins_the_next_day_and_ends_at_midnight() -> None:
    """民法典 arts. 201 and 203."""
    found = CALENDAR.after(at(2024, 3, 4), working_days(1))  # a Monday
    assert found.at == datetime(2024, 3, 6, 0, 0, tzinfo=CITY)
    assert not found.provisional


def test_working_days_step_over_a_weekend_and_a_holiday() -> None:
    assert CALENDAR.after(at(2024, 9, 30), working_days(1)).at == datetime(2024, 10, 9, 0, 0, tzinfo=CITY)
    assert CALENDAR.after(at(2024, 3, 8), working_days(3)).at == datetime(2024, 3, 14, 0, 0, tzinfo=CITY)


def test_minutes_and_hours_run_round_the_clock() -> None:
    """domain, section 4: minute and hour limits run round the clock."""
    night = at(2024, 10, 1, 23)
    assert CALENDAR.after(night, minutes(30)).at - night == timedelta(minutes=30)
    assert CALENDAR.after(night, hours(2)).at - night == timedelta(hours=2)


def test_calendar_days_that_end_on_a_holiday_give_way_to_the_next_working_day() -> None:
    """民法典 art. 203."""
    found = CALENDAR.after(at(2024, 9, 24), Limit(amount=10, unit=Unit.DAY))
    assert found.at == datetime(2024, 10, 9, 0, 0, tzinfo=CITY)


def test_a_year_not_yet_published_counts_weekdays_and_is_marked_provisional() -> None:
    """stage C, item 6: beyond the known years weekdays, marked provisional."""
    national_day = date(LAST_YEAR + 2, 10, 2)
    assert CALENDAR.is_working(national_day) == (national_day.weekday() < 5)
    assert CALENDAR.after(at(LAST_YEAR + 2, 9, 25), working_days(2)).provisional
    assert CALENDAR.after(at(LAST_YEAR, 12, 31), working_days(1)).provisional


def test_the_city_may_add_a_holiday_and_a_working_day_of_its_own() -> None:
    """stage C, item 6: city override."""
    calendar = WorkingCalendar(CityConfiguration(extra_holidays=("2024-03-05",), extra_workdays=("2024-03-09",)))
    assert not calendar.is_working(date(2024, 3, 5))
    assert calendar.is_working(date(2024, 3, 9))


def test_a_day_of_the_city_that_is_no_date_is_refused_with_its_place() -> None:
    with pytest.raises(BadInput) as caught:
        WorkingCalendar(CityConfiguration(extra_holidays=("2024-13-05",)))
    assert caught.value.at == "extra_holidays"


@given(MOMENTS, st.integers(1, 30))
def test_a_longer_limit_is_never_due_earlier_and_never_before_its_start(start: datetime, amount: int) -> None:
    dues = [CALENDAR.after(start, working_days(n)).at for n in range(1, amount + 1)]
    assert dues[0] > start
    assert all(earlier < later for earlier, later in pairwise(dues))


@given(MOMENTS, st.integers(1, 30))
def test_the_days_counted_forward_are_the_days_counted_between(start: datetime, amount: int) -> None:
    day = CALENDAR.local_day(start)
    due = CALENDAR.working_days_after(day, amount).at
    assert CALENDAR.working_days_between(day, CALENDAR.local_day(due - timedelta(seconds=1))) == amount
