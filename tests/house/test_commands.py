"""Every first word of the command line is a command."""

from pathlib import Path

import pytest

from console.main import NOUNS, command_of


@pytest.mark.parametrize("noun", NOUNS)
def test_every_first_word_is_a_command(noun: str) -> None:
    assert command_of(noun)


def test_every_command_that_decides_asks_who_by_the_one_check() -> None:
    folder = Path(__file__).parents[2] / "console" / "cli"
    makes = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.py")
        if "Decider(" in file.read_text(encoding="utf-8")
    }
    # An account is opened by whoever holds the database, before anybody can sign in.
    assert makes <= {"options.py", "installation/account.py"}
