"""A browser window that watches itself, for tests in a real Chromium."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.assets import MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
AXE = MODULES / "axe-core" / "axe.min.js"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

UNSEEN_FOCUS = """() => [...document.querySelectorAll(
    'a[href], button:enabled, input:enabled:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  )].filter(one => one.getClientRects().length && getComputedStyle(one).visibility !== 'hidden')
  .filter(one => one.tagName === 'SUMMARY' || !one.closest('details:not([open])')).filter(one => {
    one.focus({preventScroll: true});
    const style = getComputedStyle(one);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return document.activeElement !== one || !(ring || style.boxShadow !== 'none');
  }).map(one => one.outerHTML.slice(0, 120))"""


def kind_of(address: str) -> str:
    """The kind of page behind an address, of those that show one thing each: `/orders/YZ1` and `/orders/YZ2` are one.

    Other addresses are their own kind, without what they ask for.
    """
    path = address.partition("?")[0].partition("#")[0]
    one_thing = re.match(r"/(?:[a-z]+/)*(?=[^/]*[^a-z/]|C\d)|/(?:accountability|figures)/", path)
    return f"{one_thing.group()}…" if one_thing else path


class Watched:
    """A window that notes what went wrong in it and what it asked for outside."""

    def __init__(self, browser: "Browser", address: str, account: str, width: int = 1366, height: int = 768) -> None:
        context = browser.new_context(base_url=address, viewport={"width": width, "height": height}, locale="zh-CN")
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("request", lambda asked: self._note(asked.url, address))
        self.hand_over(account)

    def hand_over(self, account: str) -> None:
        """Whoever sat here leaves, somebody signs in; what the browser has fetched once stays in its cache."""
        self.page.context.clear_cookies()
        self.page.goto("/sign-in")
        self.page.click(f'button[value="{account}"]')
        self.page.wait_for_selector("main h1")

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:")):
            self.outside.append(url)

    def faults(self) -> list[str]:
        """What axe-core finds on the present page that is serious or worse for people with a disability.

        Playwright evaluates it past the page's policy for scripts, which holds for the page itself all the same.
        """
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
        ]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate(TOO_WIDE))

    def too_wide_at_double_size(self) -> int:
        """The same at 200 % zoom of a 1366 × 768 screen, when the charts have taken their new size."""
        self.page.set_viewport_size({"width": 683, "height": 384})
        until = time.monotonic() + 3
        while (found := self.too_wide()) > 0 and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        self.page.set_viewport_size({"width": 1366, "height": 768})
        return found

    def without_focus(self) -> list[str]:
        """What can be pressed or filled in, and does not show when the keyboard has come to it."""
        self.page.keyboard.press("Tab")  # from now on the browser shows where the focus is
        return list(self.page.evaluate(UNSEEN_FOCUS))

    def english_tags(self) -> list[str]:
        """Words of the program where a tag should speak Chinese."""
        return list(self.page.evaluate("[...document.querySelectorAll('.dz-tag')].map(one => one.innerText)"
                                       ".filter(told => /[a-z]{3,}/.test(told))"))  # fmt: skip

    def links(self, selector: str) -> list[str]:
        """The addresses of the pages that links there lead to; files to take away are left out."""
        found = self.page.eval_on_selector_all(selector, "all => all.map(one => one.getAttribute('href'))")
        return [one for one in found if "." not in one.partition("?")[0] and not one.startswith("/files/")]

    def close(self) -> None:
        """Close it; it must have been quiet."""
        self.page.context.close()
        self.was_quiet()

    def was_quiet(self) -> None:
        """Nothing went wrong, and nothing was asked outside."""
        assert not self.errors, self.errors
        assert not self.outside, self.outside
