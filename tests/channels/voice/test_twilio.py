"""What is asked of Twilio's telephone, each thing once, and what its answers are taken to mean."""

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from channels.port import Unavailable
from channels.voice.port import Bridging, Call, Doubtful, Ended, GoneAlready, NotRung, Ringing
from channels.voice.twilio import Twilio

ACCOUNT, CALLER, QUEUE = "AC" + "1" * 32, "CA" + "2" * 32, "QU" + "3" * 32
BASE = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}"
MEMBER, TURN, CALLS = (
    f"{BASE}/Queues/{QUEUE}/Members/{CALLER}.json",
    f"{BASE}/Calls/{CALLER}.json",
    f"{BASE}/Calls.json",
)
ASKS = "https://kaartje.example/voice/agent?entry=7"
PLACED = Call(
    to="client:agent_anja",
    caller_id="+318001234",
    answer_url=ASKS,
    status_url="https://kaartje.example/voice/status?leg=1",
)


def twilio() -> Twilio:
    return Twilio(account=ACCOUNT, token="token")


def bridge() -> object:
    return twilio().bridge(CALLER, QUEUE, ASKS)


def asked() -> dict[str, list[str]]:
    body = responses.calls[0].request.body
    return parse_qs(body.decode() if isinstance(body, bytes) else str(body))


@responses.activate
def test_a_caller_is_taken_out_of_the_queue_by_name() -> None:
    responses.post(MEMBER, json={"call_sid": CALLER, "queue_sid": QUEUE}, status=200)
    assert bridge() == Bridging()
    assert asked() == {"Url": [ASKS], "Method": ["POST"]}


@responses.activate
def test_a_caller_whose_queue_is_not_known_yet_is_turned_as_a_call() -> None:
    responses.post(TURN, json={"sid": CALLER}, status=200)
    assert twilio().bridge(CALLER, None, ASKS) == Bridging()


GONE = pytest.mark.parametrize(("status", "code"), [(400, 21220), (404, 20404), (404, None)])


def refused(status: int, code: int | None) -> dict[str, object]:
    return {
        "json": {"message": "no", "status": status, **({"code": code} if code else {})},
        "status": status,
    }


@responses.activate
@GONE
def test_a_caller_who_is_in_no_queue_and_on_the_line_still_is_turned_as_a_call(
    status: int, code: int | None
) -> None:
    responses.post(MEMBER, **refused(status, code))
    responses.post(TURN, json={"sid": CALLER}, status=200)
    assert bridge() == Bridging()
    assert [call.request.url for call in responses.calls] == [MEMBER, TURN]


@responses.activate
@GONE
@pytest.mark.parametrize("queue", [QUEUE, None])
def test_a_caller_is_gone_where_the_call_itself_is_over(
    queue: str | None, status: int, code: int | None
) -> None:
    responses.post(MEMBER, **refused(404, 20404))
    responses.post(TURN, **refused(status, code))
    assert twilio().bridge(CALLER, queue, ASKS) == GoneAlready()


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "<html>"},
        {"status": 503, "body": ""},
        {"status": 200, "body": "<html>"},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("reset")},
    ],
)
@pytest.mark.parametrize("ask", [bridge, lambda: twilio().ring(PLACED)])
def test_an_answer_that_says_nothing_is_doubtful_and_nothing_is_asked_twice(
    answer: dict[str, object], ask: Callable[[], object]
) -> None:
    for url in (MEMBER, CALLS):
        responses.post(url, **answer)
    assert isinstance(ask(), Doubtful)
    assert len(responses.calls) == 1


@responses.activate
def test_who_was_never_reached_is_out_of_reach() -> None:
    never = NewConnectionError(None, "refused")  # type: ignore[arg-type]  # it only carries it
    reason = MaxRetryError(None, "/", never)  # type: ignore[arg-type]  # it only carries it
    responses.post(MEMBER, body=requests.ConnectionError(reason))
    with pytest.raises(Unavailable, match="could not be reached"):
        bridge()


@responses.activate
@pytest.mark.parametrize(("status", "code"), [(401, 20003), (429, 20429)])
def test_a_refusal_that_is_not_about_this_caller_is_raised(status: int, code: int) -> None:
    responses.post(MEMBER, json={"message": "no", "status": status, "code": code}, status=status)
    with pytest.raises(Unavailable):
        bridge()


@responses.activate
def test_a_telephone_is_rung_and_the_provider_knows_where_to_ask() -> None:
    responses.post(CALLS, json={"sid": CALLER}, status=201)
    assert twilio().ring(PLACED) == Ringing(CALLER)
    assert asked() == {
        "To": ["client:agent_anja"],
        "From": ["+318001234"],
        "Url": [ASKS],
        "Method": ["POST"],
        "Timeout": ["25"],
        "StatusCallback": [PLACED.status_url],
        "StatusCallbackMethod": ["POST"],
    }


@responses.activate
def test_a_number_that_cannot_be_rung_is_an_answer_and_wrong_settings_are_not() -> None:
    responses.post(CALLS, json={"message": "no", "status": 400, "code": 21217}, status=400)
    assert isinstance(twilio().ring(PLACED), NotRung)
    responses.remove(responses.POST, CALLS)
    responses.post(CALLS, json={"message": "no", "status": 401, "code": 20003}, status=401)
    with pytest.raises(Unavailable):
        twilio().ring(PLACED)


@responses.activate
def test_a_call_is_ended_and_a_message_forgotten() -> None:
    responses.post(TURN, json={"sid": CALLER}, status=200)
    responses.delete(f"{BASE}/Recordings/RE1.json", status=204)
    assert (twilio().end(CALLER), twilio().forget("RE1")) == (Ended(), Ended())
    assert asked() == {"Status": ["completed"]}
