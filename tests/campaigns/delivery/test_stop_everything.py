"""Stop everything: drilled with a campaign that is due, texts that wait for an answer and a launch that is set."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from campaigns.delivery.waiting_touches import what_waits
from campaigns.planning import lifecycle, submitting
from flows.delivery_pass import STEPS, run_pass, run_step
from installation.installation import Installation
from installation.stop_everything import (
    Lifting,
    lift,
    present_stop,
    stop_everything,
)
from store.clock import parse_moment
from store.errors import BadInput
from store.states import CampaignState, TouchState
from store.tables import AuditEntry, Campaign, StopOfEverything, Touch
from tests.conftest import NOW
from tests.deciding import deciding
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T10:00")
OFFICER = deciding("Rosa")


@pytest.fixture
def due(installation: Installation, tmp_path: Path) -> Installation:
    """Have one campaign due, and another that launches by itself by then."""
    populate(installation, 200, now=NOW)
    launched(installation, campaign_file(tmp_path, limit=20), now=NOW)
    later = campaign_file(tmp_path, name="later", where="years_without_return >= 1", seed=5)
    submitting.submit(installation, later, by=MANAGER, now=NOW)
    lifecycle.approve(
        installation, "later", by=COLLEAGUE, now=NOW, launch_at=DUE - timedelta(hours=1)
    )
    return installation


def states(installation: Installation) -> dict[TouchState, int]:
    with installation.store.reading() as connection:
        query = select(Touch.state, func.count()).group_by(Touch.state)
        return {row[0]: row[1] for row in connection.execute(query)}


def test_nothing_leaves_by_any_step_of_a_pass_until_two_people_lift_it(due: Installation) -> None:
    before = states(due)
    stop_everything(due.store, by=MANAGER, now=DUE, reason="a wrong number on the cards")
    for step in STEPS:
        assert not run_step(due, step, now=DUE).failures
    assert run_pass(due, now=DUE).failures == ()
    assert states(due) == before
    assert not list(due.settings.outbox.glob("*/*"))
    waiting = what_waits(due, now=DUE, campaign="cards")
    assert {each.why for each in waiting} == {"EVERYTHING_STOPPED"}
    with due.store.reading() as connection:
        query = select(Campaign.state).where(Campaign.name == "later")
        assert connection.execute(query).scalar_one() is CampaignState.APPROVED

    assert lift(due.store, by=MANAGER, now=DUE) is Lifting.ASKED
    with pytest.raises(BadInput, match="somebody else must agree"):
        lift(due.store, by=deciding(" anja "), now=DUE)
    run_pass(due, now=DUE)
    assert states(due) == before
    assert lift(due.store, by=COLLEAGUE, now=DUE) is Lifting.LIFTED
    run_pass(due, now=DUE)
    assert states(due).get(TouchState.HANDED_OVER, 0) > 0
    with pytest.raises(BadInput, match="nothing is stopped"):
        lift(due.store, by=OFFICER, now=DUE)


def test_nobody_launches_or_goes_on_while_everything_is_stopped(due: Installation) -> None:
    lifecycle.pause(due, "cards", by=MANAGER, now=DUE)
    stop_everything(due.store, by=OFFICER, now=DUE, reason="drill")
    with pytest.raises(BadInput, match="everything is stopped"):
        lifecycle.launch(due, "later", by=MANAGER, now=DUE)
    with pytest.raises(BadInput, match="everything is stopped"):
        lifecycle.resume(due, "cards", by=MANAGER, now=DUE)
    lifecycle.stop(due, "cards", by=MANAGER, now=DUE)  # less may always go out


def test_a_second_press_changes_nothing_and_a_wish_to_lift_grows_old(due: Installation) -> None:
    first = stop_everything(due.store, by=MANAGER, now=DUE, reason="drill")
    assert stop_everything(due.store, by=COLLEAGUE, now=DUE, reason="again") == first
    lift(due.store, by=MANAGER, now=DUE)
    tomorrow = DUE + timedelta(days=1, minutes=1)
    found = present_stop(due.store, now=tomorrow)
    assert found is not None
    assert found.asked_by is None
    assert lift(due.store, by=COLLEAGUE, now=tomorrow) is Lifting.ASKED
    with pytest.raises(BadInput, match="1 to 500 characters"):
        stop_everything(due.store, by=MANAGER, now=DUE, reason=" ")
    with due.store.reading() as connection:
        actions = connection.execute(
            select(AuditEntry.action).where(AuditEntry.about == "installation")
        ).scalars()
        assert list(actions) == ["stop_everything", "ask_to_lift_stop", "ask_to_lift_stop"]


def test_two_presses_at_one_moment_are_lifted_together(due: Installation) -> None:
    row = {"stopped_at": DUE, "stopped_by": "x", "reason": "drill"}
    with due.store.writing() as connection:
        connection.execute(insert(StopOfEverything), [row, row])
    lift(due.store, by=MANAGER, now=DUE)
    lift(due.store, by=COLLEAGUE, now=DUE)
    assert present_stop(due.store, now=DUE) is None
