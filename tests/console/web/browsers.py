"""Real browsers for tests: Debian's Chromium, sessions of colleagues in it, and what axe-core says."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SLOWEST = 60_000
"""Milliseconds that a page may take on a busy machine."""
WIDE, NARROW = 1280, 390
_TALL = 800


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Run a real Chromium; without one the test is skipped, but never in CI."""
    path = shutil.which("chromium")
    if path is None:
        assert not os.environ.get("CI"), "in CI there is a chromium"
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser: "Browser", address: str, *, cookie: str = "", width: int = WIDE) -> "Page":
    """Open a page in a browser of one's own, signed in by this cookie."""
    context = browser.new_context(locale="nl-NL", viewport={"width": width, "height": _TALL})
    context.set_default_timeout(SLOWEST)
    if cookie:
        context.add_cookies([{"name": "kaartje", "value": cookie, "url": address}])
    return context.new_page()


def violations(page: "Page") -> list[str]:
    """Return what axe-core finds wrong with the page as it stands, each with where."""
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {', '.join(str(node['target'][0]) for node in each['nodes'])}"
        for each in found
    ]


def sideways(page: "Page") -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
