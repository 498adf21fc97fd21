"""Somebody has died, and a relative tells us: everything is held at once, and no code is asked for."""

from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from sqlalchemy import Connection, select

from desk.entries.person_holds import hold
from store.engine import Store
from store.errors import BadInput
from store.states import SuppressionScope
from store.tables import Call, Person
from suppression.entries import NewEntry
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Deceased:
    """Whom a relative tells us of, as they say it. Nothing is told back."""

    family_name: str
    born: date
    postcode: str


def report_death(
    store: Store, call_id: int, who: Deceased | None, *, by: str, now: datetime
) -> int:
    """Hold everything for somebody who died, on every channel, before the register knows; return how many touches.

    Args:
        store: the store.
        call_id: the call in which it was told.
        who: whom; None: the person of this card.
        by: the agent.
        now: the present moment.

    Raises:
        BadInput: nobody, or more than one, is found like this. Nothing is said of who it could be.
    """
    with store.writing() as connection:
        ref = _of_the_card(connection, call_id) if who is None else _found(connection, who)
        source = f"call {call_id}"
        entry = NewEntry(
            scope=SuppressionScope.PERSON,
            reason=Reason.DECEASED,
            source=source,
            starts_at=now,
            repeat=source,
            person_ref=ref,
            note="reported by a relative; the register does not say so yet",
        )
        return hold(connection, [entry], Reason.DECEASED, by=by, now=now)


def _of_the_card(connection: Connection, call_id: int) -> str:
    person = (
        select(Person.person_ref).join(Call, Call.person_id == Person.id).where(Call.id == call_id)
    )
    ref = connection.execute(person).scalar_one_or_none()
    if ref is None:
        remedy = "ask kindly for the family name, the date of birth and the postcode"
        raise BadInput("nobody knows whose card this is", remedy, field=f"call {call_id}")
    return ref


def _found(connection: Connection, who: Deceased) -> str:
    postcode = "".join(who.postcode.split()).upper()
    same = (
        Person.birth_first == who.born,
        Person.birth_last == who.born,
        Person.postcode == postcode,
    )
    rows = connection.execute(
        select(Person.person_ref, Person.prefix, Person.family_name).where(*same)
    ).all()
    name = folded(who.family_name)
    refs = [
        ref
        for ref, prefix, family_name in rows
        if name in spellings(prefix or "", family_name or "")
    ]
    if len(refs) != 1:
        remedy = "check the spelling with the caller, or leave a clear instruction for a colleague"
        raise BadInput("we find nobody, or more than one, like this", remedy, field="deceased")
    return refs[0]


def spellings(prefix: str, family_name: str) -> set[str]:
    """Return how a family name may be said: with its prefix, and without."""
    return {folded(family_name), folded(f"{prefix} {family_name}")}


def folded(name: str) -> str:
    """Return a name as it is heard: without accents, capitals, spaces and hyphens."""
    return "".join(letter for letter in normalize("NFKD", name).casefold() if letter.isalnum())
