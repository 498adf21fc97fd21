"""Limit the number of wrong codes from one source."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from store.engine import Store
from store.tables import CodeGuess


@dataclass(frozen=True, slots=True)
class Limit:
    """The number of wrong codes allowed within a period."""

    wrong: int
    within: timedelta


CITIZEN = Limit(5, timedelta(minutes=15))
AGENT = Limit(30, timedelta(minutes=15))
"""Agents mishear codes on bad lines, but not thirty in a quarter of an hour."""


def may_try(store: Store, source: str, limit: Limit, *, now: datetime) -> bool:
    """Return whether another code may be tried from this source.

    A source is an agent's name, a call, or a visitor's keyed hash. A code that is found is not counted, so that a
    cardholder never has to wait.
    """
    tried = (CodeGuess.source == source, CodeGuess.at > now - limit.within)
    with store.reading() as connection:
        wrong: int = connection.execute(
            select(func.count()).select_from(CodeGuess).where(*tried)
        ).scalar_one()
    return wrong < limit.wrong


def note_wrong(store: Store, source: str, *, now: datetime) -> None:
    """Record a wrong code from this source.

    The code itself is not stored, because it may be almost somebody's.
    """
    with store.writing() as connection:
        connection.execute(insert(CodeGuess).values(source=source, at=now))
