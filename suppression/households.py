"""Households, by the number of adults at an address and the decisions about it."""

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select

from store.states import AddressKind
from store.table_aliases import alias_for
from store.tables import AddressDecision, Person
from suppression.occasions import Occasion
from suppression.year_spans import ADULT_AGE, years_before


def has_many_adults(occasion: Occasion) -> ColumnElement[bool]:
    """Match people at whose address more adults live than a household has."""
    housemate = alias_for(Person, "housemate_counted")
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
    """Match people about whose address somebody decided."""
    return _decided(*AddressKind)


def is_closed() -> ColumnElement[bool]:
    """Match people whose address somebody closed for post."""
    return _decided(AddressKind.CLOSED)


def lives_apart() -> ColumnElement[bool]:
    """Match people whose address somebody decided is no household."""
    return _decided(AddressKind.SEPARATE, AddressKind.CLOSED)


def _decided(*kinds: AddressKind) -> ColumnElement[bool]:
    later = alias_for(AddressDecision, "later_decision")
    last = ~exists().where(
        later.household_key == AddressDecision.household_key, later.id > AddressDecision.id
    )
    addresses = select(AddressDecision.household_key).where(AddressDecision.kind.in_(kinds), last)
    # decided addresses are few: they are looked up once, not once for each person
    return func.coalesce(Person.household_key.in_(addresses), false())
