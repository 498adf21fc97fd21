"""Laws of the corpus by which the recognition of objections is measured."""

from collections import Counter

from inbound.stop_recognition import is_phrase
from tests.inbound.stop_corpus import corpus

LANGUAGES = {"nl", "en", "de", "fr", "tr", "pl", "ar", "uk"}


def test_the_corpus_is_large_and_half_of_it_is_no_objection() -> None:
    messages = corpus()
    labels = Counter(each.label for each in messages)
    assert len(messages) >= 400
    assert len({each.text for each in messages}) == len(messages)
    assert set(labels) == {"objection", "perhaps", "none"}
    assert 0.45 <= labels["none"] / len(messages) <= 0.55
    assert {each.language for each in messages} == LANGUAGES


def test_about_thirty_in_a_hundred_are_held_back() -> None:
    messages = corpus()
    held_back = sum(each.held_back for each in messages)
    assert 0.25 <= held_back / len(messages) <= 0.35


def test_no_message_that_is_held_back_stands_word_for_word_in_the_rule() -> None:
    assert [each.text for each in corpus() if each.held_back and is_phrase(each.text)] == []
