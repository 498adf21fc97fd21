"""Drafts of a call, which can be read again until the call ends."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from desk.entries.call_drafts import LONGEST, draft_of, keep
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import put_back, take
from desk.queue.taking import hang_up
from desk.queue.wrap_up import wrap_up
from store.engine import Store
from store.errors import BadInput
from store.tables import Draft
from tests.builders import Builder
from tests.deciding import deciding


@pytest.fixture
def two_calls(store: Store, now: datetime) -> Store:
    with store.writing() as connection:
        line = Builder(connection, now).line()
        enter(
            connection,
            [
                NewCall(line_id=line, reply_id=None, received_at=now),
                NewCall(line_id=line, reply_id=None, received_at=now),
            ],
        )
    take(store, 1, "Fatma", now)
    return store


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(Draft)).scalar_one()


def test_the_latest_words_are_kept_until_the_call_is_wrapped_up(
    two_calls: Store, now: datetime
) -> None:
    for text in ("Twee", "Twee jaar"):
        keep(two_calls, 1, "Fatma", {"note": text}, now=now)
    put_back(two_calls, 1, "Fatma")
    take(two_calls, 1, "Fatma", now)
    found = draft_of(two_calls, 1, "Fatma")
    assert found is not None
    assert (found.fields, found.saved_at) == ({"note": "Twee jaar"}, now)
    assert draft_of(two_calls, 1, "Omar") is None
    wrap_up(two_calls, 1, by=deciding("Fatma"), disposition="helped", note="Twee jaar.", now=now)
    assert count(two_calls) == 0


def test_nobody_drafts_in_a_call_of_somebody_else_nor_a_book(
    two_calls: Store, now: datetime
) -> None:
    with pytest.raises(BadInput, match="not taken by you"):
        keep(two_calls, 1, "Omar", {"note": "x"}, now=now)
    with pytest.raises(BadInput, match="characters"):
        keep(two_calls, 1, "Fatma", {"note": "x" * LONGEST}, now=now)


def test_what_was_drafted_in_a_call_that_ended_by_itself_goes_too(
    two_calls: Store, now: datetime
) -> None:
    keep(two_calls, 1, "Fatma", {"note": "Ze belt zo terug"}, now=now)
    put_back(two_calls, 1, "Fatma")
    hang_up(two_calls, 1, now=now)
    take(two_calls, 2, "Fatma", now + timedelta(minutes=1))
    keep(two_calls, 2, "Fatma", {"note": "x"}, now=now)
    assert (count(two_calls), draft_of(two_calls, 1, "Fatma")) == (1, None)
