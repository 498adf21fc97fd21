"""Tax returns that a person filed or still owes, as the register has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select

from store.engine import Store
from store.mapped_rows import read_all
from store.tables import Obligation, Person
from templates.guide_plans import Situation

Standing = Literal["filed", "filed_after", "assessed", "extended", "dunned", "reminded", "open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonReturn:
    """One return of one tax and year, with its days so far."""

    tax: str  # income, vat
    year: int
    filed_on: date | None
    assessed_on: date | None  # an assessment was made without the return
    dunned_on: date | None
    reminded_on: date | None
    extension_until: date | None
    assessment_due_on: date | None
    refund_expected: bool | None

    @property
    def is_owed(self) -> bool:
        """Whether the return has still to be filed."""
        return self.filed_on is None

    def standing(self, today: date) -> tuple[Standing, date | None]:
        """Return how far it is, and the day from which that counts."""
        if self.filed_on is not None:
            return ("filed_after" if self.assessed_on else "filed"), self.filed_on
        if self.assessed_on is not None:
            return "assessed", self.assessed_on
        if self.extension_until is not None and self.extension_until >= today:
            return "extended", self.extension_until
        if self.dunned_on is not None:
            return "dunned", self.dunned_on
        return ("reminded" if self.reminded_on else "open"), self.reminded_on

    @property
    def situation(self) -> frozenset[Situation]:
        """The situations of this return, as the steps of a guide name them."""
        found: set[Situation] = {"to_file" if self.is_owed else "filed"}
        if self.assessed_on is not None:
            found.add("assessed")
        elif self.is_owed:
            found.add("before_assessment")
        return frozenset(found)


def returns_of(store: Store, person_id: int) -> tuple[PersonReturn, ...]:
    """Return the returns of a person, what is owed first, then the latest year first.

    Ask only after the identity was checked.
    """
    query = (
        select(Obligation)
        .join(Person, Person.person_ref == Obligation.person_ref)
        .where(Person.id == person_id)
    )
    with store.reading() as connection:
        rows = [_return(row) for row in read_all(connection, query)]
    return tuple(sorted(rows, key=lambda each: (not each.is_owed, -each.year, each.tax)))


def situations(returns: Sequence[PersonReturn], taxes: Iterable[str] = ()) -> frozenset[Situation]:
    """Return the situations of a person, or none where the register knows nothing.

    Args:
        returns: Of one person.
        taxes: Of the campaign that the call is about; empty for all.
    """
    named = set(taxes)
    theirs = [each for each in returns if not named or each.tax in named]
    return frozenset().union(*(each.situation for each in theirs))


def _return(row: Obligation) -> PersonReturn:
    return PersonReturn(
        tax=row.tax,
        year=row.year,
        filed_on=row.filed_on,
        assessed_on=row.assessed_on,
        dunned_on=row.dunned_on,
        reminded_on=row.reminded_on,
        extension_until=row.extension_until,
        assessment_due_on=row.assessment_due_on,
        refund_expected=row.refund_expected,
    )
