"""docs/rules.md is complete: every rule has its code and its test, and the test names the source it points to."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from city.configuration import Clocks
from city.limits import Limit
from terms.messages import MESSAGES
from tests.casework.rulebook import ROOT, expected_refusals, functions, refusals

DOCUMENT = (ROOT / "docs" / "rules.md").read_text("utf-8")
FIRST, SECOND = DOCUMENT.split("## Every refusal by its name")
# counted on the domain page: each bullet, each clause between semicolons, each figure of the clock table
ON_THE_PAGE = {2: 46, 3: 28, 4: 25}


def rows(text: str, cells: int) -> Iterator[list[str]]:
    """The rows of a table with this many cells, without its head."""
    for line in text.splitlines():
        found = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(found) == cells and not set(found[0]) <= {"-"} and found[-1] != "Test":
            yield found


def names(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


NUMBERED = list(rows(FIRST, 5))
SOURCED = [*(row[1:] for row in NUMBERED), *rows(FIRST, 4)]
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


def test_every_refusal_says_what_to_do_instead() -> None:
    """stage C, item 1: refused moves say which rule and what to do instead; `instead.…` are sentences of their own."""
    told = {rule: MESSAGES[f"rule.{rule}"] for rule in refusals()}
    assert [rule for rule, words in told.items() if "请" not in words and "{instead}" not in words] == []
    ways_on = {code: words for code, words in MESSAGES.items() if code.startswith("instead.")}
    assert ways_on and [code for code, words in ways_on.items() if not words] == []


def test_the_sentence_in_the_table_is_the_one_people_read() -> None:
    for rule, sentence, _, _ in NAMED:
        assert sentence == MESSAGES[f"rule.{names(rule)[0]}"]


def test_every_rule_of_sections_two_to_four_stands_under_its_number_without_a_gap() -> None:
    """stage C: every rule of domain sections 2-4; one that is taken out leaves a gap or a lower count."""
    places = [tuple(int(part) for part in row[0].split(".")) for row in NUMBERED]
    counted = {section: sum(1 for found, _ in places if found == section) for section in ON_THE_PAGE}
    assert places == [(section, number + 1) for section, count in counted.items() for number in range(count)]
    assert all(counted[section] >= count for section, count in ON_THE_PAGE.items()), counted
    assert len({row[2] for row in NUMBERED}) == len(NUMBERED), "each rule once"
    assert all(names(row[3]) and names(row[4]) for row in NUMBERED)


def test_every_clock_of_the_table_has_the_default_of_the_configuration() -> None:
    """domain, section 4: the clock table with its defaults and units; and no clock of the city is left untold."""
    told = {name: (int(amount), unit) for name, amount, unit in re.findall(CLOCK, FIRST)}
    assert told == {name: default(getattr(Clocks(), name)) for name in Clocks.model_fields}


CLOCK = r"`clocks\.(\w+)` = (\d+)(?: (minute|hour|working day|day))?"


def default(clock: Limit | int) -> tuple[int, str]:
    """The amount and its unit in words; a count or a percentage has none."""
    return (clock, "") if isinstance(clock, int) else (clock.amount, clock.unit.replace("_", " "))


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
