"""Logs go to stderr, whichever it is when they are written."""

import io
import sys

import pytest
import structlog

from dingze.logs import configure


def test_a_logger_outlives_the_stderr_it_was_set_up_under(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure("info")
    log = structlog.get_logger("test")
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    log.info("still here", order="1")
    assert '"event": "still here"' in second.getvalue()
