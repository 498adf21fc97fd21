"""Every first word of the command line is a command."""

import pytest

from console.main import NOUNS, command_of


@pytest.mark.parametrize("noun", NOUNS)
def test_every_first_word_is_a_command(noun: str) -> None:
    assert command_of(noun)
