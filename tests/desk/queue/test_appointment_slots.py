"""Appointments in slots (capacity, moves, missed ones, preparation, calendar files)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from desk.cases.cases import case_of
from desk.entries.queue_entries import NewCall, enter
from desk.queue.appointment_slots import NewSlot, offer, open_slots
from desk.queue.appointments import Booked, book, end, move_to
from desk.queue.calendar_files import Version, as_ics, calendar_file
from desk.queue.queues import waiting
from store.clock import parse_moment
from store.engine import Store
from store.errors import BadInput
from store.states import AppointmentState, CallKind
from store.tables import Appointment, Slot
from tests.builders import Builder
from tests.deciding import deciding

PLACE = "Verzonnenlaan 12"
DAY = timedelta(days=1)


def put_people(store: Store, now: datetime, count: int = 3) -> None:
    with store.writing() as connection:
        builder = Builder(connection, now)
        for number in range(1, count + 1):
            builder.person(f"P{number}")


def put_slot(store: Store, at: datetime, capacity: int = 1, place: str = PLACE) -> int:
    offer(
        store,
        [NewSlot(location=place, kind="counter", starts_at=at, minutes=30, capacity=capacity)],
    )
    with store.reading() as connection:
        return int(connection.execute(select(Slot.id).where(Slot.starts_at == at)).scalar_one())


@pytest.mark.thorough
def test_two_hundred_who_book_twenty_places_at_once_get_twenty_and_each_is_told(
    store: Store, now: datetime
) -> None:
    put_people(store, now, 200)
    slot = put_slot(store, now + DAY, capacity=20)

    def press(number: int) -> str:
        try:
            return f"booked {book(store, slot, f'P{number}', by='Henri', now=now).appointment_id}"
        except BadInput as refused:
            return str(refused)

    with ThreadPoolExecutor(12) as pressing:
        results = list(pressing.map(press, range(1, 201)))
    assert sum(each.startswith("booked") for each in results) == 20
    assert results.count(f"slot {slot}: is full; offer another moment or another place") == 180
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Appointment)).scalar_one() == 20
        assert connection.execute(select(Slot.taken)).scalar_one() == 20
    assert open_slots(store, now=now) == []


def test_people_who_change_places_at_once_all_keep_one(store: Store, now: datetime) -> None:
    put_people(store, now, 16)
    slots = [put_slot(store, now + days * DAY, capacity=12) for days in (1, 2)]
    made = [
        book(store, slots[number % 2], f"P{number + 1}", by="Henri", now=now)
        for number in range(16)
    ]

    def swap(number: int) -> Booked:
        appointment = made[number].appointment_id
        return move_to(store, appointment, slots[1 - number % 2], by="Henri", now=now)

    with ThreadPoolExecutor(8) as swapping:
        assert len(list(swapping.map(swap, range(8)))) == 8
    with store.reading() as connection:
        agreed = select(Appointment.slot_id, func.count()).where(
            Appointment.state == AppointmentState.AGREED
        )
        counted = dict(connection.execute(agreed.group_by(Appointment.slot_id)).all())
        taken = dict(connection.execute(select(Slot.id, Slot.taken)).all())
    assert counted == taken
    assert sum(taken.values()) == 16


def test_who_has_an_appointment_is_not_booked_into_it_again(store: Store, now: datetime) -> None:
    put_people(store, now)
    slot = put_slot(store, now + DAY, capacity=3)
    book(store, slot, "P1", by="Henri", now=now)
    with pytest.raises(BadInput, match="they have this appointment already"):
        book(store, slot, "P1", by="Henri", now=now)
    assert [each.left for each in open_slots(store, now=now)] == [2]


def test_what_cannot_be_booked_says_why(store: Store, now: datetime) -> None:
    put_people(store, now)
    slot = put_slot(store, now)
    for asked, ref, said in (
        (slot, "P1", "this moment has passed"),
        (slot + 1, "P1", "there is no such slot"),
        (slot, "nobody", "no person has this reference"),
    ):
        with pytest.raises(BadInput, match=said):
            book(store, asked, ref, by="Henri", now=now)
    for wrong, said in (
        (("", "counter", 30, 1), "the location is empty"),
        ((PLACE, "pub", 30, 1), "is not a kind of help"),
        ((PLACE, "video", 30, 0), "there is no room"),
        ((PLACE, "video", 0, 1), "cannot last 0 minutes"),
        ((PLACE, "video", 99_999, 1), "cannot last 99,999 minutes"),
    ):
        with pytest.raises(BadInput, match=said):
            NewSlot(
                location=wrong[0], kind=wrong[1], starts_at=now, minutes=wrong[2], capacity=wrong[3]
            )


def test_an_appointment_moves_and_its_place_is_free_again(store: Store, now: datetime) -> None:
    put_people(store, now)
    first, second = put_slot(store, now + DAY), put_slot(store, now + 2 * DAY)
    booked = book(store, first, "P1", by="Henri", now=now)
    moved = move_to(store, booked.appointment_id, second, by="Henri", now=now)
    assert moved.starts_at == now + 2 * DAY
    assert [each.id for each in open_slots(store, now=now)] == [first]
    book(store, first, "P2", by="Henri", now=now)
    with pytest.raises(BadInput, match="is full"):
        move_to(store, moved.appointment_id, first, by="Henri", now=now)
    end(
        store, moved.appointment_id, AppointmentState.CANCELLED, by=deciding("Henri"), now=now
    )  # the old one stood
    assert [each.id for each in open_slots(store, now=now)] == [second]


def test_who_did_not_come_is_noted_once(store: Store, now: datetime) -> None:
    put_people(store, now)
    booked = book(store, put_slot(store, now + DAY), "P1", by="Henri", now=now)
    end(store, booked.appointment_id, AppointmentState.MISSED, by=deciding("Henri"), now=now + DAY)
    with pytest.raises(BadInput, match="is not a coming appointment"):
        end(
            store, booked.appointment_id, AppointmentState.KEPT, by=deciding("Henri"), now=now + DAY
        )
    with pytest.raises(
        BadInput, match="agreed is not an outcome of an appointment; write kept, missed, cancelled"
    ):
        end(store, booked.appointment_id, AppointmentState.AGREED, by=deciding("Henri"), now=now)


def test_an_appointment_made_in_a_call_is_prepared_the_day_before(
    store: Store, now: datetime
) -> None:
    put_people(store, now)
    with store.writing() as connection:
        enter(
            connection,
            [NewCall(line_id=Builder(connection, now).line(), reply_id=None, received_at=now)],
        )
    (call,) = waiting(store)
    booked = book(store, put_slot(store, now + 4 * DAY), "P1", by="Henri", now=now, call_id=call.id)
    prepare = waiting(store)[-1]
    assert (prepare.why, prepare.promised_from, prepare.promised_until) == (
        CallKind.PREPARE,
        now + DAY,  # Friday: nobody is there on Sunday, the day before
        now + 4 * DAY,
    )
    assert (found := case_of(store, "P1")) is not None
    assert found.owner == "Henri"
    end(store, booked.appointment_id, AppointmentState.CANCELLED, by=deciding("Henri"), now=now)
    assert [each.why for each in waiting(store)] == [
        CallKind.CALL
    ]  # nobody prepares what was cancelled


def test_a_calendar_takes_an_appointment_and_reads_nothing_of_what_it_is_about(
    now: datetime,
) -> None:
    long = "Verzonnenlaan 12; tweede verdieping, naast de bibliotheek van Nergenshuizen-Oost aan het water"
    booked = Booked(
        appointment_id=7,
        location=long,
        kind="counter",
        starts_at=now + DAY,
        ends_at=now + DAY + timedelta(minutes=30),
    )
    for language, said in (("nl", "Afspraak"), ("en", "Appointment"), ("tr", "Afspraak")):
        file = as_ics(
            booked,
            Version(7, 0),
            line="0800 0543",
            domain="dichtbij.example",
            language=language,
            now=now,
        )
        (event,) = Calendar.from_ical(file).walk("VEVENT")
        assert event.decoded("dtstart") == now + DAY
        assert (str(event["summary"]), str(event["location"])) == (said, long)
        assert str(event["uid"]) == "appointment-7@dichtbij.example"
        assert max(map(len, file.split(b"\r\n"))) <= 75
        assert b"counter" not in file


def test_one_person_is_not_booked_into_two_places_at_one_time(store: Store, now: datetime) -> None:
    put_people(store, now)
    first, half, after = (
        put_slot(store, now + DAY + quarters * timedelta(minutes=15), 9, place=f"Plein {quarters}")
        for quarters in (0, 1, 2)
    )
    made = book(store, first, "P1", by="Henri", now=now)
    with pytest.raises(BadInput, match="they have appointment 1 at that time"):
        book(store, half, "P1", by="Henri", now=now)
    assert [slot.left for slot in open_slots(store, now=now)] == [8, 9, 9]
    book(store, half, "P2", by="Henri", now=now)
    book(store, after, "P1", by="Henri", now=now)
    with pytest.raises(BadInput, match="at that time"):
        move_to(store, made.appointment_id, half, by="Henri", now=now)


def event_of(store: Store, number: int, now: datetime) -> dict[str, str]:
    """Return name, sequence, state and begin of the calendar event of an appointment."""
    file = calendar_file(store, number, domain="dichtbij.example", language="nl", now=now)
    assert file is not None
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    named = {name: str(event[name]) for name in ("uid", "sequence", "status")}
    return {**named, "begins": f"{event.decoded('dtstart'):%m-%d}"}


def test_a_calendar_follows_an_appointment_that_is_moved_twice_and_cancelled(
    store: Store, now: datetime
) -> None:
    put_people(store, now)
    slots = [put_slot(store, now + days * DAY) for days in (1, 5, 6)]
    first = book(store, slots[0], "P1", by="Henri", now=now).appointment_id
    uid = f"appointment-{first}@dichtbij.example"
    once = {"uid": uid, "sequence": "0", "status": "CONFIRMED", "begins": "06-02"}
    assert event_of(store, first, now) == once
    second = move_to(store, first, slots[1], by="Henri", now=now).appointment_id
    third = move_to(store, second, slots[2], by="Henri", now=now).appointment_id
    moved = {"uid": uid, "sequence": "2", "status": "CONFIRMED", "begins": "06-07"}
    assert [event_of(store, each, now) for each in (first, second, third)] == [moved] * 3
    end(store, third, AppointmentState.CANCELLED, by=deciding("Henri"), now=now)
    gone = {**moved, "sequence": "3", "status": "CANCELLED"}
    assert [event_of(store, each, now) for each in (first, third)] == [gone] * 2
    assert calendar_file(store, 999, domain="x", language="nl", now=now) is None


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2023-06-04T10:00", "2023-06-04 is a Sunday"),
        ("2023-05-29T10:00", "is a holiday: Tweede pinksterdag"),
        ("2023-12-25T10:00", "is a holiday"),
        ("2024-05-05T10:00", "is a Sunday"),
        ("2025-05-05T10:00", "is a holiday: Bevrijdingsdag"),
        ("2023-06-09T10:00", "the house is closed"),
    ],
)
def test_nothing_is_offered_on_a_day_on_which_nobody_is_there(
    store: Store, at: str, said: str
) -> None:
    slot = NewSlot(
        location=PLACE, kind="counter", starts_at=parse_moment(at), minutes=30, capacity=1
    )
    with pytest.raises(BadInput, match=said):
        offer(store, [slot], closed=[date(2023, 6, 9)])


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2023-06-08T03:00", "03:00 is in the night; choose a time from 07:00 to 22:00"),
        ("2023-06-08T21:45", "21:45 is in the night"),
        ("2023-06-08T23:45", "23:45 is in the night"),
    ],
)
def test_nothing_is_offered_at_night(at: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        NewSlot(location=PLACE, kind="counter", starts_at=parse_moment(at), minutes=30, capacity=1)


def test_what_is_past_is_not_offered(store: Store, now: datetime) -> None:
    slot = NewSlot(location=PLACE, kind="counter", starts_at=now, minutes=30, capacity=1)
    with pytest.raises(BadInput, match="is past; choose a moment to come"):
        offer(store, [slot], now=now)


def test_one_counter_is_not_offered_twice_at_one_time(store: Store, now: datetime) -> None:
    put_slot(store, now + DAY)
    put_slot(store, now + DAY)  # the same one again changes nothing
    for minutes in (-29, -1, 1, 29):
        with pytest.raises(BadInput, match="is taken by the slot of"):
            put_slot(store, now + DAY + timedelta(minutes=minutes))
    put_slot(store, now + DAY + timedelta(minutes=30))
    put_slot(store, now + DAY + timedelta(minutes=15), place="Plein 1")
    both = [
        NewSlot(location="Plein 2", kind="counter", starts_at=at, minutes=30, capacity=1)
        for at in (now + DAY, now + DAY + timedelta(minutes=10))
    ]
    with pytest.raises(BadInput, match="is taken by the slot of"):
        offer(store, both)
