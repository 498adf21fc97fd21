"""The call that an API caller has taken, and its identity check."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from console.api.authentication import Caller
from console.api.problems import Refused
from console.web import action_log
from desk.entries.queue_entries import QUIET
from desk.queue import taking
from store.audit_log import About, Kind
from store.base import Table
from store.mapped_rows import read_by_key, read_mixed
from store.states import CallState
from store.tables import Call, Person

T = TypeVar("T", bound=Table)
TRIES = 3
"""Identity checks in one call, by pages and API together (docs/decisions/0083)."""


@dataclass(frozen=True, slots=True)
class InHand:
    """A call that the caller took."""

    caller: Caller
    row: Call

    @property
    def about(self) -> About:
        """Return the call as the subject of an audit log entry."""
        return About(Kind.CALL, self.row.id, person_id=self.row.person_id)

    def is_sure(self) -> bool:
        """Say whether the identity was checked in this call, since it was taken."""
        return self.row.person_id is not None and self._done(action_log.CHECKED_IDENTITY) > 0

    def tries_left(self) -> int:
        """Return how many identity checks are left."""
        return max(0, TRIES - self.differed())

    def differed(self) -> int:
        """Return how many identity checks failed."""
        return self._done(action_log.IDENTITY_DIFFERED)

    def _done(self, what: str) -> int:
        since = self.row.taken_at or self.row.received_at
        return self.caller.count(what, self.about, since=since)


def in_hand(caller: Caller, call_id: int) -> InHand:
    """Return a call that the caller has taken, and extend their hold on it.

    Raises:
        Refused: There is no such call (404), or the caller has not taken it (409).
    """
    row = found(caller, call_id)
    if row.state is not CallState.TAKEN or row.taken_by != caller.name:
        raise Refused(
            status=409,
            kind="not-yours",
            detail=f"call {call_id} is not in your hands; take it first",
        )
    taking.keep(caller.installation.store, caller.name, now=caller.now(), lasting=QUIET)
    return InHand(caller, row)


def found(caller: Caller, call_id: int) -> Call:
    """Return a call, no matter who has it.

    Raises:
        Refused: There is no such call (404).
    """
    return existing(caller, Call, call_id, "call")


def checked_person(caller: Caller, call_id: int) -> str:
    """Return the reference of the person of a taken call, after the identity check.

    Raises:
        Refused: The call is not taken, or its identity check is still missing (409).
    """
    call = in_hand(caller, call_id)
    if not call.is_sure():
        raise Refused(
            status=409, kind="not-checked", detail=f"check the identity in call {call_id} first"
        )
    with caller.installation.store.reading() as connection:
        return str(
            connection.execute(
                select(Person.person_ref).where(Person.id == call.row.person_id)
            ).scalar_one()
        )


def knows(caller: Caller, person_id: int) -> bool:
    """Say whether the caller has taken a call of this person and checked the identity in it."""
    mine = (
        Call.person_id == person_id,
        Call.state == CallState.TAKEN,
        Call.taken_by == caller.name,
    )
    with caller.installation.store.reading() as connection:
        calls = read_mixed(connection, select(Call).where(*mine))
    return any(InHand(caller, call).is_sure() for (call,) in calls)


def existing(caller: Caller, table: type[T], key: int, noun: str) -> T:
    """Return the row of a table with this key.

    Raises:
        Refused: There is no such row (404).
    """
    with caller.installation.store.reading() as connection:
        row = read_by_key(connection, table, key)
    if row is None:
        raise Refused(status=404, kind="not-found", detail=f"there is no {noun} {key}")
    return row
