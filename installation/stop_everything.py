"""Stop everything: one press holds the whole installation, and two people lift it.

While it holds, nothing is claimed, sent, answered by itself or handed to a print shop. What comes in is taken in, and
whoever calls is helped.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_all
from store.sentences import Sentence
from store.tables import StopOfEverything

INSTALLATION = About(Kind.INSTALLATION)
STOPPED, ASKED, LIFTED = "stop_everything", "ask_to_lift_stop", "lift_stop"
ASKED_FOR = timedelta(days=1)
"""How long the first of the two who lift it is waited for with."""
LONGEST = 500  # characters of a reason


class Lifting(StrEnum):
    """Outcome of a wish to lift the stop."""

    ASKED = "asked"  # a second person must agree
    LIFTED = "lifted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """The stop that holds now."""

    stopped_at: datetime
    stopped_by: str
    reason: str
    asked_by: str | None  # the first of two who want to lift it
    asked_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def everything_stopped() -> ColumnElement[bool]:
    """Match every row while everything is stopped."""
    return exists().where(StopOfEverything.lifted_at.is_(None))


def is_everything_stopped(connection: Connection) -> bool:
    """Say whether everything is stopped."""
    return bool(connection.execute(select(everything_stopped())).scalar())


def present_stop(store: Store, *, now: datetime) -> Stop | None:
    """Return the stop that holds now, or None."""
    with store.reading() as connection:
        return _present(connection, now)


def _present(connection: Connection, now: datetime) -> Stop | None:
    query = select(StopOfEverything).where(StopOfEverything.lifted_at.is_(None))
    rows = read_all(connection, query.order_by(StopOfEverything.id).limit(1))
    for row in rows:
        waits = row.asked_at is not None and row.asked_at > now - ASKED_FOR
        return Stop(
            stopped_at=row.stopped_at,
            stopped_by=row.stopped_by,
            reason=row.reason,
            asked_by=row.asked_by if waits else None,
            asked_at=row.asked_at if waits else None,
        )
    return None


def stop_everything(store: Store, *, by: Decider, now: datetime, reason: str) -> Stop:
    """Stop everything at once, and return the stop. One that holds already stays as it is.

    Raises:
        BadInput: the reason is empty or too long.
    """
    if not reason.strip() or len(reason) > LONGEST:
        raise BadInput(
            Sentence("a reason has 1 to {longest} characters", longest=LONGEST),
            "write in a few words why everything must stop",
            field="reason",
        )
    with store.writing() as connection:
        if found := _present(connection, now):
            return found
        made = Stop(
            stopped_at=now, stopped_by=by.name, reason=reason.strip(), asked_by=None, asked_at=None
        )
        connection.execute(insert(StopOfEverything).values(made.as_data()))
        record(connection, by, STOPPED, INSTALLATION, now=now, reason=reason)
    return made


def lift(store: Store, *, by: Decider, now: datetime) -> Lifting:
    """Lift the stop as the second of two people, or ask for it as the first.

    Raises:
        BadInput: nothing is stopped, or the same person asked already.
    """
    with store.writing() as connection:
        found = _present(connection, now)
        if found is None:
            raise BadInput("nothing is stopped", "there is nothing to lift")
        held = update(StopOfEverything).where(StopOfEverything.lifted_at.is_(None))
        if found.asked_by is None:
            connection.execute(held.values(asked_at=now, asked_by=by.name))
            record(connection, by, ASKED, INSTALLATION, now=now)
            return Lifting.ASKED
        if by.is_same(found.asked_by):
            raise BadInput(
                Sentence("{who} asked to lift the stop already", who=by.name),
                "somebody else must agree",
            )
        connection.execute(held.values(lifted_at=now, lifted_by=by.name))
        record(connection, by, LIFTED, INSTALLATION, now=now, asked_by=found.asked_by)
        return Lifting.LIFTED


def must_not_be_stopped(connection: Connection) -> None:
    """Refuse what would make something go out while everything is stopped.

    Raises:
        BadInput: everything is stopped.
    """
    if is_everything_stopped(connection):
        raise BadInput(
            "everything is stopped",
            "two people lift that first: on the page Today, or kaartje installation lift-stop",
        )
