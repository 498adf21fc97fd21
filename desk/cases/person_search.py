"""Find somebody who has no code at hand: by what they say their name is, or by a number. Never to be shown at once."""

from datetime import date

from sqlalchemy import select

from desk.cases.bereavement import folded, spellings
from store.engine import Store
from store.errors import BadInput
from store.tables import Person, PersonNumber

MOST = 5
"""Who is one of more people is asked for more: the desk reads out no list."""


def by_number(store: Store, e164: str) -> tuple[int, ...]:
    """Return whose number this is; a telephone may be shared.

    Raises:
        BadInput: it is the number of too many people.
    """
    query = (
        select(PersonNumber.person_id)
        .where(PersonNumber.e164 == e164)
        .distinct()
        .order_by(PersonNumber.person_id)
    )
    with store.reading() as connection:
        return _few(tuple(connection.execute(query.limit(MOST + 1)).scalars()))


def by_name(store: Store, family_name: str, born: date | None, postcode: str) -> tuple[int, ...]:
    """Return who may be meant: a family name as it is heard, with a date of birth or a postcode, or both.

    Raises:
        BadInput: a name alone is too little, or too many people are found.
    """
    place = "".join(postcode.split()).upper()
    same = [Person.birth_first == born, Person.birth_last == born] if born else []
    same += [Person.postcode == place] if place else []
    if not same or not folded(family_name):
        raise BadInput(
            "is too little",
            "ask for the family name, and the date of birth or postcode",
            field="name",
        )
    query = select(Person.id, Person.prefix, Person.family_name).where(*same).order_by(Person.id)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    wanted = folded(family_name)
    return _few(
        tuple(id_ for id_, prefix, name in rows if wanted in spellings(prefix or "", name or ""))
    )


def _few(found: tuple[int, ...]) -> tuple[int, ...]:
    if len(found) > MOST:
        raise BadInput(
            "finds too many people", "ask for the date of birth and the postcode", field="search"
        )
    return found
