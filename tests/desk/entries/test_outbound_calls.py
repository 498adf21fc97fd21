"""Calls that a campaign asks for: from the hand-over to what came of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaigns.planning import lifecycle
from channels.voice.in_memory import Switchboard
from desk.cases.call_consequences import Promise, Scope
from desk.cases.objection_scopes import waiting_objections
from desk.entries.agents import register
from desk.entries.outbound_calls import queue_handed_over
from desk.line import click_to_call
from desk.queue.queues import QueuedCall, waiting
from desk.queue.taking import take_next
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation
from installation.stop_everything import lift, stop_everything
from store.clock import parse_moment
from store.errors import BadInput
from store.mapped_rows import read_all
from store.states import AttemptState, CallKind, CallState, DayPart, TouchState
from store.tables import Attempt, Call, Person, PersonNumber, Touch
from suppression.lists import add, entries
from tests.conftest import NOW
from tests.deciding import deciding
from tests.inbound.calling import VOICE, with_telephone
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import CALLS, MANAGER, campaign_file, launched, populate

MORNING, AFTERNOON, EVENING = (
    parse_moment(f"2023-06-05T{at}") for at in ("09:30", "12:30", "17:30")
)


@pytest.fixture
def calling(installation: Installation, snapshots: Snapshots) -> Installation:
    """A campaign of four attempts to call, of which the first stands in the queue."""
    return snapshots.bring(installation, _queue)


def _queue(installation: Installation) -> None:
    populate(installation, 300, now=NOW)
    file = campaign_file(installation.settings.home, where="has(call)", arms=CALLS)
    launched(installation, file, now=NOW)
    hand_over(installation, MORNING)
    with installation.store.reading() as connection:
        languages = (
            connection.execute(select(Person.language).distinct().where(Person.language != ""))
            .scalars()
            .all()
        )
    register(
        installation.store, "Henri", languages, now=NOW
    )  # nobody need wait for who speaks theirs


def hand_over(installation: Installation, now: datetime) -> int:
    deliver(installation, now=now)
    return queue_handed_over(installation)


def _with_telephone(installation: Installation) -> tuple[Installation, Switchboard]:
    chosen = installation.settings.model_copy(update=VOICE)
    return with_telephone(replace(installation, settings=chosen))


def next_call(installation: Installation, now: datetime) -> QueuedCall:
    taken = take_next(installation, "Henri", now=now)
    assert taken is not None
    return taken


def touches_of(installation: Installation, ref: str | None) -> list[Touch]:
    with installation.store.reading() as connection:
        mine = (
            select(Touch).join(Person, Person.id == Touch.person_id).where(Person.person_ref == ref)
        )
        return read_all(connection, mine.order_by(Touch.id))


@pytest.mark.thorough
def test_what_was_handed_over_stands_in_the_queue_once_and_one_attempt_at_a_time(
    calling: Installation,
) -> None:
    people = len({call.person_ref for call in waiting(calling.store)})
    assert people > 5
    assert len(waiting(calling.store)) == people
    assert {call.why for call in waiting(calling.store)} == {CallKind.OUTBOUND}
    assert queue_handed_over(calling) == 0
    assert hand_over(calling, AFTERNOON) == 0  # the first attempts have come to nothing yet
    first = next_call(calling, AFTERNOON)
    wrap_up(
        calling.store,
        first.id,
        by=deciding("Henri"),
        disposition="no_answer",
        note="",
        now=AFTERNOON,
    )
    assert (
        queue_handed_over(calling) == 1
    )  # the second attempt was handed over, and may stand in the queue now


@pytest.mark.thorough
def test_a_rehearsal_puts_nobody_in_the_queue(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    dry = replace(installation, settings=installation.settings.model_copy(update={"dry": True}))
    populate(dry, 300, now=now)
    launched(dry, campaign_file(tmp_path, where="has(call)", arms=CALLS), now=now)
    assert hand_over(dry, MORNING) == 0


@pytest.mark.thorough
def test_the_agent_is_told_the_number_and_the_attempt_counts_for_when_it_was_dialled(
    calling: Installation,
) -> None:
    call = next_call(calling, EVENING)
    assert call.number is not None
    assert call.number.startswith("+31")
    wrap_up(
        calling.store, call.id, by=deciding("Henri"), disposition="voicemail", note="", now=EVENING
    )
    with calling.store.reading() as connection:
        tried = select(Attempt.day_part, Attempt.detail).join(
            Call, Call.touch_id == Attempt.touch_id
        )
        assert connection.execute(tried.where(Call.id == call.id)).one() == (
            DayPart.EVENING,
            "voicemail",
        )
    assert (
        touches_of(calling, call.person_ref)[0].state == TouchState.HANDED_OVER
    )  # it counts as an attempt


def test_who_was_spoken_to_is_not_called_again(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    wrap_up(
        calling.store,
        call.id,
        by=deciding("Henri"),
        disposition="helped",
        note="Files tomorrow.",
        now=MORNING,
    )
    states = [touch.state for touch in touches_of(calling, call.person_ref)]
    assert states == [TouchState.DELIVERED, *[TouchState.DROPPED] * 3]


def test_a_wrong_number_is_called_no_more_by_any_campaign(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    wrap_up(
        calling.store,
        call.id,
        by=deciding("Henri"),
        disposition="wrong_number",
        note="",
        now=MORNING,
    )
    assert [(entry.e164, entry.note) for entry in entries(calling.store)] == [
        (call.number, "wrong number")
    ]
    assert touches_of(calling, call.person_ref)[0].state == TouchState.FAILED
    hand_over(calling, AFTERNOON)
    numbers = {each.person_ref: each for each in waiting(calling.store)}
    assert call.person_ref not in numbers or len(numbers_of(calling, call.person_ref)) > 1


def numbers_of(installation: Installation, ref: str | None) -> list[str]:
    with installation.store.reading() as connection:
        mine = select(PersonNumber.e164).join(Person, Person.id == PersonNumber.person_id)
        return list(connection.execute(mine.where(Person.person_ref == ref)).scalars())


def test_who_asks_not_to_be_called_is_held_everywhere(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    wrap_up(
        calling.store, call.id, by=deciding("Henri"), disposition="objects", note="", now=MORNING
    )
    assert {touch.state for touch in touches_of(calling, call.person_ref)[1:]} == {
        TouchState.WITHHELD
    }
    assert [(entry.channel, entry.pending) for entry in entries(calling.store)] == [(None, False)]


def test_who_wants_only_no_calls_keeps_the_rest(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    wrap_up(
        calling.store,
        call.id,
        by=deciding("Henri"),
        disposition="objects",
        note="",
        now=MORNING,
        agreed=Scope(channels=("call",)),
    )
    standing = [entry for entry in entries(calling.store) if entry.lifted_at is None]
    assert [(entry.channel, entry.pending) for entry in standing] == [("call", False)]
    with pytest.raises(BadInput, match="name the channel or subject that stays closed"):
        Scope()


def test_a_scope_that_cannot_be_recorded_leaves_everything_held(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    with pytest.raises(BadInput, match="no campaign is about 'dogs'"):
        wrap_up(
            calling.store,
            call.id,
            by=deciding("Henri"),
            disposition="objects",
            note="",
            now=MORNING,
            agreed=Scope(subjects=("dogs",)),
        )
    (objection,) = waiting_objections(calling.store)
    assert objection.who == (call.person_ref,)
    assert objection.answer_by == parse_moment("2023-07-05T09:30")


def test_who_asks_to_be_called_another_time_stands_in_the_queue_for_that_window(
    calling: Installation,
) -> None:
    call = next_call(calling, MORNING)
    window = Promise(AFTERNOON, AFTERNOON + timedelta(hours=1))
    closed = Promise(EVENING, EVENING + timedelta(hours=1))
    with pytest.raises(BadInput, match=r"the line is closed then.*promise 2023-06-06 09:00-11:00"):
        wrap_up(
            calling.store,
            call.id,
            by=deciding("Henri"),
            disposition="call_back",
            note="After work.",
            now=MORNING,
            agreed=closed,
        )
    wrap_up(
        calling.store,
        call.id,
        by=deciding("Henri"),
        disposition="call_back",
        note="After work.",
        now=MORNING,
        agreed=window,
    )
    again = waiting(calling.store)[0]
    assert (again.why, again.person_ref, again.number) == (
        CallKind.CALL_BACK,
        call.person_ref,
        call.number,
    )
    assert (again.promised_from, again.promised_until) == (window.begins, window.ends)
    assert next_call(calling, AFTERNOON).id == again.id
    with pytest.raises(BadInput, match="the window ends before it begins"):
        Promise(AFTERNOON, AFTERNOON)


def test_nobody_dials_whoever_objected_or_died_or_was_listed_meanwhile(
    calling: Installation,
) -> None:
    first, second, third, *_ = waiting(calling.store)
    add(calling.store, first.person_ref or "", "SUPPRESSED", by="Anja", source="hand", now=MORNING)
    with calling.store.writing() as connection:
        died = (
            update(Person)
            .where(Person.person_ref == second.person_ref)
            .values(deceased_on=MORNING.date())
        )
        connection.execute(died)
    assert next_call(calling, MORNING).id == third.id
    with calling.store.reading() as connection:
        ended = select(Call.state, Call.disposition, Call.note).where(
            Call.id.in_([first.id, second.id])
        )
        rows = connection.execute(ended.order_by(Call.id)).all()
        attempts = (
            select(Attempt.state)
            .join(Call, Call.touch_id == Attempt.touch_id)
            .where(Call.id == first.id)
        )
        assert connection.execute(attempts).scalar_one() == AttemptState.TAKEN_BACK
    assert rows == [
        (CallState.ABANDONED, "withheld", "SUPPRESSED"),
        (CallState.ABANDONED, "withheld", "DECEASED"),
    ]
    assert touches_of(calling, first.person_ref)[0].state == TouchState.RECALLED


@pytest.mark.thorough
def test_a_campaign_that_was_stopped_is_dialled_for_no_more(calling: Installation) -> None:
    lifecycle.stop(calling, "cards", by=MANAGER, now=MORNING)
    assert take_next(calling, "Henri", now=MORNING) is None
    assert waiting(calling.store) == []


def test_a_call_that_an_agent_holds_is_not_dialled_once_its_campaign_is_held(
    calling: Installation,
) -> None:
    telephone, board = _with_telephone(calling)
    call = next_call(telephone, MORNING)
    click_to_call.set_phone(telephone, "Henri", "020 5241111")
    stop_everything(calling.store, by=MANAGER, now=MORNING, reason="a wrong number to call")
    with pytest.raises(BadInput, match="everything is stopped"):
        click_to_call.dial(telephone, call.id, "Henri", now=MORNING)
    lift(calling.store, by=MANAGER, now=MORNING)
    lift(calling.store, by=deciding("Rosa"), now=MORNING)
    lifecycle.pause(calling, "cards", by=MANAGER, now=MORNING)
    with pytest.raises(BadInput, match="its campaign is paused"):
        click_to_call.dial(telephone, call.id, "Henri", now=MORNING)
    assert board.rung == []
    lifecycle.resume(calling, "cards", by=MANAGER, now=MORNING)
    click_to_call.dial(telephone, call.id, "Henri", now=MORNING)
    assert len(board.rung) == 1


def test_a_call_that_an_agent_holds_is_not_dialled_to_who_objected_meanwhile(
    calling: Installation,
) -> None:
    telephone, board = _with_telephone(calling)
    call = next_call(telephone, MORNING)
    click_to_call.set_phone(telephone, "Henri", "020 5241111")
    assert call.person_ref is not None
    add(calling.store, call.person_ref, "SUPPRESSED", by="Anja", source="hand", now=MORNING)
    with pytest.raises(BadInput, match="on a list of those we do not reach"):
        click_to_call.dial(telephone, call.id, "Henri", now=MORNING)
    assert board.rung == []


def test_nobody_was_dialled_where_somebody_called_us(calling: Installation) -> None:
    call = next_call(calling, MORNING)
    with calling.store.writing() as connection:
        connection.execute(update(Call).where(Call.id == call.id).values(kind=CallKind.CALL))
    with pytest.raises(
        BadInput, match="disposition: no_answer is not possible for this entry; write helped"
    ):
        wrap_up(
            calling.store,
            call.id,
            by=deciding("Henri"),
            disposition="no_answer",
            note="",
            now=MORNING,
        )


@pytest.mark.thorough
def test_every_entry_that_has_ended_says_what_came_of_it(calling: Installation) -> None:
    for disposition in (
        "helped",
        "no_answer",
        "busy",
        "wrong_number",
        "objects",
        "call_back",
        "not_for_us",
    ):
        wrap_up(
            calling.store,
            next_call(calling, MORNING).id,
            by=deciding("Henri"),
            disposition=disposition,
            note="",
            now=MORNING,
        )
    lifecycle.stop(calling, "cards", by=MANAGER, now=MORNING)
    while (taken := take_next(calling, "Henri", now=MORNING)) is not None:
        wrap_up(
            calling.store, taken.id, by=deciding("Henri"), disposition="busy", note="", now=MORNING
        )
    with calling.store.reading() as connection:
        rows = connection.execute(select(Call.state, Call.disposition)).all()
    assert {state for state, _ in rows} <= {CallState.WRAPPED_UP, CallState.ABANDONED}
    assert all(disposition for _, disposition in rows)
