"""Every English text of the command line and of errors has its Dutch, with the same values in it."""

from console.catalogues import catalogue
from tests.house.texts import placeholders, texts

DUTCH = catalogue("nl", "kaartje")


def test_every_english_text_has_its_dutch() -> None:
    assert sorted(texts() - DUTCH.keys()) == [], "make words, and write the Dutch"


def test_the_catalogue_holds_no_text_that_nobody_uses() -> None:
    assert sorted(DUTCH.keys() - texts()) == [], "make words"


def test_a_translation_fills_in_the_same_values() -> None:
    assert [
        text for text, dutch in DUTCH.items() if placeholders(text) != placeholders(dutch)
    ] == []
