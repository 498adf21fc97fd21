import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.written_dates import LANGUAGES, Language
from suppression.reasons import Reason, bits, named

LONGEST_SENTENCE = 22
EVER_STORED = {
    "DECEASED": 0,
    "MINOR": 1,
    "MOVED_ABROAD": 2,
    "ADDRESS_UNDER_INVESTIGATION": 3,
    "NO_POSTAL_ADDRESS": 4,
    "NO_USABLE_NUMBER": 5,
    "UNDER_GUARDIANSHIP": 6,
    "OBJECTION": 7,
    "SUPPRESSED": 8,
    "EXTENSION_GRANTED": 9,
    "IN_OTHER_CARE": 10,
    "NO_DUNNING_YET": 11,
    "ALREADY_DONE": 12,
    "FREQUENCY_CAP": 13,
    "NAME_DAMAGED": 14,
    "HOUSEHOLD": 15,
    "HOLD_OUT": 16,
    "LIMIT": 17,
    "CAMPAIGN_STOPPED": 18,
    "ALREADY_HELPED": 19,
    "NOT_IN_AUDIENCE": 20,
}


def test_a_stored_bit_keeps_its_meaning_for_ever() -> None:
    assert {
        reason.value: reason.bit for reason in Reason if reason.value in EVER_STORED
    } == EVER_STORED


def test_no_two_reasons_share_a_bit() -> None:
    assert len({reason.bit for reason in Reason}) == len(Reason)


@given(st.sets(st.sampled_from(Reason)))
def test_a_mask_gives_back_the_reasons_it_was_made_of(reasons: set[Reason]) -> None:
    assert named(bits(reasons)) == [reason for reason in Reason if reason in reasons]


@given(st.lists(st.sampled_from(Reason)))
def test_a_reason_given_twice_counts_once(reasons: list[Reason]) -> None:
    assert bits([*reasons, *reasons]) == bits(reasons)


DEBT = re.compile(
    r"schuld|betaal|betaling|incasso|\bdebt|\bpay|\bowe|\bmoney|\bgeld\b", re.IGNORECASE
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_plain_sentences_for_a_colleague_and_for_the_person(
    language: Language,
) -> None:
    for said in (Reason.sentence, Reason.to_person):
        sentences = [said(reason, language) for reason in Reason]
        assert len(set(sentences)) == len(Reason)
        assert all(sentence.endswith(".") and "_" not in sentence for sentence in sentences)
    for reason in Reason:
        assert reason.what_changes_it(language).endswith((".", "?"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_person_hears_is_short_and_holds_no_code(language: Language) -> None:
    for reason in Reason:
        for said in (reason.to_person(language), reason.what_changes_it(language)):
            assert max(len(each.split()) for each in re.split(r"[.:?]", said)) <= LONGEST_SENTENCE
            assert not re.search(r"[A-Z]{3}", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_debt_word_stands_in_what_anybody_but_the_person_reads(language: Language) -> None:
    assert [reason for reason in Reason if DEBT.search(reason.sentence(language))] == []
