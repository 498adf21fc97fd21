"""Hold everything for a person who objects or has died."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from campaigns.touches.touch_states import move
from desk.entries.outbound_calls import end
from store.states import CallState, TouchState
from store.tables import Call, Person, PersonNumber, Touch
from suppression.entries import NewEntry, list_entries
from suppression.reasons import Reason, bits


def hold(
    connection: Connection, entries: Sequence[NewEntry], reason: Reason, *, by: str, now: datetime
) -> int:
    """List `entries` and withhold every planned touch of the people they cover. Return how many touches.

    Waiting calls that a campaign asked for end too. This runs in the caller's transaction, so that nothing can be
    claimed between the objection and the list. Everybody who shares a number that sent STOP is held with it, as
    the rules judge them too.
    """
    list_entries(connection, entries, by=by, now=now)
    refs = {entry.person_ref for entry in entries if entry.person_ref}
    numbers = {entry.e164 for entry in entries if entry.e164}
    on_number = select(PersonNumber.person_id).where(PersonNumber.e164.in_(numbers))
    people = select(Person.id).where(or_(Person.person_ref.in_(refs), Person.id.in_(on_number)))
    waits = (Call.state == CallState.WAITING) & Call.person_id.in_(people)
    end(connection, waits, reason.value, now=now)
    return move(
        connection,
        Touch.person_id.in_(people),
        TouchState.WITHHELD,
        origin=TouchState.PLANNED,
        now=now,
        reason=reason.value,
        reasons=bits([reason]),
    )
