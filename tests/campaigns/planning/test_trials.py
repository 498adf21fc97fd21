"""What a campaign file says about its trial: strata of the draw, and the pre-registration that is signed."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaigns.planning import lifecycle
from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from campaigns.touches.campaign_reading import read_campaign
from campaigns.touches.preregistration import PreRegistration
from installation.installation import Installation
from store.errors import BadInput
from store.tables import Arm, Campaign, Decision
from tests.conftest import NOW
from tests.snapshots import Snapshots
from tests.stories import ARMS, COLLEAGUE, MANAGER, campaign_file, populate

STRATA = """\
trial:
  looks: [2023-07-01, 2023-08-01]
  as_of: 2023-10-01
  strata: {long: years_without_return >= 4}
  subgroups: [long]
"""


@pytest.fixture
def peopled(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _populate)


def _populate(installation: Installation) -> None:
    populate(installation, 1_200, now=NOW)


@pytest.mark.thorough
def test_every_arm_gets_its_part_of_every_stratum(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", limit=100, more=STRATA)
    made = plan(peopled, file, now=now)
    assert sum(sum(each.groups.values()) for each in made.balance) == (
        made.selected + made.hold_out + made.over_limit
    )
    for each in made.balance:
        people = sum(each.groups.values())
        for group, share in (("card", 100), ("hold-out", 25)):
            meant = people * share / (made.selected + made.hold_out + made.over_limit)
            assert abs(each.groups[group] - meant) <= 2  # one at each end of a range
    submit(peopled, file, by=MANAGER, now=now)
    with peopled.store.reading() as connection:
        kept = connection.execute(
            select(Decision.stratum, Arm.name)
            .outerjoin(Arm, Arm.id == Decision.arm_id)
            .where(Decision.stratum.is_not(None))
        )
        counts = Counter((row.stratum, row.name or "limit") for row in kept)
        signed = connection.execute(select(Campaign.signed_plan)).scalar_one()
    long = next(each for each in made.balance if each.stratum == ("long",))
    assert {name: counts[1, name] for name in long.groups} == long.groups
    assert signed["balance"] == [each.as_data() for each in made.balance]
    assert len(signed["assignment_hash"]) == 64


@pytest.mark.thorough
def test_a_stratum_of_one_may_fall_in_any_group(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    drawn = tmp_path / "decisions.csv"
    plan(peopled, campaign_file(tmp_path, where="true"), now=now, decisions_file=drawn)
    with drawn.open(newline="", encoding="utf-8") as read:
        rows = list(csv.DictReader(read))
    at_home = Counter(row["household"] for row in rows)
    one = next(row for row in rows if row["selected"] == "true" and at_home[row["household"]] == 1)
    lonely = f"trial: {{strata: {{lonely: person_ref = '{one['person_ref']}'}}}}"
    fell = set()
    for seed in range(12):
        file = campaign_file(tmp_path, where="true", seed=seed, more=lonely)
        alone, _ = plan(peopled, file, now=now).balance
        assert sum(alone.groups.values()) == 1
        fell |= {name for name, people in alone.groups.items() if people}
    assert fell == {"card", "hold-out"}


@pytest.mark.thorough
def test_what_is_left_out_of_a_trial_is_filled_in_and_signed(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(peopled, campaign_file(tmp_path, where="true"), now=now)
    found = made.registered
    assert (found.outcome, found.control, found.looks) == ("filed", "hold-out", (date(2023, 9, 3),))
    assert found.hold_out_until == date(2023, 9, 3)
    assert PreRegistration.of_data(found.as_data()) == found
    none = campaign_file(
        tmp_path,
        where="true",
        arms=ARMS.split("\n")[0].replace("80", "100"),
        waves=("2023-06-05", "2023-06-19"),
    )
    assert plan(peopled, none, now=now).registered.control == "later-waves"


@pytest.mark.thorough
def test_each_look_has_its_value_and_a_look_between_takes_that_of_the_next(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    found = plan(peopled, campaign_file(tmp_path, where="true", more=STRATA), now=now).registered
    at = [round(found.critical(day), 3) for day in (*found.looks, date(2023, 7, 20), date.max)]
    assert at == [3.471, 2.454, 2.004, 2.454, 2.004]  # O'Brien-Fleming, three looks


def test_a_pre_registration_changed_after_the_signature_goes_nowhere(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", limit=50, more=STRATA)
    submit(peopled, file, by=MANAGER, now=now)
    lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)
    with peopled.store.writing() as connection:
        signed = connection.execute(select(Campaign.signed_plan)).scalar_one()
        changed = {**signed["preregistration"], "outcome": "debt_help"}
        connection.execute(
            update(Campaign).values(signed_plan={**signed, "preregistration": changed})
        )
    with pytest.raises(BadInput, match="cards was changed after it was approved"):
        lifecycle.launch(peopled, "cards", by=COLLEAGUE, now=now)
    with pytest.raises(BadInput, match="cards is approved already; give this one another name"):
        submit(peopled, file, by=MANAGER, now=now)


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        ("{looks: [2023-08-01, 2023-07-01]}", "the looks are not in order of date"),
        ("{looks: [2023-08-01], as_of: 2023-07-01}", "a look is not before as_of, the last"),
        ("{as_of: 2023-06-05}", "a look is not after the first wave"),
        ("{subgroups: [women]}", "subgroup women is no stratum"),
        ("{hold_out_until: 2023-06-05}", "the hold-out ends before the last touch"),
        ("{outcome: happiness}", "trial.outcome"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(tmp_path: Path, trial: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_campaign(campaign_file(tmp_path, more=f"trial: {trial}"))


def test_a_condition_of_a_stratum_is_read_as_the_audience_is(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", more="trial: {strata: {old: years_witout > 3}}")
    with pytest.raises(BadInput, match=r"trial\.strata\.old"):
        plan(peopled, file, now=now)


def test_nobody_is_held_out_of_what_they_asked_for(tmp_path: Path) -> None:
    file = campaign_file(tmp_path, purpose="service", more="asked_on: asked_on")
    with pytest.raises(BadInput, match="a service was asked for, so nobody is held out"):
        read_campaign(file)


@pytest.mark.thorough
@pytest.mark.parametrize(("day", "offered"), [("2023-10-01", False), ("2023-10-02", True)])
def test_who_was_held_out_is_offered_help_once_that_has_ended(
    peopled: Installation, tmp_path: Path, now: datetime, day: str, *, offered: bool
) -> None:
    subject = "subject: returns"
    file = campaign_file(tmp_path, where="true", limit=100, more=f"{STRATA}{subject}")
    held = submit(peopled, file, by=MANAGER, now=now).plan.hold_out
    after = campaign_file(
        tmp_path,
        name="offer",
        where="held_out('cards')",
        arms=ARMS.split("\n")[0].replace("80", "100"),
        waves=(day,),
        more=subject,
    )
    found = plan(peopled, after, now=now)
    assert held > 10
    assert (found.selected > 0) is offered
    assert ("OTHER_CAMPAIGN" in found.left_out) is not offered
