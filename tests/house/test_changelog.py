"""The changelog begins with what is not released yet, and its newest version is the project's."""

import re
import tomllib
from datetime import date

from tests.house.reading import ROOT

HEADINGS = re.findall(
    r"^## \[(.+?)\](?: - (.+))?$",
    (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_what_is_not_released_yet_stands_first() -> None:
    assert HEADINGS[0] == ("Unreleased", "")


def test_the_newest_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert HEADINGS[1][0] == project["version"]


def test_every_version_has_a_date_and_the_newest_is_first() -> None:
    days = [date.fromisoformat(day) for _, day in HEADINGS[1:]]
    assert days == sorted(days, reverse=True)
