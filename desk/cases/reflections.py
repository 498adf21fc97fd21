"""Reflections of agents on their own conversations, and random samples of notes for a supervisor."""

import math
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import func, insert, select, update

from desk.cases.topics import own_conversation
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call, Reflection

SAMPLED = "desk sample"
"""The kind of audit log entry for a drawn sample."""
LONGEST = 1_000  # characters


@dataclass(frozen=True, slots=True)
class NewReflection:
    """A reflection to be written. One of the three fields is enough."""

    went_well: str = ""
    was_hard: str = ""
    next_time: str = ""

    def __post_init__(self) -> None:
        texts = [getattr(self, each.name) for each in fields(self)]
        if not any(each.strip() for each in texts):
            raise BadInput("nothing is written", "one line is enough", field="reflection")
        if max(map(len, texts)) > LONGEST:
            raise BadInput(
                "is too long",
                Sentence("write at most {longest} characters", longest=LONGEST),
                field="reflection",
            )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReflection:
    """The reflection of an agent on one conversation."""

    call_id: int
    written_at: datetime
    went_well: str
    was_hard: str
    next_time: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Note:
    """One sampled note, without the names of caller and agent."""

    call_id: int
    wrapped_up_at: datetime
    disposition: str
    note: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A sample of notes from a period, drawn with a seed. The same draw gives the same notes."""

    seed: str
    since: datetime
    until: datetime
    rate: float  # of all notes of the period, at most
    size: int  # notes, at most

    def __post_init__(self) -> None:
        if not self.seed.strip():
            raise BadInput(
                "is missing", "any word will do; the same word draws the same notes", field="seed"
            )
        if not 0 < self.rate <= 1:
            raise BadInput(
                Sentence("{rate:g} is not a share", rate=self.rate),
                "write 0.05 for one in twenty",
                field="rate",
            )
        if self.size < 1:
            raise BadInput("nothing would be drawn", "write at least 1", field="size")
        if self.until <= self.since:
            raise BadInput("ends before it begins", "write a later end", field="period")

    def order(self, call_id: int) -> bytes:
        """Return the sort key of a call in this draw, from the seed and the call's key only."""
        return blake2b(f"{self.seed}\x1f{call_id}".encode(), digest_size=16).digest()

    def how_many(self, notes: int) -> int:
        """Return how many notes a sample from this many has, by its rate and its greatest size."""
        return min(self.size, math.floor(self.rate * notes + 1e-9))


def write_reflection(
    store: Store, call_id: int, new: NewReflection, *, by: str, now: datetime
) -> None:
    """Save an agent's reflection on a conversation of their own, replacing an earlier one.

    Raises:
        BadInput: this agent did not have this conversation.
    """
    values = {**asdict(new), "written_at": now}
    with store.writing() as connection:
        own_conversation(connection, call_id, by)
        mine = (Reflection.agent == by, Reflection.call_id == call_id)
        if not connection.execute(update(Reflection).where(*mine).values(values)).rowcount:
            connection.execute(insert(Reflection).values(agent=by, call_id=call_id, **values))


def own_reflections(store: Store, agent: str) -> list[WrittenReflection]:
    """Return this agent's reflections, the latest first. Nobody else can read them."""
    mine = (
        select(*(getattr(Reflection, each.name) for each in fields(WrittenReflection)))
        .where(Reflection.agent == agent)
        .order_by(Reflection.written_at.desc(), Reflection.id.desc())
    )
    with store.reading() as connection:
        return [WrittenReflection(**row._asdict()) for row in connection.execute(mine)]


def counts_of_reflections(store: Store, *, since: datetime, until: datetime) -> dict[str, int]:
    """Return how many reflections each agent wrote in a period. A supervisor sees no more than that."""
    within = (Reflection.written_at >= since, Reflection.written_at < until)
    query = (
        select(Reflection.agent, func.count())
        .where(*within)
        .group_by(Reflection.agent)
        .order_by(Reflection.agent)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def sample(store: Store, draw: Draw, *, by: Decider, now: datetime) -> list[Note]:
    """Draw notes to read, with an entry in the audit log. There is no place for a score.

    Raises:
        BadInput: the period has not ended, so the draw could not be repeated.
    """
    if draw.until > now:
        raise BadInput(
            "has not ended",
            "draw from a period that is over, so that it can be repeated",
            field="period",
        )
    wrapped = (
        Call.state == CallState.WRAPPED_UP,
        Call.wrapped_up_at >= draw.since,
        Call.wrapped_up_at < draw.until,
    )
    columns = (Call.id, Call.wrapped_up_at, Call.disposition, Call.note)
    with store.writing() as connection:
        ids = list(
            connection.execute(
                select(Call.id).where(*wrapped, func.trim(Call.note) != "")
            ).scalars()
        )
        drawn = sorted(ids, key=draw.order)[: draw.how_many(len(ids))]
        rows = connection.execute(select(*columns).where(Call.id.in_(drawn)).order_by(Call.id))
        found = [
            Note(row.id, row.wrapped_up_at or now, row.disposition or "", row.note) for row in rows
        ]
        detail: dict[str, Any] = {
            "since": draw.since.isoformat(),
            "until": draw.until.isoformat(),
            "rate": draw.rate,
            "size": draw.size,
            "notes": len(ids),
            "drawn": sorted(drawn),
        }
        record(connection, by, SAMPLED, About(Kind.SAMPLE, draw.seed), now=now, **detail)
    return found
