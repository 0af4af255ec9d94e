"""docs/rules.md is complete: every rule has its code and its test, and the test names the source it points to."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from terms.messages import MESSAGES
from tests.casework.rulebook import ROOT, expected_refusals, functions, refusals

DOCUMENT = (ROOT / "docs" / "rules.md").read_text("utf-8")
FIRST, SECOND = DOCUMENT.split("## Every refusal by its name")


def rows(text: str, cells: int) -> Iterator[list[str]]:
    """The rows of a table with this many cells, without its head."""
    for line in text.splitlines():
        found = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(found) == cells and not set(found[0]) <= {"-"} and found[-1] != "Test":
            yield found


def names(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


SOURCED = list(rows(FIRST, 4))
NAMED = list(rows(SECOND, 4))
TESTS = {function.test: function for function in functions(ROOT / "tests")}


def test_every_rule_that_refuses_stands_in_the_table_with_its_code() -> None:
    told = {names(row[0])[0]: [f"casework.{place}" for place in names(row[2])] for row in NAMED}
    assert told == refusals()


def test_every_rule_that_refuses_has_a_sentence_and_a_test_that_expects_it() -> None:
    expected = expected_refusals()
    for rule, _, _, test in NAMED:
        assert f"rule.{names(rule)[0]}" in MESSAGES
        assert names(test)[0] in expected[names(rule)[0]], rule


def test_the_sentence_in_the_table_is_the_one_people_read() -> None:
    for rule, sentence, _, _ in NAMED:
        assert sentence == MESSAGES[f"rule.{names(rule)[0]}"]


@pytest.mark.parametrize("row", SOURCED, ids=[row[1][:60] for row in SOURCED])
def test_every_sourced_rule_has_code_and_a_test_that_names_its_source(row: list[str]) -> None:
    """stage C: every rule of domain sections 2-4 has a test that names its source."""
    sources, _, code, test = row
    for place in names(code):
        module, _, name = place.partition(":")
        found = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    for one in names(test):
        docstring = TESTS[one].docstring
        assert any(source.strip() in docstring for source in sources.split(";")), (one, sources)


FAULTS = {"越位", "缺位", "错位", "职责交叉", "权责脱节", "重权轻责", "衔接不畅", "推诿"}


def test_the_table_covers_sections_two_to_five_and_eight() -> None:
    assert len(SOURCED) >= 100
    for section in "23458":
        assert any(f"domain, section {section}" in row[0] for row in SOURCED)
    told = {fault for fault in FAULTS for row in SOURCED if row[1].startswith(fault)}
    assert told == FAULTS, "every fault of section 8 has its test"
