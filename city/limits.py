"""Time limits of the city: an amount and what it counts."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Unit(StrEnum):
    """What a limit counts. Minutes and hours run round the clock, working days on the calendar."""

    MINUTE = "minute"
    HOUR = "hour"
    WORKING_DAY = "working_day"
    DAY = "day"


class Frozen(BaseModel):
    """A part of the configuration: immutable, and a key nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(Frozen):
    """A time limit with its unit."""

    amount: int = Field(gt=0)
    unit: Unit


def minutes(amount: int) -> Limit:
    """A limit in minutes, round the clock."""
    return Limit(amount=amount, unit=Unit.MINUTE)


def hours(amount: int) -> Limit:
    """A limit in hours, round the clock."""
    return Limit(amount=amount, unit=Unit.HOUR)


def working_days(amount: int) -> Limit:
    """A limit in working days of the city's calendar."""
    return Limit(amount=amount, unit=Unit.WORKING_DAY)
