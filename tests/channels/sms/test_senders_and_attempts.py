"""Who a text is from, and the key by which a provider reports on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.attempts import attempt_key, attempt_of, callback_url, read_attempt_key
from channels.sms.senders import Sender
from store.errors import BadInput


@pytest.mark.parametrize(
    ("text", "kept", "takes_answers"),
    [
        ("06 12345678", "+31612345678", True),
        ("+31612345678", "+31612345678", True),
        ("3010", "3010", True),
        ("Dichtbij", "Dichtbij", False),
        ("Gem Utrecht", "Gem Utrecht", False),
        ("MG" + "0a" * 16, "MG" + "0a" * 16, True),
    ],
)
def test_a_sender_is_a_number_a_name_or_a_service(
    text: str,
    kept: str,
    takes_answers: bool,  # noqa: FBT001  pytest fills it in
) -> None:
    sender = Sender.parse(text)
    assert (sender.text, sender.takes_answers) == (kept, takes_answers)
    assert sender.is_service is kept.startswith("MG")


@pytest.mark.parametrize("text", ["Gemeente Utrecht", "België", "", "12", "€uro", "+31 6"])
def test_what_no_network_shows_as_a_sender_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a sender"):
        Sender.parse(text)


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True), st.integers(0, 10**17))
def test_a_report_finds_its_way_back_to_the_try(batch: str, touch: int) -> None:
    url = callback_url("https://kaartje.example/in/", attempt_key(batch, touch))
    assert url.startswith("https://kaartje.example/in/sms/status?attempt=")
    assert attempt_of(url) == (batch, touch)


@pytest.mark.parametrize(
    "text", ["", "batch", "batch.", ".7", "batch.x", "a b.7", "batch.7.8x", "../x.1"]
)
def test_what_is_no_key_of_ours_is_none(text: str) -> None:
    assert read_attempt_key(text) is None


def test_without_a_public_address_nobody_is_asked_to_report() -> None:
    assert callback_url("", "batch.7") == ""
