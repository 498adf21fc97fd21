"""Keys of addresses that were stored before every spelling of a front door had one key."""

from datetime import datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select

from people.address_rekeying import former_key, rekey
from people.addresses import AddressFields, PostalAddress
from store.engine import Store
from store.migrating import alembic_config
from store.states import AddressKind, SuppressionScope
from store.tables import AddressDecision, AddressRekeying, Decision, Person, Suppression
from tests.builders import Builder

SPELLED = [
    ("12", "a", ""),
    ("12", "", "A"),
    ("12", "", "-a"),
    ("12", "", ""),
    ("12", "", "bij"),
    ("12", "", "by"),
    ("14", "", "H.S."),
    ("14", "", "hs"),
]


def former(number: str, letter: str, addition: str) -> int:
    fields = AddressFields(
        street="",
        house_number=number,
        house_letter=letter,
        house_addition=addition,
        house_designation="",
        location="",
        line_1="",
        line_2="",
        line_3="",
        postcode="1234AB",
        town="",
        country="NL",
    )
    found = former_key(fields)
    assert found is not None
    return found


def today(number: str, letter: str = "", addition: str = "") -> int:
    return PostalAddress.parse(
        street="-",
        house_number=number,
        house_letter=letter,
        house_addition=addition,
        postcode="1234AB",
        town="-",
    ).household_key


@pytest.fixture
def street(store: Store, now: datetime) -> Store:
    """Eight people, each with the key of the spelling of their number, as it was stored."""
    with store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        for at, (number, letter, addition) in enumerate(SPELLED):
            key = former(number, letter, addition)
            person = builder.person(
                f"K{at}",
                house_number=int(number),
                house_letter=letter,
                house_addition=addition,
                household_key=key,
            )
            builder.put(
                Decision,
                campaign_id=campaign.id,
                person_id=person,
                selected=True,
                reasons=0,
                household_key=key,
                decided_at=now,
            )
        listed(connection, builder, now)
        connection.execute(insert(AddressRekeying).values(rules=1, reached=0))
    return store


def listed(connection: Connection, builder: Builder, now: datetime) -> None:
    builder.put(
        AddressDecision,
        household_key=former("14", "", "H.S."),
        kind=AddressKind.CLOSED,
        why="a shelter",
        decided_at=now,
        decided_by="ann",
    )
    for at, address in enumerate((("12", "", "-a"), ("12", "", ""), ("99", "", "-x"))):
        builder.put(
            Suppression,
            entry_key=f"E{at}",
            scope=SuppressionScope.ADDRESS,
            household_key=former(*address),
            reason="SUPPRESSED",
            source="list",
            note="",
            starts_at=now,
            added_at=now,
            added_by="ann",
        )


def stored(store: Store, column: Any) -> list[Any]:
    with store.reading() as connection:
        key = next(iter(column.class_.__table__.primary_key))
        order = Decision.person_id if column.class_ is Decision else key
        return list(connection.execute(select(column).order_by(order)).scalars())


def test_people_get_the_key_of_their_front_door_and_their_number_its_parts(street: Store) -> None:
    assert rekey(street) == 5
    wanted = [today(*each) for each in SPELLED]
    assert stored(street, Person.household_key) == wanted
    assert len(set(wanted)) == 4
    assert stored(street, Decision.household_key) == wanted
    assert stored(street, Person.house_addition) == ["", "A", "a", "", "", "", "H.S.", "hs"]
    assert stored(street, Person.house_designation)[3:6] == [None, "by", "by"]
    assert stored(street, AddressRekeying.reached) == []


def test_what_names_an_address_by_its_key_alone_stays_about_that_address(street: Store) -> None:
    rekey(street)
    assert stored(street, AddressDecision.household_key) == [today("14", "", "hs")]
    assert stored(street, Suppression.household_key) == [
        today("12", "a"),
        today("12"),
        former("99", "", "-x"),  # nobody known lives there yet
    ]


def test_keys_are_made_anew_from_where_a_dead_process_stopped(street: Store) -> None:
    def die(renewed: int) -> None:
        if renewed == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rekey(street, batch=1, watch=die)
    (reached,) = stored(street, AddressRekeying.reached)
    assert 0 < reached < len(SPELLED)
    assert rekey(street, batch=1) == 2
    assert stored(street, Person.household_key) == [today(*each) for each in SPELLED]
    assert rekey(street) == 0


KEPT = "old.house_letter = '' and old.house_addition in ('', 'A', 'hs')"
REFUSING = {
    True: [
        f"create trigger t before update on people when {KEPT} begin select raise(abort, 'x'); end"
    ],
    False: [
        "create function f() returns trigger language plpgsql as 'begin raise ''x''; end'",
        f"create trigger t before update on people for each row when ({KEPT}) execute function f()",
    ],
}
"""A database that refuses to write somebody whose key is the same as before."""


def test_nobody_whose_key_is_the_same_is_written(street: Store) -> None:
    with street.writing() as connection:
        for statement in REFUSING[street.embedded]:
            connection.exec_driver_sql(statement)
    assert rekey(street) == 5


def test_a_database_with_addresses_asks_for_new_keys_when_it_is_migrated(
    store: Store, now: datetime
) -> None:
    config = alembic_config()
    with store.writing() as connection:
        Builder(connection, now).person("K1")
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
        command.upgrade(config, "0015")
    assert stored(store, AddressRekeying.reached) == [0]


def test_an_empty_database_has_nothing_to_make_anew(store: Store) -> None:
    assert rekey(store) == 0
    assert stored(store, AddressRekeying.reached) == []
