"""Days and weeks of facts, in the time of China (UTC+8, the same all year since 1991): fixed, so folds stay pure."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))


@lru_cache(maxsize=8_192)  # every view asks for the day of the same events
def day_of(moment: datetime) -> str:
    """The day of an aware time: `2023-04-01`."""
    return moment.astimezone(CHINA).date().isoformat()


def week_of(moment: datetime) -> str:
    """The ISO week of an aware time: `2023-W14`; weeks sort as texts."""
    year, week, _ = moment.astimezone(CHINA).isocalendar()
    return f"{year}-W{week:02d}"
