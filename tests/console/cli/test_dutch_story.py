"""Everything that the tutorial's commands answer is Dutch where KAARTJE_LANGUAGE asks for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.catalogues import catalogue
from tests.house.walkthrough import TUTORIAL, prepared, run, walk

CODE = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
ENGLISH = re.compile(
    r"\b(the|and|with|not|for|from|are|there|this|has|have|been|which|who|by|before|after|until"
    r"|since|people|nobody|nothing|no|yes|to|on|days?|pieces|touches|rows|planned|submitted"
    r"|approved|running|finished|unknown|waits?)\b"
)
"""Words that a Dutch line does not hold."""
OUR_OWN = re.compile(
    r"(kaartje \S.*|'[^']*'|“[^”]*”|[\w./-]*[/_.@=<>-][\w./=<>-]*|card|hold-out|\bwhere\b.*"
    r"|audience:.*|  bereikt wie: .*|and, or, not)"
)
"""Commands, quotations, names of files, columns and arms, and the audience language."""
ALSO = (
    "campaign list",
    "campaign shadow {campaign}",
    "queue list",
    "line list",
    "desk overdue",
    "desk ageing",
    "desk signals",
    "desk team-tasks",
    "agent list",
    "roster list",
    "audience list",
    "account list",
    "installation show",
    "post list",
    "post differences --all",
    "post seed list",
    "post pull list --all",
    "post incident list --all",
    "replies unmatched",
    "retention list",
    "suppression list --all",
    "suppression rules",
    "suppression pending",
    "suppression doubts",
    "number check 0612345678",
    "number check 09701234567",
)
"""Commands that the tutorial leaves out."""


def _english() -> set[str]:
    """Return the longer stretches of English texts that the Dutch ones do not have."""
    found = set()
    for english, dutch in catalogue("nl", "kaartje").items():
        for part in re.split(r"\{[^{}]*\}|\n", english):
            if part.strip().count(" ") > 2 and part not in dutch:
                found.add(part.strip())
    return found


def _answers(folder: Path) -> Iterator[tuple[str, str]]:
    text = TUTORIAL.read_text(encoding="utf-8")
    for answer in walk(text, prepared(folder)):
        if answer.block.language == "text":
            yield f"line {answer.block.line}", answer.came
    campaign = re.findall(r"kaartje report (\S+)", text)[0]
    for command in ALSO:
        yield command, run(f"kaartje {command.format(campaign=campaign)}")


@pytest.mark.thorough
def test_no_english_and_no_code_in_capitals_stands_in_a_dutch_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAARTJE_HOME", "set by the tutorial, and set back after it")
    monkeypatch.setenv("KAARTJE_LANGUAGE", "nl")
    monkeypatch.setenv("KAARTJE_NOW", "")
    monkeypatch.delenv("KAARTJE_DATABASE_URL", raising=False)
    english, wrong = _english(), []
    for command, came in _answers(tmp_path):
        for line in came.splitlines():
            words = OUR_OWN.sub("", line) if not line.lstrip().startswith("#") else ""
            if CODE.search(line) or ENGLISH.search(words) or any(each in line for each in english):
                wrong.append(f"{command}: {line}")
    assert not wrong, "\n".join(wrong)
