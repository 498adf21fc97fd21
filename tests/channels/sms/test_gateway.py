"""A second provider, described in one file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import responses

from channels.sms.callback_marks import mark_of
from channels.sms.error_codes import Fault
from channels.sms.gateway import Gateway, read_form
from channels.sms.providers import CannotSay, Doubt, NotTaken, Taken, Text
from channels.sms.senders import Sender
from store.errors import BadInput

FORM = """\
name = "poort"
url = "https://poort.example/v1/messages"
numbers = "0031…"
reference = "messages.0.id"
code = "error.code"

[headers]
Authorization = "Bearer {key}"

[body]
originator = "{from}"
recipients = ["{to}"]
body = "{body}"
reference = "{reference}"
report = "{callback}"
limits = { parts = 2 }

[codes]
"101" = "permanent_number"
"9" = "config"
"""
URL = "https://poort.example/v1/messages"
MARK = mark_of("k", "texts-w1-000001.7")
TEXT = Text(7, "+31612345678", "Hallo {key}! {to}", "texts-w1-000001.7")


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    file = tmp_path / "poort.toml"
    file.write_text(FORM)
    sender = Sender.parse("Dichtbij")
    return Gateway(
        read_form(file),
        key="a key",
        sender=sender,
        public_url="https://kaartje.example",
        callback_key="k",
    )


@responses.activate
def test_a_text_is_posted_in_the_form_that_the_file_describes(gateway: Gateway) -> None:
    responses.post(URL, json={"messages": [{"id": 123}]}, status=200)
    assert gateway.hand_over(TEXT) == Taken("123")
    request = responses.calls[0].request
    assert request.headers["Authorization"] == "Bearer a key"
    assert isinstance(request.body, bytes)
    assert json.loads(request.body) == {
        "originator": "Dichtbij",
        "recipients": ["0031612345678"],
        "reference": "texts-w1-000001.7",
        "body": "Hallo {key}! {to}",  # the citizen's words are not looked through for our own
        "report": f"https://kaartje.example/sms/gateway/status?attempt=texts-w1-000001.7&mark={MARK}",
        "limits": {"parts": 2},
    }


@responses.activate
@pytest.mark.parametrize(
    ("status", "document", "fault"),
    [
        (400, {"error": {"code": 101}}, Fault.PERMANENT_NUMBER),
        (200, {"error": {"code": "9"}}, Fault.CONFIG),
        (401, {}, Fault.CONFIG),
        (429, {}, Fault.RETRY_SAFE),
        (422, {"error": {"code": 7}}, Fault.REVIEW),
    ],
)
def test_a_refusal_surely_did_not_go(
    gateway: Gateway, status: int, document: object, fault: Fault
) -> None:
    responses.post(URL, json=document, status=status)
    answer = gateway.hand_over(TEXT)
    assert isinstance(answer, NotTaken)
    assert answer.fault is fault


@responses.activate
@pytest.mark.parametrize(
    ("status", "body"), [(500, "{}"), (503, '{"error": {"code": 101}}'), (200, "{}"), (200, "<ok>")]
)
def test_anything_else_may_hide_a_text_that_went(gateway: Gateway, status: int, body: str) -> None:
    responses.post(URL, body=body, status=status)
    assert isinstance(gateway.hand_over(TEXT), Doubt)


def test_it_cannot_be_asked_so_a_doubt_stays(gateway: Gateway) -> None:
    with pytest.raises(CannotSay):
        gateway.find(TEXT.to, datetime(2023, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (FORM.replace('name = "poort"', ""), "name"),
        (FORM.replace('"config"', '"oops"'), "codes.9"),
        ("name =", "not TOML"),
        (FORM.replace("https", "gopher"), "url"),
        (FORM + "\nodd = 1\n", "codes.odd"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(tmp_path: Path, form: str, said: str) -> None:
    (tmp_path / "poort.toml").write_text(form)
    with pytest.raises(BadInput, match=said):
        read_form(tmp_path / "poort.toml")
    with pytest.raises(BadInput, match="is not there"):
        read_form(tmp_path / "other.toml")
