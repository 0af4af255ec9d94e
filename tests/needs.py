"""What a test needs and this machine may not have: said loudly at the end of a run, and an error in CI."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Protocol

import pytest

_SAID = re.compile(r"not here: (\w+): ([^\n']+)")


class Terminal(Protocol):
    """The part of pytest's terminal reporter that is used."""

    stats: Mapping[str, Iterable[Any]]

    def write_line(self, line: str, **markup: Any) -> None:
        """One line, marked up."""


def missing(marker: str, reason: str) -> NoReturn:
    """Skip the present test because what `marker` stands for is not there; where CI is set, fail it instead."""
    said = f"not here: {marker}: {reason}"
    if os.environ.get("CI"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def report(terminal: Terminal) -> None:
    """Write what was missing, in red, where nobody overlooks it: read from the reports, whichever process made them."""
    told = (
        found.groups()
        for outcome in ("skipped", "failed", "error")
        for test in terminal.stats.get(outcome, ())
        if (found := _SAID.search(str(test.longrepr)))
    )
    for (marker, reason), tests in sorted(Counter(told).items()):
        terminal.write_line(f"NOT RUN: {tests} {marker} tests: {reason}", red=True, bold=True)
