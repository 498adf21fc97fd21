"""The README tells of every command there is, and of none that is not."""

import re
from pathlib import Path

import pytest

from console.main import NOUNS, command_of

README = (Path(__file__).parents[2] / "README.md").read_text()
TOLD = re.findall(
    r"`kaartje ([^`]+)`",
    README[README.index("| command |") : README.index("Every reading command")],
)


def test_the_table_names_every_first_word() -> None:
    assert {told.split()[0] for told in TOLD} == set(NOUNS)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_first_word_is_a_command(noun: str) -> None:
    assert command_of(noun)


@pytest.mark.parametrize("told", [told for told in TOLD if not told.endswith("…")])
def test_every_second_word_and_option_of_the_table_is_taken(told: str) -> None:
    noun, *rest = told.split()
    command = command_of(noun)
    for way in " ".join(rest).replace("\\|", "|").split("|"):
        words = way.split()
        asked = command
        while words and re.fullmatch("[a-z-]+", words[0]) and hasattr(asked, "commands"):
            asked = asked.commands[words.pop(0)]
        options = {name for parameter in asked.params for name in parameter.opts}
        assert set(re.findall(r"(?<!\w)--?[a-z-]+", way)) <= options
