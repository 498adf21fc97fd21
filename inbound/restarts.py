"""START opens what the STOP of the same number held, and nothing else.

What a person recorded after asking is stronger than a text. So an objection to everything, or to mail, stays. START
is about texts, so an objection that was narrowed to texts is opened, and so is a message that only may have been one.
A STOP that only the provider received is opened too.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, or_

from campaigns.touches.closed_numbers import STOPPED
from desk.cases.hold_releases import release
from store.states import ReplyKind, SuppressionScope
from store.tables import Suppression
from suppression.entries import Entry, entries_where
from suppression.lists import lift_these
from suppression.reasons import Reason

CITIZEN = "citizen"
_TEXTED = f"%: {ReplyKind.TEXTED.value}"
_DOUBT = Suppression.reason == Reason.OBJECTION_IN_DOUBT.value
_OURS = and_(
    or_(Suppression.reason == Reason.OBJECTION.value, _DOUBT),
    Suppression.source.like(f"reply {_TEXTED}"),
    Suppression.lifted_at.is_(None),
    or_(Suppression.pending.is_(True), Suppression.channel == "sms", _DOUBT),
)
_AT_PROVIDER = and_(Suppression.source == STOPPED, Suppression.lifted_at.is_(None))


def start_again(
    connection: Connection, numbers: Mapping[int, str | None], *, now: datetime
) -> dict[int, int]:
    """Lift what the STOP of each number held.

    Args:
        connection: in the transaction that books the replies.
        numbers: by the key of the reply that says START, the number it came from.
        now: when.

    Returns:
        By reply, how many touches are planned again; replies that had nothing to lift are left out.
    """
    opened = {}
    for reply_id, e164 in numbers.items():
        found = _held_by_its_stop(connection, e164) if e164 else []
        if found:
            lift_these(connection, found, by=CITIZEN, why=f"reply {reply_id}: START", now=now)
            opened[reply_id] = release(connection, found, now=now)
    return opened


def _held_by_its_stop(connection: Connection, e164: str) -> list[Entry]:
    """Return the entries that exist because of this number's STOP.

    Where a person recorded an objection of this number that a text does not lift, the provider's stays with it.
    """
    number = and_(Suppression.scope == SuppressionScope.NUMBER, Suppression.e164 == e164)
    sources = {entry.source for entry in entries_where(connection, and_(number, _OURS))}
    found = (
        entries_where(connection, and_(_OURS, Suppression.source.in_(sources))) if sources else []
    )
    objected = and_(
        number, Suppression.reason == Reason.OBJECTION.value, Suppression.lifted_at.is_(None)
    )
    if {entry.id for entry in entries_where(connection, objected)} - {entry.id for entry in found}:
        return found
    return found + entries_where(connection, and_(number, _AT_PROVIDER))
