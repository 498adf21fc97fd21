"""The body's caps are a floor; looser is a deviation that is counted, signed and explained."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from campaigns.planning import lifecycle
from campaigns.planning.campaign_checks import check
from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from installation.installation import Installation
from outcomes.explanations import why
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import Campaign
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import CARD_STEP, COLLEAGUE, MANAGER, campaign_file, launched, populate

LOOSER = "caps: {card: {times: 100, days: 1}}"
REASON = "the first card had a wrong number on it"
DEVIATION = f"deviation: {{rule: caps.card, reason: {REASON}}}"
EVERYONE = f"  - {{name: card, share: 100, {CARD_STEP}}}"
TWO_CARDS = """\
  - name: card
    share: 100
    steps:
      - {channel: card, template: contact-card, price: 0.85}
      - {channel: card, template: contact-card, price: 0.85, delay: 10}"""


@pytest.fixture
def peopled(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _populate)


def _populate(installation: Installation) -> None:
    populate(installation, 400, now=NOW)


def refusals(installation: Installation, file: Path, now: datetime) -> list[str]:
    with pytest.raises(BadInput) as refused:
        check(installation, file, now=now)
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    "caps",
    ["card: {times: 100, days: 1}", "card: {times: 2, days: 90}", "card: {times: 1, days: 89}",
     "sms: {times: 3, days: 30}", "call: {times: 4, days: 366}", "letter: {times: 1, days: 1}"],
)  # fmt: skip
def test_a_looser_cap_without_a_reason_is_refused_with_its_line_and_a_remedy(
    peopled: Installation, tmp_path: Path, now: datetime, caps: str
) -> None:
    file = campaign_file(tmp_path, more=f"caps: {{{caps}}}")
    line = file.read_text().splitlines().index(f"caps: {{{caps}}}") + 1
    (said,) = refusals(peopled, file, now)
    assert f"{file}, line {line}" in said
    assert "looser" in said
    assert f"deviation: {{rule: caps.{caps.partition(':')[0]}" in said


@pytest.mark.parametrize(
    "more",
    [
        "caps: {card: {times: 1, days: 90}, sms: {times: 1, days: 15}}",
        "caps: {card: {times: 1, days: 365}}",
        f"{LOOSER}\n{DEVIATION}",
        f"{LOOSER}\ndeviation: [{{rule: caps, reason: {REASON}}}]",
    ],
)
def test_a_stricter_cap_needs_no_reason_and_a_looser_one_with_a_reason_is_taken(
    peopled: Installation, tmp_path: Path, now: datetime, more: str
) -> None:
    check(peopled, campaign_file(tmp_path, more=more), now=now)


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ("caps: {cards: {times: 1, days: 90}}", "cards"),
        (f"deviation: {{rule: caps.card, reason: {REASON}}}", "departs from nothing"),
        (f"{LOOSER}\ndeviation: {{rule: caps.sms, reason: {REASON}}}", "looser"),
        (f"{LOOSER}\ndeviation: {{rule: caps.card, reason: ''}}", "too short"),
        (f"{LOOSER}\ndeviation: {{rule: caps.card, reason: '..........'}}", "is no reason"),
        (f"{LOOSER}\ndeviation: {{rule: caps.card, reason: xxxxxxxxxxxx}}", "is no reason"),
        (f"{LOOSER}\ndeviation: {{rule: hours, reason: {REASON}}}", "not of the right form"),
        (f"{LOOSER}\ndeviation: {{rule: caps.card}}", "missing"),
    ],
)
def test_a_cap_of_no_channel_and_a_deviation_from_nothing_are_refused(
    peopled: Installation, tmp_path: Path, now: datetime, more: str, about: str
) -> None:
    assert any(about in each for each in refusals(peopled, campaign_file(tmp_path, more=more), now))


@pytest.mark.everyday(1)
@pytest.mark.parametrize("went", [True, False])
def test_the_plan_counts_who_is_reached_only_by_the_deviation_and_why_explains_each(
    peopled: Installation, tmp_path: Path, now: datetime, *, went: bool
) -> None:
    monday, tuesday = parse_moment("2023-06-05"), parse_moment("2023-06-06")
    first = launched(peopled, campaign_file(tmp_path, limit=20), now=now)
    if went:
        assert deliver(peopled, now=monday).handed_over == 20
    file = campaign_file(
        tmp_path, name="again", arms=EVERYONE, more=f"{LOOSER}\n{DEVIATION}", waves=("2023-06-06",)
    )
    made = plan(peopled, file, now=monday)
    (found,) = made.as_data()["deviations"]
    assert found["people"] == found["touches"] == 20
    assert (found["reason"], found["body"], found["campaign"]) == (
        REASON, {"times": 1, "days": 90}, {"times": 100, "days": 1},
    )  # fmt: skip
    launched(peopled, file, now=monday)
    deliver(peopled, now=tuesday)
    with peopled.store.reading() as connection:
        refs = [row.person_ref for row in connection.exec_driver_sql(
            "select person_ref from people join decisions on person_id = people.id"
            " where deviation is not null order by person_ref"
        )]  # fmt: skip
    assert len(refs) == 20
    for ref in refs[:3]:
        decided = {each.campaign: each for each in why(peopled, ref, now=tuesday).campaigns}
        assert decided[first].departures == ()
        (departure,) = decided["again"].departures
        assert REASON in departure.en
        assert COLLEAGUE.name in departure.en
        (touch,) = decided["again"].touches
        assert touch.deviation == "caps.card"


@pytest.mark.thorough
def test_a_second_card_of_the_same_campaign_is_counted_as_a_message_that_the_cap_would_hold(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    more = f"caps: {{card: {{times: 2, days: 90}}}}\n{DEVIATION}"
    file = campaign_file(tmp_path, arms=TWO_CARDS, limit=10, more=more)
    (found,) = plan(peopled, file, now=now).deviations
    assert (found.people, found.touches) == (0, 10)
    launched(peopled, file, now=now)
    assert deliver(peopled, now=parse_moment("2023-06-05")).handed_over == 10
    assert deliver(peopled, now=parse_moment("2023-06-15")).handed_over == 10
    with peopled.store.reading() as connection:
        marked = connection.exec_driver_sql(
            "select count(*) from touches where deviation = 'caps.card'"
        ).scalar_one()
    assert marked == 10


@pytest.mark.thorough
def test_a_deviation_is_in_the_hash_that_is_signed(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    name = submit(
        peopled, campaign_file(tmp_path, more=f"{LOOSER}\n{DEVIATION}"), by=MANAGER, now=now
    ).plan.campaign
    (shown,) = lifecycle.overview(peopled, name).deviations
    with peopled.store.writing() as connection:
        changed = [{**shown, "people": 1}]
        connection.execute(update(Campaign).values(deviations=json.loads(json.dumps(changed))))
    with pytest.raises(BadInput, match="changed after it was submitted"):
        lifecycle.approve(peopled, name, by=COLLEAGUE, now=now)


@pytest.mark.thorough
def test_a_cap_that_the_body_made_stricter_after_signing_holds(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    first = campaign_file(tmp_path, limit=10, arms=EVERYONE)
    launched(peopled, first, now=now)
    assert deliver(peopled, now=parse_moment("2023-06-05")).handed_over == 10
    again = campaign_file(
        tmp_path, name="again", arms=EVERYONE, waves=("2023-10-02",),
        more="caps: {card: {times: 1, days: 91}}",
    )  # fmt: skip
    october = parse_moment("2023-10-02")
    launched(peopled, again, now=parse_moment("2023-10-01"))
    policy = tmp_path / "policy.toml"
    policy.write_text("[caps.card]\ntimes = 1\ndays = 365\n[freshness]\ndays = 400\n")
    stricter = replace(
        peopled, settings=peopled.settings.model_copy(update={"policy": str(policy)})
    )
    assert deliver(stricter, now=october).withheld == 10
