"""Record the scope of an objection, which is everything or certain channels and subjects.

Until a person has asked and recorded it, everything is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from desk.cases.call_consequences import Scope
from desk.cases.held_messages import HeldMessage, entries_of, held_messages, whom
from desk.cases.hold_releases import release
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Campaign, Suppression
from suppression.entries import Entry, list_entries
from suppression.lists import checked_subject, lift_these
from suppression.reasons import Reason

_WAITING = Suppression.pending.is_(True) & Suppression.lifted_at.is_(None)


@dataclass(frozen=True, slots=True)
class Scoped:
    """Counts of what became of an objection when its scope was recorded."""

    entries: int  # that the objection consists of now
    released: int  # touches that were withheld, and are planned again


def waiting_objections(store: Store) -> list[HeldMessage]:
    """Return the objections whose scope is not recorded yet, the oldest first."""
    return held_messages(store, _WAITING)


def keep_all(store: Store, ref: str, *, by: Decider, why: str, now: datetime) -> Scoped:
    """Record that an objection (`#12`, one of its entries) covers everything.

    Raises:
        BadInput: there is no such objection, its scope is recorded already, or the reason is missing.
    """
    with store.writing() as connection:
        found = _entries_of(connection, ref, why)
        _record(connection, found, by=by, why=why, now=now, scope="all")
        return Scoped(len(found), 0)


def narrow(
    store: Store,
    ref: str,
    *,
    channels: Sequence[str] = (),
    subjects: Sequence[str] = (),
    by: Decider,
    why: str,
    now: datetime,
) -> Scoped:
    """Record that an objection (`#12`, one of its entries) covers only these channels and subjects.

    The entries that held everything are lifted. Each channel and each subject gets an entry of its own, with the
    proof of the first (source, words, time). Touches that were withheld and are open now are planned again.

    Raises:
        BadInput: there is no such objection, its scope is recorded already, the reason is missing, no channel and
            no subject is named, or no campaign is about such a subject.
    """
    if not (channels or subjects):
        raise BadInput(
            "no channel or subject is named",
            "name a channel or a subject, or say --all",
            field="scope",
        )
    with store.writing() as connection:
        found = _entries_of(connection, ref, why)
        _check_subjects(connection, subjects)
        lift_these(connection, found, by=by.name, why=why, now=now)
        kept = [entry.narrowed(channel=channel) for entry in found for channel in channels]
        kept += [entry.narrowed(subject=subject) for entry in found for subject in subjects]
        list_entries(connection, kept, by=by.name, now=now)
        only = {"channels": list(channels), "subjects": list(subjects)}
        _record(connection, found, by=by, why=why, now=now, **only)
        return Scoped(len(kept), release(connection, found, now=now))


def record_scope(
    store: Store, call_id: int, only: Scope, *, by: Decider, note: str, now: datetime
) -> Scoped:
    """Record the scope of an objection made in a call, as the agent asked it.

    Raises:
        BadInput: no campaign is about such a subject. Everything stays held, and the objection waits for its scope.
    """
    of_call = (Suppression.source == f"call {call_id}") & _WAITING
    with store.reading() as connection:
        first = connection.execute(
            select(Suppression.id).where(of_call).order_by(Suppression.id).limit(1)
        ).scalar_one()
    why = note.strip() or f"asked in call {call_id}"
    return narrow(
        store, f"#{first}", channels=only.channels, subjects=only.subjects, by=by, why=why, now=now
    )


def _entries_of(connection: Connection, ref: str, why: str) -> list[Entry]:
    if not why.strip():
        raise BadInput("the reason is missing", "write what was asked and answered", field="why")
    objections = _WAITING & (Suppression.reason == Reason.OBJECTION.value)
    found = entries_of(connection, ref, objections, listed_by="kaartje suppression pending")
    if not found:
        remedy = "see kaartje suppression pending; to open somebody again, lift the entry"
        raise BadInput("does not wait for its scope", remedy, field=ref)
    return found


def _check_subjects(connection: Connection, subjects: Sequence[str]) -> None:
    """Refuse a subject that no campaign has, because it would close nothing without notice."""
    known = {
        subject for subject in connection.execute(select(Campaign.subject)).scalars() if subject
    }
    for subject in subjects:
        if checked_subject(subject) not in known:
            remedy = Sentence(
                "subjects: {known}", known=", ".join(sorted(known)) or Sentence("none yet")
            )
            raise BadInput(
                Sentence("no campaign is about {subject!r}", subject=subject),
                remedy,
                field="subject",
            )


def _record(
    connection: Connection,
    found: Sequence[Entry],
    *,
    by: Decider,
    why: str,
    now: datetime,
    **scope: Any,
) -> None:
    ids = [entry.id for entry in found]
    connection.execute(update(Suppression).where(Suppression.id.in_(ids)).values(pending=False))
    record(
        connection,
        by,
        "suppression scope",
        About(Kind.OBJECTION, ids[0], person_ref=whom(found)),
        now=now,
        reason=why,
        entries=ids,
        **scope,
    )
