"""What an agent is writing in a call, kept every few seconds: a browser that closes loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from store.engine import Store
from store.errors import BadInput
from store.states import CallState
from store.tables import Call, Draft

LONGEST = 20_000
"""Characters of all fields of one draft together: more than all of a call's forms take."""
_OPEN = (CallState.WAITING, CallState.TAKEN)


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was left."""

    fields: Mapping[str, str]
    saved_at: datetime


def keep(
    store: Store, call_id: int, agent: str, fields: Mapping[str, str], *, now: datetime
) -> None:
    """Keep what an agent wrote in a call so far, in place of what was kept before.

    Drafts of calls that have ended without them (who called hung up, or may not be called any more) go with it.

    Raises:
        BadInput: the call is not in this agent's hands, or this is longer than any of our forms.
    """
    length = sum(len(name) + len(text) for name, text in fields.items())
    if length > LONGEST:
        raise BadInput(f"has {length} characters", f"keep it below {LONGEST}", field="draft")
    with store.writing() as connection:
        mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == agent)
        if connection.execute(select(Call.id).where(*mine).with_for_update()).first() is None:
            raise BadInput("is not in your hands", "take it first", field=f"call {call_id}")
        ended = select(Call.id).where(Call.state.not_in(_OPEN))
        connection.execute(delete(Draft).where(Draft.call_id.in_(ended)))
        written = {"fields": dict(fields), "saved_at": now}
        same = (Draft.call_id == call_id, Draft.agent == agent)
        if not connection.execute(update(Draft).where(*same).values(written)).rowcount:
            connection.execute(insert(Draft).values(call_id=call_id, agent=agent, **written))


def draft_of(store: Store, call_id: int, agent: str) -> Kept | None:
    """Return what this agent left in this call, if anything."""
    same = (Draft.call_id == call_id, Draft.agent == agent)
    with store.reading() as connection:
        row = connection.execute(select(Draft.fields, Draft.saved_at).where(*same)).one_or_none()
        return Kept(*row) if row else None


def forget(connection: Connection, call_id: int) -> None:
    """Let go what was drafted in a call: it has ended, and what was meant stands in its note."""
    connection.execute(delete(Draft).where(Draft.call_id == call_id))
