"""A clear instruction for a colleague: situation, asked, promised, needed, by when. It stays open until it is done."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from desk.cases.cases import join
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.tables import Handover, Person

LONGEST_NEEDED = 200
"""Characters of what is needed: what an internal task (Klantinteracties) takes as the action that is asked."""
LONGEST_ABOUT = 1_000
"""Characters of all the rest together: what it takes as the explanation."""
_HEADS = {"situation": "Situatie", "asked": "Gevraagd", "promised": "Beloofd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What a colleague needs to go on without asking again."""

    to_whom: str
    situation: str
    asked: str
    promised: str  # "nothing" is an answer too
    needed: str
    deadline: date

    def __post_init__(self) -> None:
        for each in fields(self)[:-1]:
            if not getattr(self, each.name).strip():
                raise BadInput(
                    "is empty", "a colleague cannot ask you: write it down", field=each.name
                )
        if len(self.needed) > LONGEST_NEEDED:
            raise BadInput(
                f"has {len(self.needed)} characters", f"say it in {LONGEST_NEEDED}", field="needed"
            )
        if len(self.about()) > LONGEST_ABOUT:
            problem = f"have {len(self.about())} characters together"
            raise BadInput(
                problem, f"say it in {LONGEST_ABOUT}", field="situation, asked and promised"
            )

    def about(self) -> str:
        """Return the explanation as one text, as an internal task carries it."""
        return "\n".join(f"{head}: {getattr(self, name).strip()}" for name, head in _HEADS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHandover:
    """One that somebody still has to do."""

    id: int
    person_ref: str
    to_whom: str
    needed: str
    deadline: date
    made_by: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def hand_over(store: Store, ref: str, instruction: Instruction, *, by: str, now: datetime) -> int:
    """Hand a person's matter over to a colleague, in their case; return the instruction's key.

    Raises:
        BadInput: nobody has this reference, or the deadline has passed.
    """
    if instruction.deadline < local_date(now):
        raise BadInput(f"{instruction.deadline} has passed", "name a day to come", field="deadline")
    with store.writing() as connection:
        person_id = connection.execute(
            select(Person.id).where(Person.person_ref == ref)
        ).scalar_one_or_none()
        if person_id is None:
            raise BadInput("nobody has this reference", "look them up first", field=ref)
        case_id = join(connection, person_id, by, now)
        row = {
            **asdict(instruction),
            "case_id": case_id,
            "person_id": person_id,
            "made_at": now,
            "made_by": by,
        }
        return int(
            connection.execute(insert(Handover).values(**row).returning(Handover.id)).scalar_one()
        )


def done(store: Store, handover_id: int, *, by: str, what: str, now: datetime) -> None:
    """Note that it was done, and what.

    Raises:
        BadInput: nobody said what was done, or it is not open.
    """
    if not what.strip():
        raise BadInput("nobody said what was done", "write it for who handed it over", field="what")
    still = (Handover.id == handover_id, Handover.done_at.is_(None))
    values = {"done_at": now, "done_by": by, "done_what": what.strip()}
    with store.writing() as connection:
        if not connection.execute(update(Handover).where(*still).values(values)).rowcount:
            raise BadInput(
                "is not open", "it was done, or there is none", field=f"handover {handover_id}"
            )


def open_handovers(store: Store, to_whom: str | None = None) -> list[OpenHandover]:
    """Return what still has to be done, the earliest deadline first; all, or for one colleague or team."""
    columns = (
        Handover.id,
        Person.person_ref,
        Handover.to_whom,
        Handover.needed,
        Handover.deadline,
        Handover.made_by,
    )
    query = (
        select(*columns)
        .join(Person, Person.id == Handover.person_id)
        .where(Handover.done_at.is_(None))
    )
    if to_whom:
        query = query.where(Handover.to_whom == to_whom)
    with store.reading() as connection:
        return [
            OpenHandover(**row._asdict())
            for row in connection.execute(query.order_by(Handover.deadline, Handover.id))
        ]
