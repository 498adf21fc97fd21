"""What may not go as a text is refused before anybody is called."""

from dataclasses import replace
from pathlib import Path

import pytest

from channels.examples import example_batch
from channels.port import ChannelSettings, Refusal, RefusalKind
from channels.sms import Sms
from people.numbers import PhoneNumber
from store.errors import BadInput

BATCH = example_batch(Sms, "k1", size=1)
(MESSAGE,) = BATCH.messages


def judged(
    folder: Path, body: str = "Hallo!", number: str = "0612345678", **accounts: str
) -> Refusal | None:
    channel = Sms.open(ChannelSettings(folder, accounts))
    message = replace(MESSAGE, to=PhoneNumber.parse(number), words={"body": body})
    return channel.check(message, BATCH)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "EMPTY"),
        (" \n ", "EMPTY"),
        ("Hallo\x00", "NOT_WORDS"),
        ("Hallo\x07", "NOT_WORDS"),
        ("Hallo\x1b[0m", "NOT_WORDS"),
        ("Hallo \ud83d", "NOT_WORDS"),
        ("a" * 307, "TOO_LONG"),
        ("ë" * 135, "TOO_LONG"),
        ("a" * 1601, "TOO_LONG"),
    ],
)
def test_words_that_cannot_go(tmp_path: Path, body: str, code: str) -> None:
    refusal = judged(tmp_path, body)
    assert refusal is not None
    assert (refusal.kind, refusal.code) == (RefusalKind.CONTENT, code)


@pytest.mark.parametrize(
    "body", ["Hallo!", "a" * 306, "ë" * 134, "regel 1\nregel 2\r\nregel 3", "ok 👍"]
)
def test_words_that_can_go(tmp_path: Path, body: str) -> None:
    assert judged(tmp_path, body) is None


def test_no_text_is_longer_than_a_provider_takes_however_many_segments_may_go(
    tmp_path: Path,
) -> None:
    assert judged(tmp_path, "a" * 1530, sms_segments="10") is None
    assert judged(tmp_path, "a" * 1601, sms_segments="11") is not None


@pytest.mark.parametrize(
    "number", ["020 1234567", "0800 1234", "0900 1234", "097012345678", "088 1234567", "14 020"]
)
def test_numbers_that_cannot_be_texted(tmp_path: Path, number: str) -> None:
    refusal = judged(tmp_path, number=number)
    assert refusal is not None
    assert (refusal.kind, refusal.code) == (RefusalKind.ADDRESS, "NO_NUMBER")


@pytest.mark.parametrize("sender", ["+31612340000", "3010", "MG" + "0a" * 16])
def test_who_can_be_answered_may_ask_for_an_answer(tmp_path: Path, sender: str) -> None:
    assert judged(tmp_path, "Geen sms meer? Antwoord STOP.", sms_from=sender) is None


def test_who_cannot_be_answered_may_not(tmp_path: Path) -> None:
    refusal = judged(tmp_path, "Geen sms meer? Antwoord STOP.", sms_from="Dichtbij")
    assert refusal is not None
    assert refusal.code == "CANNOT_BE_ANSWERED"
    assert judged(tmp_path, "Geen sms meer? Bel 0800 1234.", sms_from="Dichtbij") is None


def test_a_sender_that_is_none_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="KAARTJE_SMS_FROM"):
        judged(tmp_path, sms_from="Gemeente Voorbeeldstad")


@pytest.mark.parametrize(
    ("rate", "most"), [("0.01", 1), ("1", 25), ("10", 250), ("1000000", 1_000)]
)
def test_a_batch_lasts_no_longer_than_half_a_minute_so_that_a_pause_holds_by_then(
    tmp_path: Path, rate: str, most: int
) -> None:
    channel = Sms.open(ChannelSettings(tmp_path, {"sms_rate": rate}))
    assert channel.batch_size == most
