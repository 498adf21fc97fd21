"""Find a person without a code, by name or by number.

The result is never shown before the identity check.
"""

from datetime import date

from sqlalchemy import select

from desk.cases.bereavement import folded, spellings
from store.engine import Store
from store.errors import BadInput
from store.tables import Person, PersonNumber

MOST = 5
"""With more matches the caller is asked for more details, since no list is read out."""


def by_number(store: Store, e164: str) -> tuple[int, ...]:
    """Return the people who have this number. A telephone may be shared.

    Raises:
        BadInput: too many people have this number.
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
    """Return the people who match a family name with a date of birth or a postcode, or both.

    Raises:
        BadInput: only a name is given, or too many people match.
    """
    place = "".join(postcode.split()).upper()
    same = [Person.birth_first == born, Person.birth_last == born] if born else []
    same += [Person.postcode == place] if place else []
    if not same or not folded(family_name):
        raise BadInput(
            "is not enough to search by",
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
            "too many people match", "ask for the date of birth and the postcode", field="search"
        )
    return found
