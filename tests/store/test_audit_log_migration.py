"""Entries of the audit log from before it had its lasting shape are kept, under their numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from store.audit_log import NOBODY, Decider, record
from store.engine import Store
from store.migrating import alembic_config
from store.states import Road
from store.tables import AuditEntry
from tests.builders import Builder

BEFORE, SHAPED = "0011", "0012"


@dataclass(frozen=True)
class Old:
    """An entry as it was written then, and what is expected of it."""

    what: str
    subject: str
    about: str
    person_ref: str | None = None
    detail: dict[str, Any] = field(default_factory=dict, kw_only=True)


ENTRIES = (
    Old("approve", "cards", "campaign:cards"),
    Old("go on", "cards", "campaign:cards"),
    Old("remove_ledger", "cards", "campaign:cards"),
    Old("save audience", "widows", "audience:widows"),
    Old("enrich", "cards-1-card", "print_run:cards-1-card"),
    Old("open incident", "cards", "incident:3", detail={"incident": 3}),
    Old("close incident", "3", "incident:3"),
    Old("seed arrived", "000123", "piece:000123"),
    Old("stop seed address", "2", "seed_address:2"),
    Old("case give", "case 12", "case:12"),
    Old("referral end", "referral 4", "referral:4"),
    Old("signal merge", "signal 5", "signal:5"),
    Old("appointment end", "appointment 6", "appointment:6"),
    Old("desk sample", "seed 2023", "sample:2023"),
    Old("post again", "post 8", "team_task:8"),
    Old("suppression scope", "#9", "objection:9"),
    Old("signed_in", "account:anja", "account:anja"),
    Old("downloaded", "print_run:1", "print_run:1"),
    Old("looked_up_person", "P1", "person", "P1"),
    Old("searched_person", "P1", "person", "P1"),
    Old("searched_person", "nobody", "person"),
    Old("desk triage", "P1", "person", "P1"),
    Old("found_card", "touch:1", "touch:1", "P1"),
    Old("found_card", "touch:99", "touch:99"),
)


def downgrade(store: Store) -> None:
    config = alembic_config()
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)


def upgrade(store: Store) -> None:
    config = alembic_config()
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, SHAPED)


def write(store: Store, rows: Sequence[tuple[str, str, bool, dict[str, Any]]]) -> None:
    detail = ":detail" if store.embedded else "cast(:detail as jsonb)"
    insert = text(
        "insert into acts (at, who, signed_in, what, subject, detail)"
        f" values ('2023-06-01 07:00:00.000000', 'anja', :signed_in, :what, :subject, {detail})"
    )
    with store.writing() as connection:
        for what, subject, signed_in, more in rows:
            row = {"what": what, "subject": subject, "detail": json.dumps(more)}
            connection.execute(insert, row | {"signed_in": signed_in})


def entries(store: Store) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)))


@pytest.fixture
def old(store: Store, now: datetime) -> Store:
    """A database from before, with one person who was sent one card."""
    with store.writing() as connection:
        builder = Builder(connection, now)
        builder.touch(builder.campaign("cards"), builder.person("P1"))
    downgrade(store)
    return store


@pytest.mark.thorough
def test_every_entry_is_kept_and_says_in_one_way_what_and_whom_it_is_about(old: Store) -> None:
    write(old, [(each.what, each.subject, False, each.detail) for each in ENTRIES])
    upgrade(old)
    kept = entries(old)
    assert [entry.id for entry in kept] == list(range(1, len(ENTRIES) + 1))
    assert {entry.actor for entry in kept} == {"anja"}
    assert [(entry.action, entry.about, entry.person_ref, entry.detail) for entry in kept] == [
        (each.what, each.about, each.person_ref, each.detail) for each in ENTRIES
    ]


def test_a_road_that_was_not_written_down_is_not_guessed(old: Store) -> None:
    seen = ("matched_call", "call:9")
    write(
        old, [(*seen, True, {"how": "code"}), (*seen, True, {"by_api": True}), (*seen, False, {})]
    )
    upgrade(old)
    assert [(entry.road, entry.detail) for entry in entries(old)] == [
        (Road.PAGE, {"how": "code"}),
        (Road.API, {}),
        (None, {}),
    ]


def test_a_reason_stands_in_its_own_column_from_now_on(old: Store) -> None:
    write(old, [("opened_case", "case:9", True, {"why": "she is on leave", "of": 1})])
    upgrade(old)
    (entry,) = entries(old)
    assert (entry.reason, entry.detail) == ("she is on leave", {"of": 1})


def test_new_entries_are_numbered_after_the_old_ones(old: Store, now: datetime) -> None:
    write(old, [("signed_in", "account:anja", True, {})] * 7)
    upgrade(old)
    with old.writing() as connection:
        assert record(connection, Decider("anja", road=Road.PAGE), "x", NOBODY, now=now) == 8


@pytest.mark.thorough
def test_the_way_back_keeps_every_entry(old: Store) -> None:
    write(old, [("looked_up_person", "P1", True, {}), ("searched_person", "nobody", False, {})])
    upgrade(old)
    downgrade(old)
    with old.reading() as connection:
        kept = connection.execute(text("select id, what, subject, signed_in from acts order by id"))
        assert [tuple(row) for row in kept] == [
            (1, "looked_up_person", "P1", True),
            (2, "searched_person", "nobody", False),
        ]
    upgrade(old)
