"""The staged installation behind a real server, and its pages in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.states import Role
from tests.console.conftest import session_cookie, signed_cookie
from tests.console.web.browsers import opened
from tests.console.web.page_states import State
from tests.console.web.staged_house import NOON, stage
from tests.served import SECRET, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

USUAL = {
    Role.MANAGER: "anja",
    Role.AGENT: "omar",
    Role.ANALYST: "ana",
    Role.PRIVACY_OFFICER: "rosa",
    Role.PRINT_SHOP: "drukker",
}
"""Who looks at a page when its state does not say."""
PHONE = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_api_key": "SK" + "0" * 32,
    "twilio_api_secret": "nobody's",
    "twilio_url": "http://127.0.0.1:1",
}


@dataclass(kw_only=True)
class StagedPages:
    """Pages of a served installation, opened as the people who work there."""

    installation: Installation
    browser: "Browser"
    address: str
    pages: dict[tuple[str, str], "Page"] = field(default_factory=dict)

    def open(self, state: State, language: str, width: int = 1280) -> "Page":
        """Open a page in one of its states."""
        who = state.who or (USUAL[state.role] if state.role else "")
        if (who, language) not in self.pages:
            self.pages[who, language] = opened(
                self.browser, self.address, cookie=self._cookie(who, state.role, language)
            )
        page = self.pages[who, language]
        page.set_viewport_size({"width": width, "height": 800})
        answer = page.goto(f"{self.address}{state.path}")
        assert answer is not None
        assert answer.status == state.status, (who, state.path)
        assert page.url == f"{self.address}{state.leads_to or state.path}", (who, state.path)
        state.do(page)
        return page

    def _cookie(self, who: str, role: Role | None, language: str) -> str:
        if role is None:
            return signed_cookie(self.installation, {"language": language})
        return session_cookie(self.installation, who, role, NOON, language)


@contextmanager
def staged_pages(home: Path, browser: "Browser") -> Iterator[StagedPages]:
    """Stage an installation in this folder, and serve it."""
    script = home / "phone-stand-in.js"
    script.write_text("// nobody is called here\n")
    settings = Settings(home=home, database_url="", secret=SECRET)
    installation = open_installation(settings, clock=FixedClock(NOON), draws=Random(2023))
    stage(installation)
    served = Served(home, port=0, rehearse=NOON.isoformat(), voice_sdk=str(script), **PHONE)
    try:
        yield StagedPages(
            installation=installation,
            browser=browser,
            address=f"http://127.0.0.1:{served.port}",
        )
    finally:
        served.stop()
        installation.store.engine.dispose()
