"""The catalogues hold the same texts for us, for Babel and in both languages."""

from pathlib import Path

import pytest

from console.catalogues import LANGUAGES, Language, catalogue, chosen_language, read_catalogue
from store.errors import BadInput

LOCALE = Path(__file__).parents[2] / "console" / "locale"
FILES = sorted(LOCALE.rglob("*.po"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(LOCALE)))
def test_a_catalogue_is_read_as_babel_reads_it(file: Path) -> None:
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        messages = [each for each in read_po(opened) if each.id and each.string]
    theirs = {each.id: each.string for each in messages if not each.fuzzy}
    assert read_catalogue(file.read_text(encoding="utf-8")) == theirs


def test_entries_with_marks_quotes_and_several_lines_are_read() -> None:
    text = (
        '#. a note\n#: a.py:1\nmsgid ""\n"one \\"two\\"\\n"\n"three"\nmsgstr "een\\\\"\n\n'
        '#, fuzzy\nmsgid "four"\nmsgstr "vijf"\n\nmsgid "six"\nmsgstr ""\n\n'
        '#~ msgid "old"\n#~ msgstr "oud"\n'
    )
    assert read_catalogue(text) == {'one "two"\nthree': "een\\"}


def test_every_text_of_the_pages_stands_in_both_languages() -> None:
    keys = [list(catalogue(language, "console")) for language in LANGUAGES]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_BE", "LC_MESSAGES": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE", "LC_ALL": "", "LC_MESSAGES": "nl"}, "nl"),
        ({"LANG": "nl_NL", "KAARTJE_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE", "KAARTJE_LANGUAGE": "nl"}, "nl"),
    ],
)
def test_the_environment_chooses_the_language(
    environment: dict[str, str], language: Language
) -> None:
    assert chosen_language(environment) == language


def test_a_language_that_we_do_not_speak_is_refused() -> None:
    with pytest.raises(BadInput, match="'xx' is not a language of Kaartje; write nl or en"):
        chosen_language({"KAARTJE_LANGUAGE": "xx"})
