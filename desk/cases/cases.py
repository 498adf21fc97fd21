"""Cases, one per person, which all conversations join. A case has one owner, who closes it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from desk.cases.overdue import open_of_case
from desk.entries.colleagues import colleagues
from desk.entries.dispositions import NOBODY_SPOKEN
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call, Case, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCase:
    """One case, as agents see it."""

    id: int
    person_ref: str
    owner: str
    opened_at: datetime
    last_at: datetime
    conversations: int  # in which somebody was spoken to: an appointment that was prepared is none
    closed_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def join(connection: Connection, person_id: int, agent: str, now: datetime) -> int:
    """Add a conversation to the person's case, opening or reopening it. Return the case's key.

    The first agent becomes the owner.
    """
    row = {"person_id": person_id, "owner": agent, "opened_at": now, "last_at": now}
    if made := add_new(connection, Case, [row], Case.id):
        return int(made[0].id)
    again = {"last_at": now, "closed_at": None, "closed_by": None, "closed_why": None}
    joined = update(Case).where(Case.person_id == person_id).values(again).returning(Case.id)
    return int(connection.execute(joined).scalar_one())


def case_of(store: Store, ref: str) -> PersonCase | None:
    """Return the case of a person, or None."""
    with store.reading() as connection:
        query = select(Case).join(Person, Person.id == Case.person_id)
        case = read_one_or_none(connection, query.where(Person.person_ref == ref))
        if case is None:
            return None
        spoken = select(func.count()).where(
            Call.person_id == case.person_id,
            Call.state == CallState.WRAPPED_UP,
            Call.disposition.not_in(NOBODY_SPOKEN),
        )
        return PersonCase(
            id=case.id,
            person_ref=ref,
            owner=case.owner,
            opened_at=case.opened_at,
            last_at=case.last_at,
            conversations=connection.execute(spoken).scalar_one(),
            closed_at=case.closed_at,
        )


def person_id_of(connection: Connection, ref: str) -> int:
    """Return the key of the person with this reference.

    Raises:
        BadInput: there is no such person.
    """
    found = connection.execute(
        select(Person.id).where(Person.person_ref == ref)
    ).scalar_one_or_none()
    if found is None:
        raise BadInput("no person has this reference", "look them up first", field=ref)
    return int(found)


def give(store: Store, case_id: int, owner: str, *, by: Decider, now: datetime) -> str:
    """Give a case another owner, with an entry in the audit log. Return the owner as written here.

    Raises:
        BadInput: the owner is empty, nobody here has that name, or there is no such case.
    """
    with store.writing() as connection:
        whose = colleagues(connection, local_date(now)).named(owner, field="owner")
        given = update(Case).where(Case.id == case_id).values(owner=whose)
        if not connection.execute(given).rowcount:
            raise BadInput(
                "there is no such case",
                "look it up by person",
                field=Sentence("case {case_id}", case_id=case_id),
            )
        record(connection, by, "case give", About(Kind.CASE, case_id), now=now, owner=whose)
        return whose


def close(store: Store, case_id: int, *, by: str, why: str, now: datetime) -> None:
    """Close a case in which nothing is left to do.

    Raises:
        BadInput: the reason is missing, the case is not open, or something in it is.
    """
    if not why.strip():
        raise BadInput("the reason is missing", "write the outcome", field="why")
    with store.writing() as connection:
        if left := open_of_case(connection, case_id):
            raise BadInput(
                Sentence("still waits for {left}", left=", ".join(left)),
                "end these first",
                field=Sentence("case {case_id}", case_id=case_id),
            )
        ended = {"closed_at": now, "closed_by": by, "closed_why": why.strip()}
        still = (Case.id == case_id, Case.closed_at.is_(None))
        if not connection.execute(update(Case).where(*still).values(ended)).rowcount:
            raise BadInput(
                "is not open",
                "look it up by person",
                field=Sentence("case {case_id}", case_id=case_id),
            )
