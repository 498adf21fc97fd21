"""Handovers, instructions for a colleague that stay open until they are done."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from desk.cases.cases import join
from desk.entries.colleagues import colleagues
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Handover, Person

LONGEST_NEEDED = 200
"""Characters of the requested action, as an internal task of Klantinteracties takes it."""
LONGEST_ABOUT = 1_000
"""Characters of the explanation, as an internal task takes it."""
_HEADS = {"situation": "Situatie", "asked": "Gevraagd", "promised": "Beloofd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """The instruction of a handover, complete enough that the colleague need not ask again."""

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
                    "is empty", "write it down, because a colleague cannot ask you", field=each.name
                )
        if len(self.needed) > LONGEST_NEEDED:
            raise BadInput(
                Sentence("has {count} characters", count=len(self.needed)),
                Sentence("write at most {longest}", longest=LONGEST_NEEDED),
                field="needed",
            )
        if len(self.about()) > LONGEST_ABOUT:
            problem = Sentence("have {count} characters together", count=len(self.about()))
            raise BadInput(
                problem,
                Sentence("write at most {longest}", longest=LONGEST_ABOUT),
                field="situation, asked and promised",
            )

    def about(self) -> str:
        """Return the explanation as one text, in the form of an internal task."""
        return "\n".join(f"{head}: {getattr(self, name).strip()}" for name, head in _HEADS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHandover:
    """A handover that is not done yet."""

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
    """Hand a person's matter over to a colleague, in their case. Return the handover's key.

    Raises:
        BadInput: no person has this reference, nobody here has that name, or the deadline has passed.
    """
    if instruction.deadline < local_date(now):
        raise BadInput(
            Sentence("{deadline} has passed", deadline=instruction.deadline),
            "name a later day",
            field="deadline",
        )
    with store.writing() as connection:
        person_id = connection.execute(
            select(Person.id).where(Person.person_ref == ref)
        ).scalar_one_or_none()
        if person_id is None:
            raise BadInput("no person has this reference", "look them up first", field=ref)
        whom = colleagues(connection, local_date(now)).named(instruction.to_whom, field="to_whom")
        case_id = join(connection, person_id, by, now)
        row = {
            **asdict(instruction),
            "to_whom": whom,
            "case_id": case_id,
            "person_id": person_id,
            "made_at": now,
            "made_by": by,
        }
        return int(
            connection.execute(insert(Handover).values(**row).returning(Handover.id)).scalar_one()
        )


def done(store: Store, handover_id: int, *, by: str, outcome: str, now: datetime) -> None:
    """Record that a handover was done, and its result.

    Raises:
        BadInput: the result is missing, or it is not open.
    """
    if not outcome.strip():
        raise BadInput(
            "the result is missing",
            "write what was done, for the colleague who handed it over",
            field="what",
        )
    still = (Handover.id == handover_id, Handover.done_at.is_(None))
    values = {"done_at": now, "done_by": by, "done_what": outcome.strip()}
    with store.writing() as connection:
        if not connection.execute(update(Handover).where(*still).values(values)).rowcount:
            raise BadInput(
                "is not open",
                "it was done, or there is none",
                field=Sentence("handover {handover_id}", handover_id=handover_id),
            )


def open_handovers(store: Store, to_whom: str | None = None) -> list[OpenHandover]:
    """Return the open handovers, the earliest deadline first, of all or of one colleague or team."""
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
