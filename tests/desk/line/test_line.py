"""Connecting callers and agents, whatever the order of the provider's events."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from campaigns.planning import lifecycle, submitting
from campaigns.touches.line_proofs import PERIOD
from channels.voice.browser_names import client_name
from channels.voice.in_memory import Switchboard
from desk.cases.overdue import overdue
from desk.entries import agents
from desk.line import click_to_call, connecting, incoming_calls, line_tests, queue_exits
from desk.line.connecting import CallerGone, Connecting, ConnectResult
from desk.line.incoming_calls import CallEvent, Feed
from desk.line.line_lookup import add_route, line_at
from desk.queue.queues import put_back, waiting
from desk.queue.taking import give_back
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.errors import BadInput
from store.states import CallKind, CallState, LegEnd, LegState
from store.tables import Call, Leg
from tests.examples import examples
from tests.inbound.calling import LINE, MOBILE, OURS, VOICE, add_line, sign_in
from tests.stories import COLLEAGUE, MANAGER, campaign_file, populate

ROOM = 100


@pytest.fixture
def board() -> Switchboard:
    return Switchboard()


@pytest.fixture
def installation(
    database_url: str, tmp_path: Path, now: datetime, board: Switchboard
) -> Iterator[Installation]:
    yield from _built(database_url, tmp_path, now, board)


@pytest.fixture
def small(
    sqlite_url: str, tmp_path: Path, now: datetime, board: Switchboard
) -> Iterator[Installation]:
    """An installation on one database, for what does not depend on the database."""
    yield from _built(sqlite_url, tmp_path, now, board)


def _built(url: str, folder: Path, now: datetime, board: Switchboard) -> Iterator[Installation]:
    chosen = Settings(
        home=folder, database_url=url, secret="a key for tests only, nobody has another", **VOICE
    )
    installation = replace(
        open_installation(chosen, clock=FixedClock(now), draws=Random(2023)), exchange=board
    )
    yield installation
    installation.store.engine.dispose()


def waits(
    installation: Installation, board: Switchboard, ref: str, now: datetime, number: str = MOBILE
) -> CallEvent:
    """Let somebody wait in the queue."""
    event = CallEvent(ref, number, LINE)
    sign_in(installation, now=now)
    incoming_calls.join_queue(installation, event, room=ROOM, now=now)
    board.waiting.add(ref)
    incoming_calls.wait(installation, event, Feed("QU1", 1), now=now)
    return event


def states(installation: Installation) -> list[tuple[LegState, LegEnd | None]]:
    with installation.store.reading() as connection:
        return [
            (row.state, row.how)
            for row in connection.execute(select(Leg.state, Leg.how).order_by(Leg.id))
        ]


def entries(installation: Installation) -> list[CallState]:
    with installation.store.reading() as connection:
        return list(connection.execute(select(Call.state).order_by(Call.id)).scalars())


@pytest.mark.thorough
def test_of_ten_agents_who_press_at_once_each_gets_another_caller_and_nobody_two(
    installation: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(installation)
    for number in range(7):
        waits(installation, board, f"CA{number}", now + timedelta(seconds=number))
    start = Barrier(10)

    def press(agent: str) -> ConnectResult | None:
        start.wait()
        return connecting.take_next(installation, agent, now=now + timedelta(minutes=1))

    with ThreadPoolExecutor(10) as pool:
        came = list(pool.map(press, [f"agent {number}" for number in range(10)]))
    assert sum(isinstance(each, Connecting) for each in came) == 7
    assert came.count(None) == 3
    assert sorted(caller for caller, _, _ in board.bridged) == [
        f"CA{number}" for number in range(7)
    ]


def test_two_agents_who_want_the_same_caller_are_told_apart_before_the_provider_is_asked(
    installation: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(installation)
    waits(installation, board, "CA1", now)
    start = Barrier(2)

    def press(agent: str) -> str:
        start.wait()
        try:
            return type(connecting.connect(installation, 1, agent, now=now)).__name__
        except BadInput as error:
            return error.problem.split(" by ")[0]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, ["Anja", "Bilal"])) == ["Connecting", "is taken"]
    assert len(board.bridged) == 1


@pytest.mark.thorough
def test_of_a_caller_who_hangs_up_while_an_agent_presses_the_book_ends_right(
    installation: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(installation)
    for number in range(6):
        waits(installation, board, f"CA{number}", now + timedelta(seconds=number))
    start = Barrier(12)

    def press(agent: str) -> None:
        start.wait()
        connecting.take_next(installation, agent, now=now + timedelta(minutes=1))

    def hang_up(ref: str) -> None:
        start.wait()
        board.waiting.discard(ref)
        queue_exits.apply_status(
            installation, CallEvent(ref, MOBILE, LINE), "completed", now=now + timedelta(minutes=1)
        )

    with ThreadPoolExecutor(12) as pool:
        pressed = [pool.submit(press, f"agent {number}") for number in range(6)]
        gone = [pool.submit(hang_up, f"CA{number}") for number in range(6)]
        for each in (*pressed, *gone):
            each.result()
    assert waiting(installation.store) == []
    assert {state for state, _ in states(installation)} == {LegState.ENDED}


STEPS = ("join", "wait", "hangup", "completed", "ringing", "in-progress", "language")


def tell(installation: Installation, step: str, now: datetime) -> None:
    event = CallEvent("CA1", MOBILE, LINE)
    match step:
        case "join":
            incoming_calls.join_queue(installation, event, room=ROOM, now=now)
        case "wait":
            incoming_calls.wait(installation, event, Feed("QU1", 1), now=now)
        case "hangup":
            queue_exits.hang_up(installation, event, now=now)
        case "language":
            incoming_calls.choose_language(installation, event, "nl", now=now)
        case status:
            queue_exits.apply_status(installation, event, status, now=now)


@pytest.mark.thorough
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    order=st.permutations(STEPS).flatmap(
        lambda order: st.lists(st.sampled_from(STEPS), max_size=6).map(
            lambda again: [*order, *again]
        )
    )
)
def test_in_any_order_and_however_often_it_is_reported_a_call_that_is_over_is_over(
    small: Installation, now: datetime, order: list[str]
) -> None:
    with small.store.writing() as connection:
        connection.execute(delete(Leg))
        connection.execute(delete(Call))
    if line_of(small) is None:
        add_line(small)
    for step in order:
        tell(small, step, now)
    assert states(small) == [(LegState.ENDED, LegEnd.GONE)]
    assert waiting(small.store) == []
    assert set(entries(small)) <= {CallState.ABANDONED}
    for step in STEPS:  # a provider that tells all of it once more
        tell(small, step, now)
    assert states(small) == [(LegState.ENDED, LegEnd.GONE)]
    assert waiting(small.store) == []


def line_of(installation: Installation) -> int | None:
    with installation.store.reading() as connection:
        return line_at(connection, LINE)


def test_a_call_back_that_was_promised_outlives_the_call(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now)
    queue_exits.wish_call_back(small, event, now=now)
    queue_exits.apply_status(small, event, "completed", now=now)
    assert [(call.why, call.number) for call in waiting(small.store)] == [
        (CallKind.CALL_BACK, MOBILE)
    ]


def test_who_withholds_their_number_and_keys_none_cannot_be_called_back(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now, number="anonymous")
    queue_exits.wish_call_back(small, event, now=now)
    queue_exits.apply_status(small, event, "completed", now=now)
    assert waiting(small.store) == []


def test_who_asks_for_a_call_back_as_an_agent_presses_keeps_the_promise(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now)
    board.waiting.clear()  # they have left the provider's queue

    class Late(Switchboard):
        def bridge(self, caller: str, queue: str | None, asks: str) -> Any:
            queue_exits.wish_call_back(small, event, now=now)
            return board.bridge(caller, queue, asks)

    came = connecting.connect(replace(small, exchange=Late()), 1, "Henri", now=now)
    assert isinstance(came, connecting.NobodyOnTheLine)
    assert (came.call.why, came.call.number) == (CallKind.CALL_BACK, MOBILE)


def test_an_answer_that_was_lost_leaves_the_caller_with_the_agent(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    waits(small, board, "CA1", now)
    board.silent = True
    came = connecting.connect(small, 1, "Henri", now=now)
    assert isinstance(came, connecting.Uncertain)
    whom = connecting.whom_to_ring(small, 1, "CA1", now=now)
    assert whom == connecting.Whom(f"client:{client_name('Henri')}", "Henri", "Lijn Dichtbij")


def test_a_long_conversation_is_not_given_to_somebody_else(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    waits(small, board, "CA1", now)
    connecting.connect(small, 1, "Henri", now=now)
    connecting.agent_answered(small, 1, now=now)
    assert give_back(small.store, now=now + timedelta(hours=3)) == 0


def test_what_came_back_after_its_caller_was_gone_is_not_handed_out(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now)
    connecting.connect(small, 1, "Henri", now=now)
    queue_exits.apply_status(small, event, "completed", now=now)
    put_back(small.store, 1, "Henri")
    assert connecting.take_next(small, "Anja", now=now) is None
    assert entries(small) == [CallState.ABANDONED]


def test_an_estimate_is_given_only_where_it_means_something(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    for number in range(5):
        waits(small, board, f"CA{number}", now)
        connecting.connect(small, number + 1, f"A{number}", now=now + timedelta(minutes=7))
    later = now + timedelta(minutes=8)
    event = waits(small, board, "CA9", later)
    with small.store.writing() as connection:
        assert incoming_calls.place(connection, 6, later).minutes is None
        for name in ("Henri", "Anja", "Bilal"):
            agents.seen(connection, name, later)
    assert incoming_calls.wait(small, event, Feed("QU1", 1), now=later) == incoming_calls.Place(
        0, 10
    )


def test_a_click_rings_the_agent_first_and_then_the_number(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    agents.register(small.store, "Henri", now=now)
    click_to_call.set_phone(small, "Henri", "020 5241111")
    event = waits(small, board, "CA1", now)
    queue_exits.wish_call_back(small, event, now=now)
    queue_exits.apply_status(small, event, "completed", now=now)
    connecting.take_next(small, "Henri", now=now)
    ringing = click_to_call.dial(small, 1, "Henri", now=now)
    (placed,) = board.rung
    assert (placed.to, placed.caller_id) == ("+31205241111", LINE)
    with pytest.raises(BadInput, match="rings already"):
        click_to_call.dial(small, 1, "Henri", now=now)
    assert click_to_call.picked_up(
        small, ringing.leg_id, "CA-agent", now=now
    ) == click_to_call.PutThrough(MOBILE, LINE)
    assert click_to_call.dialled(small, ringing.leg_id, "no-answer", now=now) is False
    assert states(small)[-1] == (LegState.ENDED, LegEnd.NOT_REACHED)


def test_nobody_is_called_on_a_sunday_nor_by_who_has_not_taken_it(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now)
    queue_exits.wish_call_back(small, event, now=now)
    with pytest.raises(BadInput, match="not taken by you"):
        click_to_call.dial(small, 1, "Henri", now=now)
    with pytest.raises(BadInput, match="it is outside calling hours"):
        click_to_call.dial(small, 1, "Henri", now=now + timedelta(days=3))
    assert board.rung == []


def test_a_browser_has_one_name_of_letters_the_provider_takes_and_no_two_agents_share_it() -> None:
    names = ["Anja", "anja", "Anja B.", "Anja-B", "Bilal Öz", "李", "x" * 300]
    called = [client_name(name) for name in names]
    assert len(set(called)) == len(names)
    assert all(
        each.replace("_", "").isascii() and each.replace("_", "").isalnum() for each in called
    )
    assert max(map(len, called)) <= 121


def test_a_route_leads_to_its_line_and_a_printed_number_to_its_own(
    small: Installation, now: datetime
) -> None:
    first, second = add_line(small), add_line(small, "+318000543", "Lijn Twee")
    add_route(small.store, OURS, "0800 0543", by="Anja", now=now)
    with small.store.reading() as connection:
        assert [line_at(connection, each) for each in (LINE, "+318000543", OURS)] == [
            first,
            second,
            second,
        ]
        assert line_at(connection, "+31201234567") is None
    with pytest.raises(BadInput, match="printed for another line"):
        add_route(small.store, "0800 1234", "0800 0543", by="Anja", now=now)


def test_no_campaign_launches_before_somebody_dialled_its_number_and_a_test_call_came_through(
    small: Installation, board: Switchboard, tmp_path: Path, now: datetime
) -> None:
    populate(small, 300, now=now)
    name = submitting.submit(small, campaign_file(tmp_path), by=MANAGER, now=now).plan.campaign
    lifecycle.approve(small, name, by=COLLEAGUE, now=now)

    def launch(moment: datetime) -> str:
        try:
            lifecycle.launch(small, name, by=COLLEAGUE, now=moment)
        except BadInput as error:
            return error.problem
        return "launched"

    assert launch(now) == "nobody has dialled +318001234 yet"
    with pytest.raises(BadInput, match="nobody came through"):
        line_tests.dialled(small, "0800 1234", by="Anja", now=now)
    incoming_calls.arrive(small, CallEvent("CA1", MOBILE, LINE), now=now)
    line_tests.dialled(small, "0800 1234", by="Anja", now=now)
    assert launch(now) == "the last test call to +318001234 is still to come"
    line_tests.test(small, "0800 1234", now=now)
    assert launch(now) == "the test call to +318001234 is still under way"
    assert not line_tests.passes(
        small, CallEvent("CA2", MOBILE, LINE), now=now
    )  # a citizen who keys zeros
    assert line_tests.passes(small, CallEvent("CA2", OURS, LINE), now=now)
    assert board.rung[0].keys.endswith(line_tests.CODE)
    assert launch(now + PERIOD) == "the last test call to +318001234 is too long ago"
    assert launch(now) == "launched"


def test_a_test_call_that_never_comes_through_has_failed(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    line_tests.test(small, "0800 1234", now=now)
    assert line_tests.close_late(small, now=now + line_tests.UNDER_WAY) == 1
    (line,) = line_tests.latest_tests(small)
    assert (line.passed, line.detail) == (False, "the call did not come through")


def test_a_message_is_forgotten_at_the_provider_once_somebody_dealt_with_it(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = CallEvent("CA1", MOBILE, LINE)
    queue_exits.leave_message(small, event, "RE1", now=now)
    queue_exits.apply_status(small, event, "completed", now=now)
    queue_exits.sweep(small, now=now)
    assert board.forgotten == []
    with small.store.writing() as connection:
        connection.execute(update(Call).values(state=CallState.WRAPPED_UP))
    queue_exits.sweep(small, now=now)
    queue_exits.sweep(small, now=now)
    assert board.forgotten == ["RE1"]
    with small.store.reading() as connection:
        assert connection.execute(select(func.count(Leg.recording_ref))).scalar_one() == 0


def test_a_caller_gone_by_the_providers_word_is_gone_for_everybody(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    event = waits(small, board, "CA1", now)
    board.waiting.clear()
    assert connecting.connect(small, 1, "Henri", now=now) == CallerGone(1)
    assert states(small) == [(LegState.SILENT, LegEnd.GONE)]
    assert waiting(small.store) == []
    incoming_calls.wait(
        small, event, Feed("QU1", 1), now=now
    )  # the provider was wrong: here they are
    assert len(waiting(small.store)) == 1
    queue_exits.apply_status(small, event, "completed", now=now)
    assert states(small) == [(LegState.ENDED, LegEnd.GONE)]


def test_a_caller_who_is_told_sorry_and_not_back_in_the_queue_yet_is_put_through(
    small: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(small)
    waits(small, board, "CA1", now)
    board.waiting.discard("CA1")
    board.elsewhere.add("CA1")  # they hear that it will be their turn in a moment
    assert isinstance(connecting.connect(small, 1, "Henri", now=now), Connecting)
    assert states(small) == [(LegState.CONNECTING, None)]


def test_every_line_is_tried_and_what_failed_is_reported_until_one_comes_through(
    small: Installation, board: Switchboard, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    add_line(small)
    add_line(small, "+318000543", "Lijn Twee")
    board.refuses = "13224"
    assert line_tests.test_all(small, now=now) == {"called": 0, "failed": 2}
    late = [(each.kind, each.what) for each in overdue(small.store, now=now)]
    assert late == [
        ("line", "the test call to +318001234 failed"),
        ("line", "the test call to +318000543 failed"),
    ]
    board.refuses = ""
    assert line_tests.test_all(small, now=now) == {"called": 2, "failed": 0}
    assert overdue(small.store, now=now) == []  # under way
    assert line_tests.close_late(small, now=now + line_tests.UNDER_WAY) == 2
    assert len(overdue(small.store, now=now + line_tests.UNDER_WAY)) == 2
    assert "the test call to +318000543 did not come through" in caplog.text
    assert line_tests.test_all(replace(small, exchange=None), now=now) == {"called": 0, "failed": 0}
