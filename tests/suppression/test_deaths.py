"""Reported deaths that the register has not confirmed yet."""

from datetime import date, datetime, timedelta

from sqlalchemy import update

from store.engine import Store
from store.tables import Person
from suppression.deaths import reported_deaths
from suppression.lists import add, lift
from tests.builders import Builder


def test_a_reported_death_waits_until_the_register_confirms_it(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        Builder(connection, now).person("P1")
    for ref, days in (("P1", 0), ("unknown", 3)):
        add(
            store,
            ref,
            "DECEASED",
            source="reply 1: called",
            by="citizen",
            now=now + timedelta(days=days),
        )
    later = now + timedelta(days=10)
    waiting = reported_deaths(store, now=later)
    assert [(each.person_ref, each.days, each.known) for each in waiting] == [
        ("P1", 10, True),
        ("unknown", 7, False),
    ]
    with store.writing() as connection:
        connection.execute(update(Person).values(deceased_on=date(2023, 5, 30)))
    assert [each.person_ref for each in reported_deaths(store, now=later)] == ["unknown"]
    confirmed, _ = reported_deaths(store, now=later, confirmed=True)
    assert confirmed.confirmed_on == date(2023, 5, 30)


def test_a_report_that_was_wrong_is_lifted_with_a_reason(store: Store, now: datetime) -> None:
    add(store, "P1", "DECEASED", source="reply 1: called", by="citizen", now=now)
    lift(store, "P1", by="bea", why="his brother died", now=now + timedelta(days=1))
    assert reported_deaths(store, now=now + timedelta(days=2), confirmed=True) == []
