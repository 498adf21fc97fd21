"""Every alert of an installation, raised once by what causes it, at `kaartje doctor` and at `/metrics`."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from channels.sms.circuit_breaker import Breaker
from console.web.app import make_app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from installation.stop_everything import stop_everything
from operations.findings import Level
from operations.health_checks import CHECKS, findings
from store.clock import FixedClock, SystemClock
from store.engine import open_store
from store.states import (
    CallKind,
    CallState,
    DeliveryState,
    LineTestKind,
    RequestKind,
    RunState,
    TouchState,
)
from store.tables import (
    Answer,
    Call,
    Delivery,
    Incident,
    LineTest,
    PrintFile,
    PrintRun,
    PrivacyRequest,
    ProviderEvent,
)
from tests.builders import Builder, BuiltCampaign
from tests.conftest import NOW
from tests.console.conftest import TestClient
from tests.deciding import deciding
from tests.house.reading import ROOT
from tests.inbound.posting import ACCOUNTS

LONG_AGO = NOW - timedelta(days=30)


class House(NamedTuple):
    """An installation, with a builder of rows in it at a moment long ago."""

    installation: Installation
    builder: Builder


class Disk(NamedTuple):
    """A disk as `shutil.disk_usage` describes it."""

    free: int


@pytest.fixture
def console_house(sqlite_url: str, tmp_path: Path) -> Iterator[Installation]:
    settings = Settings(
        home=tmp_path, database_url=sqlite_url, secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=FixedClock(NOW))
    settings.outbox.mkdir(exist_ok=True)
    yield installation
    installation.store.engine.dispose()


def _delivery(house: House, state: DeliveryState) -> tuple[BuiltCampaign, int]:
    campaign = house.builder.campaign()
    return campaign, house.builder.put(
        Delivery,
        key="pilot-1",
        campaign_id=campaign.id,
        step_id=campaign.steps["card", "card"],
        wave_id=campaign.waves[1],
        channel="card",
        state=state,
        size=1,
        opened_at=LONG_AGO,
    )


def _run(house: House, state: RunState) -> int:
    _, delivery = _delivery(house, DeliveryState.RECORDED)
    return house.builder.put(
        PrintRun,
        delivery_id=delivery,
        folder="pilot-1",
        cards=1,
        pages=2,
        made_at=LONG_AGO,
        state=state,
        handed_over_at=LONG_AGO,
    )


def _changed_file(house: House) -> None:
    run = _run(house, RunState.MADE)
    house.builder.put(PrintFile, print_run_id=run, name="cards.pdf", sha256="0" * 64, bytes=1)


def _run_at_the_shop(house: House) -> None:
    _run(house, RunState.HANDED_OVER)


def _batch_on_its_way(house: House) -> None:
    _delivery(house, DeliveryState.OPEN)


def _touch(house: House, state: TouchState) -> None:
    house.builder.reach(house.builder.campaign(), "P1", state=state)


def _event(house: House) -> None:
    house.builder.put(
        ProviderEvent,
        event_key="1",
        provider="twilio",
        kind="receipt",
        raw={},
        received_at=LONG_AGO,
    )


def _answer(house: House) -> None:
    house.builder.put(
        Answer,
        kind="help",
        e164="+31612345678",
        language="nl",
        body="Bel ons.",
        state=TouchState.PLANNED,
        not_before=LONG_AGO,
        written_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def _call(house: House, **columns: object) -> None:
    house.builder.put(
        Call,
        line_id=house.builder.line(),
        received_at=LONG_AGO,
        state=CallState.WAITING,
        note="",
        **columns,
    )


def _failed_line(house: House) -> None:
    house.builder.put(
        LineTest,
        line_id=house.builder.line(),
        kind=LineTestKind.AUTOMATIC,
        at=LONG_AGO,
        by="the system",
        passed=False,
        detail="nobody picked up",
    )


def _late_request(house: House) -> None:
    house.builder.put(
        PrivacyRequest,
        kind=RequestKind.ACCESS,
        person_id=house.builder.person("P1"),
        received_at=LONG_AGO,
        road="letter",
        asked="What do you know of me?",
        identity="came by the letter box of their own address",
        due_at=NOW - timedelta(days=1),
        recorded_at=LONG_AGO,
        recorded_by="Rosa",
    )


def _incident(house: House) -> None:
    house.builder.put(
        Incident,
        campaign_id=house.builder.campaign().id,
        what="a wrong number",
        brief="We printed a wrong number.",
        opened_at=LONG_AGO,
        opened_by="Anja",
    )


CAUSES: dict[str, tuple[Callable[[House], None], Level]] = {
    "run-files": (_changed_file, Level.WRONG),
    "lines": (_failed_line, Level.WRONG),
    "requests": (_late_request, Level.ATTENTION),
    "batches": (_batch_on_its_way, Level.ATTENTION),
    "doubts": (lambda house: _touch(house, TouchState.UNKNOWN), Level.ATTENTION),
    "due": (lambda house: _touch(house, TouchState.PLANNED), Level.ATTENTION),
    "events": (_event, Level.WRONG),
    "answers": (_answer, Level.WRONG),
    "callers": (lambda house: _call(house, kind=CallKind.CALL), Level.ATTENTION),
    "promises": (
        lambda house: _call(house, kind=CallKind.CALL_BACK, promised_until=LONG_AGO),
        Level.ATTENTION,
    ),
    "shop": (_run_at_the_shop, Level.ATTENTION),
    "incidents": (_incident, Level.ATTENTION),
}
TRIED_ELSEWHERE = {"disk", "providers", "stopped", "erased"}


def test_every_check_is_tried_and_stands_in_the_handbook() -> None:
    assert CAUSES.keys() | TRIED_ELSEWHERE == CHECKS.keys()
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in CHECKS if f"| `{name}` |" not in handbook] == []


@pytest.mark.parametrize("name", CAUSES)
def test_each_alert_is_raised_by_its_cause_and_by_nothing_else(
    installation: Installation, name: str
) -> None:
    cause, level = CAUSES[name]
    assert not any(findings(installation, now=NOW).values())
    with installation.store.writing() as connection:
        cause(House(installation, Builder(connection, LONG_AGO)))
    found = findings(installation, now=NOW)
    assert [each for each, several in found.items() if several] == [name]
    (finding,) = found[name]
    assert (finding.check, finding.level) == (name, level)
    assert str(finding.remedy)
    assert "Proef" not in str(finding.problem)  # nobody is named


def test_little_disk_asks_for_somebody_and_none_is_wrong(
    console_house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, level in ((2**30, Level.ATTENTION), (2**20, Level.WRONG)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Disk(free=free))
        assert {each.level for each in findings(console_house, now=NOW)["disk"]} == {level}


def test_a_provider_at_rest_and_a_stop_of_everything_are_told(
    console_house: Installation,
) -> None:
    given = console_house.settings.model_dump(exclude_unset=True)
    settings = Settings(**{**given, **ACCOUNTS})
    house = open_installation(settings, clock=FixedClock(SystemClock().now()))
    folder = settings.outbox / ".sms"
    folder.mkdir(parents=True)
    Breaker(folder).trip("twilio", "20003", "no such account", now=house.now())
    stop_everything(house.store, by=deciding("Anja"), now=house.now(), reason="a drill")
    found = findings(house, now=house.now())
    house.store.engine.dispose()
    assert "no texts leave through twilio" in str(found["providers"][0].problem)
    assert "by Anja" in str(found["stopped"][0].problem)


def test_a_monitoring_system_reads_what_waits_with_its_own_token_alone(
    console_house: Installation,
) -> None:
    def page(token: str, shown: str) -> tuple[int, str]:
        settings = console_house.settings.model_copy(update={"metrics_token": SecretStr(token)})
        client = TestClient(make_app(replace(console_house, settings=settings)))
        read = client.get("/metrics", headers={"authorization": f"Bearer {shown}"})
        return read.status_code, read.text

    with console_house.store.writing() as connection:
        _call(House(console_house, Builder(connection, LONG_AGO)), kind=CallKind.CALL)
    assert page("", "")[0] == 404
    assert page("a token of ours", "another")[0] == 401
    status, text = page("a token of ours", "a token of ours")
    assert status == 200
    assert 'kaartje_waiting{check="callers"} 1.0' in text
    assert 'kaartje_waiting_seconds{check="callers"} 2.592e+06' in text
    assert 'kaartje_findings{check="callers"} 1.0' in text
    assert 'kaartje_findings{check="events"} 0.0' in text


def test_a_server_lives_without_its_database_and_is_not_ready(console_house: Installation) -> None:
    client = TestClient(make_app(console_house))
    assert (client.get("/healthz").text, client.get("/readyz").text) == ("alive\n", "ready\n")
    away = replace(
        console_house,
        store=open_store("postgresql://nobody@127.0.0.1:9/none", locks=console_house.settings.home),
    )
    client = TestClient(make_app(away))
    assert client.get("/healthz").status_code == 200
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (
        503,
        "the database does not answer\n",
    )
