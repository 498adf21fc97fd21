"""Reports of a death by a relative, which hold everything at once without asking for a code."""

from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from sqlalchemy import Connection, select

from desk.entries.person_holds import hold
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import SuppressionScope
from store.tables import Call, Person
from suppression.entries import NewEntry
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Deceased:
    """The person a relative reports, as the relative describes them. Nothing is disclosed in return."""

    family_name: str
    born: date
    postcode: str


def report_death(
    store: Store, call_id: int, who: Deceased | None, *, by: str, now: datetime
) -> int:
    """Hold everything for a person who died, on every channel. Return how many touches.

    This does not wait for the population register.

    Args:
        store: the store.
        call_id: the call in which it was reported.
        who: the person who died, or None for the person of the card.
        by: the agent.
        now: the present moment.

    Raises:
        BadInput: no person, or more than one, matches. The error does not disclose who it could be.
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
        raise BadInput(
            "the person of this card is not known",
            remedy,
            field=Sentence("call {call_id}", call_id=call_id),
        )
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
        raise BadInput("no person, or more than one, matches this", remedy, field="deceased")
    return refs[0]


def spellings(prefix: str, family_name: str) -> set[str]:
    """Return the comparable forms of a family name, with its prefix and without."""
    return {folded(family_name), folded(f"{prefix} {family_name}")}


def folded(name: str) -> str:
    """Return a name without accents, capitals, spaces and hyphens, for comparison."""
    return "".join(letter for letter in normalize("NFKD", name).casefold() if letter.isalnum())
