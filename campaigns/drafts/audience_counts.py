"""Counting an audience while somebody writes its rule, and ending a count that nobody waits for."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from campaigns.audience_language.condition_building import COLUMN_KINDS
from campaigns.audience_language.condition_sentences import KINDS, Kind
from campaigns.audience_language.condition_wording import say_conditions
from campaigns.planning.audiences import parsed
from installation.installation import Installation
from store.clock import local_date
from store.tables import FactColumn, Person
from store.written_dates import Language


@dataclass(frozen=True, slots=True)
class Counted:
    """The people that a rule finds now, and the rule in words."""

    people: int
    clauses: tuple[Mapping[Language, str], ...]


class CountEnded(Exception):
    """The count was ended before it was done."""


class AudienceCount:
    """One count, which another thread may end."""

    def __init__(self, installation: Installation, where: str, *, now: datetime) -> None:
        self._installation = installation
        self._where = where
        self._now = now
        self._lock = Lock()
        self._connection: Any = None  # the driver's own, while it counts
        self._ended = False

    def run(self) -> Counted:
        """Count everyone of whom the rule is true.

        Raises:
            BadInput: the rule is not of the audience language.
            CountEnded: it was ended.
        """
        today = local_date(self._now)
        with self._installation.store.reading() as connection:
            audience = parsed(connection, self._where, today=today)
            clauses = _in_words(connection, self._where, self._now)
            with self._lock:
                if self._ended:
                    raise CountEnded
                self._connection = connection.connection.driver_connection
            try:
                counting = select(func.count()).select_from(Person).where(audience.condition)
                return Counted(connection.execute(counting).scalar_one(), clauses)
            except DBAPIError:
                if self._ended:
                    raise CountEnded from None
                raise
            finally:
                with self._lock:
                    self._connection = None

    def end(self) -> None:
        """End the count, now or before it begins."""
        with self._lock:
            self._ended = True
            connection = self._connection
            if connection is not None:
                with suppress(Exception):  # it was done already
                    (getattr(connection, "interrupt", None) or connection.cancel)()


def pickable(installation: Installation) -> dict[str, Kind]:
    """Return the facts and columns that a condition can be about, with the kind of each."""
    with installation.store.reading() as connection:
        facts = connection.execute(
            select(FactColumn.name, FactColumn.type).order_by(FactColumn.name)
        )
        return {**{name: KINDS[type_] for name, type_ in facts}, **COLUMN_KINDS}


def _in_words(
    connection: Connection, where: str, now: datetime
) -> tuple[Mapping[Language, str], ...]:
    facts, words = {}, {}
    for name, kind, said in connection.execute(
        select(FactColumn.name, FactColumn.type, FactColumn.words)
    ):
        facts[name] = kind
        if said:
            words[name] = said
    said_conditions = say_conditions(where, facts=facts, words=words, today=local_date(now))
    return tuple(each.clauses for each in said_conditions)
