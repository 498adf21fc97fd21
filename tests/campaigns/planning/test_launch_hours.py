"""What a card prints about the phone line is kept, or the campaign is not launched (decision 0140)."""

from datetime import date, datetime

import pytest

from campaigns.planning import lifecycle, submitting
from desk.entries import agents, roster
from installation.installation import Installation
from store.errors import BadInput
from tests.stories import COLLEAGUE, MANAGER, campaign_file, populate

PRINTED = "maandag tot en met vrijdag, 9 tot 17 uur"


@pytest.fixture
def small(installation: Installation, now: datetime) -> Installation:
    populate(installation, 200, now=now)
    return installation


def approved(installation: Installation, hours: str, now: datetime, *, open_days: str = "") -> str:
    file = campaign_file(installation.settings.home, open_days=open_days)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(PRINTED, hours), encoding="utf-8")
    name = submitting.submit(installation, file, by=MANAGER, now=now).plan.campaign
    lifecycle.approve(installation, name, by=COLLEAGUE, now=now)
    return name


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("hours", "open_days", "said"),
    [
        (
            "maandag tot en met vrijdag, 9 tot 21 uur",
            "",
            "is printed as 09:00-21:00 on monday, and the policy has 09:00-20:00",
        ),
        (
            "ma t/m za 8.30 - 15.30 uur",
            "",
            "is printed as 08:30-15:30 on monday, and the policy has 09:00-20:00",
        ),
        (
            "dinsdag t/m donderdag, 9 tot 17 uur",
            "monday, tuesday",
            "names monday, on which the printed hours (dinsdag t/m donderdag, 9 tot 17 uur) are closed",
        ),
    ],
)
def test_hours_that_the_policy_or_the_file_itself_denies_are_not_launched(
    small: Installation, now: datetime, hours: str, open_days: str, said: str
) -> None:
    name = approved(small, hours, now, open_days=open_days)
    with pytest.raises(BadInput) as refused:
        lifecycle.launch(small, name, by=COLLEAGUE, now=now)
    assert refused.value.problem == said
    assert lifecycle.overview(small, name).state == "approved"


@pytest.mark.parametrize("hours", [PRINTED, "maandag t/m zaterdag, 10 tot 16 uur", "op werkdagen"])
def test_hours_within_the_policy_are_launched_and_an_undialled_line_is_named(
    small: Installation, now: datetime, hours: str
) -> None:
    noted = lifecycle.launch(small, approved(small, hours, now), by=COLLEAGUE, now=now)
    assert noted == "nobody has dialled +318001234 yet: dial it, and hear who picks up"


def test_a_roster_that_has_nobody_on_an_open_day_is_named(
    small: Installation, now: datetime
) -> None:
    name = approved(small, PRINTED, now)
    until = date(2023, 6, 7)
    roster.add(small.store, "+318001234", "Henri", on_from=date(2023, 6, 1), on_until=until)
    with pytest.raises(BadInput, match="is open on 2023-06-08, and nobody is on its roster"):
        lifecycle.launch(small, name, by=COLLEAGUE, now=now)
    agents.register(small.store, "Anja", now=now)
    lifecycle.launch(small, name, by=COLLEAGUE, now=now)
    assert lifecycle.overview(small, name).state == "running"
