"""Our requests, held against Twilio's own description of its API; and its refusals, read as they are meant."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from channels.sms.error_codes import Fault
from channels.sms.providers import CannotSay, Doubt, NotTaken, Taken, Text
from channels.sms.senders import Sender
from channels.sms.twilio import Twilio
from tests.channels.sms.prism import GOOD_FROM, MAGIC_FROM, MAGIC_TO, OURS, Magic, Prism

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not here, and Prism comes from it"),
]
REAL = (
    "KAARTJE_CONTRACT_SID" in os.environ
)  # Twilio's test credentials: the same tests, against Twilio itself
ACCOUNT = os.environ.get("KAARTJE_CONTRACT_SID", "AC" + "1" * 32)
TOKEN = os.environ.get("KAARTJE_CONTRACT_TOKEN", "token")
SERVICE = "MG" + "0a" * 16
TO = "+31612345678"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if REAL:
        yield ""
        return
    prism = Prism(tmp_path_factory.mktemp("prism"))
    yield prism.url
    prism.stop()


def twilio(url: str, sender: str = GOOD_FROM) -> Twilio:
    made = Twilio(
        account=ACCOUNT,
        token=TOKEN,
        sender=Sender.parse(sender),
        url=url,
        public_url="https://kaartje.example.org",
        timeout=20,
    )
    if url:
        _, http = made._client()
        http.session.mount("http://", Magic())
    return made


def text(to: str = TO) -> Text:
    return Text(7, to, "Hallo! Bel ons gratis: 0800 0543.\nAntwoord STOP.", "texts-w1-000001.7")


def test_a_text_is_taken(url: str) -> None:
    answer = twilio(url).hand_over(text())
    assert isinstance(answer, Taken)
    assert answer.ref.startswith("SM")


@pytest.mark.skipif(REAL, reason="the test credentials have no Messaging Service and no names")
@pytest.mark.parametrize("sender", [SERVICE, "Dichtbij"])
def test_a_service_and_a_name_may_be_the_sender(url: str, sender: str) -> None:
    assert isinstance(twilio(url, sender).hand_over(text()), Taken)


@pytest.mark.parametrize("to", sorted(MAGIC_TO))
def test_a_magic_number_is_refused_as_it_should_be(url: str, to: str) -> None:
    answer = twilio(url).hand_over(text(to))
    assert isinstance(answer, NotTaken)
    assert answer.code == str(MAGIC_TO[to][1])
    assert answer.fault not in {Fault.REVIEW, Fault.AMBIGUOUS, Fault.RETRY_SAFE}


@pytest.mark.parametrize("sender", sorted(MAGIC_FROM))
def test_a_magic_sender_is_refused_as_it_should_be(url: str, sender: str) -> None:
    answer = twilio(url, sender).hand_over(text())
    assert isinstance(answer, NotTaken)
    assert answer.code == str(MAGIC_FROM[sender][1])
    assert answer.fault in {Fault.CONFIG, Fault.RETRY_LATER}


@pytest.mark.skipif(REAL, reason="no test number brings these about")
def test_what_is_busy_broken_or_shut_is_distinguished(url: str) -> None:
    busy, broken, shut = (twilio(url).hand_over(text(to)) for to in sorted(OURS))
    assert isinstance(busy, NotTaken)
    assert busy.fault is Fault.RETRY_SAFE
    assert isinstance(broken, Doubt)
    assert isinstance(shut, NotTaken)
    assert shut.fault is Fault.CONFIG


@pytest.mark.skipif(REAL, reason="the test credentials list nothing")
def test_a_list_is_asked_for_as_described_and_ends(url: str) -> None:
    assert (
        twilio(url).find(TO, datetime(2020, 1, 1, tzinfo=UTC)) == []
    )  # the text of the example is of 2019
    with pytest.raises(CannotSay, match="more than"):  # and the example says that pages never end
        twilio(url).find(TO, datetime(2000, 1, 1, tzinfo=UTC))


@pytest.mark.skipif(REAL, reason="these would be counted as errors of the account")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 201),
        ({"To": None}, 400),
        ({"MessagingServiceSid": "MG1"}, 400),
        ({"ValidityPeriod": "soon"}, 400),
        ({"StatusCallback": "not an address"}, 400),
        ({"ScheduleType": "sometime"}, 400),
        (
            {"To": "abc"},
            201,
        ),  # the description lets these through, so we refuse them before anybody is asked
        ({"Body": None}, 201),
        ({"Body": "a" * 2000}, 201),
        ({"From": None}, 201),
        ({"ValidityPeriod": "99999"}, 201),
    ],
)
def test_what_the_description_refuses_and_what_it_lets_through(
    url: str, change: dict[str, str | None], status: int
) -> None:
    form = {"To": TO, "From": GOOD_FROM, "Body": "Hallo!", **change}
    given = {name: value for name, value in form.items() if value is not None}
    place = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.post(place, data=given, auth=(ACCOUNT, TOKEN), timeout=20).status_code == status


@pytest.mark.skipif(REAL, reason="this would be counted as an error of the account")
def test_nobody_is_let_in_without_the_account(url: str) -> None:
    place = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.post(place, data={"To": TO, "Body": "Hallo!"}, timeout=20).status_code == 401
