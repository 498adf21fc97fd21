"""Drafts of what an agent writes during a call, saved every few seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call, Draft

LONGEST = 20_000
"""Characters of all fields of one draft together, which is more than a call's forms take."""
_OPEN = (CallState.WAITING, CallState.TAKEN)


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved draft."""

    fields: Mapping[str, str]
    saved_at: datetime


def keep(
    store: Store, call_id: int, agent: str, fields: Mapping[str, str], *, now: datetime
) -> None:
    """Save what an agent has written in a call so far, replacing the earlier draft.

    Drafts of calls that have ended in another way (hung up, withheld) are deleted too.

    Raises:
        BadInput: the call is not taken by this agent, or this is longer than any of our forms.
    """
    length = sum(len(name) + len(text) for name, text in fields.items())
    if length > LONGEST:
        raise BadInput(
            Sentence("has {length} characters", length=length),
            Sentence("keep it below {longest}", longest=LONGEST),
            field="draft",
        )
    with store.writing() as connection:
        mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == agent)
        if connection.execute(select(Call.id).where(*mine).with_for_update()).first() is None:
            raise BadInput(
                "is not taken by you",
                "take it first",
                field=Sentence("call {call_id}", call_id=call_id),
            )
        connection.execute(update(Call).where(Call.id == call_id).values(acted_at=now))
        ended = select(Call.id).where(Call.state.not_in(_OPEN))
        connection.execute(delete(Draft).where(Draft.call_id.in_(ended)))
        written = {"fields": dict(fields), "saved_at": now}
        same = (Draft.call_id == call_id, Draft.agent == agent)
        if not connection.execute(update(Draft).where(*same).values(written)).rowcount:
            connection.execute(insert(Draft).values(call_id=call_id, agent=agent, **written))


def draft_of(store: Store, call_id: int, agent: str) -> Kept | None:
    """Return the draft this agent saved in this call, if any."""
    same = (Draft.call_id == call_id, Draft.agent == agent)
    with store.reading() as connection:
        row = connection.execute(select(Draft.fields, Draft.saved_at).where(*same)).one_or_none()
        return Kept(*row) if row else None


def forget(connection: Connection, call_id: int) -> None:
    """Delete the drafts of a call that has ended."""
    connection.execute(delete(Draft).where(Draft.call_id == call_id))
