"""One entry on the lists of whom not to reach: as it is put down, and as it stands there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from store.adding import add_new
from store.states import SuppressionScope
from store.tables import Suppression
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
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
    e164: str | None = None
    channel: str | None = None  # None: every channel
    purpose: str | None = None  # None: every purpose
    ends_at: datetime | None = None
    note: str = ""

    def key(self) -> str:
        """Return what makes this one entry."""
        parts = (self.scope, self.person_ref, self.household_key, self.e164, self.reason, self.channel, self.purpose)
        said = "\x1f".join("" if part is None else str(part) for part in (*parts, self.source, self.repeat))
        return blake2b(said.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands on a list, lifted or not."""

    id: int
    scope: SuppressionScope
    person_ref: str | None
    household_key: int | None
    e164: str | None
    reason: str
    channel: str | None
    purpose: str | None
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
        """Say whether it holds at this moment."""
        begun = self.starts_at <= at and (self.ends_at is None or self.ends_at > at)
        return begun and (self.lifted_at is None or self.lifted_at > at)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data; an address is a number that says nothing, so it is left out."""
        data = asdict(self)
        del data["household_key"]
        return data


def objections(
    person_ref: str | None, e164: str | None, *, source: str, heard_at: datetime, repeat: str, note: str = ""
) -> list[NewEntry]:
    """Return the entries of one objection: the person, everywhere and for everything, and the number it came from."""
    entry = NewEntry(SuppressionScope.PERSON, Reason.OBJECTION, source, heard_at, repeat, person_ref, note=note)
    found = [entry] if person_ref else []
    if e164:
        # the person stands on it too, so that lifting the objection opens the number again
        found.append(replace(entry, scope=SuppressionScope.NUMBER, e164=e164))
    return found


def list_entries(connection: Connection, entries: Sequence[NewEntry], *, by: str, now: datetime) -> int:
    """List all of `entries` that are not listed yet; return how many are new."""
    rows = [
        {**asdict(entry), "reason": entry.reason.value, "entry_key": entry.key(), "added_at": now, "added_by": by}
        for entry in entries
    ]
    for row in rows:
        del row["repeat"]
    return len(add_new(connection, Suppression, rows, Suppression.id))


def entries_where(
    connection: Connection, which: ColumnElement[bool] | None, active_at: datetime | None = None
) -> list[Entry]:
    """Return the entries that a condition on `Suppression` picks, in the order in which they were listed."""
    columns = [getattr(Suppression, name) for name in Entry.__dataclass_fields__]
    query = select(*columns).order_by(Suppression.id)
    if which is not None:
        query = query.where(which)
    found = [Entry(*row) for row in connection.execute(query)]
    return [entry for entry in found if active_at is None or entry.in_force(active_at)]
