"""What masking misses in calls as people word them is what docs/personal-data.md says, or less."""

import pytest

from tests.ingest import worded


@pytest.mark.parametrize("kind", worded.KINDS)
def test_what_is_missed_in_worded_calls_stays_within_what_is_documented(kind: str) -> None:
    share = worded.missed(worded.KINDS[kind])
    assert share <= worded.KINDS[kind].allowed, f"missed {share:.1%}"


def test_worded_calls_that_name_nobody_are_left_alone() -> None:
    assert worded.overdone() == 0
