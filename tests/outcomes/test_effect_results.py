"""An effect is counted once, read by everybody who asks, and counted again when anything changed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from installation.installation import Installation
from outcomes.effect_results import count_again, count_effect, known_effect
from outcomes.effects import effect
from outcomes.outcome_imports import import_outcomes
from store.errors import BadInput
from store.states import CallState, OutcomeKind, TouchState
from store.tables import Call, Campaign, EffectResult, Touch, TouchEvent
from tests.builders import Builder, put_tried_campaign

DAY = date(2023, 5, 31)
FILE = "person_ref,kind,happened_on,reference,withdrawn_on\n"


@pytest.fixture
def tried(installation: Installation, now: datetime) -> Installation:
    """Have a campaign of which 3 of 4 who got a card filed, and 1 of 4 who were held out."""
    with installation.store.writing() as connection:
        put_tried_campaign(connection, now)
    return installation


def test_a_stored_effect_is_the_very_effect_that_was_counted(
    tried: Installation, now: datetime
) -> None:
    first = known_effect(tried, "pilot", as_of=DAY, now=now)
    later = known_effect(tried, "pilot", as_of=DAY, now=now + timedelta(hours=3))
    assert (first.at, later.at) == (now, now)
    fresh = effect(tried, "pilot", as_of=DAY, now=now)
    assert first.effect == fresh
    assert later.effect.as_data() == fresh.as_data()
    assert list(later.effect.as_data()) == list(fresh.as_data())


def _outcome(installation: Installation, folder: Path, now: datetime) -> None:
    _send(installation, folder, "T3,filed,2023-05-21,,\n", now)


def _withdrawal(installation: Installation, folder: Path, now: datetime) -> None:
    _send(installation, folder, "T0,filed,2023-05-20,,2023-05-25\n", now)


def _move(installation: Installation, _folder: Path, now: datetime) -> None:
    with installation.store.writing() as connection:
        touch = connection.execute(select(Touch.id).order_by(Touch.id)).scalars().first()
        moved = {"from_state": TouchState.POSTED, "to_state": TouchState.RETURNED}
        connection.execute(insert(TouchEvent).values(touch_id=touch, at=now, **moved))


def _conversation(installation: Installation, _folder: Path, now: datetime) -> None:
    with installation.store.writing() as connection:
        campaign = connection.execute(select(Campaign.id)).scalar_one()
        Builder(connection, now).put(
            Call,
            line_id=connection.execute(select(Campaign.line_id)).scalar_one(),
            campaign_id=campaign,
            state=CallState.WRAPPED_UP,
            received_at=now,
            due_by=now,
            rank=0,
            note="",
            taken_at=now,
            wrapped_up_at=now,
        )


def _other_plan(installation: Installation, _folder: Path, _now: datetime) -> None:
    with installation.store.writing() as connection:
        connection.execute(update(Campaign).values(signed_plan={"assignment_hash": "f" * 64}))


def _send(installation: Installation, folder: Path, rows: str, now: datetime) -> None:
    file = folder / "outcomes.csv"
    file.write_text(FILE + rows)
    import_outcomes(installation, file, now=now)


@pytest.mark.parametrize(
    "change",
    [_outcome, _withdrawal, _move, _conversation, _other_plan],
    ids=lambda each: each.__name__,
)
def test_whatever_an_effect_is_counted_from_makes_it_counted_again(
    tried: Installation,
    tmp_path: Path,
    now: datetime,
    change: Callable[[Installation, Path, datetime], None],
) -> None:
    known_effect(tried, "pilot", as_of=DAY, now=now)
    change(tried, tmp_path, now)
    later = now + timedelta(hours=1)
    again = known_effect(tried, "pilot", as_of=DAY, now=later)
    assert again.at == later
    assert again.effect == effect(tried, "pilot", as_of=DAY, now=later)
    assert known_effect(tried, "pilot", as_of=DAY, now=later + timedelta(hours=1)).at == later


def test_no_result_is_older_than_a_day_and_each_outcome_has_its_own(
    tried: Installation, now: datetime
) -> None:
    known_effect(tried, "pilot", as_of=DAY, now=now)
    tomorrow = now + timedelta(days=1, seconds=1)
    assert known_effect(tried, "pilot", as_of=DAY, now=tomorrow).at == tomorrow
    other = known_effect(tried, "pilot", as_of=DAY, now=tomorrow, outcome=OutcomeKind.DEBT_HELP)
    assert other.effect.outcome == OutcomeKind.DEBT_HELP
    kept = known_effect(tried, "pilot", as_of=DAY, now=tomorrow)
    assert kept.effect.outcome == OutcomeKind.FILED
    for day in (date(2023, 4, 30), DAY + timedelta(days=30)):
        with pytest.raises(BadInput):
            known_effect(tried, "pilot", as_of=day, now=tomorrow)


def test_what_somebody_reads_is_counted_again_for_today_and_what_is_stale_goes(
    tried: Installation, tmp_path: Path, now: datetime
) -> None:
    assert count_again(tried, now=now) == 0  # nobody asked yet
    count_effect(tried, "pilot", as_of=DAY, now=now)
    _outcome(tried, tmp_path, now)
    later = now + timedelta(hours=1)
    assert count_again(tried, now=later) == 1
    assert count_again(tried, now=later + timedelta(hours=1)) == 0
    with tried.store.reading() as connection:
        days = connection.execute(select(EffectResult.as_of)).scalars().all()
    assert days == [date(2023, 6, 1)]
