"""The order by slack: promises wait while they can, are kept, and starve nobody (decision 0129)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from desk.entries import agents
from desk.entries.promised_windows import Offer, Window
from desk.entries.promises import Wish, promise
from desk.entries.queue_entries import TURN, NewCall, enter
from desk.queue.next_entry import PATIENCE
from desk.queue.queues import waiting
from desk.queue.taking import keep, take_next
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.mapped_rows import read_all
from store.states import CallState, PromiseRoad, PromiseState
from store.tables import Agent, Call, Promise
from tests.builders import LINE, Builder
from tests.deciding import deciding
from tests.examples import examples

OPENS = datetime(2023, 6, 1, 7, tzinfo=UTC)
HOUR, MINUTE, STEP = timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=5)
SKILLED = "early-signal"


def wish(
    installation: Installation,
    window: Window | None,
    now: datetime,
    number: str,
    skill: str = "any",
) -> Offer | None:
    """Let somebody ask by text to be called."""
    with installation.store.writing() as connection:
        line_id = Builder(connection, now).line(LINE)
        key = f"wish:{number}"
        new = NewCall(
            line_id=line_id,
            reply_id=None,
            received_at=now,
            number=number,
            entry_key=key,
            skill=skill,
        )
        enter(connection, [new])
        call_id = connection.execute(select(Call.id).where(Call.entry_key == key)).scalar_one()
        asked = Wish(road=PromiseRoad.TEXT, asked="bel mij", window=window)
        return promise(connection, call_id, asked, policy=installation.policy.hours, now=now)


def ring(installation: Installation, now: datetime) -> None:
    """Let somebody wait on the telephone."""
    with installation.store.writing() as connection:
        line_id = Builder(connection, now).line(LINE)
        enter(connection, [NewCall(line_id=line_id, reply_id=None, received_at=now)])


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path, now: datetime) -> Iterator[Installation]:
    """An installation on one database, for what does not depend on the database."""
    chosen = Settings(
        home=tmp_path, database_url=sqlite_url, secret="a key for tests only, nobody has another"
    )
    made = open_installation(chosen, clock=FixedClock(now))
    yield made
    made.store.engine.dispose()


def number(place: int) -> str:
    return f"+3161234{place:04}"


def test_a_caller_goes_before_eight_promises_that_have_the_whole_day(
    installation: Installation, now: datetime
) -> None:
    agents.register(installation.store, "Henri", now=now)
    for place in range(8):
        assert wish(installation, Window(now + HOUR, now + 8 * HOUR), now, number(place))
    ring(installation, now + HOUR)
    taken = take_next(installation, "Henri", now=now + 2 * HOUR)
    assert taken is not None
    assert taken.number is None  # the caller on the telephone
    assert waiting(installation.store, now=now + 2 * HOUR)[0].promised_until == now + 8 * HOUR


def test_a_promise_goes_first_once_its_turn_has_come(
    installation: Installation, now: datetime
) -> None:
    agents.register(installation.store, "Henri", now=now)
    made = wish(installation, Window(now, now + HOUR), now, number(1))
    assert made is not None
    ring(installation, now)
    assert waiting(installation.store, now=made.start_by - MINUTE)[0].number is None
    assert waiting(installation.store, now=made.start_by)[0].number == number(1)
    taken = take_next(installation, "Henri", now=made.start_by)
    assert taken is not None
    assert taken.number == number(1)


def test_what_is_full_is_not_promised_and_the_next_window_is_offered(
    installation: Installation, now: datetime
) -> None:
    agents.register(installation.store, "Henri", now=now)
    asked = Window(now + HOUR, now + 2 * HOUR)
    made = [wish(installation, asked, now, number(place)) for place in range(4)]
    assert [each.as_asked for each in made if each] == [True, True, False, False]
    assert all(each.window.begins >= now + HOUR for each in made if each)


@pytest.mark.thorough
def test_what_needs_a_skill_nobody_on_duty_has_is_not_promised(
    installation: Installation, now: datetime
) -> None:
    agents.register(installation.store, "Henri", now=now)
    asked = Window(now + HOUR, now + 4 * HOUR)
    assert wish(installation, asked, now, number(1), SKILLED) is None
    agents.train(installation.store, "Henri", SKILLED, on=now.date(), by="Anja", now=now)
    made = wish(installation, asked, now, number(2), SKILLED)
    assert made is not None
    assert made.window == asked


@dataclass(kw_only=True)
class Day:
    """A simulated day of a line, five minutes at a time."""

    installation: Installation
    names: tuple[str, ...]
    talks: int  # minutes
    busy: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    passed_over: int = 0  # callers who waited while a promise with time to spare was taken

    def step(self, now: datetime) -> None:
        for name in self.names:
            keep(self.installation.store, name, now=now)
        for name in self.names:
            until, call_id = self.busy.get(name, (now, 0))
            if until > now:
                continue
            if self.busy.pop(name, None):
                wrap_up(
                    self.installation.store,
                    call_id,
                    by=deciding(name),
                    disposition="helped",
                    note="",
                    now=now,
                )
            waits = [each.number is None for each in waiting(self.installation.store, now=now)]
            taken = take_next(self.installation, name, now=now)
            if taken is None:
                continue
            spare = taken.start_by is not None and taken.start_by > now
            self.passed_over += spare and any(waits)
            self.busy[name] = (now + self.talks * MINUTE, taken.id)


@pytest.mark.thorough
@settings(
    max_examples=examples(8),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    people=st.integers(1, 3),
    talks=st.sampled_from([5, 10, 15]),
    asked=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8)), max_size=10),
    rings=st.lists(st.integers(0, 30), max_size=10),
)
def test_no_promise_breaks_no_caller_is_passed_over_and_nobody_starves(
    small: Installation,
    people: int,
    talks: int,
    asked: list[tuple[int, int]],
    rings: list[int],
) -> None:
    with small.store.writing() as connection:
        for table in (Promise, Call, Agent):
            connection.execute(delete(table))
    names = tuple(f"agent {place}" for place in range(people))
    for name in names:
        agents.register(small.store, name, now=OPENS)
    promised = 0
    for place, (begins, wide) in enumerate(asked):
        start = OPENS + begins * 2 * TURN
        made = wish(small, Window(start, start + wide * TURN), OPENS, number(place))
        promised += made is not None
    day = Day(installation=small, names=names, talks=talks)
    now = OPENS
    for at in range(11 * 12):
        for _ in range(rings.count(at)):
            ring(small, now)
        day.step(now)
        if at > max(rings, default=0) and not waiting(small.store) and not day.busy:
            break
        now += STEP
    with small.store.reading() as connection:
        kept = read_all(connection, select(Promise))
        left = read_all(connection, select(Call).where(Call.state != CallState.WRAPPED_UP))
    assert left == []
    assert [each.state for each in kept] == [PromiseState.KEPT] * promised
    assert day.passed_over == 0


@pytest.mark.thorough
@settings(
    max_examples=examples(6),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    people=st.integers(1, 3),
    talks=st.integers(2, 9),
    rings=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), min_size=1, max_size=8),
)
def test_a_preference_for_whom_they_know_costs_nobody_more_than_its_stated_time(
    small: Installation, people: int, talks: int, rings: list[tuple[int, int]]
) -> None:
    with small.store.writing() as connection:
        for table in (Promise, Call, Agent):
            connection.execute(delete(table))
    names = tuple(f"agent {place}" for place in range(people))
    for name in names:
        agents.register(small.store, name, now=OPENS)
    day = Day(installation=small, names=names, talks=talks)
    for at in range(60):
        now = OPENS + at * MINUTE
        for _ in (known for came, known in rings if came == at):
            ring(small, now)
        with small.store.writing() as connection:  # whom they spoke to before, or nobody
            for place, (call_id,) in enumerate(connection.execute(select(Call.id)).all()):
                known = names[rings[place][1] % people] if rings[place][1] < people else None
                connection.execute(update(Call).where(Call.id == call_id).values(prefers=known))
        day.step(now)
        idle = [name for name in names if name not in day.busy]
        for call in waiting(small.store, now=now):  # somebody is free, and left them waiting
            assert not idle or now - call.received_at < PATIENCE
    with small.store.reading() as connection:
        assert set(connection.execute(select(Call.state)).scalars()) == {CallState.WRAPPED_UP}
