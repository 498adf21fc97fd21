"""The free phone line: who waits, who picks up, and what came of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from campaigns.touches.composing import on_roster
from desk.entries import roster
from desk.entries.queue_entries import Lines, NewCall, enter
from desk.queue.queues import put_back, take, waiting
from desk.queue.wrap_up import NewAppointment, wrap_up
from store.engine import Store
from store.errors import BadInput
from store.states import CallState, TouchState
from store.tables import Appointment, Call, Touch
from suppression.lists import entries
from tests.builders import LINE, Builder
from tests.deciding import deciding


@pytest.fixture
def call(store: Store, now: datetime) -> int:
    """One waiting call of P1, to whom another campaign still plans a card."""
    with store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        person_id, touch_id = builder.reach(campaign, "P1")
        builder.touch(builder.campaign("next"), person_id, state=TouchState.PLANNED)
        enter(
            connection,
            [
                NewCall(
                    line_id=builder.line(),
                    reply_id=None,
                    received_at=now,
                    campaign_id=campaign.id,
                    touch_id=touch_id,
                    person_id=person_id,
                )
            ],
        )
        return int(connection.execute(select(Call.id)).scalar_one())


def test_the_longest_waiting_comes_first(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        line = Builder(connection, now).line()
        enter(
            connection,
            [
                NewCall(line_id=line, reply_id=None, received_at=now + timedelta(hours=hour))
                for hour in (3, 1, 2)
            ],
        )
    assert [(call.received_at - now) // timedelta(hours=1) for call in waiting(store)] == [1, 2, 3]


def test_a_queue_is_of_one_line(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        builder = Builder(connection, now)
        enter(
            connection,
            [
                NewCall(line_id=builder.line(), reply_id=None, received_at=now),
                NewCall(line_id=builder.line("+318000111"), reply_id=None, received_at=now),
            ],
        )
    assert [call.line for call in waiting(store, "+318000111")] == ["+318000111"]
    with pytest.raises(
        BadInput, match=r"\+318009 is not one of our lines; lines: \+318000111, \+318000543"
    ):
        waiting(store, "+318009")


def test_whoever_takes_a_call_has_it_alone(store: Store, call: int, now: datetime) -> None:
    taken = take(store, call, "Henri", now)
    assert (taken.state, taken.taken_by, taken.person_ref) == (CallState.TAKEN, "Henri", "P1")
    assert waiting(store) == []
    with pytest.raises(BadInput, match=f"call {call}: is taken by Henri; take the next one"):
        take(store, call, "Fatma", now)


def test_of_two_agents_who_press_at_once_one_gets_the_call(
    store: Store, call: int, now: datetime
) -> None:
    def press(agent: str) -> str | None:
        try:
            return take(store, call, agent, now).taken_by
        except BadInput:
            return None

    with ThreadPoolExecutor(6) as agents:
        got = [
            winner
            for winner in agents.map(press, [f"agent {number}" for number in range(12)])
            if winner
        ]
    assert len(got) == 1


def test_a_call_that_is_put_back_waits_at_its_old_place(
    store: Store, call: int, now: datetime
) -> None:
    take(store, call, "Henri", now)
    with pytest.raises(BadInput, match="is taken by Henri"):
        put_back(store, call, "Fatma")
    put_back(store, call, "Henri")
    assert [(waits.id, waits.taken_by) for waits in waiting(store)] == [(call, None)]


def test_a_call_is_wrapped_up_by_whoever_took_it_and_only_once(
    store: Store, call: int, now: datetime
) -> None:
    with pytest.raises(BadInput, match="is waiting; take it first"):
        wrap_up(store, call, by=deciding("Henri"), disposition="helped", note="", now=now)
    take(store, call, "Henri", now)
    with pytest.raises(BadInput, match="is taken by Henri"):
        wrap_up(store, call, by=deciding("Fatma"), disposition="helped", note="", now=now)
    wrap_up(
        store,
        call,
        by=deciding("Henri"),
        disposition="helped",
        note="Asked for an extension.",
        now=now,
    )
    with pytest.raises(BadInput, match="is wrapped up by Henri"):
        wrap_up(store, call, by=deciding("Henri"), disposition="helped", note="", now=now)


def test_an_appointment_comes_out_of_the_call(store: Store, call: int, now: datetime) -> None:
    take(store, call, "Henri", now)
    at = now + timedelta(days=4)
    wrap_up(
        store,
        call,
        by=deciding("Henri"),
        disposition="appointment",
        note="Brings her papers.",
        now=now,
        agreed=NewAppointment("counter", at),
    )
    with store.reading() as connection:
        made = connection.execute(
            select(Appointment.call_id, Appointment.kind, Appointment.at)
        ).one()
    assert made == (call, "counter", at)
    with pytest.raises(BadInput, match="'pub' is not a kind of help"):
        NewAppointment("pub", at)


def test_a_disposition_that_is_none_changes_nothing(store: Store, call: int, now: datetime) -> None:
    take(store, call, "Henri", now)
    with pytest.raises(
        BadInput,
        match="disposition: 'fine' is not a known outcome; write helped, appointment",
    ):
        wrap_up(store, call, by=deciding("Henri"), disposition="fine", note="", now=now)
    with pytest.raises(BadInput, match="note: has 1001 characters; write at most 1000"):
        wrap_up(store, call, by=deciding("Henri"), disposition="helped", note="x" * 1001, now=now)
    with store.reading() as connection:
        assert connection.execute(select(Call.state)).scalar_one() == CallState.TAKEN


def test_whoever_tells_an_agent_not_to_want_this_is_held_at_once(
    store: Store, call: int, now: datetime
) -> None:
    take(store, call, "Henri", now)
    wrap_up(store, call, by=deciding("Henri"), disposition="objects", note="", now=now)
    assert [(entry.person_ref, entry.reason, entry.channel) for entry in entries(store)] == [
        ("P1", "OBJECTION", None)
    ]
    with store.reading() as connection:
        states = connection.execute(select(Touch.state).order_by(Touch.id)).scalars().all()
    assert states == [TouchState.HANDED_OVER, TouchState.WITHHELD]


def test_an_objection_of_nobody_known_is_not_lost_but_asked_about(
    store: Store, now: datetime
) -> None:
    with store.writing() as connection:
        enter(
            connection,
            [NewCall(line_id=Builder(connection, now).line(), reply_id=None, received_at=now)],
        )
    (call,) = waiting(store)
    take(store, call.id, "Henri", now)
    with pytest.raises(
        BadInput, match="the person is not known yet; match the reply to a person first"
    ):
        wrap_up(store, call.id, by=deciding("Henri"), disposition="objects", note="", now=now)
    with store.reading() as connection:
        assert connection.execute(select(Call.state)).scalar_one() == CallState.TAKEN


def test_there_is_no_such_call(store: Store, now: datetime) -> None:
    with pytest.raises(BadInput, match="call 7: there is no such call"):
        take(store, 7, "Henri", now)


def test_a_line_stays_open_for_a_campaign_until_its_last_day(store: Store, now: datetime) -> None:
    lines = Lines({LINE: 1, "+318000111": 2}, {5: (2, date(2023, 6, 1))})
    assert lines.line_for(5, now) == 2
    assert lines.line_for(5, now + timedelta(days=1)) is None
    assert lines.line_for(None, now) is None
    assert lines.line_for(None, now, named=1) == 1
    assert Lines({LINE: 1}, {}).line_for(None, now) == 1


def test_a_name_is_on_the_roster_from_its_first_day_to_its_last(store: Store) -> None:
    assert roster.add(store, LINE, "  Henri ", on_from=date(2023, 6, 5), on_until=date(2023, 6, 9))
    with store.reading() as connection:
        (line,) = Lines.read(connection).by_number.values()
        days = [
            day for day in range(3, 13) if on_roster(connection, line, "henri", date(2023, 6, day))
        ]
        assert days == [5, 6, 7, 8, 9]
        assert not on_roster(connection, line + 1, "Henri", date(2023, 6, 6))


def test_the_same_entry_twice_changes_nothing_and_another_end_takes_its_place(store: Store) -> None:
    first = date(2023, 6, 5)
    assert roster.add(store, LINE, "Henri", on_from=first, on_until=None)
    assert not roster.add(store, LINE, "Henri", on_from=first, on_until=None)
    assert roster.add(store, LINE, "Henri", on_from=first, on_until=date(2023, 7, 1))
    assert [entry.on_until for entry in roster.entries(store)] == [date(2023, 7, 1)]


def test_whoever_leaves_is_printed_no_more(store: Store) -> None:
    roster.add(store, LINE, "Henri", on_from=date(2023, 6, 5), on_until=None)
    assert roster.leave(store, LINE, "Henri", date(2023, 6, 20)) == 1
    with store.reading() as connection:
        (line,) = Lines.read(connection).by_number.values()
        assert on_roster(connection, line, "Henri", date(2023, 6, 20))
        assert not on_roster(connection, line, "Henri", date(2023, 6, 21))
    with pytest.raises(BadInput, match=r"Henri: is not on the roster of \+318000543 on 2023-07-01"):
        roster.leave(store, LINE, "Henri", date(2023, 7, 1))


@pytest.mark.parametrize("name", ["", "  ", "x" * 31, "=1+1", "Henri2", "<b>Henri</b>"])
def test_a_first_name_is_letters_and_short_enough_for_a_card(store: Store, name: str) -> None:
    with pytest.raises(BadInput, match="is not a first name"):
        roster.add(store, LINE, name, on_from=date(2023, 6, 5), on_until=None)


def test_the_last_day_lies_after_the_first(store: Store) -> None:
    with pytest.raises(BadInput, match="2023-06-01 lies before 2023-06-05"):
        roster.add(store, LINE, "Henri", on_from=date(2023, 6, 5), on_until=date(2023, 6, 1))
