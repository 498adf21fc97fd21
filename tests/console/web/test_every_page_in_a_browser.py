"""Every page in a real browser, in all of its states: axe-core finds nothing, and nothing is cut off."""

from collections.abc import Iterator

import pytest

from tests.console.authorisation import ROUTES
from tests.console.web.browsers import NARROW, WIDE, chromium, sideways, violations
from tests.console.web.page_states import NOT_PAGES, STATES
from tests.console.web.staged_pages import StagedPages, staged_pages


def test_every_page_stands_in_the_table_of_states() -> None:
    lines = [line.split() for text in ROUTES.values() for line in text.strip().split("\n")]
    own = [path for method, path in lines if method == "GET" and "/api/" not in path]
    assert set(own) - NOT_PAGES == set(STATES)
    assert set(own) >= NOT_PAGES


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedPages]:
    with chromium() as browser, staged_pages(tmp_path_factory.mktemp("staged"), browser) as pages:
        yield pages


HELD = (
    "/sign-in",
    "/k/{code}",
    "/k",
    "/echt",
    "/helpen",
    "/today",
    "/stop-everything",
    "/account",
    "/accounts",
    "/calculators",
    "/campaigns/{name}",
    "/drafts",
    "/drafts/new",
)
"""Routes whose states are held to axe-core. The others are drawn by `make pictures`, and not held yet."""


@pytest.mark.heavy
def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(
    staged: StagedPages,
) -> None:
    wrong = []
    for route in HELD:
        for state in STATES[route]:
            page = staged.open(state, "nl")
            for width in (WIDE, NARROW):
                page.set_viewport_size({"width": width, "height": 800})
                found = violations(page)
                if over := sideways(page):
                    found.append(f"{over} pixels wider than the window")
                wrong += [f"{route} ({state.name}, {width}): {each}" for each in found]
    assert wrong == []
