"""Laws of the judgement of messages, and how it does on the corpus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.objection_judging import Judgement, judge
from inbound.stop_recognition import plain_words
from inbound.word_mending import one_letter_apart
from tests.inbound.stop_corpus import Message, corpus

SEEN = [each for each in corpus() if not each.held_back]
HELD_BACK = [each for each in corpus() if each.held_back]
OBJECTIONS = [each for each in SEEN if each.label == "objection"]
BEFORE = ["", "Hallo, ", "Beste mevrouw, ", "Dear sir, ", "Goedemiddag! ", "Met Jan. "]
AFTER = ["", " aub", " please", ". Mvg, Piet de Wit", " 🙏", "!!", ". Groetjes Ria", ". Dank u wel"]
LONG_ENOUGH = 6  # letters of a word that may hold a typing error


def is_held(text: str) -> bool:
    return judge(text).judgement is not Judgement.NONE


def of(messages: list[Message], *, objecting: bool, languages: str) -> list[Message]:
    return [
        each
        for each in messages
        if (each.label == "objection") == objecting
        and each.label != "perhaps"
        and each.language in languages.split()
    ]


@pytest.mark.parametrize("messages", [SEEN, HELD_BACK], ids=["seen", "held back"])
def test_no_objection_of_the_corpus_is_missed(messages: list[Message]) -> None:
    objections = of(messages, objecting=True, languages="nl en de fr tr pl ar uk")
    assert [each.text for each in objections if not is_held(each.text)] == []


def test_few_other_messages_in_dutch_and_english_are_held() -> None:
    others = of(corpus(), objecting=False, languages="nl en")
    held = [each.text for each in others if is_held(each.text)]
    assert len(held) <= 0.05 * len(others), held


@given(st.sampled_from(OBJECTIONS), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_politeness_and_names_never_turn_an_objection_into_none(
    message: Message, before: str, after: str
) -> None:
    assert is_held(before + message.text + after)


@given(st.sampled_from(OBJECTIONS), st.sampled_from([str.upper, str.lower, str.title]))
def test_capitals_never_turn_an_objection_into_none(message: Message, write: object) -> None:
    assert callable(write)
    assert is_held(write(message.text))


@given(st.sampled_from(OBJECTIONS), st.integers(1, 4))
def test_spaces_and_missing_accents_never_turn_an_objection_into_none(
    message: Message, spaces: int
) -> None:
    assert is_held(message.text.replace(" ", " " * spaces))
    assert is_held(" ".join(plain_words(message.text)))


@pytest.mark.parametrize(
    "text",
    [
        "kunnen jullie ophoude met mij te appen",
        "onaımı geri çekiyorum",  # noqa: RUF001
        "Benimle iletişime geçmenizi istemyorum. Saygılar, Ayşe Demir",  # noqa: RUF001
        "Benimle iletişime geçmenizi istxmiyorum. Saygılar, Ayşe Demir",  # noqa: RUF001
    ],
)
def test_one_typing_error_among_words_that_are_right_holds(text: str) -> None:
    assert is_held(text)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("stoppen", "stopen", True),
        ("berihct", "bericht", True),
        ("bericht", "bericht", True),
        ("berict", "bericht", True),
        ("brecht", "bericht", False),
        ("stop", "sport", False),
    ],
)
def test_one_letter_added_left_out_changed_or_swapped(one: str, other: str, *, apart: bool) -> None:
    assert one_letter_apart(one, other) is one_letter_apart(other, one) is apart


@pytest.mark.parametrize(
    "text",
    [
        "wij willen geen berichten van u ontvangen",
        "mijn moeder wil geen sms ontvangen",
        "ich will keine SMS bekommen",
        "I would rather not get texts",
        "do not get in touch by phone",
        "stuur niets meer over mijn aangifte",
    ],
)
def test_an_excuse_never_swallows_an_objection(text: str) -> None:
    assert is_held(text)
