"""A campaign of texts: what it weighs and costs stands in the plan; what may not go is refused before anybody signs."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns.planning import campaign_checks
from campaigns.planning.plans import plan
from campaigns.touches.composing import appointment_context
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.errors import BadInput
from store.states import AttemptState, TouchState
from store.tables import Attempt, Touch
from tests import passes
from tests.channels.sms import simulated
from tests.stories import campaign_file, launched, populate

WHERE = "years_without_return >= 1 and has(sms)"
TEXT = "steps: [{{channel: sms, template: {template}{price}}}]"


def text_campaign(folder: Path, *, template: str = "text-invitation", price: str = "") -> Path:
    steps = TEXT.format(template=template, price=price)
    return campaign_file(
        folder, name="texts", where=WHERE, arms=f"  - {{name: text, share: 100, {steps}}}"
    )


def installation_with(
    tmp_path: Path, sqlite_url: str, now: datetime, **settings: str
) -> Installation:
    given = Settings(
        home=tmp_path,
        database_url=sqlite_url,
        secret="a key for tests only, nobody has another",
        **settings,
    )
    return open_installation(given, clock=FixedClock(now))


def test_the_plan_says_what_each_language_weighs_and_what_all_of_it_costs(
    installation: Installation, now: datetime
) -> None:
    populate(installation, 300, now=now)
    made = plan(installation, text_campaign(installation.settings.home), now=now)
    (line,) = made.pieces
    assert [(weight.language, weight.encoding) for weight in line.weights] == [
        ("nl", "GSM-7"),
        ("en", "GSM-7"),
    ]
    dearest = max(weight.segments for weight in line.weights)
    assert line.pieces > 20
    assert line.cost == Decimal("0.0753") * dearest * line.pieces
    assert made.as_data()["waves"][0]["texts"][0]["segments"] == line.weights[0].segments


def test_a_price_in_the_file_is_for_one_segment(installation: Installation, now: datetime) -> None:
    populate(installation, 300, now=now)
    (line,) = plan(
        installation, text_campaign(installation.settings.home, price=", price: 0.10"), now=now
    ).pieces
    assert (
        line.cost == Decimal("0.10") * max(weight.segments for weight in line.weights) * line.pieces
    )


def test_one_text_at_two_prices_is_counted_at_each(
    installation: Installation, now: datetime
) -> None:
    populate(installation, 300, now=now)
    step = "steps: [{{channel: sms, template: text-invitation, price: {price}}}]"
    arms = "\n".join(
        f"  - {{name: {name}, share: 50, {step.format(price=price)}}}"
        for name, price in (("one", "0.10"), ("two", "0.20"))
    )
    lines = plan(
        installation,
        campaign_file(installation.settings.home, name="texts", where=WHERE, arms=arms),
        now=now,
    ).pieces
    segments = max(weight.segments for weight in lines[0].weights)
    assert [line.cost / line.pieces / segments for line in lines] == [
        Decimal("0.10"),
        Decimal("0.20"),
    ]


def test_a_sender_that_cannot_be_answered_is_refused_where_the_text_asks_for_an_answer(
    tmp_path: Path, sqlite_url: str, now: datetime
) -> None:
    installation = installation_with(tmp_path, sqlite_url, now, sms_from="Dichtbij")
    populate(installation, 100, now=now)
    with pytest.raises(BadInput, match=r"nobody can answer 'Dichtbij'.*KAARTJE_SMS_FROM"):
        campaign_checks.check(installation, text_campaign(tmp_path), now=now)


def test_a_text_of_too_many_segments_is_refused(
    tmp_path: Path, sqlite_url: str, now: datetime
) -> None:
    installation = installation_with(tmp_path, sqlite_url, now, sms_segments="1")
    populate(installation, 100, now=now)
    file = text_campaign(tmp_path)
    file.write_text(
        file.read_text().replace("nl: het team van Dichtbij", "nl: het team van Dichtbij in België")
    )
    with pytest.raises(BadInput, match=r"takes \d segments .*UCS-2 because of ë\), and 1 may go"):
        campaign_checks.check(installation, file, now=now)


def test_an_appointment_is_said_as_a_day_a_time_and_a_street() -> None:
    facts = {
        "appointment_on": "2023-06-13",
        "appointment_at": "10:30",
        "appointment_street": "Verzonnenlaan 12",
    }
    said = appointment_context(facts)["appointment"]
    assert said == {
        "date": {"nl": "dinsdag 13 juni", "en": "Tuesday 13 June"},
        "time": "10.30",
        "street": "Verzonnenlaan 12",
    }
    assert appointment_context({**facts, "appointment_at": None}) == {}
    assert appointment_context({"appointment_on": date(2023, 6, 13)}) == {}


@pytest.mark.thorough
def test_a_house_without_an_account_works_on_and_its_texts_wait(
    installation: Installation, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    populate(installation, 300, now=now)
    launched(installation, text_campaign(installation.settings.home), now=now)
    later = datetime.fromisoformat("2023-06-06T09:00+00:00")
    done, failures = passes.deliver_with_failures(installation, now=later)
    assert done.again == done.claimed > 20
    (failure,) = failures
    assert failure == (
        "deliver shards (sms, campaign texts): there is no account for texts:"
        " set KAARTJE_TWILIO_ACCOUNT_SID and _AUTH_TOKEN"
    )
    with installation.store.reading() as connection:
        assert set(connection.execute(select(Touch.state)).scalars()) == {TouchState.PLANNED}
    assert "set KAARTJE_TWILIO_ACCOUNT_SID" in caplog.text


@pytest.mark.thorough
def test_everyone_gets_one_text_through_a_provider(
    tmp_path: Path, sqlite_url: str, now: datetime
) -> None:
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    installation = installation_with(tmp_path, sqlite_url, now, **accounts)
    populate(installation, 300, now=now)
    launched(installation, text_campaign(tmp_path), now=now)
    later = datetime.fromisoformat("2023-06-06T09:00+00:00")
    done = replace(passes.deliver(installation, now=later))
    assert done.handed_over == done.claimed > 20
    texts = simulated.flawless().texts(accounts["twilio_account_sid"])
    assert set(Counter(text["to"] for text in texts).values()) <= {
        1,
        2,
    }  # two people may share a telephone
    assert len(texts) == done.handed_over
    with installation.store.reading() as connection:
        rows = connection.execute(select(Attempt.state, Attempt.provider_ref, Attempt.cost)).all()
    assert {row.provider_ref for row in rows} == {text["sid"] for text in texts}
    assert {row.state for row in rows} == {AttemptState.RECEIPT}
    assert {row.cost for row in rows} <= {753, 1506}


@pytest.mark.thorough
def test_a_journal_that_is_lost_does_not_send_anything_twice(
    tmp_path: Path, sqlite_url: str, now: datetime
) -> None:
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    installation = installation_with(tmp_path, sqlite_url, now, **accounts)
    populate(installation, 300, now=now)
    launched(installation, text_campaign(tmp_path), now=now)
    later = datetime.fromisoformat("2023-06-06T09:00+00:00")

    class ThePlugIsPulled(BaseException):
        """Ends a delivery as a kill does: nothing below it can tidy up."""

    def pull_the_plug(phase: str, done: int, _total: int) -> None:
        if phase == "send" and done >= 25:
            raise ThePlugIsPulled

    with pytest.raises(ThePlugIsPulled):
        passes.deliver(installation, now=later, watch=pull_the_plug)
    for journal in (tmp_path / "outbox" / ".sms" / "batches").iterdir():
        journal.unlink()
    passes.deliver(installation, now=later)
    with installation.store.reading() as connection:
        states = Counter(connection.execute(select(Touch.state)).scalars())
    assert set(states) == {TouchState.HANDED_OVER}
    assert len(simulated.flawless().texts(accounts["twilio_account_sid"])) == states.total()


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    "wrong",
    [
        {"sms_gateway": "gateway.toml"},
        {"twilio_auth_token": ""},
    ],
)
def test_wrong_settings_of_texts_hold_up_nothing_else(
    tmp_path: Path,
    sqlite_url: str,
    now: datetime,
    wrong: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gateway.toml").write_text("nothing = 'of a gateway'\n")
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    installation = installation_with(tmp_path, sqlite_url, now, **accounts)
    populate(installation, 300, now=now)
    launched(installation, text_campaign(tmp_path), now=now)
    broken = installation_with(tmp_path, sqlite_url, now, **{**accounts, **wrong})
    later = datetime.fromisoformat("2023-06-06T09:00+00:00")
    done, failures = passes.deliver_with_failures(broken, now=later)
    assert done.again == done.claimed > 20
    assert [each.partition(":")[0] for each in failures] == ["deliver shards (sms, campaign texts)"]
    assert passes.deliver(installation, now=later.replace(hour=10)).handed_over == done.claimed
