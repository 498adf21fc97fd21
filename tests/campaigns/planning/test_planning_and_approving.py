"""Plan, submit, approve, launch: nothing goes out without a second person, and a plan writes nothing."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from campaigns.planning import lifecycle
from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from flows.delivery_pass import run_step, step_named
from installation.installation import Installation
from store.audit_log import Decider
from store.errors import BadInput
from store.states import Road
from store.tables import AuditEntry, Campaign, Decision, FrozenText, Person, Suppression, Touch
from suppression.reasons import Reason, bits, named
from tests.conftest import NOW
from tests.deciding import deciding
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

PEOPLE = 1_200


@pytest.fixture
def peopled(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _populate)


def _populate(installation: Installation) -> None:
    populate(installation, PEOPLE, now=NOW)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_plan_writes_nothing_and_adds_up(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(peopled, campaign_file(tmp_path), now=now)
    assert made.imported == PEOPLE
    assert made.matched == made.selected + sum(made.left_out.values())
    assert made.eligible == made.selected + made.household + made.over_limit + made.hold_out
    assert sum(line.pieces for line in made.pieces) == made.selected > 50
    with peopled.store.reading() as connection:
        for table in (Campaign, Decision, Touch, AuditEntry):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_the_decisions_file_has_a_row_for_everyone_imported(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(
        peopled, campaign_file(tmp_path), now=now, decisions_file=tmp_path / "decisions.csv"
    )
    rows = rows_of(tmp_path / "decisions.csv")
    assert len(rows) == PEOPLE
    assert sum(row["matched"] == "true" for row in rows) == made.matched
    assert sum(row["selected"] == "true" for row in rows) == made.selected
    for row in rows:
        assert (row["selected"] == "true") == (row["reason"] == "")
        assert row["selected"] == "false" or (row["arm"] == "card" and row["wave"] == "1")
        assert row["reason"] != "HOLD_OUT" or row["arm"] == "hold-out"


def test_one_person_per_household_is_chosen_and_the_others_share_the_arm(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    plan(peopled, campaign_file(tmp_path), now=now, decisions_file=tmp_path / "decisions.csv")
    drawn: dict[str, str] = {}
    others = 0
    rows = rows_of(tmp_path / "decisions.csv")
    for row in rows:
        if row["selected"] == "true" or row["reason"] == "HOLD_OUT":
            assert row["household"] not in drawn
            drawn[row["household"]] = row["arm"]
    for row in rows:
        if row["reason"] == "HOUSEHOLD":
            others += 1
            assert row["arm"] == drawn[row["household"]]
    assert others


def test_the_same_seed_chooses_the_same_people_and_another_seed_others(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        file = campaign_file(tmp_path, name=f"cards-{name}", seed=seed)
        plan(peopled, file, now=now, decisions_file=tmp_path / f"{name}.csv")
    first, again, other = ((tmp_path / f"{name}.csv").read_text() for name in "abc")
    assert first == again
    assert first != other


def test_the_limit_is_on_people_reached_and_the_hold_out_stands_beside_it(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(peopled, campaign_file(tmp_path, limit=40), now=now)
    assert (made.selected, made.hold_out) == (40, 10)
    assert made.left_out["LIMIT"] == made.over_limit > 0


@pytest.mark.thorough
def test_waves_and_arms_divide_everyone_chosen(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    step = "steps: [{channel: card, template: contact-card}]"
    arms = f"  - {{name: one, share: 30, {step}}}\n  - {{name: two, share: 60, {step}}}\n"
    arms += "  - {name: none, share: 10, hold_out: true}"
    file = campaign_file(tmp_path, arms=arms, waves=("2023-06-05", "2023-06-12", "2023-06-19"))
    made = plan(peopled, file, now=now)
    total = sum(made.arms.values())
    assert abs(made.arms["one"] - total * 0.3) < 1
    assert abs(made.arms["none"] - total * 0.1) < 1
    for arm in ("one", "two"):
        sizes = [line.pieces for line in made.pieces if line.arm == arm]
        assert sum(sizes) == made.arms[arm]
        assert max(sizes) - min(sizes) <= 1


def test_a_submission_writes_what_was_planned(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path)
    planned = plan(peopled, file, now=now)
    done = submit(peopled, file, by=MANAGER, now=now)
    assert done.plan.as_data() == planned.as_data()
    with peopled.store.reading() as connection:
        rows = connection.execute(
            select(Decision.selected, Decision.reason, Decision.reasons)
        ).all()
        touches = connection.execute(select(func.count()).select_from(Touch)).scalar_one()
    assert len(rows) == planned.matched
    assert touches == planned.selected
    for row in rows:
        assert row.selected == (row.reason is None)
        assert row.reason is None or Reason(row.reason) in named(row.reasons)


@pytest.mark.thorough
def test_every_reason_that_held_is_kept_and_the_first_counts(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    with peopled.store.writing() as connection:
        some = connection.execute(select(Person.id).order_by(Person.id)).scalars().all()
        connection.execute(
            update(Person)
            .where(Person.id.in_(some))
            .values(guardian_ref="G1", deceased_on=now.date(), name_damaged=True)
        )
    submit_file = campaign_file(tmp_path, where="true")
    made = plan(peopled, submit_file, now=now, decisions_file=tmp_path / "d.csv")
    assert made.left_out == {"DECEASED": PEOPLE}
    held = {rule.reason: rule for rule in made.rules}
    assert held[Reason.UNDER_GUARDIANSHIP].held == PEOPLE
    assert held[Reason.UNDER_GUARDIANSHIP].took_out == 0
    wanted = bits([Reason.DECEASED, Reason.UNDER_GUARDIANSHIP, Reason.NAME_DAMAGED])
    for row in rows_of(tmp_path / "d.csv"):
        assert bits([Reason(name) for name in row["reasons"].split()]) & wanted == wanted


def test_nobody_approves_their_own_campaign(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    submit(peopled, campaign_file(tmp_path), by=MANAGER, now=now)
    for name in ("Anja", " anja ", "ANJA"):
        with pytest.raises(BadInput, match="somebody else must approve it"):
            lifecycle.approve(peopled, "cards", by=deciding(name), now=now)
    lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)


@pytest.mark.thorough
def test_a_campaign_runs_only_after_submission_approval_and_launch_in_that_order(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    submit(peopled, campaign_file(tmp_path), by=MANAGER, now=now)
    with pytest.raises(BadInput, match="only a campaign that is approved can launch"):
        lifecycle.launch(peopled, "cards", by=COLLEAGUE, now=now)
    lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)
    with pytest.raises(BadInput, match="cards is approved"):
        lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)
    lifecycle.launch(peopled, "cards", by=COLLEAGUE, now=now)
    assert lifecycle.overview(peopled, "cards").state == "running"


def test_what_changed_after_submission_cannot_be_approved(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    submit(peopled, campaign_file(tmp_path), by=MANAGER, now=now)
    with peopled.store.writing() as connection:
        connection.execute(update(FrozenText).values(source=FrozenText.source + " "))
    with pytest.raises(BadInput, match="changed after it was submitted"):
        lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)


def test_what_changed_after_approval_cannot_be_launched(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    submit(peopled, campaign_file(tmp_path), by=MANAGER, now=now)
    lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now)
    with peopled.store.writing() as connection:
        one = connection.execute(
            select(Decision.person_id).where(Decision.selected).limit(1)
        ).scalar_one()
        connection.execute(update(Decision).where(Decision.person_id == one).values(selected=False))
    with pytest.raises(BadInput, match="changed after it was approved"):
        lifecycle.launch(peopled, "cards", by=COLLEAGUE, now=now)


@pytest.mark.thorough
def test_a_scheduled_launch_happens_at_its_moment_and_not_before(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    submit(peopled, campaign_file(tmp_path), by=MANAGER, now=now)
    at = now + timedelta(days=2)
    lifecycle.approve(peopled, "cards", by=COLLEAGUE, now=now, launch_at=at)
    assert launched_by_a_pass(peopled, at - timedelta(seconds=1)) == (0, [])
    assert launched_by_a_pass(peopled, at) == (1, [])
    assert launched_by_a_pass(peopled, at) == (0, [])
    assert lifecycle.overview(peopled, "cards").state == "running"


def launched_by_a_pass(installation: Installation, now: datetime) -> tuple[int, list[str]]:
    done = run_step(installation, step_named("launch scheduled campaigns"), now=now)
    return done.counts["launched"], [str(each) for each in done.failures]


@pytest.mark.thorough
def test_a_scheduled_campaign_whose_dpia_has_ended_stays_and_holds_up_no_other(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    for name, dpia in (("ended", "2023-06-06"), ("good", "2024-12-31")):
        submit(peopled, campaign_file(tmp_path, name=name, dpia=dpia), by=MANAGER, now=now)
        lifecycle.approve(peopled, name, by=COLLEAGUE, now=now, launch_at=now + timedelta(days=10))
    count, failures = launched_by_a_pass(peopled, now + timedelta(days=10))
    assert count == 1
    assert [each.partition(":")[0] for each in failures] == [
        "launch scheduled campaigns (campaign ended)"
    ]
    assert "DPIA of ended ended on 2023-06-06" in failures[0]
    assert lifecycle.overview(peopled, "good").state == "running"
    assert lifecycle.overview(peopled, "ended").state == "approved"


def test_a_name_is_used_once(peopled: Installation, tmp_path: Path, now: datetime) -> None:
    file = campaign_file(tmp_path)
    submit(peopled, file, by=MANAGER, now=now)
    with pytest.raises(BadInput, match="cards is submitted already"):
        submit(peopled, file, by=MANAGER, now=now)


def test_a_budget_that_is_too_small_stops_the_submission_and_leaves_nothing(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path)
    file.write_text(file.read_text().replace("budget: 100000", "budget: 3"))
    with pytest.raises(BadInput, match="more than the budget"):
        submit(peopled, file, by=MANAGER, now=now)
    with peopled.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Campaign)).scalar_one() == 0


def test_an_audience_of_nobody_cannot_be_submitted(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(BadInput, match="nobody would be reached"):
        submit(
            peopled,
            campaign_file(tmp_path, where="years_without_return > 900"),
            by=MANAGER,
            now=now,
        )


def test_every_decision_is_written_down_with_who_and_whether_they_had_signed_in(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    launched(peopled, campaign_file(tmp_path), now=now)
    lifecycle.pause(peopled, "cards", by=Decider("Carla", road=Road.PAGE), now=now)
    with peopled.store.reading() as connection:
        acts = connection.execute(
            select(AuditEntry.action, AuditEntry.actor, AuditEntry.road).order_by(AuditEntry.id)
        ).all()
    assert [tuple(act) for act in acts] == [
        ("submit", "Anja", Road.COMMAND),
        ("approve", "Bilal", Road.COMMAND),
        ("launch", "Bilal", Road.COMMAND),
        ("pause", "Carla", Road.PAGE),
    ]


def test_a_rule_without_its_fact_is_said_to_be_unjudged(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(installation, campaign_file(tmp_path, where="true"), now=now)
    assert any("no import declared the fact" in warning for warning in made.warnings)
    assert any("matches nobody" in warning for warning in made.warnings)


@pytest.mark.thorough
def test_a_duty_campaign_that_does_not_ask_for_a_dunning_letter_waits_for_it(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    asked = plan(peopled, campaign_file(tmp_path), now=now)
    unasked = plan(
        peopled, campaign_file(tmp_path, name="all", where="years_without_return >= 2"), now=now
    )
    rights = plan(
        peopled,
        campaign_file(tmp_path, name="rights", where="years_without_return >= 2", purpose="rights"),
        now=now,
    )
    assert "NO_DUNNING_YET" not in asked.left_out
    assert unasked.left_out["NO_DUNNING_YET"] > 0
    assert "NO_DUNNING_YET" not in rights.left_out


@pytest.mark.thorough
def test_a_suppression_known_today_leaves_people_out_of_the_plan(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    before = plan(peopled, campaign_file(tmp_path), now=now, decisions_file=tmp_path / "d.csv")
    chosen = next(
        row["person_ref"] for row in rows_of(tmp_path / "d.csv") if row["selected"] == "true"
    )
    with peopled.store.writing() as connection:
        connection.execute(
            insert(Suppression).values(
                entry_key="1",
                scope="person",
                person_ref=chosen,
                reason="OBJECTION",
                source="test",
                note="",
                starts_at=now,
                added_at=now,
                added_by="test",
            )
        )
    after = plan(peopled, campaign_file(tmp_path), now=now, decisions_file=tmp_path / "d.csv")
    assert after.left_out["OBJECTION"] == 1
    assert after.eligible == before.eligible - 1
    assert {row["person_ref"]: row["reason"] for row in rows_of(tmp_path / "d.csv")}[
        chosen
    ] == "OBJECTION"
