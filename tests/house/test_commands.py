"""Every first word of the command line is a command."""

from pathlib import Path

import pytest

from console.main import NOUNS, command_of
from tests.house.clock_reading import Functions
from tests.house.reading import product

LIVES_BY_ITS_OWN_CLOCK = {
    # the demo plays the days of its story, and the console lives with the people who use it
    ("console.cli.installation.demo", "demo"),
    ("console.cli.installation.serve", "serve"),
}
"""Commands that ask for the moment again and again, so that one of `--now` would be wrong."""


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
    # An account is opened by whoever holds the database, before anybody can sign in; and who is signed in is known
    # by their token.
    signed_in = {"sign_ins.py", "installation/sign_in.py", "installation/sign_out.py"}
    assert makes <= {"options.py", "installation/account.py"} | signed_in


@pytest.mark.thorough
def test_every_command_takes_a_moment_where_time_matters_and_nowhere_else() -> None:
    functions = Functions(product())
    wanting, vain = set(), set()
    for place in functions.commands():
        if takes := functions.takes_moment(place):
            vain |= {place} if not functions.uses_moment(place) else set()
        if not takes and functions.reads_clock(place):
            wanting.add(place)
    assert wanting == LIVES_BY_ITS_OWN_CLOCK
    assert not vain
