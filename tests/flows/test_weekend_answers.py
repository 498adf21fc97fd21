"""Whoever texts us at a weekend is answered at once, and once (F6.9)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from channels.sms.signatures import sign
from flows.delivery_pass import ANSWERING, run_pass, run_step, step_named
from inbound.sms_webhooks import PLACE
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from tests.channels.sms import simulated
from tests.inbound.calling import add_line
from tests.inbound.posting import Poster

BASE = "http://127.0.0.1:9"  # nobody listens
OURS = "+31612340000"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ASKED = {
    "Stop aub": "We bellen en sms'en u niet meer",
    "HELP": "Bel ons gratis",
    "Kunt u mij bellen?": "We bellen u",
}
MOMENTS = (
    "2023-06-02T17:50",  # Friday, ten minutes before the texts of campaigns end
    "2023-06-03T11:15",
    "2023-06-04T15:30",  # Sunday
    "2023-05-29T23:59",  # Whit Monday, in the night
)


@pytest.fixture
def texting(tmp_path: Path, database_url: str, now: datetime) -> Iterator[Installation]:
    accounts = simulated.accounts(simulated.flawless(), tmp_path, public_url=BASE)
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **accounts,
    )
    installation = open_installation(settings, clock=FixedClock(now))
    add_line(installation)
    yield installation
    installation.store.engine.dispose()


def at(installation: Installation, moment: datetime) -> Installation:
    return replace(installation, clock=FixedClock(moment))


def text(installation: Installation, number: str, body: str, moment: datetime) -> None:
    """Post a text as its provider does."""
    sid = f"SM{number[1:]}{moment:%d%H%M}"
    fields = {"MessageSid": sid, "From": number, "To": OURS, "Body": body, "NumMedia": "0"}
    signature = sign(simulated.TOKEN, f"{BASE}{PLACE}/in", fields)
    posted = Poster(at(installation, moment)).post(
        f"{PLACE}/in", urlencode(fields), signature=signature
    )
    assert posted == 204


def answer(installation: Installation, moment: datetime) -> None:
    """Do what the flow `answer` does every minute."""
    for step in ANSWERING:
        done = run_step(at(installation, moment), step_named(step), now=moment)
        assert done.failures == ()


def sent(installation: Installation) -> list[tuple[str, str]]:
    account = installation.settings.accounts["twilio_account_sid"]
    return [(each["to"], each["body"]) for each in simulated.flawless().texts(account)]


@pytest.mark.everyday(1)
@pytest.mark.parametrize("written", MOMENTS)
def test_stop_help_and_a_call_back_are_each_answered_within_a_minute_and_once(
    texting: Installation, written: str
) -> None:
    moment = parse_moment(written)
    asked = {f"+3161234560{place}": body for place, body in enumerate(ASKED)}
    for number, body in asked.items():
        text(texting, number, body, moment)
    answer(texting, moment + MINUTE)
    answered = sent(texting)
    assert Counter(to for to, _ in answered) == dict.fromkeys(asked, 1)
    for to, body in answered:
        assert ASKED[asked[to]] in body
    for hours in (1, 14, 30, 60, 80):
        answer(texting, moment + hours * HOUR)
    run_pass(at(texting, moment + 90 * HOUR), now=moment + 90 * HOUR)
    assert sent(texting) == answered


def test_a_pass_that_only_comes_on_monday_still_confirms_a_stop(texting: Installation) -> None:
    text(texting, "+31612345600", "Stop aub", parse_moment("2023-06-02T17:50"))
    monday = parse_moment("2023-06-05T08:00")
    assert run_pass(at(texting, monday), now=monday).failures == ()
    ((to, body),) = sent(texting)
    assert to == "+31612345600"
    assert ASKED["Stop aub"] in body
