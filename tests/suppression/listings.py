"""Entries as the desk and the webhooks list them."""

from datetime import datetime

from sqlalchemy import Connection

from store.states import SuppressionScope
from suppression.entries import NewEntry, list_entries, objections
from suppression.reasons import Reason


def close_address(
    connection: Connection,
    person_ref: str,
    household_key: int,
    *,
    source: str,
    by: str,
    now: datetime,
    note: str = "",
) -> int:
    closed = NewEntry(
        scope=SuppressionScope.PERSON_AT_ADDRESS,
        reason=Reason.SUPPRESSED,
        source=source,
        starts_at=now,
        repeat=now.isoformat(),
        person_ref=person_ref,
        household_key=household_key,
        note=note,
    )
    return list_entries(connection, [closed], by=by, now=now)


def object_everywhere(
    connection: Connection,
    person_ref: str,
    *,
    e164: str | None = None,
    source: str,
    by: str,
    now: datetime,
    note: str = "",
) -> int:
    made = objections(
        person_ref, e164, source=source, said_at=now, repeat=now.isoformat(), note=note
    )
    return list_entries(connection, made, by=by, now=now)
