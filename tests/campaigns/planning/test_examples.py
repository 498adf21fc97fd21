"""Every campaign that we ship as an example is taken, planned and delivered at its own date."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.planning.campaign_checks import check
from campaigns.planning.plans import plan
from campaigns.touches.campaign_reading import read_campaign
from desk.entries import roster
from installation.installation import Installation
from people.importing import import_people
from people.invented.population import write_population
from people.obligations import import_obligations
from store.clock import FixedClock, parse_moment
from tests.passes import deliver
from tests.stories import launched

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "campaigns" / "examples").glob("*.yaml"))
PEOPLE = 250
EVERYDAY = {"contact-cards-2023", "texts-2023"}


def _peopled(installation: Installation, now: datetime) -> None:
    home = installation.settings.home
    people, owed = home / "people.csv", home / "obligations.csv"
    write_population(people, PEOPLE, 7, as_of=now.date(), obligations=owed)
    import_people(installation.store, people, key=installation.settings.key(), now=now)
    import_obligations(installation.store, owed, now=now)


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    "example",
    [
        pytest.param(each, id=each.stem, marks=() if each.stem in EVERYDAY else pytest.mark.heavy)
        for each in EXAMPLES
    ],
)
def test_an_example_is_taken_planned_and_delivered_at_its_own_date(
    installation: Installation, example: Path
) -> None:
    campaign, _, _ = read_campaign(example)
    first = campaign.waves[0].date
    now = parse_moment(f"{first - timedelta(days=5)}T09:00")
    house = replace(installation, clock=FixedClock(now))
    _peopled(house, now)
    roster.add(
        house.store, campaign.phone_line.number.replace("0800 ", "+31800"), "Henri",
        on_from=date(2023, 1, 1), on_until=None,
    )  # fmt: skip
    check(house, example, now=now)
    made = plan(house, example, now=now)
    assert made.selected
    assert made.hold_out
    assert made.estimate.highest <= made.budget
    assert made.estimate.hours_high
    launched(house, example, now=now)
    if not any(step.channel == "sms" for arm in campaign.arms for step in arm.steps):
        # texts need an account at a provider: the demo of texts plays that
        assert deliver(house, now=parse_moment(f"{first}T10:00")).handed_over
