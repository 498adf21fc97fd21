"""Decisions are found by a title, and their index says which of them hold."""

import re
from pathlib import Path

import pytest

from tests.house.reading import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
HEADING = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>[^\n]+)\n\n"
    r"\*Date: (?P<date>\d{4}-\d{2}-\d{2}) · Status: (?P<status>[^·\n]+) · Room: (?P<room>[^·\n]+)\*\n\n"
)
LONGEST_TITLE = 90


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_every_decision_has_a_number_a_title_a_date_a_status_and_a_room(record: Path) -> None:
    heading = HEADING.match(record.read_text(encoding="utf-8"))
    assert heading, "begin with '# NNNN. Title', an empty line, '*Date: … · Status: … · Room: …*'"
    assert record.name.startswith(heading["number"])
    assert len(heading["title"]) <= LONGEST_TITLE
    assert re.match(r"accepted|superseded by \d{4}", heading["status"])


def test_the_index_lists_every_decision_as_it_calls_itself() -> None:
    rows = [
        "| [{number}]({file}) | {title} | {date} | {status} | {room} |".format(
            file=record.name, **heading.groupdict()
        )
        for record in RECORDS
        if (heading := HEADING.match(record.read_text(encoding="utf-8")))
    ]
    index = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in index if line.startswith("| [")] == rows


def test_a_decision_that_was_superseded_names_one_that_exists() -> None:
    numbers = {record.name[:4] for record in RECORDS}
    named = {
        number
        for record in RECORDS
        if (heading := HEADING.match(record.read_text(encoding="utf-8")))
        for number in re.findall(r"\d{4}", heading["status"])
    }
    assert named - numbers == set()
