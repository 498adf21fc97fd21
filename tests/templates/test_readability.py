"""Readability is measured by a published formula, the same every time."""

import pytest

from templates.readability import Readability, measure, prose, syllables


def test_the_score_is_the_one_that_was_published() -> None:
    worked = Readability(language="nl", words=20, sentences=2, syllables=30, longest=12)
    assert worked.score == pytest.approx(82.0)
    assert worked.name == "Flesch-Douma"


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("aangifte", 3),
        ("gemeente", 3),
        ("oordelen", 3),
        ("zee\u00ebn", 2),
        ("ru\u00efne", 3),
        ("bij", 1),
        ("schreeuwen", 2),
        ("nieuwe", 2),
        ("brr", 1),
    ],
)
def test_dutch_syllables_are_counted_by_their_vowels(word: str, count: int) -> None:
    assert syllables(word, "nl") == count


@pytest.mark.parametrize(
    ("word", "count"), [("make", 1), ("called", 1), ("wanted", 2), ("people", 2), ("free", 1)]
)
def test_english_knows_silent_letters(word: str, count: int) -> None:
    assert syllables(word, "en") == count


def test_sentences_end_at_a_stop_or_at_the_end_of_a_line_and_not_in_an_address() -> None:
    measured = measure("Bel ons gratis. Dan kijken we samen\nZie voorbeeld.example/privacy", "nl")
    assert measured
    assert (measured.sentences, measured.longest) == (3, 4)


def test_longer_sentences_and_longer_words_score_lower() -> None:
    short, long = measure("Bel ons. We helpen u.", "nl"), measure("Bel ons want we helpen u.", "nl")
    hard = measure("Informeer ons. Administratieve ondersteuning aanvragen.", "nl")
    assert short
    assert long
    assert hard
    assert short.score > long.score > hard.score


def test_a_text_without_words_has_no_score() -> None:
    assert measure("0800 0543", "nl") is None


def test_only_sentences_count_as_prose() -> None:
    parts = {
        "number": "0800 0543",
        "name": "Gemeente Voorbeeldstad",
        "text": "Bel ons. Het is gratis.",
    }
    assert prose(parts) == parts["text"]
