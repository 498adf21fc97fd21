"""SMS webhooks. A signed event is stored once and answered, anything else gets one word."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

from channels.sms.attempts import marked_url
from channels.sms.signatures import SETTINGS, SIGNATURE, Scheme, sign
from inbound.sms_webhooks import MOST_BYTES
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from tests.inbound.posting import ACCOUNTS, FORM, PUBLIC, SECOND, TOKEN, Poster, events

STATUS = "/sms/status?attempt=texts-w1-000001.7"
SENT = {"MessageSid": "SM1", "MessageStatus": "sent", "To": "+31612345678", "ErrorCode": ""}
GATEWAY = """\
name = "poort"
url = "https://poort.example/v1/messages"
reference = "id"
body = {to = "{to}", report = "{callback}"}
[report]
status = "state.name"
reference = "id"
code = "state.why"
[report.statuses]
DELIVRD = "delivered"
"""


@pytest.fixture
def installation(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Installation]:
    (tmp_path / "poort.toml").write_text(GATEWAY)
    accounts = {**ACCOUNTS, "sms_gateway": str(tmp_path / "poort.toml")}
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **accounts,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    yield installation
    installation.store.engine.dispose()


@pytest.fixture
def poster(installation: Installation) -> Poster:
    return Poster(installation)


def test_a_signed_report_is_put_down_as_it_came_and_somebody_is_told(
    installation: Installation, poster: Poster
) -> None:
    assert poster.form(STATUS, SENT) == 204
    (event,) = events(installation)
    assert (event.provider, event.kind, event.provider_ref, event.status) == (
        "twilio",
        "receipt",
        "SM1",
        "sent",
    )
    assert (event.attempt, event.raw, event.received_at) == (
        "texts-w1-000001.7",
        SENT,
        installation.now(),
    )
    assert (event.outcome, event.applied_at) == (None, None)
    assert len(poster.events) == 1


def test_a_report_sent_again_is_answered_as_the_first_and_is_one_event(
    installation: Installation, poster: Poster
) -> None:
    assert {poster.form(STATUS, SENT) for _ in range(3)} == {204}
    assert poster.form(STATUS, {**SENT, "MessageStatus": "delivered"}) == 204
    assert [event.status for event in events(installation)] == ["sent", "delivered"]


def test_the_second_token_opens_too_and_the_newer_scheme_where_it_is_named(
    installation: Installation, poster: Poster
) -> None:
    assert poster.form(STATUS, SENT, SECOND) == 204
    later = {**SENT, "MessageStatus": "delivered"}
    signature = sign(SECOND, f"{PUBLIC}{STATUS}", later, Scheme.SHA256)
    named = {SETTINGS: "key=k,algorithm=HMAC_SHA256"}
    assert poster.post(STATUS, urlencode(later), signature=signature) == 403
    assert poster.post(STATUS, urlencode(later), signature=signature, **named) == 204
    assert len(events(installation)) == 2


def test_a_document_is_taken_when_its_hash_is_in_the_signed_address(
    installation: Installation, poster: Poster
) -> None:
    document = json.dumps({"MessageSid": "SM2", "MessageStatus": "delivered"}).encode()
    path = f"{STATUS}&bodySHA256={sha256(document).hexdigest()}"
    signature, kind = sign(TOKEN, f"{PUBLIC}{path}"), "application/json; charset=utf-8"
    assert poster.post(path, document, signature=signature, kind=kind) == 204
    assert poster.post(path, document + b" ", signature=signature, kind=kind) == 403
    assert [(event.provider_ref, event.status) for event in events(installation)] == [
        ("SM2", "delivered")
    ]


def test_a_text_to_us_is_put_down_once_with_every_field(
    installation: Installation, poster: Poster
) -> None:
    text = {
        "MessageSid": "SM9",
        "From": "+31612345678",
        "To": "+31612340000",
        "Body": "STOP 👍 \0",
        "NumMedia": "0",
    }
    assert {poster.form("/sms/in", text), poster.form("/sms/in", text)} == {204}
    (event,) = events(installation)
    assert (event.kind, event.provider_ref, event.raw["Body"]) == ("text", "SM9", "STOP 👍 ")


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "path", [STATUS, "/sms/in", "/sms/gateway/status", "/sms/gateway/status?attempt=a.1&mark=b"]
)
def test_what_is_not_signed_hears_one_word_and_is_not_kept(
    installation: Installation, poster: Poster, path: str
) -> None:
    good = sign(TOKEN, f"{PUBLIC}{path}", SENT)
    forged = [
        None,
        "",
        "ü",
        good[:-2],
        sign("another", f"{PUBLIC}{path}", SENT),
        sign(TOKEN, path, SENT),
    ]
    bodies = [urlencode(SENT), "", "%", "a=%00%ff&&=;", "&".join("a=1" for _ in range(500))]
    answers = set()
    for signature in forged:
        headers = {SIGNATURE: signature.encode()} if signature else {}
        answers |= {
            poster.client.post(
                path, content=body, headers={**headers, "content-type": FORM}
            ).status_code
            for body in bodies
        }
    assert answers == {403}
    assert events(installation) == []


def test_odd_headers_and_addresses_are_refused_without_stumbling(poster: Poster) -> None:
    for host in ("[", "kaartje.example:99999", "kaartje.example:port", ""):
        assert poster.post(STATUS, urlencode(SENT), signature="x", host=host) == 403
    for query in (
        "attempt=%00",
        "attempt=%ff",
        "bodySHA256=ü",
        "attempt=a.1&attempt=b.2",
        "a=[",
        "?",
    ):
        assert poster.post(f"/sms/status?{query}", urlencode(SENT), signature="x") == 403
    assert poster.post(STATUS, b"[" * 20_000, signature="x", kind="application/json") == 403


def test_a_changed_field_or_address_breaks_the_signature(
    installation: Installation, poster: Poster
) -> None:
    signature = sign(TOKEN, f"{PUBLIC}{STATUS}", SENT)
    changed = urlencode({**SENT, "MessageStatus": "delivered"})
    assert poster.post(STATUS, changed, signature=signature) == 403
    assert poster.post(STATUS.replace(".7", ".8"), urlencode(SENT), signature=signature) == 403
    assert poster.post(STATUS, urlencode(SENT), signature=signature) == 204
    assert len(events(installation)) == 1


def test_a_long_body_is_turned_away_before_it_is_read(
    installation: Installation, poster: Poster
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * MOST_BYTES

    assert poster.post(STATUS, b"x" * 10_000_000, signature="x") == 413
    assert (
        poster.client.post(STATUS, content=endless(), headers={"content-type": FORM}).status_code
        == 413
    )
    assert events(installation) == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml", "ü"]
)
def test_another_kind_of_body_is_not_taken(
    installation: Installation, poster: Poster, kind: str
) -> None:
    headers = {SIGNATURE: sign(TOKEN, f"{PUBLIC}{STATUS}"), "content-type": kind.encode()}
    answer = poster.client.post(STATUS, content=b"x", headers=headers)
    assert (answer.status_code, answer.text) == (415, "unsupported")
    assert events(installation) == []


def test_a_signed_report_without_a_reference_or_of_a_state_nobody_knows_is_kept(
    installation: Installation, poster: Poster
) -> None:
    for fields in (
        {},
        {"MessageStatus": "sent"},
        {"MessageSid": "SM3", "MessageStatus": "teleported"},
        {"X": "1"},
    ):
        assert poster.form("/sms/status", fields) == 204
        assert poster.form("/sms/status", fields) == 204
    assert [(event.provider_ref, event.status) for event in events(installation)] == [
        (None, ""),
        (None, "sent"),
        ("SM3", "teleported"),
        (None, ""),
    ]


def test_a_house_without_a_public_address_or_a_token_takes_nothing(
    installation: Installation,
) -> None:
    for missing in ("public_url", "twilio_auth_token"):
        bare = Settings(
            **{**installation.settings.model_dump(), missing: "", "twilio_second_token": ""}
        )
        poster = Poster(replace(installation, settings=bare))
        token = "" if missing == "twilio_auth_token" else TOKEN
        assert (
            poster.post(STATUS, urlencode(SENT), signature=sign(token, f"{PUBLIC}{STATUS}", SENT))
            == 403
        )
        assert poster.post(STATUS, urlencode(SENT), signature=sign(token, STATUS, SENT)) == 403


def test_the_second_provider_reports_at_an_address_that_only_it_was_given(
    installation: Installation, poster: Poster
) -> None:
    key = installation.settings.accounts["callback_key"]
    path = marked_url("", "texts-w1-000001.7", key) or marked_url(
        "x", "texts-w1-000001.7", key
    ).removeprefix("x")
    said = json.dumps({"id": "p-1", "state": {"name": "DELIVRD"}})
    assert poster.post(path, said, kind="application/json") == 204
    assert poster.post(path, said, kind="application/json") == 204
    assert poster.post(path.replace(".7", ".8"), said, kind="application/json") == 403
    assert (
        poster.post(
            path,
            json.dumps({"id": "p-1", "state": {"name": "ODD", "why": 5}}),
            kind="application/json",
        )
        == 204
    )
    first, second = events(installation)
    assert (first.provider, first.provider_ref, first.status) == ("poort", "p-1", "delivered")
    assert (first.attempt, second.status, second.error_code) == ("texts-w1-000001.7", "ODD", "5")


def test_a_database_that_cannot_be_written_is_said_as_later(
    installation: Installation, poster: Poster, caplog: pytest.LogCaptureFixture
) -> None:
    with installation.store.writing() as connection:
        connection.exec_driver_sql("drop table provider_events")
    assert poster.form(STATUS, SENT) == 503
    assert "asked to send it again" in caplog.text


def test_the_house_s_own_clock_says_when_a_report_came(
    installation: Installation, poster: Poster
) -> None:
    assert poster.form(STATUS, {**SENT, "RawDlrDoneDate": "9912312359"}) == 204
    assert events(installation)[0].received_at == installation.now()
