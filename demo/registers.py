"""Registers of the body in the demo, with open obligations and filed returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from demo.citizen_replies import OUTCOME_COLUMNS, OpenReturn, filings, write_rows
from demo.world import World
from installation.installation import Installation
from outcomes.outcome_imports import import_outcomes
from people.obligations import COLUMNS, import_obligations
from store.clock import local_date
from store.tables import Obligation

TAX = "income"


@dataclass(slots=True, kw_only=True)
class Registers:
    """The registers of the demo, which know everybody with an open return."""

    installation: Installation
    out: Path
    world: World
    open: list[OpenReturn]
    imported: set[str] = field(default_factory=set)  # people whose return is imported as filed

    @classmethod
    def opened(cls, installation: Installation, out: Path, world: World) -> "Registers":
        """Return the registers, with the latest open return of each person."""
        query = (
            select(Obligation.person_ref, func.max(Obligation.year).label("year"))
            .where(Obligation.tax == TAX, Obligation.filed_on.is_(None))
            .where(Obligation.assessed_on.is_(None))
            .group_by(Obligation.person_ref)
            .order_by(Obligation.person_ref)
        )
        with installation.store.reading() as connection:
            rows = connection.execute(query).all()
        found = [OpenReturn(row.person_ref, row.year) for row in rows]
        return cls(installation=installation, out=out, world=world, open=found)

    def tell(self, carded: Mapping[str, date], *, now: datetime) -> int:
        """Import the returns that were filed before today, and return how many are new.

        Args:
            carded: the day on which somebody's card went into the post, by person.
            now: the moment of the import.
        """
        new = {
            each.person_ref: (each, filed)
            for each, filed in filings(self.open, carded, self.world, until=local_date(now))
            if each.person_ref not in self.imported
        }
        self.imported |= new.keys()
        day = local_date(now).isoformat()
        outcomes = self.out / f"outcomes-{day}.csv"
        write_rows(
            outcomes,
            OUTCOME_COLUMNS,
            (
                (ref, "filed", filed.isoformat(), f"return-{each.year}-{ref}")
                for ref, (each, filed) in sorted(new.items())
            ),
        )
        import_outcomes(self.installation, outcomes, now=now)
        obligations = self.out / f"obligations-{day}.csv"
        write_rows(obligations, COLUMNS, self._filed(new))
        import_obligations(self.installation.store, obligations, now=now)
        return len(new)

    def _filed(self, new: Mapping[str, tuple[OpenReturn, date]]) -> list[tuple[str, ...]]:
        """Return the rows of obligations that were filed, as they were but for the day of filing."""
        columns = [getattr(Obligation, name) for name in COLUMNS]
        query = select(*columns).where(Obligation.tax == TAX, Obligation.filed_on.is_(None))
        with self.installation.store.reading() as connection:
            rows = connection.execute(query.order_by(Obligation.person_ref)).all()
        found = []
        for row in rows:
            each, filed = new.get(row.person_ref, (None, None))
            if each is not None and each.year == row.year:
                values = {**row._asdict(), "filed_on": filed}
                found.append(tuple(_cell(values[name]) for name in COLUMNS))
        return found


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
