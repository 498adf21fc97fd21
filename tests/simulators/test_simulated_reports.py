"""The stand-in for Twilio tells by itself what became of texts, signed, as badly as it is asked to."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.request_validator import RequestValidator

from channels.sms.attempts import attempt_of
from tests.channels.sms import simulated

SOON = 20.0
Received = list[tuple[str, dict[str, str], str]]


class Ear:
    """Hears what is posted to it: address, form and signature."""

    def __init__(self) -> None:
        self.received: Received = []
        ear = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                ear.received.append(
                    (f"{ear.url}{self.path}", form, self.headers["X-Twilio-Signature"])
                )
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, count: int) -> Received:
        ends = monotonic() + SOON
        while len(self.received) < count:
            assert monotonic() < ends, self.received
            sleep(0.02)
        return self.received


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.server.shutdown()
    ear.server.server_close()


def texted(provider: simulated.Provider, ear: Ear, folder: Path, texts: int) -> None:
    account = simulated.account_for(folder)
    for number in range(texts):
        requests.post(
            f"{provider.url}/2010-04-01/Accounts/{account}/Messages.json",
            auth=(account, simulated.TOKEN),
            timeout=5,
            data={
                "To": f"+3161234{number:04}",
                "From": simulated.SENDER,
                "Body": "Hallo!",
                "StatusCallback": f"{ear.url}/sms/status?attempt=texts-w1-000001.{number}",
            },
        ).raise_for_status()


@pytest.fixture
def provider(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[simulated.Provider]:
    faults = tmp_path / "faults.toml"
    faults.write_text(getattr(request, "param", ""))
    provider = simulated.Provider("--seed", "1", faults=faults)
    yield provider
    provider.stop()


def test_every_text_is_reported_sent_and_delivered_under_its_own_signed_address(
    provider: simulated.Provider, ear: Ear, tmp_path: Path
) -> None:
    texted(provider, ear, tmp_path, 5)
    received = ear.wait_for(10)
    validator = RequestValidator(simulated.TOKEN)
    assert all(validator.validate(url, form, signature) for url, form, signature in received)
    reported = Counter((attempt_of(url), form["MessageStatus"]) for url, form, _ in received)
    assert reported == Counter(
        {(("texts-w1-000001", n), status): 1 for n in range(5) for status in ("sent", "delivered")}
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    "provider",
    ["double_share = 1\nreorder_share = 1\nunreachable_share = 1\nreceipt_after = 0.5\n"],
    indirect=True,
)
def test_reports_come_twice_and_in_the_wrong_order_when_asked_to(
    provider: simulated.Provider, ear: Ear, tmp_path: Path
) -> None:
    texted(provider, ear, tmp_path, 1)
    received = ear.wait_for(4)
    assert Counter(form["MessageStatus"] for _, form, _ in received) == Counter(
        sent=2, undelivered=2
    )
    assert received[0][1]["MessageStatus"] == "undelivered"
    assert received[0][1]["ErrorCode"] == "30005"


@pytest.mark.thorough
@pytest.mark.parametrize("provider", ["lost_share = 1\n"], indirect=True)
def test_reports_may_never_come_but_the_text_can_be_asked_for(
    provider: simulated.Provider, ear: Ear, tmp_path: Path
) -> None:
    texted(provider, ear, tmp_path, 1)
    ends = monotonic() + SOON
    while (text := provider.texts()[0])["status"] != "delivered":
        assert monotonic() < ends
        sleep(0.02)
    assert ear.received == []
    assert text["to"] == "+31612340000"


@pytest.mark.thorough
def test_people_answer_and_some_say_stop(ear: Ear, tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text(
        f'reply_share = 1\nstop_share = 0.5\nreply_url = "{ear.url}/sms/answer"\nlost_share = 1\n'
    )
    provider = simulated.Provider("--seed", "1", faults=faults)
    texted(provider, ear, tmp_path, 12)
    received = ear.wait_for(12)
    provider.stop()
    validator = RequestValidator(simulated.TOKEN)
    assert all(validator.validate(url, form, signature) for url, form, signature in received)
    said = [form["Body"].casefold().startswith("stop") for _, form, _ in received]
    assert 0 < sum(said) < 12
    assert {form["To"] for _, form, _ in received} == {simulated.SENDER}


@pytest.mark.thorough
@pytest.mark.parametrize("provider", ["too_many_share = 1\nretry_after = 7\n"], indirect=True)
def test_too_many_says_how_long_to_wait(provider: simulated.Provider, tmp_path: Path) -> None:
    account = simulated.account_for(tmp_path)
    answer = requests.post(
        f"{provider.url}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, simulated.TOKEN),
        timeout=5,
        data={"To": "+31612345678", "From": simulated.SENDER, "Body": "Hallo!"},
    )
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (
        429,
        "7",
        20429,
    )
    assert provider.texts() == []


@pytest.mark.thorough
@pytest.mark.parametrize("provider", ["drop_share = 1\n"], indirect=True)
def test_a_broken_line_may_hide_a_text_that_was_taken(
    provider: simulated.Provider, tmp_path: Path
) -> None:
    account = simulated.account_for(tmp_path)
    for number in range(12):
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.post(
                f"{provider.url}/2010-04-01/Accounts/{account}/Messages.json",
                auth=(account, simulated.TOKEN),
                timeout=5,
                data={"To": f"+3161234{number:04}", "From": simulated.SENDER, "Body": "Hallo!"},
            )
    assert 0 < len(provider.texts()) < 12
