"""Quarters by name, as scores are kept: `2026-Q3`."""

from datetime import date, timedelta

from terms.errors import BadInput

YEARS = range(1949, 2200)


def quarter_days(name: str) -> tuple[date, date]:
    """The first and the last day of a quarter. Raises BadInput for a name that is none."""
    year, _, number = name.partition("-Q")
    if not (year.isascii() and year.isdecimal() and int(year) in YEARS and number in ("1", "2", "3", "4")):
        raise BadInput("readings.no-quarter", at=name, quarter=name)
    first = date(int(year), int(number) * 3 - 2, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def quarter_of(day: date) -> str:
    """The quarter a day falls into."""
    return f"{day.year}-Q{(day.month + 2) // 3}"
