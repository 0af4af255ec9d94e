"""Counts shared for a moment."""

import pytest

from console.dispatcher import tallies
from console.dispatcher.tallies import Tallies


def test_a_count_is_made_once_for_all_who_ask_within_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    kept = Tallies()

    def count() -> dict[str, int]:
        made.append(1)
        return {"all": len(made)}

    clock = [0.0]
    monkeypatch.setattr(tallies.time, "monotonic", lambda: clock[0])
    assert kept.counts("k", 10, 0, count) == {"all": 1}
    assert kept.counts("k", 10, 0, count) == {"all": 1}, "the view has not moved"
    assert kept.counts("k", 11, 0, count) == {"all": 1}, "it has, but only just"
    assert kept.counts("k", 11, 11, count) == {"all": 2}, "whoever acted sees what follows from it"
    assert kept.counts("other", 11, 0, count) == {"all": 3}
    clock[0] += 3
    assert kept.counts("k", 12, 0, count) == {"all": 4}
