"""SQL conditions on the suppression lists."""

from sqlalchemy import ColumnElement, and_, exists, or_

from store.states import SuppressionScope
from store.tables import Person, PersonNumber, Suppression
from suppression.citizen_requests import asked_after
from suppression.occasions import Occasion


def in_force(occasion: Occasion) -> tuple[ColumnElement[bool], ...]:
    """Match entries that are in force on an occasion, for its channel, purpose and subject."""
    subject: ColumnElement[bool] = Suppression.subject.is_(None)
    if occasion.subject:
        subject = or_(subject, Suppression.subject == occasion.subject)
    return (
        or_(Suppression.lifted_at.is_(None), Suppression.lifted_at > occasion.at),
        Suppression.starts_at <= occasion.at,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > occasion.at),
        or_(Suppression.channel.is_(None), Suppression.channel == occasion.channel),
        or_(Suppression.purpose.is_(None), Suppression.purpose == occasion.purpose),
        subject,
    )


def listed(occasion: Occasion, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match people whom an entry in force names, alone, at their address, or by their whole address.

    Another body's entry names nobody: it is compared by the hash that both bodies can make.
    """
    names = Suppression.scope == SuppressionScope.PERSON
    if occasion.reaches == "post":
        here = and_(
            Suppression.scope == SuppressionScope.PERSON_AT_ADDRESS,
            Suppression.household_key == Person.household_key,
        )
        names = or_(names, here)
    entry = (which, *in_force(occasion))
    found = [
        exists().where(Suppression.person_ref == Person.person_ref, names, *entry),
        exists().where(
            Suppression.joint_hash == Person.joint_hash,
            Suppression.scope == SuppressionScope.PERSON,
            *entry,
        ),
    ]
    if occasion.reaches == "post":
        address = Suppression.scope == SuppressionScope.ADDRESS
        found.append(
            exists().where(Suppression.household_key == Person.household_key, address, *entry)
        )
    return or_(*found)


def listed_by_number(occasion: Occasion, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match people with a number that an entry in force names."""
    return exists().where(
        PersonNumber.person_id == Person.id,
        Suppression.e164 == PersonNumber.e164,
        Suppression.scope == SuppressionScope.NUMBER,
        which,
        *in_force(occasion),
    )


def since_asked(occasion: Occasion) -> ColumnElement[bool]:
    """Match entries that began after a citizen asked for the service."""
    return asked_after(occasion, Suppression.starts_at.expression)
