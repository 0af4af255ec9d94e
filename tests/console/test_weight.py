"""How much a page weighs the first time it is opened: what crosses the line, page and assets, in a real Chromium."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from automation.router import Router
from console.visit import ADDRESS
from tests.console.city import Town, copy_template, order, served
from tests.console.windows import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MOST_BYTES = 300_000


@pytest.fixture
def city(template: Path, router: Router, tmp_path: Path) -> Iterator[tuple[Town, str]]:
    """A town with an order at a department, behind a server."""
    town = Town(*copy_template(template, tmp_path), router)
    town.receive(order("YZ6801", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ6801", "C03")
    with served(town.app()) as address:
        yield town, address
    town.close()


def weigh(window: Watched, path: str) -> tuple[int, bool]:
    """Bytes as transferred for a page opened with an empty cache, and whether it draws charts."""
    session = window.page.context.new_cdp_session(window.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def note(told: dict[str, Any]) -> None:
        if told["request"]["method"] == "GET":  # what the page is drawn from; it also says who looks at an order
            asked[told["requestId"]] = told["request"]["url"]

    session.on("Network.requestWillBeSent", note)
    session.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    session.on("Network.loadingFailed", lambda told: sizes.update({told["requestId"]: 0}))
    window.page.goto(path)
    window.page.evaluate("() => new Promise(done => requestIdleCallback(() => done()))")
    until = time.monotonic() + 15
    while any(not url.endswith("/moved") for one, url in asked.items() if one not in sizes):  # that stream never ends
        assert time.monotonic() < until, [url for one, url in asked.items() if one not in sizes]
        window.page.wait_for_timeout(10)
    session.detach()
    assert len(sizes) >= 4, "style, script and page came over the line"
    return int(sum(sizes.values())), any("echarts" in url for url in asked.values())


def test_no_page_but_those_with_charts_weighs_more_than_300_kilobytes(
    city: tuple[Town, str], chromium: "Browser"
) -> None:
    _, address = city
    heavy, weighed = {}, 0
    visits = {
        "yz-01-dispatcher": ("/orders/YZ6801",),
        "yz-05-clerk-chengguan": ("/orders/YZ6801",),
        "yz-13-leader": (),
        "yz-15-administrator": (),
    }
    for account, more in visits.items():
        window = Watched(chromium, address, account)
        menu = [str(entry.get_attribute("href")) for entry in window.page.query_selector_all(".dz-menu a")]
        assert set(menu) <= set(ADDRESS.values())
        for path in (*menu, *more):
            size, charts = weigh(window, path)
            weighed += 1
            if size > MOST_BYTES and not charts:
                heavy[f"{account} {path}"] = size
        window.close()
    assert weighed > 10
    assert not heavy, heavy
