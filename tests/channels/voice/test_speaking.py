"""TwiML: whatever somebody wrote, it can be read; and the words of every language are whole and may be overheard."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.voice.account import Telephone
from channels.voice.twiml import Ask, Connect, HangUp, Record, Say, Wait, write
from store.errors import BadInput
from templates.lines import Lines

ANY = st.text(st.characters(codec=None), max_size=40)


@given(ANY)
def test_whatever_the_words_are_the_answer_can_be_read(words: str) -> None:
    root = ET.fromstring(  # noqa: S314  our own
        write(
            [
                Say(words, "nl-NL"),
                Ask(says=(Say(words, "en-GB"),), to="https://k.example/voice/code"),
            ]
        )
    )
    assert [each.tag for each in root] == ["Say", "Gather"]


def test_a_browser_and_a_telephone_are_rung_each_in_its_own_way() -> None:
    root = ET.fromstring(  # noqa: S314  our own
        write(
            [
                Connect(number="client:agent_a", to="u"),
                Connect(number="+31201234567", to="u", caller_id="+318001234"),
                HangUp(),
            ]
        )
    )
    assert [(each.tag, each.text) for dial in root.iter("Dial") for each in dial] == [
        ("Client", "agent_a"),
        ("Number", "+31201234567"),
    ]
    assert [dial.get("callerId") for dial in root.iter("Dial")] == [None, "+318001234"]


def test_silence_is_an_answer_too_and_a_queue_asks_what_to_play() -> None:
    root = ET.fromstring(  # noqa: S314  our own
        write([Ask(says=(), to="c", digits=1), Wait("line-1", "w", "l"), Record("v")])
    )
    assert root[0].get("actionOnEmptyResult") == "true"
    assert (root[1].get("waitUrl"), root[1].get("action"), root[1].text) == ("w", "l", "line-1")
    assert root[2].get("maxLength") == "120"


def test_every_language_we_ship_says_every_sentence() -> None:
    lines = Lines.read(("nl", "en"))
    assert lines.languages == ("nl", "en")
    assert lines.of("tr").language == "nl"
    assert set(lines.of("nl").words) == set(lines.of("en").words)


def test_a_body_overrides_sentences_and_the_rest_is_ours(tmp_path: Path) -> None:
    (tmp_path / "nl.toml").write_text('[say]\ngreeting = "Hoi, met {line}."\n')
    speech = Lines.read(("nl",), tmp_path).of("nl")
    assert speech.say("greeting", line="Dichtbij") == "Hoi, met Dichtbij."
    assert speech.say("wait").startswith("Een ogenblik")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('[say]\ngreeting = "U heeft een schuld"\n', "schuld"),
        ('[say]\ngreeting = "Hoi {name}"\n', "asks for"),
        ('[say]\ngreeting = ""\n', "is not said"),
        ("[say\n", "is not TOML"),
        ('[say]\nwait = "{"\n', "brace"),
    ],
)
def test_words_that_frighten_or_leave_a_caller_without_an_answer_are_refused(
    tmp_path: Path, written: str, problem: str
) -> None:
    (tmp_path / "nl.toml").write_text(written)
    with pytest.raises(BadInput, match=problem):
        Lines.read(("nl",), tmp_path)


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(BadInput, match="no words for 'tr'"):
        Lines.read(("nl", "tr"))


def test_without_an_account_a_number_or_an_address_there_is_no_telephone() -> None:
    whole = {
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "t",
        "voice_from": "+31612340000",
        "public_url": "https://k",
    }
    assert Telephone.read(whole).exchange() is not None
    assert [Telephone.read({**whole, name: ""}).exchange() for name in whole] == [None] * 4
    with pytest.raises(BadInput, match="is not a language"):
        Telephone.read({"voice_languages": "nl,Turks"})
