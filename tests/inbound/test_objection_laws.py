"""Laws of the judgement of messages, and how it does on the corpus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.objection_judging import Judgement, judge
from inbound.stop_recognition import plain_words
from inbound.word_mending import one_letter_apart
from tests.inbound.stop_corpus import Message, corpus
from tests.inbound.typing_errors import typing_errors

SEEN = [each for each in corpus() if not each.held_back]
HELD_BACK = [each for each in corpus() if each.held_back]
OBJECTIONS = [each for each in SEEN if each.label == "objection"]
BEFORE = ["", "Hallo, ", "Beste mevrouw, ", "Dear sir, ", "Goedemiddag! ", "Met Jan. "]
AFTER = ["", " aub", " please", ". Mvg, Piet de Wit", " 🙏", "!!", ". Groetjes Ria", ". Dank u wel"]
MISTYPED = {
    "stahp",
    "stoptexting",
    "ik wilgeen smsmeer",
    "afmeldn",
    "k wil nie gebeld worden",
}  # a second error is more than one
WHOLE_WORDS = 0.002  # errors that make another word, as "top" of "stop"


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


def with_one_error() -> list[str]:
    """Return every objection with every typing error, without those that hold one as they are."""
    texts = [each.text for each in OBJECTIONS if each.text not in MISTYPED]
    return [wrong for text in texts for wrong in dict.fromkeys(typing_errors(text))]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "every",
    [60, pytest.param(1, marks=pytest.mark.heavy)],
    ids=["one in sixty", "all"],
)
def test_one_typing_error_turns_an_objection_into_none_only_where_it_makes_another_word(
    every: int,
) -> None:
    tried = with_one_error()[::every]
    missed = [text for text in tried if not is_held(text)]
    assert len(missed) <= max(2, WHOLE_WORDS * len(tried)), missed


@pytest.mark.thorough
@pytest.mark.parametrize(
    "every",
    [60, pytest.param(4, marks=pytest.mark.heavy)],
    ids=["one in sixty", "one in four"],
)
def test_one_typing_error_makes_few_other_messages_in_dutch_and_english_held(every: int) -> None:
    others = of(corpus(), objecting=False, languages="nl en")
    tried = [wrong for each in others for wrong in dict.fromkeys(typing_errors(each.text))][::every]
    held = [text for text in tried if is_held(text)]
    assert len(held) <= 0.05 * len(tried), held


@given(st.sampled_from(OBJECTIONS), st.data())
def test_a_doubled_letter_never_turns_an_objection_into_none(
    message: Message, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(message.text) - 1))
    char = message.text[place]
    assert is_held(message.text[:place] + char * (1 + char.isalpha()) + message.text[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "kunnen jullie op houden met mij te appen",
        "Hierbij verzoek ik u mijn gegeens te wissen",
        "Wilt u mij uit uw best and halen?",
        "Bel mijn moeder miet meer",
        "otp-out please",
        "Ik stelgeen prijs op uw berichten",
        "top met sturen",
        "Geen appjes meer!!",
        "wilt u mijn nummer niet meer gebruiken",
        "kindly refrain from contacting me",
    ],
)
def test_an_objection_that_is_written_wrong_holds(text: str) -> None:
    assert is_held(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ik stop er morgen even een briefje in de bus",
        "Hartelijk dank, dat is fijn",
        "I would like to talk to someone who spaks English",
        "Dr. Amina Hassan-Stopford",
    ],
)
def test_what_is_only_near_a_word_of_refusal_is_none(text: str) -> None:
    assert not is_held(text)


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


@pytest.mark.parametrize(
    "text",
    [
        "No me llamen más",
        "deje de llamarme",
        "Non chiamatemi più",
        "Não me liguem mais",
        "Nu mă mai sunați",
        "Не ми звънете повече",  # noqa: RUF001  Bulgarian
        "Nemojte me zvati",
        "Nevolejte mi",
        "ne hívjanak többet",
        "mos më telefononi më",
        "تماس نگیرید",
        "Ring mig inte",
        "Älkää soittako",
        "đừng gọi tôi",
    ],
)
def test_a_short_refusal_in_a_language_without_rules_is_held(text: str) -> None:
    assert judge(text).judgement is Judgement.PERHAPS


@pytest.mark.parametrize(
    "text",
    [
        "llámame el lunes",
        "posso chiamare domani?",
        "multumesc",
        "hvala lepo",
        "no problem call me",
        "geen haast bel maar",
        "kein Problem rufen Sie mich an",
        "pas de problème appelez-moi",
        "nie ma problemu proszę dzwonić",
    ],
)
def test_thanks_wishes_and_no_problem_are_no_refusal(text: str) -> None:
    assert judge(text).judgement is Judgement.NONE
