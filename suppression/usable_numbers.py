"""SQL conditions for numbers that may be used, by kind, closure and number of owners."""

from sqlalchemy import ColumnElement, Select, exists, func, select

from store.states import SuppressionScope
from store.table_aliases import alias_for
from store.tables import PersonNumber, Suppression
from suppression.list_conditions import in_force
from suppression.occasions import Occasion


def is_open(occasion: Occasion) -> ColumnElement[bool]:
    """Match numbers of the kind that the channel needs and that no entry in force closes."""
    may = PersonNumber.may_text if occasion.reaches == "text" else PersonNumber.may_call
    closed = exists().where(
        Suppression.e164 == PersonNumber.e164,
        Suppression.scope == SuppressionScope.NUMBER,
        *in_force(occasion),
    )
    return may.is_(True) & ~closed


def first_numbers(occasion: Occasion, whose: ColumnElement[bool]) -> Select[int, str]:
    """Return the number of each person at which they are reached, as the columns person_id and e164.

    It is their first one of the kind that the channel needs, still open, and their own.
    """
    nth = func.row_number().over(
        partition_by=PersonNumber.person_id, order_by=PersonNumber.position
    )
    usable = (
        select(PersonNumber.person_id, PersonNumber.e164, nth.label("nth"))
        .where(whose, is_open(occasion), is_own(occasion))
        .subquery()
    )
    return select(usable.c.person_id, usable.c.e164).where(usable.c.nth == 1)


def is_own(occasion: Occasion) -> ColumnElement[bool]:
    """Match numbers that not too many people share, as an office or a shelter does."""
    if occasion.is_service:
        return PersonNumber.e164.is_not(None)
    other = alias_for(PersonNumber, "number_of_others")
    people = (
        select(func.count(other.person_id.distinct()))
        .where(other.e164 == PersonNumber.e164)
        .scalar_subquery()
    )
    return people <= occasion.policy.numbers.most_people
