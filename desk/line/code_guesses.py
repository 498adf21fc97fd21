"""Codes that are on no card: somebody mistypes, or tries. After a few from one source it has to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from store.engine import Store
from store.tables import CodeGuess


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong codes in so long."""

    wrong: int
    within: timedelta


CITIZEN = Limit(5, timedelta(minutes=15))
AGENT = Limit(30, timedelta(minutes=15))
"""Agents hear codes over a bad line all day; thirty wrong ones in a quarter of an hour are no mishearing."""


def may_try(store: Store, source: str, limit: Limit, *, now: datetime) -> bool:
    """Say whether another code may be tried from this source: an agent's name, a call, a visitor's keyed hash.

    A code that is found counts for nothing, so whoever holds a card is never kept waiting by it.
    """
    tried = (CodeGuess.source == source, CodeGuess.at > now - limit.within)
    with store.reading() as connection:
        wrong: int = connection.execute(
            select(func.count()).select_from(CodeGuess).where(*tried)
        ).scalar_one()
    return wrong < limit.wrong


def note_wrong(store: Store, source: str, *, now: datetime) -> None:
    """Note that a code was tried that is on no card. The code itself is not kept: it may be almost somebody's."""
    with store.writing() as connection:
        connection.execute(insert(CodeGuess).values(source=source, at=now))
