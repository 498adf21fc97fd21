"""Deviations of agents from the guide or a rule, with a reason and a discussion afterwards."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from desk.cases.cases import join, person_id_of
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Call, Deviation, Person

LONGEST = 1_000  # characters


@dataclass(frozen=True, slots=True)
class NewDeviation:
    """A deviation to be recorded, with what was done instead and why."""

    rule: str  # guide file_first, triage stella
    instead: str
    why: str

    def __post_init__(self) -> None:
        for name, text in asdict(self).items():
            if not text.strip():
                raise BadInput("is empty", "write it in your own words", field=name)
            if len(text) > LONGEST:
                raise BadInput(
                    "is too long",
                    Sentence("write at most {longest} characters", longest=LONGEST),
                    field=name,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDeviation:
    """One recorded deviation."""

    id: int
    person_ref: str | None
    rule: str
    instead: str
    why: str
    made_at: datetime
    made_by: str
    dialogue: bool
    discussed_at: datetime | None
    discussed_what: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def deviate(
    store: Store,
    new: NewDeviation,
    *,
    by: str,
    now: datetime,
    ref: str | None = None,
    call_id: int | None = None,
    dialogue: bool = False,
) -> int:
    """Record that an agent deviated from the guide or a rule. Return the key.

    Args:
        store: the store.
        new: the deviation.
        by: the agent.
        now: the present moment.
        ref: the person it is about, whose case it joins.
        call_id: the call in which it was done.
        dialogue: whether it should be discussed in the case dialogue.

    Raises:
        BadInput: it is about no person and no call, no person has this reference, or there is no such call.
    """
    with store.writing() as connection:
        person_id = _person(connection, ref, call_id)
        return write(connection, new, person_id, call_id, by=by, now=now, dialogue=dialogue)


def write(
    connection: Connection,
    new: NewDeviation,
    person_id: int | None,
    call_id: int | None,
    *,
    by: str,
    now: datetime,
    dialogue: bool = False,
) -> int:
    """Insert a deviation in the caller's transaction. Return its key."""
    row = {
        **asdict(new),
        "person_id": person_id,
        "case_id": join(connection, person_id, by, now) if person_id else None,
        "call_id": call_id,
        "made_at": now,
        "made_by": by,
        "dialogue": dialogue,
    }
    return int(
        connection.execute(insert(Deviation).values(**row).returning(Deviation.id)).scalar_one()
    )


def _person(connection: Connection, ref: str | None, call_id: int | None) -> int | None:
    call = connection.execute(select(Call.person_id).where(Call.id == call_id)).one_or_none()
    if call is None and call_id is not None:
        raise BadInput(
            "there is no such call",
            "name one that you took",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    if ref is not None:
        return person_id_of(connection, ref)
    if call is None:
        raise BadInput(
            "no person and no call is named", "name the person or the call", field="deviation"
        )
    return int(call.person_id) if call.person_id else None


def deviations(store: Store, *, since: datetime, until: datetime) -> list[RecordedDeviation]:
    """Return the deviations of a period, the oldest first."""
    with store.reading() as connection:
        made = (Deviation.made_at >= since, Deviation.made_at < until)
        return [
            RecordedDeviation(**row._asdict()) for row in connection.execute(_DEPARTED.where(*made))
        ]


def by_rule(store: Store, *, since: datetime, until: datetime) -> dict[str, int]:
    """Count deviations by rule. A rule that is often left may be the wrong rule."""
    made = (Deviation.made_at >= since, Deviation.made_at < until)
    query = (
        select(Deviation.rule, func.count())
        .where(*made)
        .group_by(Deviation.rule)
        .order_by(Deviation.rule)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def dialogue(store: Store) -> list[RecordedDeviation]:
    """Return the deviations still to be discussed in the case dialogue, the oldest first."""
    with store.reading() as connection:
        waits = (Deviation.dialogue.is_(True), Deviation.discussed_at.is_(None))
        return [
            RecordedDeviation(**row._asdict())
            for row in connection.execute(_DEPARTED.where(*waits))
        ]


def discuss(store: Store, deviation_id: int, outcome: str, *, by: str, now: datetime) -> None:
    """Record the result of the case dialogue about a deviation.

    Raises:
        BadInput: the result is missing, or the deviation is not on the list.
    """
    if not outcome.strip():
        raise BadInput(
            "the outcome is missing", "write it for the colleague who asked", field="what"
        )
    waits = (
        Deviation.id == deviation_id,
        Deviation.dialogue.is_(True),
        Deviation.discussed_at.is_(None),
    )
    values = {"discussed_at": now, "discussed_by": by, "discussed_what": outcome.strip()}
    with store.writing() as connection:
        if not connection.execute(update(Deviation).where(*waits).values(values)).rowcount:
            raise BadInput(
                "is not on the list",
                "see kaartje desk dialogue",
                field=Sentence("deviation {deviation_id}", deviation_id=deviation_id),
            )


_DEPARTED = (
    select(
        Deviation.id,
        Person.person_ref,
        Deviation.rule,
        Deviation.instead,
        Deviation.why,
        Deviation.made_at,
        Deviation.made_by,
        Deviation.dialogue,
        Deviation.discussed_at,
        Deviation.discussed_what,
    )
    .outerjoin(Person, Person.id == Deviation.person_id)
    .order_by(Deviation.made_at, Deviation.id)
)
