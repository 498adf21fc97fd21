"""Households: how many adults live at an address, and what a person decided about one with many."""

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from store.states import AddressKind
from store.tables import AddressDecision, Person
from suppression.occasions import Occasion
from suppression.year_spans import ADULT_AGE, years_before


def has_many_adults(occasion: Occasion) -> ColumnElement[bool]:
    """Hold where more adults than a household has live at somebody's address."""
    housemate = aliased(Person)
    here = housemate.household_key == Person.household_key
    adult = and_(
        housemate.deceased_on.is_(None),
        housemate.moved_abroad_on.is_(None),
        or_(
            housemate.birth_last.is_(None),
            housemate.birth_last <= years_before(occasion.on, ADULT_AGE),
        ),
    )
    most = occasion.policy.households.most_adults
    # counting everybody needs the index alone; only where that is many are they looked at
    return and_(_count(here) > most, _count(here, adult) > most)


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


def is_decided() -> ColumnElement[bool]:
    """Hold where a person decided what somebody's address is."""
    return _decided(*AddressKind)


def is_closed() -> ColumnElement[bool]:
    """Hold where a person closed somebody's address for post."""
    return _decided(AddressKind.CLOSED)


def lives_apart() -> ColumnElement[bool]:
    """Hold where a person decided that the people at somebody's address are no household."""
    return _decided(AddressKind.SEPARATE, AddressKind.CLOSED)


def _decided(*kinds: AddressKind) -> ColumnElement[bool]:
    later = aliased(AddressDecision)
    last = ~exists().where(
        later.household_key == AddressDecision.household_key, later.id > AddressDecision.id
    )
    addresses = select(AddressDecision.household_key).where(AddressDecision.kind.in_(kinds), last)
    # decided addresses are few: they are looked up once, not once for each person
    return func.coalesce(Person.household_key.in_(addresses), false())
