"""What a test needs and this machine may not have: said loudly at the end of a run, and an error in CI."""

import os
from collections import Counter
from typing import Any, NoReturn, Protocol

import pytest


class Terminal(Protocol):
    """The part of pytest's terminal reporter that is used."""

    def write_line(self, line: str, **markup: Any) -> None:
        """One line, marked up."""


_missing: Counter[tuple[str, str]] = Counter()


def missing(marker: str, reason: str) -> NoReturn:
    """Skip the present test because what `marker` stands for is not there; where CI is set, fail it instead."""
    _missing[marker, reason] += 1
    if os.environ.get("CI"):
        pytest.fail(f"{marker}: {reason}", pytrace=False)
    pytest.skip(f"{marker}: {reason}")


def report(terminal: Terminal) -> None:
    """Write what was missing, in red, where nobody overlooks it."""
    for (marker, reason), tests in sorted(_missing.items()):
        terminal.write_line(f"NOT RUN: {tests} {marker} tests: {reason}", red=True, bold=True)
