"""A browser window that watches itself, for tests in a real Chromium."""

from pathlib import Path
from typing import TYPE_CHECKING

from console.assets import MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
AXE = MODULES / "axe-core" / "axe.min.js"


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

    def close(self) -> None:
        """Close it; it must have been quiet."""
        self.page.context.close()
        assert not self.errors, self.errors
        assert not self.outside, self.outside
