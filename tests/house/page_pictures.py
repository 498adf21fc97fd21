"""Draw every page of the console in all of its states: `python -m tests.house.page_pictures FOLDER`.

Both widths and both languages, of an invented installation, to be looked at by a person. Outside
CI, and in no commit.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.console.web.browsers import NARROW, WIDE, chromium
from tests.console.web.page_states import STATES
from tests.console.web.staged_pages import staged_pages


def main(folder: Path) -> int:
    """Draw the pictures, and return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    with (
        TemporaryDirectory() as home,
        chromium() as browser,
        staged_pages(Path(home), browser) as pages,
    ):
        for language in ("nl", "en"):
            for route, states in STATES.items():
                for state in states:
                    page = pages.open(state, language)
                    for width in (WIDE, NARROW):
                        page.set_viewport_size({"width": width, "height": 800})
                        name = f"{_named(route)}-{state.name}-{language}-{width}.png"
                        page.screenshot(path=folder / name, full_page=True)
                        drawn += 1
    return drawn


def _named(route: str) -> str:
    """Return a route as part of a file's name."""
    return re.sub(r"\W+", "-", re.sub(r":\w+", "", route)).strip("-") or "campaigns"


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201  a tool for people
