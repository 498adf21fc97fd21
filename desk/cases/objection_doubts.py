"""Messages that may be objections, each held until a person has read it and decided.

They stand on a list of their own. The law gives a month to answer an objection, so the term is the same (AVG 12.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from desk.cases.held_messages import HeldMessage, entries_of, held_messages, whom
from desk.cases.hold_releases import release
from desk.entries.queue_entries import Lines, NewCall, enter
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import CallKind
from store.tables import Call, Reply, Suppression
from suppression.entries import Entry, list_entries
from suppression.lists import lift_these
from suppression.reasons import Reason

_LIST = "kaartje suppression doubts"
_WAITING = (Suppression.reason == Reason.OBJECTION_IN_DOUBT.value) & Suppression.lifted_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Effects of reading a message."""

    objection: bool
    released: int = 0  # touches that were withheld, and are planned again
    call_id: int | None = None  # in the queue


def waiting_doubts(store: Store) -> list[HeldMessage]:
    """Return the messages that wait to be read, the oldest first."""
    return held_messages(store, _WAITING)


def is_objection(store: Store, ref: str, *, by: Decider, why: str, now: datetime) -> Read:
    """Record that a message (`#12`, one of its entries) is an objection.

    It holds everything from the moment of the message, and waits for its scope as every objection does.

    Raises:
        BadInput: no such message waits to be read, or the reason is missing.
    """
    with store.writing() as connection:
        found = _entries_of(connection, ref, why)
        kept = [entry.as_objection() for entry in found]
        list_entries(connection, kept, by=by.name, now=now)
        _decide(connection, found, by=by, why=why, now=now, objection=True)
        return Read(objection=True)


def is_no_objection(
    store: Store, ref: str, *, by: Decider, why: str, call_back: bool = False, now: datetime
) -> Read:
    """Record that a message (`#12`, one of its entries) is no objection, and lift what it held.

    Args:
        store: the database.
        ref: one of its entries.
        by: who read it.
        why: what the message is instead.
        call_back: put it into the queue, as its sender wants to be called.
        now: the present moment.

    Raises:
        BadInput: no such message waits to be read, or the reason is missing.
    """
    with store.writing() as connection:
        found = _entries_of(connection, ref, why)
        _decide(connection, found, by=by, why=why, now=now, objection=False)
        released = release(connection, found, now=now)
        call_id = _queue(connection, found) if call_back else None
        return Read(objection=False, released=released, call_id=call_id)


def _entries_of(connection: Connection, ref: str, why: str) -> list[Entry]:
    if not why.strip():
        raise BadInput("the reason is missing", "write what the message says", field="why")
    found = entries_of(connection, ref, _WAITING, listed_by=_LIST)
    if not found:
        raise BadInput("does not wait to be read", Sentence("see {list}", list=_LIST), field=ref)
    return found


def _decide(
    connection: Connection,
    found: Sequence[Entry],
    *,
    by: Decider,
    why: str,
    now: datetime,
    objection: bool,
) -> None:
    lift_these(connection, found, by=by.name, why=why, now=now)
    record(
        connection,
        by,
        "suppression read",
        About(Kind.OBJECTION, found[0].id, person_ref=whom(found)),
        now=now,
        reason=why,
        entries=[entry.id for entry in found],
        objection=objection,
    )


def _queue(connection: Connection, found: Sequence[Entry]) -> int | None:
    """Put the message into the queue of its line, as a text is that asks for something."""
    number = found[0].source.removeprefix("reply ").split(":")[0]
    key = int(number) if number.isdecimal() else 0
    row = read_one_or_none(connection, select(Reply).where(Reply.id == key))
    if row is None:
        raise BadInput("has no message that could wait", "leave --call-back out", field="call-back")
    lines = Lines.read(connection)
    line_id = lines.line_for(row.campaign_id, row.received_at) or min(
        lines.by_number.values(), default=None
    )
    if line_id is None:
        raise BadInput("there is no line to call from", "see kaartje line add", field="call-back")
    new = NewCall(
        line_id=line_id,
        reply_id=row.id,
        received_at=row.received_at,
        campaign_id=row.campaign_id,
        touch_id=row.touch_id,
        person_id=row.person_id,
        number=row.from_number,
        kind=CallKind.CALL_BACK,
    )
    enter(connection, [new])
    return connection.execute(select(Call.id).where(Call.reply_id == row.id)).scalar()
