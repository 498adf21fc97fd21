"""Somebody helps somebody else: nothing of a person is talked about before an authorisation was seen."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from channels.codes import response_code
from desk.cases.authorisations import (
    NewAuthorisation,
    authorisations,
    authorise,
    in_call,
    may_discuss,
    revoke,
)
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take
from store.engine import Store
from store.errors import BadInput
from store.tables import Call
from tests.builders import Builder
from tests.conftest import NOW

CODE = response_code(482_913_057)
LETTER = NewAuthorisation("Jan Voorbeeld", "Buurthuis Oost", "written", date(2023, 7, 1))


def helper_on_the_line(store: Store) -> None:
    with store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1", code=CODE)
        builder.person("P2")
        enter(
            connection,
            [NewCall(line_id=builder.line(), reply_id=None, received_at=NOW, skill="helpers")],
        )
    take(store, 1, "Fatma", NOW)


def about(store: Store) -> int | None:
    with store.reading() as connection:
        return connection.execute(select(Call.person_id).where(Call.id == 1)).scalar_one()


@pytest.mark.parametrize("named", ["P1", CODE, f"{CODE[:3]} {CODE[3:6]} {CODE[6:]}"])
def test_a_call_is_about_somebody_once_an_authorisation_was_seen(store: Store, named: str) -> None:
    helper_on_the_line(store)
    assert about(store) is None
    made = authorise(store, 1, named, LETTER, by="Fatma", now=NOW)
    assert about(store) is not None
    (seen,) = authorisations(store, "P1")
    assert (seen.id, seen.helper, seen.counts(NOW), seen.recorded_by) == (
        made,
        "Jan Voorbeeld",
        True,
        "Fatma",
    )
    assert authorisations(store, "P2") == []


def test_revoked_it_closes_the_person_in_the_call_that_goes_on(store: Store) -> None:
    helper_on_the_line(store)
    made = authorise(store, 1, "P1", LETTER, by="Fatma", now=NOW)
    revoke(store, made, by="Fatma", why="she took it back", now=NOW)
    assert about(store) is None
    assert not may_discuss(in_call(store, 1), NOW)
    with pytest.raises(BadInput, match="is not valid any more"):
        revoke(store, made, by="Fatma", why="again", now=NOW)


def test_it_counts_until_its_last_day_and_a_call_without_one_is_not_held_back(store: Store) -> None:
    helper_on_the_line(store)
    assert may_discuss(in_call(store, 1), NOW)
    authorise(store, 1, "P1", LETTER, by="Fatma", now=NOW)
    assert may_discuss(in_call(store, 1), NOW + timedelta(days=30))
    assert not may_discuss(in_call(store, 1), NOW + timedelta(days=31))


@pytest.mark.parametrize(
    ("named", "until", "by"),
    [
        ("P9", date(2023, 7, 1), "Fatma"),
        ("1234567890", date(2023, 7, 1), "Fatma"),
        ("", date(2023, 7, 1), "Fatma"),
        ("P1", date(2023, 5, 31), "Fatma"),
        ("P1", date(2025, 6, 1), "Fatma"),
        ("P1", date(2023, 7, 1), "Henri"),
    ],
)
def test_what_does_not_fit_leaves_the_call_about_nobody(
    store: Store, named: str, until: date, by: str
) -> None:
    helper_on_the_line(store)
    new = NewAuthorisation("Jan", "buur", "on_the_line", until)
    with pytest.raises(BadInput):
        authorise(store, 1, named, new, by=by, now=NOW)
    assert (about(store), authorisations(store)) == (None, [])


def test_an_authorisation_for_one_does_not_open_another_in_the_same_call(store: Store) -> None:
    helper_on_the_line(store)
    authorise(store, 1, "P1", LETTER, by="Fatma", now=NOW)
    with pytest.raises(BadInput, match="about somebody else"):
        authorise(store, 1, "P2", LETTER, by="Fatma", now=NOW)


@pytest.mark.parametrize(
    "wrong", [{"helper": " "}, {"organisation": ""}, {"helper": "x" * 101}, {"seen": "nothing"}]
)
def test_what_was_seen_is_said_in_full(wrong: dict[str, str]) -> None:
    said = {"helper": "Jan", "organisation": "buur", "seen": "written"}
    with pytest.raises(BadInput):
        NewAuthorisation(**{**said, **wrong}, valid_until=date(2023, 7, 1))
