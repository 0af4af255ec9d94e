"""A sample city for every test: enacted once a session, copied for each test that writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from automation.router import Router
from console.assets import DOCS, GUIDE, MODULES, VENDOR, copy_assets, copy_guide
from tests import needs, workplace
from tests.console.city import Town, build_template, copy_template, router_of
from tests.console.screenshots import ARGUMENTS
from tests.console.windows import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session", autouse=True)
def assets() -> None:
    """The page assets and the guide, as `make setup` leaves them."""
    if not (VENDOR / "manifest.json").exists():
        copy_assets(MODULES, VENDOR)
    if not (GUIDE / "README.md").exists():
        copy_guide(DOCS, GUIDE)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """The enacted sample city."""
    return build_template(tmp_path_factory.mktemp("template"), migrated_sqlite)


@pytest.fixture(scope="session")
def router(template: Path) -> Iterator[Router]:
    """The sample city's router."""
    with router_of(template, workplace.indexes()) as made:
        yield made


@pytest.fixture
def town(template: Path, router: Router, tmp_path: Path) -> Iterator[Town]:
    """A Dingze of its own."""
    url, key = copy_template(template, tmp_path)
    made = Town(url, key, router)
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium. Mark the test `browser`."""
    if not CHROMIUM.exists():
        needs.missing("browser", "no /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
