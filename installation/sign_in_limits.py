"""Limits on wrong passwords, by name, by source, and by both.

A browser that signed in under a name before has a count of its own: guesses of others do not keep its owner out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from store.audit_log import About, Kind
from store.tables import AuditEntry, CodeGuess

TRIES = 5
"""Wrong passwords of one source for one name."""
OF_SOURCE = 20
"""Wrong passwords of one source, for whatever names."""
OF_NAME = 30
"""Wrong passwords for one name from all sources together, but for browsers that know it."""
WAIT = timedelta(minutes=15)

TRIED = "tried_to_sign_in"
SIGNED_IN = "signed_in"
UNLOCKED = "unlocked_account"
CONFIRMED = "confirmed_by_password"
"""Somebody who is signed in gave their password again, for what counts."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from.

    Args:
        source: a pseudonym of the network address; empty where there is none.
        device: the mark of a browser that signed in under this name before; empty for any other.
    """

    source: str = ""
    device: str = ""

    def detail(self) -> dict[str, str]:
        """Return it as the audit log keeps it."""
        if self.device:
            return {"device": self.device}
        return {"source": self.source} if self.source else {}


NOWHERE = Origin()


def closed_until(
    connection: Connection, name: str, origin: Origin, now: datetime
) -> datetime | None:
    """Return until when this name is closed to this origin, or None if it may try."""
    tries, unlocked = _tries(connection, name, now)
    mine = [at for at, detail in tries if detail == origin.detail()]
    others = [at for at, detail in tries if "device" not in detail]
    ends = [_end(mine, TRIES)]
    if not origin.device:
        ends.append(_end(others, OF_NAME))
        if not unlocked:
            ends.append(_end(_of_source(connection, origin.source, now), OF_SOURCE))
    return max((each for each in ends if each), default=None)


def note_try(connection: Connection, origin: Origin, now: datetime) -> int | None:
    """Count a try for its source, and return its number."""
    if not origin.source or origin.device:
        return None
    made = insert(CodeGuess).values(source=origin.source, at=now).returning(CodeGuess.id)
    return int(connection.execute(made).scalar_one())


def forget_try(connection: Connection, number: int | None) -> None:
    """Take back a try that was no wrong one."""
    if number is not None:
        connection.execute(delete(CodeGuess).where(CodeGuess.id == number))


def wrong_tries(connection: Connection, name: str, now: datetime) -> int:
    """Return how many tries for a name failed of late."""
    return len(_tries(connection, name, now)[0])


def _end(moments: list[datetime], most: int) -> datetime | None:
    return moments[-most] + WAIT if len(moments) >= most else None


def _tries(
    connection: Connection, name: str, now: datetime
) -> tuple[list[tuple[datetime, dict[str, Any]]], bool]:
    """Return the tries for a name that nothing cleared, and whether it was unlocked of late.

    Signing in, and a right password for what counts, clear the tries of their own origin; unlocking clears all.
    """
    query = (
        select(AuditEntry.at, AuditEntry.action, AuditEntry.detail)
        .where(
            AuditEntry.about == str(About(Kind.ACCOUNT, name)) if name else _NAMELESS,
            AuditEntry.action.in_((TRIED, SIGNED_IN, CONFIRMED, UNLOCKED)),
            AuditEntry.at > now - WAIT,
        )
        .order_by(AuditEntry.id)
    )
    tries: list[tuple[datetime, dict[str, Any]]] = []
    unlocked = False
    for at, action, detail in connection.execute(query):
        if action == UNLOCKED:
            tries, unlocked = [], True
        elif action in (SIGNED_IN, CONFIRMED):
            tries = [each for each in tries if each[1] != detail]
        else:
            tries.append((at, detail))
    return tries, unlocked


_NAMELESS = AuditEntry.about == f"{Kind.ACCOUNT}:"


def _of_source(connection: Connection, source: str, now: datetime) -> list[datetime]:
    if not source:
        return []
    query = select(CodeGuess.at).where(CodeGuess.source == source, CodeGuess.at > now - WAIT)
    return list(connection.execute(query.order_by(CodeGuess.at)).scalars())
