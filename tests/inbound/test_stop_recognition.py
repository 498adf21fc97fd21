"""What people really send when they want us to stop, and what they send when they do not."""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.stop_recognition import is_stop

STOPS = [
    "STOP", "stop", "Stop.", "STOP!!", "s.t.o.p.", "S T O P", "s-t-o-p", " stop ", "*STOP*", "“Stop”", "STOP STOP STOP",
    "stoooop", "STOPPPP", "stop aub", "Stop a.u.b.", "s.t.o.p. a.u.b.", "stopaub", "stop alsjeblieft", "STOP SVP",
    "graag stoppen", "stop ermee!", "Stop er mee", "stop nu", "Stoppen", "afmelden", "Afmelden aub", "Uitschrijven",
    "Wat is dit? STOP!", "Stop, ik heb al aangifte gedaan", "geen sms meer", "Geen berichten meer aub",
    "Laat me met rust", "bel mij niet meer!", "stop met smsen", "Ik wil geen contact meer.", "STOP 🛑", "🛑",
    "stop\n\nGroeten, Jan", "ＳＴＯＰ", "st\u200bop", "Stóp",
    "please stop", "Stop please", "STOPALL", "unsubscribe", "Quit", "cancel", "END", "opt-out", "Opt out", "stop it",
    "Nee, stop", "hallo stop groet",
    "stop texting me", "don't contact me", "Don’t text me", "leave me alone",
    "stopp", "STOPP BITTE", "Bitte stopp", "aufhören", "Hör auf!", "abmelden", "keine Nachrichten mehr", "halt",
    "DUR", "dur lütfen", "İPTAL", "iptal", "istemiyorum", "Mesaj göndermeyin", "mesaj atmayın lütfen", "durdurun",
    "przestań", "Proszę przestać", "nie piszcie", "Proszę nie dzwonić", "rezygnuję", "koniec", "STOP proszę",
    "توقف", "توقّف", "قف", "إيقاف", "أوقف", "أوقفوا من فضلك", "ستوب", "لا تراسلني", "إلغاء", "تــوقف",
    "стоп", "СТОП!",
]  # fmt: skip

NOT_STOPS = [
    "", "   ", "?", "ja", "nee", "bel mij", "Kunt u mij bellen", "ik wil graag een afspraak", "12 uur is goed",
    "Kan ik stoppen met aangifte doen?", "Mijn uitkering is gestopt", "Bij welke bushalte moet ik zijn?", "stopcontact",
    "ik ben gestopt met mijn bedrijf", "Wanneer stopt dit?", "moet ik de betaling stopzetten of niet",
    "can you call me at the end of the day", "Ik kom niet, cancel mijn afspraak", "help", "Bel me niet voor 10 uur",
    "vanaf de bus stop is het 5 minuten lopen", "Danke", "teşekkürler", "dziękuję", "شكرا", "dank u wel",
    "aub", "please", "s", "a.u.b.",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_this_is_a_stop(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", NOT_STOPS)
def test_this_is_no_stop(text: str) -> None:
    assert not is_stop(text)


@given(
    st.sampled_from(["stop", "stop aub", "unsubscribe", "nie piszcie", "توقف"]),
    st.text(alphabet=" \t\n.!?,;*-_~\u200b\u200e\ufeff", max_size=8),
    st.text(alphabet=" \t\n.!?,;*-_~\u200b\u200e\ufeff", max_size=8),
    st.booleans(),
)
def test_signs_around_it_and_capitals_change_nothing(
    phrase: str,
    before: str,
    after: str,
    shouted: bool,  # noqa: FBT001
) -> None:
    assert is_stop(before + (phrase.upper() if shouted else phrase) + after)


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert is_stop(text) in {True, False}


def test_a_long_text_is_read_at_once() -> None:
    assert is_stop("a." * 20_000 + "stop")
