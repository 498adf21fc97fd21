"""The audit log says who did what, about whom, by which road and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store.audit_log import NOBODY, About, Decider, Kind, count, person, record
from store.engine import Store
from store.states import Road
from store.tables import AuditEntry
from tests.builders import Builder

HENRI = Decider("Henri", road=Road.PAGE)


def entries(store: Store) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)))


def test_nobody_decides_without_a_road() -> None:
    with pytest.raises(TypeError, match="road"):
        Decider("Henri")  # type: ignore[call-arg]  # that is what is tested


def test_an_entry_says_who_did_what_by_which_road_and_why(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        number = record(
            connection,
            Decider("Anja", road=Road.API),
            "pause",
            About(Kind.CAMPAIGN, "cards"),
            now=now,
            reason=" The line is full. ",
            waiting=12,
        )
    (entry,) = entries(store)
    assert (entry.id, entry.at, entry.actor, entry.road) == (number, now, "Anja", Road.API)
    assert (entry.action, entry.about, entry.person_ref) == ("pause", "campaign:cards", None)
    assert (entry.reason, entry.detail) == ("The line is full.", {"waiting": 12})


def test_whom_a_card_concerns_is_looked_up_by_it(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign("cards")
        touch = builder.touch(campaign, builder.person("P1"))
        record(connection, HENRI, "found_card", About(Kind.TOUCH, touch), now=now)
        record(connection, HENRI, "found_card", About(Kind.TOUCH, touch + 1), now=now)
    assert [(entry.about, entry.person_ref) for entry in entries(store)] == [
        (f"touch:{touch}", "P1"),
        (f"touch:{touch + 1}", None),
    ]


def test_a_person_stands_under_their_reference_and_nowhere_else(
    store: Store, now: datetime
) -> None:
    with store.writing() as connection:
        for whom in (person("P1"), NOBODY):
            record(connection, HENRI, "searched_person", whom, now=now, reason="she calls")
    assert [(entry.about, entry.person_ref) for entry in entries(store)] == [
        ("person", "P1"),
        ("person", None),
    ]


def test_what_is_said_of_whom_wins_over_what_is_looked_up(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        somebody = Builder(connection, now).person("P1")
        gone = About(Kind.CALL, 99, person_id=somebody)
        record(connection, HENRI, "caller_is_somebody_else", gone, now=now)
        said = About(Kind.OBJECTION, 1, person_ref="P2")
        record(connection, HENRI, "suppression scope", said, now=now)
    assert [entry.person_ref for entry in entries(store)] == ["P1", "P2"]


def test_what_one_person_did_to_one_thing_is_counted_since_a_moment(
    store: Store, now: datetime
) -> None:
    call, fatma = About(Kind.CALL, 1), Decider("Fatma", road=Road.PAGE)
    with store.writing() as connection:
        for by, about, at in (
            (HENRI, call, now),
            (HENRI, call, now - timedelta(hours=1)),
            (fatma, call, now),
            (HENRI, About(Kind.CALL, 2), now),
            (HENRI, person("P1"), now),
            (HENRI, person("P2"), now),
        ):
            record(connection, by, "looked", about, now=at)
        assert count(connection, "Henri", "looked", call, since=now) == 1
        assert count(connection, "Henri", "looked", call, since=now - timedelta(days=1)) == 2
        assert count(connection, "Henri", "looked", person("P1"), since=now) == 1
        assert count(connection, "Henri", "other", call, since=now) == 0
