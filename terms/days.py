"""A day that somebody asks for."""

from datetime import date

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


def day_of(text: str) -> date:
    """The day written as 2026-03-01. Raises ValueError for another form, and outside 1900 to 2999.

    A day with none after it has no end, and no office means one.
    """
    day = date.fromisoformat(text)
    if not FIRST <= day <= LAST:
        raise ValueError(text)
    return day
