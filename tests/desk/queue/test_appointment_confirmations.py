"""Somebody wants their appointment by text: made, moved and cancelled, and never a text that puzzles."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from desk.entries.answer_delivery import Answered, deliver_answers
from desk.entries.appointment_reminders import reminder_moment
from desk.queue.appointment_slots import NewSlot, offer
from desk.queue.appointments import book, end, move_to
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.errors import BadInput
from store.states import AnswerKind, AppointmentState, TouchState
from store.tables import Answer, Appointment, Slot
from suppression.policies import shipped_policy
from tests.builders import Builder
from tests.channels.sms import simulated
from tests.deciding import deciding

NUMBER, DAY = "+31612345678", timedelta(days=1)


@pytest.fixture
def texting(tmp_path: Path, database_url: str, now: datetime) -> Iterator[Installation]:
    """An installation with a working provider, one line, one person with a mobile, and three slots."""
    accounts = simulated.accounts(simulated.flawless(), tmp_path, public_url="http://127.0.0.1:9")
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **accounts,
    )
    installation = open_installation(settings, clock=FixedClock(now))
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.line()
        builder.person("P1", NUMBER)
        builder.person("P2")
    slots = [
        NewSlot(
            location="Verzonnenlaan 12",
            kind="counter",
            starts_at=now + days * DAY,
            minutes=30,
            capacity=1,
        )
        for days in (5, 6)
    ]
    offer(
        installation.store,
        [
            *slots,
            NewSlot(
                location="Verzonnenlaan 12",
                kind="phone",
                starts_at=now + 7 * DAY,
                minutes=30,
                capacity=1,
            ),
        ],
    )
    yield installation
    installation.store.engine.dispose()


def slot_of(installation: Installation, kind: str, number: int = 0) -> int:
    with installation.store.reading() as connection:
        query = select(Slot.id).where(Slot.kind == kind).order_by(Slot.starts_at)
        return int(connection.execute(query).scalars().all()[number])


def confirmations(installation: Installation) -> list[tuple[AnswerKind, TouchState]]:
    with installation.store.reading() as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(select(Answer.kind, Answer.state).order_by(Answer.id))
        ]


def test_an_appointment_is_confirmed_when_it_is_made_moved_and_cancelled(
    texting: Installation, now: datetime
) -> None:
    first, second = slot_of(texting, "counter"), slot_of(texting, "counter", 1)
    made = book(texting.store, first, "P1", by="Henri", now=now, text=True)
    assert deliver_answers(texting, now=now) == Answered(answered=1)
    moved = move_to(
        texting.store, made.appointment_id, second, by="Henri", now=now + DAY, text=True
    )
    assert deliver_answers(texting, now=now + DAY) == Answered(answered=1)
    end(
        texting.store,
        moved.appointment_id,
        AppointmentState.CANCELLED,
        by=deciding("Henri"),
        now=now + 2 * DAY,
        text=True,
    )
    assert deliver_answers(texting, now=now + 2 * DAY) == Answered(answered=1)
    with texting.store.reading() as connection:
        bodies = list(connection.execute(select(Answer.body).order_by(Answer.id)).scalars())
    assert "dinsdag 6 juni om 09.00 uur" in bodies[0]
    assert "Waar: Verzonnenlaan 12." in bodies[0]
    assert "Uw nieuwe afspraak: woensdag 7 juni om 09.00 uur." in bodies[1]
    assert (
        "De afspraak van woensdag 7 juni om 09.00 uur, Verzonnenlaan 12, gaat niet door."
        in bodies[2]
    )


def test_what_moved_before_it_was_confirmed_is_confirmed_as_it_is_now(
    texting: Installation, now: datetime
) -> None:
    made = book(texting.store, slot_of(texting, "counter"), "P1", by="Henri", now=now, text=True)
    move_to(
        texting.store,
        made.appointment_id,
        slot_of(texting, "counter", 1),
        by="Henri",
        now=now,
        text=True,
    )
    assert deliver_answers(texting, now=now) == Answered(answered=1, answers_dropped=1)
    assert confirmations(texting) == [
        (AnswerKind.APPOINTMENT, TouchState.DROPPED),
        (AnswerKind.APPOINTMENT_MOVED, TouchState.HANDED_OVER),
    ]


def test_where_it_cannot_be_confirmed_nothing_is_booked_moved_or_cancelled(
    texting: Installation, now: datetime
) -> None:
    for kind, ref, said in (
        ("counter", "P2", "there is no number that can be texted"),
        ("phone", "P1", "is not an appointment at an address"),
    ):
        with pytest.raises(BadInput, match=said):
            book(texting.store, slot_of(texting, kind), ref, by="Henri", now=now, text=True)
    made = book(texting.store, slot_of(texting, "counter"), "P1", by="Henri", now=now)
    with pytest.raises(BadInput, match="only a cancellation is sent by text"):
        end(
            texting.store,
            made.appointment_id,
            AppointmentState.KEPT,
            by=deciding("Henri"),
            now=now,
            text=True,
        )
    with pytest.raises(BadInput, match="is not an appointment at an address"):
        move_to(
            texting.store,
            made.appointment_id,
            slot_of(texting, "phone"),
            by="Henri",
            now=now,
            text=True,
        )
    with texting.store.writing() as connection:
        Builder(connection, now).line("+318000999", "Andere lijn")
    with pytest.raises(BadInput, match="it could come from several lines"):
        end(
            texting.store,
            made.appointment_id,
            AppointmentState.CANCELLED,
            by=deciding("Henri"),
            now=now,
            text=True,
        )
    with texting.store.reading() as connection:
        assert list(connection.execute(select(Appointment.state)).scalars()) == [
            AppointmentState.AGREED
        ]
        assert sum(connection.execute(select(Slot.taken)).scalars()) == 1
    assert confirmations(texting) == []


@pytest.mark.thorough
def test_who_asked_for_a_text_is_reminded_once_on_the_last_lawful_day_before(
    texting: Installation, now: datetime
) -> None:
    slot = slot_of(texting, "counter")  # on Tuesday 6 June
    book(texting.store, slot, "P1", by="Henri", now=now, text=True)
    book(texting.store, slot_of(texting, "counter", 1), "P2", by="Henri", now=now)  # no text asked
    deliver_answers(texting, now=now)
    sent = [deliver_answers(texting, now=now + days * DAY).answered for days in (1, 2, 3)]
    assert sent == [0, 0, 0]  # Friday, Saturday, Sunday
    monday = parse_moment("2023-06-05T08:00")
    assert deliver_answers(texting, now=monday).answered == 0  # before anybody may be texted
    assert deliver_answers(texting, now=monday + DAY / 6).answered == 1
    assert deliver_answers(texting, now=monday + DAY / 4).answered == 0
    reminders = [kind for kind, _ in confirmations(texting)]
    assert reminders == [AnswerKind.APPOINTMENT, AnswerKind.APPOINTMENT_REMINDER]


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2023-06-06T10:00", "2023-06-05T09:00"),  # a Tuesday
        ("2023-06-05T10:00", "2023-06-03T10:00"),  # a Monday: on Saturday
        ("2023-05-30T10:00", "2023-05-27T10:00"),  # after Whit Monday
        ("2023-12-27T10:00", "2023-12-23T10:00"),  # after Christmas, Sunday and Monday and Tuesday
    ],
)
def test_a_reminder_goes_on_no_sunday_and_no_holiday(at: str, moment: str) -> None:
    hours = shipped_policy().hours
    assert reminder_moment(parse_moment(at), hours) == parse_moment(moment)


def test_an_appointment_that_was_cancelled_or_is_of_today_is_not_said_again(
    texting: Installation, now: datetime
) -> None:
    made = book(texting.store, slot_of(texting, "counter"), "P1", by="Henri", now=now, text=True)
    deliver_answers(texting, now=now)
    by = deciding("Henri")
    end(texting.store, made.appointment_id, AppointmentState.CANCELLED, by=by, now=now)
    monday = parse_moment("2023-06-05T12:00")
    assert deliver_answers(texting, now=monday).answered == 0
    book(texting.store, slot_of(texting, "counter"), "P1", by="Henri", now=monday, text=True)
    assert deliver_answers(texting, now=monday).answered == 1  # told today, so not again today
    assert deliver_answers(texting, now=monday + DAY / 12).answered == 0
