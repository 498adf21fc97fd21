"""Everything planned that has not gone says how many, why, until when and what to do."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, update
from typer.testing import CliRunner

from campaigns.delivery.waiting_touches import what_waits
from campaigns.planning import lifecycle
from campaigns.planning.submitting import submit
from console.main import app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import TouchState
from store.tables import Campaign, Touch
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

TEXTS = "  - {name: text, share: 100, steps: [{channel: sms, template: text-invitation}]}"
WAVES = ("2023-06-05", "2023-06-19")


@pytest.fixture
def dry(
    database_url: str, snapshots: Snapshots, tmp_path: Path, now: datetime
) -> Iterator[Installation]:
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        dry=True,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    yield snapshots.bring(installation, _populate)
    installation.store.engine.dispose()


def _populate(installation: Installation) -> None:
    populate(installation, 300, now=NOW)


def waits(installation: Installation, at: str) -> dict[str, int]:
    """Return what waits by its code, after holding the sum against the database."""
    found: Counter[str] = Counter()
    for each in what_waits(installation, now=parse_moment(at)):
        assert each.line()
        assert each.says("nl") != each.says("en")
        assert each.remedy("nl") != each.remedy("en") or each.until or each.why == "LATER_DAY"
        found[each.why] += each.count
    with installation.store.reading() as connection:
        undone = Touch.state.in_((TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN))
        planned = connection.execute(select(func.count()).where(undone)).scalar_one()
    assert sum(found.values()) == planned
    return dict(found)


@pytest.mark.thorough
def test_a_campaign_says_at_every_stage_why_its_touches_wait(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, waves=WAVES, limit=20)
    name = submit(dry, file, by=MANAGER, now=now).plan.campaign
    assert waits(dry, "2023-06-01") == {"NOT_APPROVED": 20}
    lifecycle.approve(dry, name, by=COLLEAGUE, now=now)
    assert waits(dry, "2023-06-01") == {"NOT_LAUNCHED": 20}
    lifecycle.launch(dry, name, by=COLLEAGUE, now=now)
    assert waits(dry, "2023-06-01") == {"LATER_DAY": 20}
    assert waits(dry, "2023-06-05") == {"NEXT_PASS": 10, "LATER_DAY": 10}
    lifecycle.pause(dry, name, by=COLLEAGUE, now=now)
    assert waits(dry, "2023-06-05") == {"PAUSED": 20}


def change_file(installation: Installation, part: str, **values: str) -> None:
    with installation.store.writing() as connection:
        spec = connection.execute(select(Campaign.spec)).scalar_one()
        spec[part] = {**spec[part], **values}
        connection.execute(update(Campaign).values(spec=spec))


@pytest.mark.thorough
def test_what_a_dpia_that_ends_holds_does_not_go_and_says_so(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    launched(dry, campaign_file(tmp_path, waves=WAVES, limit=20), now=now)
    change_file(dry, "dpia", valid_until="2023-06-12")
    deliver(dry, now=parse_moment("2023-06-05"))
    assert waits(dry, "2023-06-05") == {"DPIA_ENDED": 10}
    assert deliver(dry, now=parse_moment("2023-06-19")).handed_over == 0
    assert waits(dry, "2023-06-19") == {"DPIA_ENDED": 10}


@pytest.mark.thorough
def test_nobody_is_invited_to_a_line_that_has_closed(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    launched(dry, campaign_file(tmp_path, waves=WAVES, limit=20), now=now)
    change_file(dry, "phone_line", open_until="2023-06-20")
    assert deliver(dry, now=parse_moment("2023-06-21")).handed_over == 0
    assert waits(dry, "2023-06-21") == {"LINE_ENDED": 20}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wave", "at", "why", "until"),
    [("2023-06-03", "2023-06-04T12:00", "SUNDAY", "2023-06-05T09:00"),
     ("2023-06-05", "2023-06-05T21:00", "OUTSIDE_HOURS", "2023-06-06T09:00"),
     ("2023-12-23", "2023-12-25T12:00", "HOLIDAY", "2023-12-27T09:00")],
)  # fmt: skip
def test_a_text_waits_for_an_open_hour_and_says_which(
    dry: Installation, tmp_path: Path, now: datetime, wave: str, at: str, why: str, until: str
) -> None:
    file = campaign_file(
        tmp_path, where="has(sms)", purpose="rights", arms=TEXTS, waves=(wave,), limit=10
    )
    launched(dry, file, now=now)
    deliver(dry, now=parse_moment(at))
    assert waits(dry, at) == {why: 10}
    (found,) = what_waits(dry, now=parse_moment(at))
    assert found.until == parse_moment(until)


@pytest.mark.thorough
def test_deliver_names_a_broken_outbox_and_says_that_nothing_was_due_only_when_nothing_is_planned(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KAARTJE_SECRET", "a key for tests only, nobody has another")
    run = CliRunner().invoke
    assert "Nothing was due." in run(app, ["deliver", "--now", "2023-06-01"]).stdout
    house = open_installation(
        Settings(
            home=tmp_path,
            database_url=sqlite_url,
            secret="a key for tests only, nobody has another",
        )
    )
    _populate(house)
    launched(house, campaign_file(tmp_path, limit=10), now=NOW)
    house.store.engine.dispose()
    early = run(app, ["deliver", "--now", "2023-06-02"])
    assert early.exit_code == 0
    assert "Nothing was due" not in early.stdout
    assert "10  wait: cards, card: its day is still to come, until 5 June 2023" in early.stdout
    outbox = tmp_path / "outbox"
    if outbox.exists():
        outbox.rmdir()
    outbox.write_text("a file where the folder should be")
    broken = run(app, ["deliver", "--now", "2023-06-05"])
    assert broken.exit_code == 1
    assert "failed:" in broken.stderr
    assert "outbox" in broken.stderr
    again = json.loads(run(app, ["deliver", "--json", "--now", "2023-06-05"]).stdout)
    (waiting,) = again["waiting"]
    assert waiting["count"] == 10
    shown = run(app, ["campaign", "show", "cards", "--now", "2023-06-05"]).stdout
    assert "10 wait: cards, card:" in shown


@pytest.mark.thorough
def test_what_is_left_out_when_its_turn_came_is_said_with_its_reason(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KAARTJE_SECRET", "a key for tests only, nobody has another")
    house = open_installation(Settings(home=tmp_path, database_url=sqlite_url))
    _populate(house)
    launched(house, campaign_file(tmp_path, limit=10), now=NOW)
    house.store.engine.dispose()
    run = CliRunner().invoke
    said = run(app, ["deliver", "--now", "2023-11-06"]).stdout
    assert "10  withheld: cards, card: This person's data are too old to send anything." in said
    shown = run(app, ["campaign", "show", "cards", "--json"])
    why = {"campaign": "cards", "channel": "card", "reason": "STALE_DATA", "count": 10}
    assert json.loads(shown.stdout)["withheld_because"] == [why]
