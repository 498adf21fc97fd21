"""The next entry (promises, the longest wait, known people), never given to two agents."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from desk.cases.overdue import overdue
from desk.entries import agents
from desk.entries.queue_entries import ANY_SKILL, QUIET, TURN, NewCall, enter
from desk.queue.next_entry import PATIENCE
from desk.queue.queues import put_back, waiting
from desk.queue.queues import take as take_this
from desk.queue.taking import BEAT, GONE, give_back, hang_up, keep, take_next
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation
from store.errors import BadInput
from store.mapped_rows import read_all
from store.states import CallKind, CallState, CampaignState
from store.tables import Call, Campaign
from tests.builders import LINE, Builder
from tests.deciding import deciding
from tests.examples import examples

MINUTE = timedelta(minutes=1)
EARLY = {"phone_line": {"skill": "early-signal"}}


def put_calls(
    installation: Installation, now: datetime, *calls: dict[str, Any], line: str = LINE
) -> None:
    """Put calls in the queue, one a minute: the first waits longest."""
    with installation.store.writing() as connection:
        line_id = Builder(connection, now).line(line)
        moments = [now - (len(calls) - at) * MINUTE for at in range(len(calls))]
        entered = [
            NewCall(line_id=line_id, reply_id=None, **{"received_at": at, **call})
            for at, call in zip(moments, calls, strict=True)
        ]
        enter(connection, entered)


def take(installation: Installation, agent: str, now: datetime) -> int | None:
    """Take the next entry. Return its number in the order of `put_calls`, from 1."""
    taken = take_next(installation, agent, now=now)
    return taken.id if taken else None


def test_whoever_waits_longest_is_taken_first_and_an_empty_queue_says_so(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {}, {}, {})
    assert [take(installation, "Henri", now) for _ in range(4)] == [1, 2, 3, None]


def test_of_one_agents_presses_at_one_moment_three_get_an_entry(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, *[{}] * 12)
    agents.register(installation.store, "Henri", now=now)

    def press(number: int) -> str:
        try:
            taken = (
                take_this(installation.store, number, "Henri", now, limited=True)
                if number % 2
                else take_next(installation, "Henri", now=now, limited=True)
            )
        except BadInput as refused:
            return str(refused)
        return f"entry {taken.id}" if taken else "nothing"

    with ThreadPoolExecutor(8) as pressing:
        results = list(pressing.map(press, range(12)))
    assert sum(each.startswith("entry") for each in results) == 3
    assert "hand: you have 3 calls in hand; wrap one up, or put it back" in results
    assert len(keep(installation.store, "Henri", now=now).calls) == 3


def test_a_promise_with_time_to_spare_waits_for_a_caller_and_goes_first_when_it_cannot_wait(
    installation: Installation, now: datetime
) -> None:
    hour = timedelta(hours=1)
    put_calls(
        installation,
        now,
        {},
        {"promised_from": now + hour / 2, "promised_until": now + 2 * hour},
        {"promised_from": now - hour, "promised_until": now + 3 * hour},
        {"promised_from": now - hour, "promised_until": now + hour},
    )
    assert [take(installation, "Henri", now) for _ in range(4)] == [1, 4, 3, None]
    assert take(installation, "Henri", now + hour / 2) == 2  # its window opened
    for call in (1, 3):
        put_back(installation.store, call, "Henri")
    late = now + 3 * hour - TURN
    # those that were taken hours ago and left have come back, and their promises are late
    assert [take(installation, "Henri", late) for _ in range(4)] == [4, 2, 3, 1]


def test_a_promise_that_was_missed_is_kept_first_of_all(
    installation: Installation, now: datetime
) -> None:
    put_calls(
        installation,
        now,
        {"promised_from": now - MINUTE, "promised_until": now + MINUTE},
        {"promised_from": now - timedelta(days=2), "promised_until": now - timedelta(days=1)},
    )
    assert take(installation, "Henri", now) == 2


def test_only_who_is_trained_gets_the_callers_of_early_signals(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        campaign = Builder(connection, now).campaign(spec=EARLY).id
    put_calls(installation, now, {"campaign_id": campaign}, {})
    agents.register(installation.store, "Fatma", now=now)
    agents.train(
        installation.store, "Fatma", "early-signal", on=date(2023, 5, 1), by="Anja", now=now
    )
    assert [take(installation, "Henri", now) for _ in range(2)] == [2, None]
    assert take(installation, "Fatma", now) == 1


def test_a_training_counts_from_its_day_until_its_end(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {"skill": "early-signal"})
    agents.register(installation.store, "Fatma", now=now)
    agents.train(
        installation.store,
        "Fatma",
        "early-signal",
        on=date(2023, 6, 2),
        until=date(2023, 6, 3),
        by="Anja",
        now=now,
    )
    days = [take(installation, "Fatma", now + timedelta(days=days)) for days in (0, 3)]
    assert days == [None, None]
    assert take(installation, "Fatma", now + timedelta(days=2)) == 1


@pytest.mark.thorough
def test_the_progress_of_a_training_is_given_as_a_share_of_all_agents(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        for number in range(430):
            agents.ensure(connection, f"agent {number}", now)
    for number in range(110):
        agents.train(
            installation.store,
            f"agent {number}",
            "early-signal",
            on=date(2023, 5, 1),
            by="Anja",
            now=now,
        )
    progress = agents.progress(installation.store, "early-signal", today=date(2023, 6, 1))
    assert (progress.trained, progress.agents, f"{progress.share:.1%}") == (110, 430, "25.6%")


def test_a_person_gets_the_agent_they_know_while_that_agent_is_there(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        person = Builder(connection, now).person("P1")
    put_calls(installation, now - timedelta(days=9), {"person_id": person})
    take(installation, "Henri", now - timedelta(days=9))
    wrap_up(
        installation.store,
        1,
        by=deciding("Henri"),
        disposition="helped",
        note="",
        now=now - timedelta(days=9),
    )
    put_calls(installation, now, {}, {"person_id": person})
    keep(installation.store, "Henri", now=now)
    assert take(installation, "Henri", now) == 3  # ahead of whoever waited a minute longer
    put_back(installation.store, 3, "Henri")
    assert [take(installation, "Fatma", now) for _ in range(2)] == [2, None]  # she leaves it to him
    assert take(installation, "Fatma", now + PATIENCE) == 3  # but nobody waits for ever


def test_nobody_waits_for_an_agent_who_is_not_there(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        person = Builder(connection, now).person("P1")
    put_calls(installation, now - timedelta(days=9), {"person_id": person})
    take(installation, "Henri", now - timedelta(days=9))
    wrap_up(
        installation.store,
        1,
        by=deciding("Henri"),
        disposition="helped",
        note="",
        now=now - timedelta(days=9),
    )
    put_calls(installation, now, {"person_id": person})
    assert take(installation, "Fatma", now) == 2


def test_a_language_waits_a_while_for_somebody_who_speaks_it(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {"language": "pl"})
    agents.register(installation.store, "Ola", ["nl", "pl"], now=now)
    keep(installation.store, "Ola", now=now)
    assert take(installation, "Henri", now) is None
    assert take(installation, "Ola", now) == 1
    put_back(installation.store, 1, "Ola")
    assert take(installation, "Henri", now + PATIENCE) == 1


def test_nobody_waits_for_a_language_that_no_agent_who_is_there_speaks(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {"language": "pl"}, {"language": "en"})
    agents.register(installation.store, "Ola", ["nl", "pl"], now=now)
    keep(installation.store, "Ola", now=now - timedelta(hours=1))  # she went home
    keep(installation.store, "Fatma", now=now)
    assert [take(installation, "Henri", now) for _ in range(2)] == [1, 2]


def test_what_a_campaign_asks_comes_after_everybody_who_waits(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {"kind": CallKind.OUTBOUND}, {})
    assert [take(installation, "Henri", now) for _ in range(2)] == [2, 1]


def test_nobody_is_called_outside_the_hours_or_for_a_campaign_that_is_paused(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        campaign = Builder(connection, now).campaign().id
    put_calls(installation, now, {"kind": CallKind.OUTBOUND, "campaign_id": campaign})
    assert take(installation, "Henri", now + timedelta(hours=13)) is None  # ten in the evening
    with installation.store.writing() as connection:
        connection.execute(update(Campaign).values(state=CampaignState.PAUSED))
    assert take(installation, "Henri", now) is None
    with installation.store.writing() as connection:
        connection.execute(update(Campaign).values(state=CampaignState.RUNNING))
    assert take(installation, "Henri", now) == 1


def test_one_line_may_be_asked_for(installation: Installation, now: datetime) -> None:
    put_calls(installation, now, {})
    put_calls(installation, now, {}, line="+318000111")
    taken = take_next(installation, "Henri", now=now, line="+318000111")
    assert taken is not None
    assert taken.line == "+318000111"
    with pytest.raises(BadInput, match="is not one of our lines"):
        take_next(installation, "Henri", now=now, line="+318009")


def test_a_vanished_agent_gives_the_entry_back_at_its_old_place(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {}, {})
    assert take(installation, "Henri", now) == 1
    assert keep(installation.store, "Henri", now=now).calls == (1,)
    assert take(installation, "Fatma", now + BEAT - MINUTE) == 2
    assert take(installation, "Fatma", now + BEAT) == 1
    assert keep(installation.store, "Henri", now=now + BEAT).calls == ()
    with pytest.raises(BadInput, match="is taken by Fatma"):
        wrap_up(
            installation.store,
            1,
            by=deciding("Henri"),
            disposition="helped",
            note="",
            now=now + BEAT,
        )


def test_signs_of_life_keep_an_entry_and_a_silent_page_keeps_it_an_hour(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {}, {})
    take(installation, "Henri", now)
    take(installation, "Fatma", now)
    for minutes in range(1, 70):
        keep(installation.store, "Henri", now=now + minutes * MINUTE)
    assert give_back(installation.store, now=now + QUIET) == 1
    assert [call.id for call in waiting(installation.store)] == [2]


@pytest.mark.thorough
def test_an_entry_that_is_forgotten_comes_back_though_its_page_stays_open(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {}, {})
    take(installation, "Henri", now)
    take(installation, "Fatma", now)
    for minutes in range(200):
        at = now + minutes * MINUTE
        keep(installation.store, "Henri", now=at)  # the page is open, and nothing is done
        keep(installation.store, "Fatma", now=at)
        if minutes % 50 == 0:
            keep(installation.store, "Fatma", now=at, lasting=QUIET)  # she works in it
        give_back(installation.store, now=at)
        if minutes == 119:
            assert waiting(installation.store) == []
    assert [call.id for call in waiting(installation.store)] == [1]
    assert take(installation, "Ola", now + 200 * MINUTE) == 1
    keep(installation.store, "Fatma", now=now + 201 * MINUTE)
    keep(installation.store, "Ola", now=now + 201 * MINUTE)
    assert give_back(installation.store, now=now + 202 * MINUTE) == 0  # it is new in her hands


def test_a_talk_that_nobody_wrapped_up_stands_in_the_list_of_what_is_late(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {})
    take_this(installation.store, 1, "Henri", now)
    assert overdue(installation.store, now=now + timedelta(minutes=119)) == []
    (late,) = overdue(installation.store, now=now + timedelta(hours=3))
    assert (late.kind, late.whose, late.promised) == ("entry", "Henri", True)
    keep(installation.store, "Henri", now=now + timedelta(hours=3), lasting=QUIET)
    assert overdue(installation.store, now=now + timedelta(hours=4)) == []


def test_an_entry_that_was_chosen_by_hand_comes_back_too(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {})
    take_this(installation.store, 1, "Henri", now)
    assert give_back(installation.store, now=now + QUIET - MINUTE) == 0
    assert give_back(installation.store, now=now + QUIET) == 1


def test_whoever_hangs_up_is_gone_with_a_disposition_and_is_given_to_nobody(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, {})
    hang_up(installation.store, 1, now=now)
    assert take(installation, "Henri", now) is None
    with installation.store.reading() as connection:
        assert connection.execute(select(Call.state, Call.disposition)).one() == (
            CallState.ABANDONED,
            GONE,
        )
    with pytest.raises(BadInput, match="call 1: does not wait"):
        hang_up(installation.store, 1, now=now)


def test_the_same_key_enters_the_queue_once(installation: Installation, now: datetime) -> None:
    put_calls(installation, now, {"entry_key": "touch:1"}, {"entry_key": "touch:2"})
    put_calls(installation, now, {"entry_key": "touch:2"}, {"entry_key": "touch:3"})
    assert len(waiting(installation.store)) == 3


@pytest.mark.thorough
def test_of_forty_agents_who_press_at_once_each_gets_another_entry(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, *({} for _ in range(30)))
    with ThreadPoolExecutor(10) as pressing:
        taken = list(
            pressing.map(lambda number: take(installation, f"agent {number}", now), range(40))
        )
    got = [call for call in taken if call]
    assert sorted(got) == list(range(1, 31))
    assert taken.count(None) == 10


@pytest.mark.thorough
def test_nothing_is_lost_or_doubled_while_agents_take_vanish_and_wrap_up(
    installation: Installation, now: datetime
) -> None:
    put_calls(installation, now, *({} for _ in range(24)))
    wrapped: Counter[int] = Counter()

    def work(number: int) -> list[int]:
        mine, agent = [], f"agent {number}"
        for turn in range(12):
            moment = now + turn * QUIET  # what was held a turn ago may be given back
            if (taken := take_next(installation, agent, now=moment)) is None:
                continue
            if (number + turn) % 3:  # the others vanish
                try:
                    wrap_up(
                        installation.store,
                        taken.id,
                        by=deciding(agent),
                        disposition="helped",
                        note="",
                        now=moment,
                    )
                    mine.append(taken.id)
                except BadInput:
                    pass  # it was given back meanwhile
        return mine

    with ThreadPoolExecutor(6) as agents_at_work:
        for mine in agents_at_work.map(work, range(6)):
            wrapped.update(mine)
    late = now + 100 * QUIET
    while (taken := take_next(installation, "Henri", now=late)) is not None:
        wrap_up(
            installation.store,
            taken.id,
            by=deciding("Henri"),
            disposition="helped",
            note="",
            now=late,
        )
        wrapped[taken.id] += 1
    assert wrapped == Counter(range(1, 25))


ENTRIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([CallKind.CALL, CallKind.CALL_BACK, CallKind.OUTBOUND]),
        "skill": st.sampled_from([ANY_SKILL, "early-signal"]),
        "language": st.sampled_from([None, "nl", "pl", "en"]),
        "waited": st.integers(0, 60),
        "window": st.none() | st.tuples(st.integers(-90, 90), st.integers(1, 90)),
    }
)


@pytest.mark.thorough
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ENTRIES, max_size=12))
def test_the_order_is_that_of_a_plain_sort(
    installation: Installation, now: datetime, entries: list[dict[str, Any]]
) -> None:
    with installation.store.writing() as connection:
        connection.execute(delete(Call))
    agents.register(installation.store, "Ola", ["nl", "pl"], now=now)
    keep(installation.store, "Ola", now=now)
    calls = []
    for entry in entries:
        window = entry["window"] if entry["kind"] is CallKind.CALL_BACK else None
        opens = now + window[0] * MINUTE if window else None
        closes = opens + window[1] * MINUTE if opens and window else None
        at = now - entry["waited"] * MINUTE
        calls.append(
            {
                "kind": entry["kind"],
                "skill": entry["skill"],
                "language": entry["language"],
                "received_at": at,
                "promised_from": opens,
                "promised_until": closes,
            }
        )
    if calls:
        put_calls(installation, now, *calls)
    with installation.store.reading() as connection:
        rows = read_all(connection, select(Call).where(Call.skill == ANY_SKILL))
    # Ola is there for who speaks Polish; who speaks English waits for nobody, since nobody who is there does
    rows = [
        row
        for row in rows
        if row.language != "pl" or (row.promised_from or row.received_at) <= now - PATIENCE
    ]
    # a promise goes before a caller once it would otherwise be late, and after them while it has time
    due = [row for row in rows if row.promised_from and row.promised_from <= now]
    rest = [row for row in rows if not row.promised_from]
    pressing = [row for row in due if row.start_by and row.start_by <= now]
    orders = (
        sorted(pressing, key=lambda row: (row.start_by, row.received_at, row.id)),
        sorted((row for row in rest if row.rank == 0), key=lambda row: (row.received_at, row.id)),
        sorted(
            (row for row in due if row not in pressing),
            key=lambda row: (row.start_by, row.received_at, row.id),
        ),
        sorted((row for row in rest if row.rank != 0), key=lambda row: (row.received_at, row.id)),
    )
    expected = [row.id for order in orders for row in order]
    assert [take(installation, "Henri", now) for _ in range(len(expected) + 1)] == [*expected, None]
