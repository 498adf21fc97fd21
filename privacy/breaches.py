"""Breaches of personal data, from the moment that somebody noticed one to its report within 72 hours.

Every incident of wrong print may be one, so opening an incident starts the clock. The officer then says
that it was reported, and under which number, or why it need not be.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from store.audit_log import About, Decider, Kind, record
from store.breach_clock import report_by
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import DataBreach

LONGEST = 2_000  # characters of what happened or was reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One breach, or what may be one, with how it was settled."""

    id: int
    incident_id: int | None
    what: str
    noticed_at: datetime
    due_at: datetime
    recorded_by: str
    settled_at: datetime | None
    settled_by: str | None
    reported: bool | None
    words: str | None

    def is_late(self, now: datetime) -> bool:
        """Say whether the 72 hours are over and nobody has settled it."""
        return self.settled_at is None and self.due_at <= now

    def hours_left(self, now: datetime) -> int:
        """Return the whole hours that are left, 0 where none are."""
        return max(0, int((self.due_at - now).total_seconds() // 3600))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


_SHOWN = [getattr(DataBreach, name) for name in Breach.__dataclass_fields__]


def record_breach(
    store: Store, what: str, *, noticed_at: datetime, by: Decider, now: datetime
) -> int:
    """Write down what may be a breach and return its number. Its clock runs from when it was noticed.

    Raises:
        BadInput: it is not said what happened, or it was noticed after now.
    """
    if not what.strip():
        raise BadInput("is missing", "say what happened, without names", field="what")
    if noticed_at > now:
        raise BadInput("lies ahead", "give the moment at which it was noticed", field="noticed")
    with store.writing() as connection:
        values = {
            "what": what.strip()[:LONGEST],
            "noticed_at": noticed_at,
            "due_at": report_by(noticed_at),
            "recorded_by": by.name,
        }
        made = insert(DataBreach).values(values).returning(DataBreach.id)
        number = int(connection.execute(made).scalar_one())
        record(connection, by, "record_breach", About(Kind.DATA_BREACH, number), now=now)
    return number


def breaches(store: Store, *, settled: bool = False) -> list[Breach]:
    """Return the breaches that wait, the one that is due first on top, or those that were settled."""
    moment = DataBreach.settled_at
    query = select(*_SHOWN).where(moment.is_not(None) if settled else moment.is_(None))
    order = moment.desc() if settled else DataBreach.due_at
    with store.reading() as connection:
        rows = connection.execute(query.order_by(order, DataBreach.id)).mappings()
        return [Breach(**row) for row in rows]


def settle_breach(
    store: Store, number: int, *, reported: bool, words: str, by: Decider, now: datetime
) -> None:
    """Write down that a breach was reported to the authority, or why it need not be.

    Raises:
        BadInput: nothing was said, there is no such breach, or it was settled before.
    """
    if not words.strip():
        remedy = "give the number of the report, or say why it need not be reported"
        raise BadInput("is missing", remedy, field="words")
    values = {
        "settled_at": now,
        "settled_by": by.name,
        "reported": reported,
        "words": words.strip()[:LONGEST],
    }
    which = (DataBreach.id == number, DataBreach.settled_at.is_(None))
    with store.writing() as connection:
        if not connection.execute(update(DataBreach).where(*which).values(**values)).rowcount:
            problem = Sentence("there is no open breach {number}", number=number)
            raise BadInput(problem, "look at the list: kaartje privacy breaches")
        about = About(Kind.DATA_BREACH, number)
        record(connection, by, "settled_breach", about, now=now, reported=reported)
