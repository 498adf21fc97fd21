"""Reported deaths, and what the population register says of each."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from store.engine import Store
from store.states import SuppressionScope
from store.tables import Person, Suppression
from suppression.reasons import Reason

_COLUMNS = (
    *(
        Suppression.id,
        Suppression.person_ref,
        Suppression.starts_at,
        Suppression.source,
        Suppression.note,
    ),
    *(Person.id.label("person_id"), Person.deceased_on),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDeath:
    """One report of a death. It holds until a person lifts it, whatever the register says."""

    id: int  # of the entry
    person_ref: str
    reported_at: datetime
    days: int  # since then
    source: str
    note: str
    known: bool  # whether we have this person at all
    confirmed_on: date | None  # the day of death by the register; None: not confirmed yet

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def reported_deaths(store: Store, *, now: datetime, confirmed: bool = False) -> list[ReportedDeath]:
    """Return the reported deaths that the register has not confirmed, or all, the oldest first.

    Whoever waits for weeks was reported wrongly, or is missing in the register: a person finds out, and lifts or not.
    """
    query = (
        select(*_COLUMNS)
        .select_from(Suppression)
        .outerjoin(Person, Person.person_ref == Suppression.person_ref)
        .where(
            Suppression.reason == Reason.DECEASED.value,
            Suppression.scope == SuppressionScope.PERSON,
            Suppression.person_ref.is_not(None),
            Suppression.lifted_at.is_(None),
            Suppression.starts_at <= now,
            or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
        )
        .order_by(Suppression.starts_at, Suppression.id)
    )
    if not confirmed:
        query = query.where(Person.deceased_on.is_(None))
    with store.reading() as connection:
        return [
            ReportedDeath(
                id=row.id,
                person_ref=row.person_ref,
                reported_at=row.starts_at,
                days=(now - row.starts_at).days,
                source=row.source,
                note=row.note,
                known=row.person_id is not None,
                confirmed_on=row.deceased_on,
            )
            for row in connection.execute(query)
        ]
