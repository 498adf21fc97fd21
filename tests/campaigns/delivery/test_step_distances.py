"""No two steps come to somebody nearer to one another than the campaign and the caps say, whatever happened before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from campaigns.delivery.claiming import open_shards
from campaigns.delivery.dispatch import deliver_shard
from campaigns.delivery.waiting_touches import what_waits
from campaigns.planning import lifecycle
from installation.installation import Installation
from store.clock import LOCAL, local_date, parse_moment
from store.states import CampaignState, TouchState
from store.tables import Attempt, Call, Campaign, Person, Step, Touch, TouchEvent, Wave
from tests.deciding import deciding
from tests.examples import examples
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

MANAGER = deciding("Anja")


@dataclass(frozen=True, slots=True)
class Gone:
    """A step that went to somebody."""

    delay: int
    channel: str
    on: date


def arm(*steps: tuple[str, int]) -> str:
    templates = {"call": "call-guide", "card": "contact-card"}
    prices = {"call": "0", "card": "0.85"}
    written = ", ".join(
        f"{{channel: {channel}, template: {templates[channel]}, delay: {delay},"
        f" price: {prices[channel]}}}"
        for channel, delay in steps
    )
    return f"  - {{name: one, share: 100, steps: [{written}]}}"


def gone(installation: Installation, name: str) -> dict[int, list[Gone]]:
    query = (
        select(Touch.person_id, Step.delay_days, Touch.channel, Touch.handed_over_at)
        .join(Step, Step.id == Touch.step_id)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(Campaign.name == name, Touch.handed_over_at.is_not(None))
    )
    found: dict[int, list[Gone]] = {}
    with installation.store.reading() as connection:
        for person, delay, channel, at in connection.execute(query):
            assert at is not None
            found.setdefault(person, []).append(Gone(delay, channel, local_date(at)))
    return found


def too_near(installation: Installation, name: str) -> list[tuple[Gone, Gone]]:
    """Return pairs of steps to one person that lie nearer than the campaign says, or another way round."""
    return [
        (first, second)
        for steps in gone(installation, name).values()
        for first, second in combinations(sorted(steps, key=lambda each: each.delay), 2)
        if 0 < second.delay - first.delay > (second.on - first.on).days
    ]


def waiting(installation: Installation, name: str) -> set[date]:
    """Return the days on which the planned touches of a campaign fall due."""
    query = select(Touch.due_on).join(Campaign, Campaign.id == Touch.campaign_id)
    with installation.store.reading() as connection:
        planned = query.where(Campaign.name == name, Touch.state == TouchState.PLANNED)
        return set(connection.execute(planned).scalars())


@pytest.mark.thorough
def test_a_first_pass_that_is_late_moves_the_reminder_by_as_many_days(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 200, now=now)
    steps = arm(("card", 0), ("call", 10))
    file = campaign_file(tmp_path, where="has(call)", arms=steps)
    launched(installation, file, now=now)
    late = parse_moment("2023-06-20T10:00")  # both are overdue: the wave was on 5 June
    first = deliver(installation, now=late)
    assert first.handed_over > 10
    assert first.later == first.handed_over
    assert waiting(installation, "cards") == {date(2023, 6, 30)}
    (kept,) = what_waits(installation, now=late, campaign="cards")
    assert kept.line() == (
        "cards, call: it keeps its days after the step before it, which went later than planned,"
        " until 30 June 2023, 09:00"
    )
    assert deliver(installation, now=parse_moment("2023-06-29T10:00")).handed_over == 0
    assert deliver(installation, now=parse_moment("2023-06-30T10:00")).handed_over > 10
    assert too_near(installation, "cards") == []


@pytest.mark.thorough
def test_a_cap_postpones_a_later_step_and_says_until_when(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 200, now=now)
    steps = arm(("card", 0), ("card", 90))
    file = campaign_file(tmp_path, where="has(call)", arms=steps)
    launched(installation, file, now=now)
    sent = deliver(installation, now=parse_moment("2023-06-05T15:00")).handed_over
    assert sent > 10
    early = deliver(installation, now=parse_moment("2023-09-03T10:00"))  # 89 days and 19 hours
    assert (early.handed_over, early.withheld, early.later) == (0, 0, sent)
    assert waiting(installation, "cards") == {date(2023, 9, 4)}
    assert deliver(installation, now=parse_moment("2023-09-04T10:00")).handed_over == sent


_ACTS = st.sampled_from(("pass", "pass", "pass", "pause", "resume"))
_HISTORIES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(8, 19), _ACTS), min_size=2, max_size=6
)
_DELAYS = st.lists(st.integers(0, 20), min_size=3, max_size=3).map(sorted)
_BEGINS_LAST = date(2024, 1, 15)
_BEGINS = st.dates(date(2023, 12, 8), _BEGINS_LAST)  # Christmas, New Year and what follows


NAME = "cards"


@pytest.fixture
def calls(installation: Installation, now: datetime) -> Installation:
    """A running campaign of three calls to a handful of people."""
    populate(installation, 60, now=now)
    steps = arm(*(("call", delay) for delay in (0, 1, 2)))
    file = campaign_file(installation.settings.home, where="has(call)", arms=steps)
    launched(installation, file, now=now)
    with installation.store.writing() as connection:  # no date of theirs holds them back later
        lately = datetime.combine(_BEGINS_LAST, time(), LOCAL)
        connection.execute(update(Person).values(facts={"dunned_on": "2023-05-01"}, seen_at=lately))
    return installation


def begin_again(installation: Installation, begins: date, delays: list[int]) -> None:
    """Put the campaign back to where nothing has gone, with another wave and other delays."""
    with installation.store.writing() as connection:
        for table in (Call, Attempt, TouchEvent):
            connection.execute(delete(table))
        connection.execute(update(Wave).values(date=begins))
        running = {"state": CampaignState.RUNNING, "ended_at": None}
        connection.execute(update(Campaign).values(running))
        for position, delay in enumerate(delays):
            step = select(Step.id).where(Step.position == position).scalar_subquery()
            connection.execute(
                update(Step).where(Step.position == position).values(delay_days=delay)
            )
            due = begins + timedelta(days=delay)
            values = {
                "state": TouchState.PLANNED,
                "due_on": due,
                "not_before": datetime.combine(due, time(9), LOCAL),
                "handed_over_at": None,
                "delivery_id": None,
                "reasons": 0,
            }
            connection.execute(update(Touch).where(Touch.step_id == step).values(values))


def hand_over(installation: Installation, now: datetime) -> None:
    """Hand over what is due, as the step of a pass does."""
    for shard in open_shards(installation, now):
        for _ in deliver_shard(installation, shard, now=now):
            pass


def play(
    installation: Installation, begins: date, delays: list[int], history: list[tuple[int, int, str]]
) -> None:
    """Let the campaign live through a history, and see that nobody is lost and nothing is too near."""
    begin_again(installation, begins, delays)
    day, paused = begins - timedelta(days=1), False
    for ahead, hour, act in history:
        day += timedelta(days=ahead)
        moment = parse_moment(f"{day}T{hour:02}:00")
        if act == "pause" and not paused:
            lifecycle.pause(installation, NAME, by=MANAGER, now=moment)
        elif act == "resume" and paused:
            lifecycle.resume(installation, NAME, by=MANAGER, now=moment)
        paused = act == "pause" or (paused and act != "resume")
        hand_over(installation, moment)
    if paused:
        lifecycle.resume(installation, NAME, by=MANAGER, now=parse_moment(f"{day}T20:00"))
    while waits := waiting(installation, NAME):
        day = max(day + timedelta(days=1), min(waits))
        hand_over(installation, parse_moment(f"{day}T{(9, 13, 18)[day.day % 3]:02}:30"))
    assert too_near(installation, NAME) == []
    with installation.store.reading() as connection:
        assert set(connection.execute(select(Touch.reason)).scalars()) == {None}
    assert {len(steps) for steps in gone(installation, NAME).values()} == {len(delays)}


def lives(installation: Installation, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # a history is long, and a shorter one takes minutes to find
    )
    @given(begins=_BEGINS, delays=_DELAYS, history=_HISTORIES)
    def every_history(begins: date, delays: list[int], history: list[tuple[int, int, str]]) -> None:
        play(installation, begins, delays, history)

    every_history()


@pytest.mark.thorough
def test_steps_keep_their_days_in_any_history(calls: Installation) -> None:
    lives(calls, examples(8))


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("database_url", "many"), [("sqlite", 40), ("postgres", 12)], indirect=["database_url"]
)
def test_steps_keep_their_days_in_many_histories(calls: Installation, many: int) -> None:
    lives(calls, many)
