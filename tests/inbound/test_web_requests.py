"""Requests from the public pages, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from channels.codes import response_code
from desk.queue.appointment_slots import NewSlot, offer, open_slots
from desk.queue.queues import waiting
from inbound.web_requests import WebRequest, make_appointment, take_request
from installation.installation import Installation
from store.errors import BadInput
from store.states import TouchState
from store.tables import Appointment, Reply
from suppression.lists import entries
from tests.builders import Builder
from tests.conftest import NOW

CODE = response_code(482_913_057)


@pytest.fixture
def line(installation: Installation) -> int:
    """A card went out, and another campaign plans one. Two slots have room."""
    offer(
        installation.store,
        [
            NewSlot(
                location="Dorpsstraat 1",
                kind="counter",
                starts_at=NOW + timedelta(days=day),
                minutes=30,
                capacity=1,
            )
            for day in (2, 4)
        ],
    )
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        person, _ = builder.reach(builder.campaign(), "P1", code=CODE)
        builder.touch(builder.campaign("next"), person, state=TouchState.PLANNED)
        return builder.line()


def asked(line: int, key: str = "one", **more: object) -> WebRequest:
    return WebRequest(
        **{"key": key, "line_id": line, "text": "", "language": "nl", "code": CODE, **more}  # type: ignore[arg-type]  # what each test is about
    )


def test_a_wish_to_be_called_sent_twice_is_one_call(installation: Installation, line: int) -> None:
    wish = asked(line, number="+31612345678")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: take_request(installation, wish, now=NOW), range(4)))
    assert len({each.call_id for each in results}) == 1
    (call,) = waiting(installation.store)
    assert (call.person_ref, call.number, call.from_number, call.language) == (
        "P1",
        "+31612345678",
        None,
        "nl",
    )


def test_of_all_who_book_with_one_card_at_once_one_does(
    installation: Installation, line: int
) -> None:
    slots = [slot.id for slot in open_slots(installation.store, now=NOW)]

    def book(turn: int) -> bool:
        try:
            make_appointment(installation, asked(line, f"key {turn}"), slots[turn % 2], now=NOW)
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(book, range(6))) == 1
    with installation.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Appointment)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(Reply)).scalar_one() == 1
    assert len(open_slots(installation.store, now=NOW)) == 1


def test_an_objection_is_held_at_once_and_waits_for_its_scope(
    installation: Installation, line: int
) -> None:
    wish = asked(line, objects=True)
    for _ in range(2):
        take_request(installation, wish, now=NOW)
    (entry,) = entries(installation.store)
    assert (entry.person_ref, entry.reason, entry.pending) == ("P1", "OBJECTION", True)
    assert waiting(installation.store) == []
