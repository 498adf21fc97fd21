"""What Twilio answers, and what that is taken to mean."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from channels.sms.error_codes import Fault
from channels.sms.providers import CannotSay, Doubt, NotTaken, Taken, Text
from channels.sms.senders import Sender
from channels.sms.twilio import Twilio, utc

ACCOUNT = "AC" + "1" * 32
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
TEXT = Text(7, "+31612345678", "Hallo! Bel ons gratis.", "texts-w1-000001.7")
MADE = {"sid": "SM" + "a" * 32, "num_segments": "1", "status": "queued"}


def twilio(sender: str = "+31612340000", **more: str) -> Twilio:
    return Twilio(account=ACCOUNT, token="token", sender=Sender.parse(sender), **more)  # type: ignore[arg-type]  # only texts


def asked() -> dict[str, list[str]]:
    body = responses.calls[0].request.body
    return parse_qs(body.decode() if isinstance(body, bytes) else str(body))


@responses.activate
def test_a_text_that_is_taken_has_a_reference_and_its_segments() -> None:
    responses.post(MESSAGES, json=MADE, status=201)
    answer = twilio(public_url="https://kaartje.example").hand_over(TEXT)
    assert answer == Taken(MADE["sid"], 1)
    assert asked() == {
        "To": ["+31612345678"],
        "From": ["+31612340000"],
        "Body": [TEXT.body],
        "ValidityPeriod": ["14400"],
        "StatusCallback": ["https://kaartje.example/sms/status?attempt=texts-w1-000001.7"],
    }


@responses.activate
def test_a_messaging_service_chooses_the_number() -> None:
    responses.post(MESSAGES, json=MADE, status=201)
    twilio("MG" + "0a" * 16).hand_over(TEXT)
    assert asked()["MessagingServiceSid"] == ["MG" + "0a" * 16]
    assert "From" not in asked()
    assert "StatusCallback" not in asked()


@responses.activate
@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (400, 21614, Fault.PERMANENT_NUMBER),
        (400, 21610, Fault.SUPPRESS),
        (401, 20003, Fault.CONFIG),
        (403, None, Fault.CONFIG),
        (400, 22222, Fault.REVIEW),
        (429, 20429, Fault.RETRY_SAFE),
        (429, None, Fault.RETRY_SAFE),
    ],
)
def test_a_refusal_surely_did_not_go(status: int, code: int | None, fault: Fault) -> None:
    problem = {"message": "no", "status": status, **({"code": code} if code else {})}
    responses.post(MESSAGES, json=problem, status=status, headers={"Retry-After": "3"})
    answer = twilio().hand_over(TEXT)
    assert isinstance(answer, NotTaken)
    assert (answer.fault, answer.code, answer.retry_after) == (
        fault,
        str(code or f"HTTP_{status}"),
        3,
    )


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_provider_may_hide_a_text_that_went(status: int) -> None:
    responses.post(MESSAGES, body="<html>", status=status)
    assert isinstance(twilio().hand_over(TEXT), Doubt)


@responses.activate
@pytest.mark.parametrize("body", ["<html>it works</html>", "{}", "[]", '{"sid": null}', ""])
def test_an_answer_that_cannot_be_read_may_hide_a_text_that_went(body: str) -> None:
    responses.post(MESSAGES, body=body, status=201)
    assert isinstance(twilio().hand_over(TEXT), Doubt)


@responses.activate
def test_a_refusal_in_the_newer_form_is_read_too() -> None:
    problem = {
        "type": "https://www.twilio.com/docs/errors/21211",
        "title": "Invalid To",
        "status": 400,
        "code": 21211,
    }
    responses.post(MESSAGES, json=problem, status=400, content_type="application/problem+json")
    answer = twilio().hand_over(TEXT)
    assert isinstance(answer, NotTaken)
    assert answer.fault is Fault.PERMANENT_NUMBER


def never_there() -> list[Exception]:
    new = NewConnectionError(None, "refused")  # type: ignore[arg-type]  # nobody looks at the connection
    unknown = NameResolutionError("api", None, OSError("unknown"))  # type: ignore[arg-type]  # idem
    pool: None = None
    return [
        requests.exceptions.ConnectionError(MaxRetryError(pool, "/", new)),  # type: ignore[arg-type]  # idem
        requests.exceptions.ConnectionError(MaxRetryError(pool, "/", unknown)),  # type: ignore[arg-type]  # idem
        requests.exceptions.ConnectTimeout(),
    ]


@responses.activate
@pytest.mark.parametrize(
    "error", never_there(), ids=["refused", "unknown name", "no connection in time"]
)
def test_without_a_connection_nothing_went(error: Exception) -> None:
    responses.post(MESSAGES, body=error)
    answer = twilio().hand_over(TEXT)
    assert isinstance(answer, NotTaken)
    assert answer.fault is Fault.RETRY_SAFE


@responses.activate
@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ReadTimeout(),
        requests.exceptions.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError(),
    ],
)
def test_a_line_that_breaks_afterwards_leaves_a_doubt(error: Exception) -> None:
    responses.post(MESSAGES, body=error)
    assert isinstance(twilio().hand_over(TEXT), Doubt)


@responses.activate
def test_a_text_is_found_by_its_number_among_those_that_are_recent_and_ours() -> None:
    def listed(sid: str, made: str, direction: str = "outbound-api") -> dict[str, object]:
        return {
            "sid": sid,
            "date_created": made,
            "body": "Hallo",
            "direction": direction,
            "num_segments": "2",
        }

    recent, older = "Thu, 01 Jun 2023 07:00:00 +0000", "Thu, 01 Jun 2023 06:00:00 +0000"
    page = [listed("SM1", recent), listed("SM2", older), listed("SM3", recent, "inbound")]
    responses.get(MESSAGES, json={"messages": page, "next_page_uri": None, "page_size": 50})
    (found,) = twilio().find(TEXT.to, datetime(2023, 6, 1, 6, 30, tzinfo=UTC))
    assert (found.ref, found.body, found.segments) == ("SM1", "Hallo", 2)
    assert found.made_at == datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
    assert parse_qs(urlsplit(responses.calls[0].request.url or "").query)["To"] == [TEXT.to]


@responses.activate
@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_list_that_does_not_come_says_nothing(status: int) -> None:
    responses.get(MESSAGES, json={"message": "no"}, status=status)
    with pytest.raises(CannotSay):
        twilio().find(TEXT.to, datetime(2023, 6, 1, tzinfo=UTC))


def test_a_moment_goes_out_in_utc() -> None:
    noon = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert utc(noon).isoformat() == "2026-01-01T10:00:00+00:00"
