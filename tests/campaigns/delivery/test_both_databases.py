"""The same seed and the same files give the same decisions, arms, waves and hash on SQLite and on PostgreSQL."""

from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from tests.stories import MANAGER, campaign_file, populate

STEP = "steps: [{channel: card, template: contact-card, price: 0.85}]"
ARMS = f"""\
  - {{name: one, share: 45, {STEP}}}
  - {{name: two, share: 35, {STEP}}}
  - {{name: none, share: 20, hold_out: true}}"""


def installation_on(url: str, home: Path, now: datetime) -> Installation:
    home.mkdir()
    settings = Settings(
        home=home, database_url=url, secret="a key for tests only, nobody has another"
    )
    return open_installation(settings, clock=FixedClock(now), draws=Random(1))


@pytest.mark.thorough
def test_both_databases_choose_the_same_people_for_the_same_arms_and_waves(
    sqlite_url: str, postgres_url: str, tmp_path: Path, now: datetime
) -> None:
    found = []
    for name, url in (("sqlite", sqlite_url), ("postgres", postgres_url)):
        installation = installation_on(url, tmp_path / name, now)
        populate(installation, 2_000, now=now)
        file = campaign_file(
            tmp_path, arms=ARMS, waves=("2023-06-05", "2023-06-12", "2023-06-19"), limit=100
        )
        made = plan(installation, file, now=now, decisions_file=tmp_path / f"{name}.csv")
        signed = submit(installation, file, by=MANAGER, now=now).frozen_hash
        found.append((made.as_data(), (tmp_path / f"{name}.csv").read_text(), signed))
        installation.store.engine.dispose()
    assert found[0][0]["selected"] == 100
    assert found[0][0]["left_out"]["LIMIT"] > 0
    assert found[0] == found[1]
