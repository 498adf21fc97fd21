"""Entries of the suppression lists, new and stored."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from store.states import SuppressionScope
from store.tables import Suppression
from suppression.list_writing import write_entries
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHistory:
    """History of an entry in the installation that exported it."""

    added_at: datetime | None = None
    added_by: str | None = None
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_why: str | None = None


NOTHING_YET = EntryHistory()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One reason not to reach a person, an address, a person at one address, or a number.

    `repeat` tells one entry from the next like it: the same entry with the same `repeat` is listed once.
    """

    scope: SuppressionScope
    reason: Reason
    source: str
    starts_at: datetime
    repeat: str
    person_ref: str | None = None
    household_key: int | None = None
    spelled_key: int | None = None  # of the address as a row spells it, which knows the row again
    e164: str | None = None
    channel: str | None = None  # None: every channel
    purpose: str | None = None  # None: every purpose
    ends_at: datetime | None = None
    note: str = ""
    subject: str | None = None  # None: every subject
    joint_hash: str | None = None  # whom another body means, without a name
    pending: bool = False  # everything is held until a person records what was wanted
    known_key: str | None = None  # the key it has had since it was first listed
    past: EntryHistory = NOTHING_YET

    def key(self) -> str:
        """Return the idempotency key of an entry."""
        if self.known_key:
            return self.known_key
        spelled = self.household_key if self.spelled_key is None else self.spelled_key
        address = "" if spelled is None else str(spelled)
        parts = [
            self.scope,
            self.person_ref or "",
            address,
            self.e164 or "",
            self.reason,
            self.channel or "",
        ]
        parts += [self.purpose or "", self.source, self.repeat]
        # the columns that came later are added only where they say something: older entries keep their keys
        parts += [part for part in (self.subject, self.joint_hash) if part]
        said = "\x1f".join(parts)
        return blake2b(said.encode(), digest_size=16).hexdigest()

    def as_row(self, by: str, now: datetime) -> tuple[Any, ...]:
        """Return the values of `suppression.list_writing.COLUMNS`."""
        past = self.past
        return (
            *(
                self.key(),
                self.scope.value,
                self.person_ref,
                self.household_key,
                self.e164,
                self.joint_hash,
            ),
            *(
                self.reason.value,
                self.channel,
                self.purpose,
                self.subject,
                self.pending,
                self.source,
                self.note,
            ),
            *(self.starts_at, self.ends_at, past.added_at or now, past.added_by or by),
            *(past.lifted_at, past.lifted_by, past.lifted_why),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stored entry, lifted or not."""

    id: int
    scope: SuppressionScope
    person_ref: str | None
    household_key: int | None
    e164: str | None
    reason: str
    channel: str | None
    purpose: str | None
    subject: str | None
    joint_hash: str | None
    pending: bool
    source: str
    note: str
    starts_at: datetime
    ends_at: datetime | None
    added_at: datetime
    added_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None

    def in_force(self, at: datetime) -> bool:
        """Return whether it is in force at a moment."""
        begun = self.starts_at <= at and (self.ends_at is None or self.ends_at > at)
        return begun and (self.lifted_at is None or self.lifted_at > at)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, without the keys of addresses and joint hashes."""
        data = asdict(self)
        del data["household_key"], data["joint_hash"]
        return data

    def narrowed(self, *, channel: str | None = None, subject: str | None = None) -> NewEntry:
        """Return an entry that says the same of one channel or subject only. Its proof is kept."""
        return NewEntry(
            scope=self.scope,
            reason=Reason(self.reason),
            source=self.source,
            starts_at=self.starts_at,
            repeat=f"narrowed #{self.id}",
            person_ref=self.person_ref,
            household_key=self.household_key,
            e164=self.e164,
            channel=channel,
            purpose=self.purpose,
            ends_at=self.ends_at,
            note=self.note,
            subject=subject,
        )

    def as_objection(self) -> NewEntry:
        """Return an entry that says that its message is an objection. Its proof is kept."""
        return NewEntry(
            scope=self.scope,
            reason=Reason.OBJECTION,
            source=self.source,
            starts_at=self.starts_at,
            repeat=f"read #{self.id}",
            person_ref=self.person_ref,
            household_key=self.household_key,
            e164=self.e164,
            note=self.note,
            pending=True,
        )


def content(entry: NewEntry | Entry) -> tuple[Any, ...]:
    """Return the content of an entry that `suppression.columns.token` checks."""
    return (
        *(
            entry.scope,
            entry.person_ref,
            entry.household_key,
            entry.e164,
            entry.joint_hash,
            entry.reason,
        ),
        *(
            entry.channel,
            entry.purpose,
            entry.subject,
            entry.source,
            entry.starts_at,
            entry.ends_at,
        ),
    )


def objections(
    person_ref: str | None,
    e164: str | None,
    *,
    source: str,
    said_at: datetime,
    repeat: str,
    note: str = "",
    pending: bool = False,
    reason: Reason = Reason.OBJECTION,
) -> list[NewEntry]:
    """Return the entries of an objection, for the person and for the number it came from."""
    entry = NewEntry(
        scope=SuppressionScope.PERSON,
        reason=reason,
        source=source,
        starts_at=said_at,
        repeat=repeat,
        person_ref=person_ref,
        note=note,
        pending=pending,
    )
    found = [entry] if person_ref else []
    if e164:
        # the person stands on it too, so that lifting the objection opens the number again
        found.append(replace(entry, scope=SuppressionScope.NUMBER, e164=e164))
    return found


def list_entries(
    connection: Connection, entries: Sequence[NewEntry], *, by: str, now: datetime
) -> int:
    """Store the entries that are not listed yet, and return how many are new."""
    return write_entries(connection, [entry.as_row(by, now) for entry in entries])


def entries_where(
    connection: Connection, which: ColumnElement[bool] | None, active_at: datetime | None = None
) -> list[Entry]:
    """Return the entries that match a condition, in the order in which they were listed."""
    columns = [getattr(Suppression, name) for name in Entry.__dataclass_fields__]
    query = select(*columns).order_by(Suppression.id)
    if which is not None:
        query = query.where(which)
    found = [Entry(**row._asdict()) for row in connection.execute(query)]
    return [entry for entry in found if active_at is None or entry.in_force(active_at)]
