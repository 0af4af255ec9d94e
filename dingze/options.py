"""Options that several commands share."""

from datetime import date
from typing import Annotated

import typer

from terms.days import day_of
from terms.errors import BadInput

At = Annotated[str | None, typer.Option("--at", help="the day whose register decides, 2024-03-01; default: today")]


def day(text: str | None, option: str = "--at") -> date | None:
    """A date option; None when it was not given. Raises BadInput naming the option."""
    return given_day(text, option) if text else None


def given_day(text: str, option: str) -> date:
    """A date that was given. Raises BadInput naming the option."""
    try:
        return day_of(text)
    except ValueError as error:
        raise BadInput("input.invalid", at=option, reason="日期应写成 2024-03-01") from error


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers joined by commas. Raises BadInput naming the option."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput("input.invalid", at=option, reason="应写成以逗号分隔的整数，如 0,100,1000") from error
