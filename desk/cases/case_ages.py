"""The age of open cases by owner, with what is overdue."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desk.cases.overdue import overdue
from desk.cases.overdue_promises import Waits
from store.base import UtcDateTime
from store.engine import Store
from store.tables import Case


@dataclass(frozen=True, slots=True)
class Owned:
    """Counts of the open cases of one owner."""

    owner: str
    cases: int
    oldest_days: int
    late: int  # things that this owner has to look at


@dataclass(frozen=True, slots=True)
class Ages:
    """The age of open cases by owner, and what is overdue."""

    owners: tuple[Owned, ...]
    late: tuple[Waits, ...]

    @property
    def late_by_kind(self) -> dict[str, int]:
        """The number of overdue things by kind."""
        return dict(Counter(each.kind for each in self.late))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "late_by_kind": self.late_by_kind}


def ages(store: Store, *, now: datetime) -> Ages:
    """Return the age of open cases by owner, and everything that is overdue."""
    late = overdue(store, now=now)
    whose = Counter(each.whose for each in late)
    columns = (Case.owner, func.count(), func.min(Case.opened_at, type_=UtcDateTime()))
    query = (
        select(*columns).where(Case.closed_at.is_(None)).group_by(Case.owner).order_by(Case.owner)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return Ages(
        tuple(
            Owned(owner, cases, (now - oldest).days, whose[owner]) for owner, cases, oldest in rows
        ),
        tuple(late),
    )
