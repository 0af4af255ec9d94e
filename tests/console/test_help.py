"""The tours, the help page and the invitation: for each role, over the pages as they are."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from console.access import MAY_OPEN, Page
from console.assets import DOCS
from console.help.tours import ABOUT, TOURS
from console.visit import ADDRESS, MENU
from terms.actors import Role
from tests.console.city import Browser, Town, served


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town on its first morning: nothing has come in yet."""
    town.engine.catch_up()
    with served(town.app()) as address:
        yield town, address


def there(selector: str, page: str) -> bool:
    """Whether a page holds what a step points at: `#id`, `.class` or `[attribute=value]`."""
    if selector.startswith("#"):
        return f'id="{selector[1:]}"' in page
    if selector.startswith("."):
        return re.search(rf'class="[^"]*(?<![\w-]){re.escape(selector[1:])}(?![\w-])', page) is not None
    name, value = selector.strip("[]").split("=")
    return f'{name}="{value}"' in page


def test_every_step_of_every_tour_stands_on_a_page_of_its_role_and_points_at_something_there(
    house: tuple[Town, str],
) -> None:
    town, address = house
    walked = set()
    for account in town.people.samples():
        if account.role in walked:
            continue
        walked.add(account.role)
        browser = Browser(address, account.account)
        steps = TOURS[account.role]
        at: str | None = f"{ADDRESS[steps[0].page]}?tour=1"
        for number, step in enumerate(steps, 1):
            assert account.role in MAY_OPEN[step.page]
            page = browser.get(str(at)).text
            body, _, panel = page.partition('class="dz-tour"')
            assert step.title in panel and f"导览 {number} / {len(steps)}" in panel, (account.role, at)
            assert there(step.points_at, body), (account.role, step.title)
            onward = re.search(r'href="([^"]+)" data-key="arrowright"', panel)
            at = onward.group(1) if onward else None
        assert at is None, "the last step leads nowhere"
    assert walked == set(TOURS) == set(Role) - {Role.SYSTEM}


def test_the_guide_is_read_in_the_console_with_its_pictures_and_leads_nowhere_else(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-05-clerk-chengguan")
    assert 'href="/help/guide"' in browser.get("/help").text
    to_read, read = ["/help/guide"], set[str]()
    while to_read:
        address = to_read.pop()
        read.add(address)
        page = browser.get(address)
        body = page.text.partition('class="dz-card dz-pad dz-guide"')[2]
        assert page.status_code == 200 and len(page.content) < 300_000
        assert " style=" not in body and '.md"' not in body and "../" not in body
        for picture in set(re.findall(r'<img src="([^"]+)"', body)):
            assert browser.get(picture).headers["content-type"] == "image/png", picture
        for led, heading in re.findall(r'href="(/help/guide[^"#]*)(?:#([^"]*))?"', body):
            assert not heading or f'id="{unquote(heading)}"' in browser.get(led).text
            to_read += {led} - read - set(to_read)
    assert len(read) == len(list((DOCS / "user-guide").glob("*.md")))
    assert browser.get("/help/guide/nothing").status_code == 404
    assert Browser(house[1]).get("/help/guide").status_code == 303, "who is not signed in signs in first"


def test_the_tour_is_offered_at_home_until_it_is_put_away_and_stays_in_the_help(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-05-clerk-chengguan")
    assert "/tasks?tour=1" in browser.get("/tasks").text
    assert "dz-welcome" not in browser.get("/mandates").text
    answer = browser.fill("/help/toured")
    assert answer.status_code == 303 and answer.headers["location"] == "/tasks"
    assert "dz-welcome" not in browser.get("/tasks").text
    help_page = browser.get("/help").text
    assert all(step.title in help_page for step in TOURS[Role.CLERK])
    assert 'class="dz-tour"' not in browser.get("/tasks?tour=99").text


def test_the_help_says_of_every_page_of_the_menu_what_it_is_for(house: tuple[Town, str]) -> None:
    entries = [page for group in MENU.values() for page in group]
    assert set(entries) == set(ADDRESS), "every page with an address is in the menu once"
    assert len(entries) == len(set(entries))
    missing = [f"{page.name}（{page}）" for page in entries if page not in ABOUT]
    assert not missing, f"add a line to ABOUT in console/help/tours.py: {missing}"
    shown = Browser(house[1], "yz-01-dispatcher").get("/help").text
    assert ABOUT[Page.QUEUE] in shown and ABOUT[Page.OPERATIONS] not in shown
