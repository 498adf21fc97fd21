"""Addresses with more adults than a household has."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from store.engine import Store
from store.errors import BadInput
from store.states import AddressKind
from store.tables import AddressDecision
from suppression.addresses import crowded, decide, key_of
from tests.builders import Builder

SHELTER, HOME = key_of("1234 AB", "12"), key_of("1234AB", "14", addition="II")


def lives(builder: Builder, ref: str, key: int, **columns: Any) -> None:
    builder.person(ref, household_key=key, **columns)


@pytest.fixture
def street(store: Store, now: datetime) -> Store:
    """Nine adults in the shelter, eight in the home, with a child, a dead, an emigrant and one of unknown age."""
    with store.writing() as connection:
        builder = Builder(connection, now)
        for place in range(9):
            lives(builder, f"S{place}", SHELTER)
        for place in range(7):
            lives(builder, f"H{place}", HOME, house_number=14, house_addition="II")
        lives(builder, "undated", HOME, birth_first=None, birth_last=None)
        lives(builder, "child", HOME, birth_last=date(2010, 1, 1))
        lives(builder, "dead", HOME, deceased_on=date(2023, 1, 1))
        lives(builder, "gone", HOME, moved_abroad_on=date(2023, 1, 1))
    return store


def test_only_addresses_above_the_number_wait_for_a_decision(street: Store, now: datetime) -> None:
    assert [
        (each.postcode, each.house_number, each.adults)
        for each in crowded(street, now=now, above=8)
    ] == [("1234AB", 12, 9)]
    assert [each.adults for each in crowded(street, now=now, above=7)] == [9, 8]
    assert crowded(street, now=now, above=9) == []


def test_what_was_decided_waits_no_more_and_the_latest_word_is_added_to_the_first(
    street: Store, now: datetime
) -> None:
    assert decide(street, SHELTER, AddressKind.CLOSED, why="a shelter", by="ann", now=now) == 9
    assert crowded(street, now=now, above=8) == []
    decide(street, SHELTER, AddressKind.SEPARATE, why="rooms with letterboxes", by="bea", now=now)
    with street.reading() as connection:
        said = connection.execute(select(AddressDecision.kind, AddressDecision.decided_by)).all()
    assert said == [(AddressKind.CLOSED, "ann"), (AddressKind.SEPARATE, "bea")]


def test_where_one_of_them_has_a_secret_address_only_its_key_is_shown(
    street: Store, now: datetime
) -> None:
    with street.writing() as connection:
        lives(Builder(connection, now), "hiding", SHELTER, secret_address=True)
    (found,) = crowded(street, now=now, above=8)
    assert (found.key, found.postcode, found.house_number, found.adults) == (
        SHELTER,
        None,
        None,
        10,
    )
    assert (
        decide(street, found.key, AddressKind.CLOSED, why="a women's shelter", by="ann", now=now)
        == 10
    )


@pytest.mark.parametrize(
    ("key", "why", "said"),
    [(SHELTER, " ", "has no reason"), (7, "a shelter", "no known person lives there")],
)
def test_a_decision_says_why_and_is_about_a_place_we_know(
    street: Store, now: datetime, key: int, why: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        decide(street, key, AddressKind.CLOSED, why=why, by="ann", now=now)
