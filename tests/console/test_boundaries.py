"""边界争议 and the page behind a figure: every number there is the number of events it opens to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.router import Router
from tests.console.city import Browser, Town, copy_template, served
from tests.console.life import live

OFFICER = "yz-03-bianban"


@pytest.fixture(scope="module")
def house(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """A town after a working day with returns and reviews, and its pages."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("boundaries")), router)
    live(town, 60)
    with served(town.app()) as address:
        yield town, address
    town.close()


def returned(town: Town) -> list[dict[str, object]]:
    """Every return on the record, as the record has it."""
    return [one.payload for one in town.ledger.read(0, 1_000_000) if one.type == "ReturnRequested"]  # type: ignore[arg-type]


def test_the_matrix_counts_every_return_once_and_each_cell_opens_to_its_events(house: tuple[Town, str]) -> None:
    town, address = house
    browser = Browser(address, OFFICER)
    told = returned(town)
    assert len(told) > 3
    matrix = browser.get("/disputes.json").json()["matrix"]
    assert matrix["total"] == len(told) == sum(matrix["row_totals"].values()) == sum(matrix["column_totals"].values())
    page = browser.get("/disputes").text
    links = set(re.findall(r'href="(/figures/returns\?[^"]+)"[^>]*>(\d+)</a>', page))
    assert len(links) > 5
    for link, number in links:
        found = browser.get(link.replace("&amp;", "&").replace("/returns?", "/returns.json?")).json()
        assert found["total"] == int(number), link
        for row in found["rows"]:
            event = town.ledger.event(row["event_id"])
            assert event is not None and event.position == row["position"], "a line without its event"


def test_every_number_of_every_tab_opens_to_as_many_lines(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], OFFICER)
    for tab in ("pairs", "chains", "matters", "open"):
        page = browser.get(f"/disputes?tab={tab}")
        assert page.status_code == 200, tab
        for link, number in set(re.findall(r'href="(/figures/[^"]+)"[^>]*>(\d+)</a>', page.text)):
            path, _, query = link.replace("&amp;", "&").partition("?")
            assert browser.get(f"{path}.json?{query}").json()["total"] == int(number), (tab, link)


def test_before_the_first_return_the_page_knows_of_none(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], OFFICER)
    before = browser.get("/disputes.json?as_of=2026-11-01").json()
    assert before["matrix"]["total"] == 0
    assert "这一期间没有退单" in browser.get("/disputes?as_of=2026-11-01").text
    assert browser.get("/disputes.json?since=2031-01-01").json()["matrix"]["total"] == 0


def test_a_period_that_ends_before_it_begins_is_told_to_mend(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], OFFICER)
    answer = browser.get("/disputes?since=2026-11-20&until=2026-11-01")
    assert answer.status_code == 422 and "晚于截止日期" in answer.text
    assert browser.get("/disputes?as_of=2026-02-30").status_code == 422


def test_a_column_that_no_figure_has_is_not_guessed_at(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], OFFICER)
    assert browser.get("/figures/returns?caller=x").status_code == 404
    assert browser.get("/figures/secrets").status_code == 404


def test_a_department_opens_no_figure_of_another(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-05-clerk-chengguan")
    assert browser.get("/disputes").status_code == 403
    assert browser.get("/figures/returns?what=returned").status_code == 403
    lines = browser.get("/figures/duties.json").json()
    assert lines["total"] > 0 and {row["unit"] for row in lines["rows"]} == {"C03"}
    assert not any(row["title"] for row in lines["rows"]), "an order may have gone to another since"
