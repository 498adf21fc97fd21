"""Room to do otherwise: an agent departs from the guide or a rule with a reason; hard ones are talked over together."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from desk.cases.cases import join, person_id_of
from store.engine import Store
from store.errors import BadInput
from store.tables import Call, Deviation, Person

LONGEST = 1_000  # characters


@dataclass(frozen=True, slots=True)
class NewDeviation:
    """What an agent departs from, what they did instead, and why."""

    rule: str  # guide file_first, triage stella
    instead: str
    why: str

    def __post_init__(self) -> None:
        for name, text in asdict(self).items():
            if not text.strip():
                raise BadInput(
                    "is empty", "there is room to do otherwise; say in your own words", field=name
                )
            if len(text) > LONGEST:
                raise BadInput("is long", f"say it in {LONGEST} characters", field=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDeviation:
    """One deviation as it is reported."""

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
    """Record that an agent did otherwise than the guide or a rule says; return its key.

    Args:
        store: the store.
        new: what, and why.
        by: the agent.
        now: the present moment.
        ref: the person it is about; it joins their case.
        call_id: the call in which it was done.
        dialogue: whether it should be talked over in the case dialogue.

    Raises:
        BadInput: it is about no person and no call, nobody has this reference, or there is no such call.
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
    """Write down a deviation in the caller's transaction; return its key."""
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
        raise BadInput("there is no such call", "name one that you took", field=f"call {call_id}")
    if ref is not None:
        return person_id_of(connection, ref)
    if call is None:
        raise BadInput(
            "it is about nobody and no call", "name the person or the call", field="deviation"
        )
    return int(call.person_id) if call.person_id else None


def deviations(store: Store, *, since: datetime, until: datetime) -> list[RecordedDeviation]:
    """Return what was done otherwise in a period, the oldest first."""
    with store.reading() as connection:
        made = (Deviation.made_at >= since, Deviation.made_at < until)
        return [
            RecordedDeviation(**row._asdict()) for row in connection.execute(_DEPARTED.where(*made))
        ]


def by_rule(store: Store, *, since: datetime, until: datetime) -> dict[str, int]:
    """Count deviations by what they depart from: a rule that is often left may be the wrong rule."""
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
    """Return what still has to be talked over in the case dialogue, the oldest first."""
    with store.reading() as connection:
        waits = (Deviation.dialogue.is_(True), Deviation.discussed_at.is_(None))
        return [
            RecordedDeviation(**row._asdict())
            for row in connection.execute(_DEPARTED.where(*waits))
        ]


def discuss(store: Store, deviation_id: int, what: str, *, by: str, now: datetime) -> None:
    """Note what the case dialogue came to.

    Raises:
        BadInput: nobody said what, or it is not on the list.
    """
    if not what.strip():
        raise BadInput("nobody said what came of it", "write it for who asked", field="what")
    waits = (
        Deviation.id == deviation_id,
        Deviation.dialogue.is_(True),
        Deviation.discussed_at.is_(None),
    )
    values = {"discussed_at": now, "discussed_by": by, "discussed_what": what.strip()}
    with store.writing() as connection:
        if not connection.execute(update(Deviation).where(*waits).values(values)).rowcount:
            raise BadInput(
                "is not on the list", "see kaartje desk dialogue", field=f"deviation {deviation_id}"
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
