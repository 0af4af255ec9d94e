"""What is costly to set up is set up once, however many processes run tests."""

import re
from pathlib import Path

from tests.side_by_side import BROKER, MONTH

ROOT = Path(__file__).resolve().parents[1]
FILES = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py")}


def naming(words: str) -> set[str]:
    """The test files in which a pattern stands."""
    return {name for name, text in FILES.items() if re.search(words, text)}


def test_every_file_that_asks_for_a_broker_runs_in_the_process_of_the_broker() -> None:
    asking = naming(r"mark\.kafka\b")
    assert asking
    assert sorted(name for name in asking if not name.startswith(BROKER)) == []


def test_every_file_that_looks_at_the_loaded_month_runs_in_the_process_that_loaded_it() -> None:
    looking = naming(r"\bimport .*\bloaded\b|tests\.sample\.loaded import (?!forget)")
    assert looking
    assert sorted(name for name in looking if not name.startswith(MONTH)) == []
