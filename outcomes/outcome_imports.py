"""Import outcomes from the body's registers, such as returns filed and debts arranged."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from installation.installation import Installation
from people.sheet_imports import Taken, Watch, take_sheet, unwatched
from people.sheets import Refusals, Row, open_sheet
from store.clock import local_date
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.states import OutcomeKind
from store.tables import Outcome, Person

REQUIRED = ("person_ref", "kind", "happened_on")
OPTIONAL = ("reference",)


@dataclass(frozen=True, slots=True)
class OutcomesReport:
    """The result of importing a file of outcomes."""

    taken: Taken
    waiting: (
        int  # new rows about somebody not imported yet: kept, and counted once the person appears
    )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.taken.as_data(), "waiting": self.waiting}


def import_outcomes(
    installation: Installation,
    file: Path,
    *,
    now: datetime,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> OutcomesReport:
    """Import a file of outcomes. A row that was imported before changes nothing.

    Columns: `person_ref, kind` (filed, appointment, payment_arranged, debt_help, not_liable), `happened_on`, and
    `reference`, which tells two outcomes of one kind and day apart.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)
    today = local_date(now)
    waiting = 0

    def take(connection: Connection, import_id: int, rows: list[Row], refusals: Refusals) -> int:
        nonlocal waiting
        read = [values for row in rows if (values := _read(row, refusals, today)) is not None]
        new = add_new(
            connection,
            Outcome,
            [{**values, "import_id": import_id} for values in read],
            Outcome.person_ref,
        )
        refs = {row.person_ref for row in new}
        known = connection.execute(
            select(Person.person_ref).where(Person.person_ref.in_(refs))
        ).scalars()
        strangers = refs - set(known)
        waiting += sum(row.person_ref in strangers for row in new)
        return len(new)

    taken = take_sheet(
        installation.store, sheet, take, kind="outcomes", now=now, refused=refused, watch=watch
    )
    return OutcomesReport(taken, waiting)


def _read(row: Row, refusals: Refusals, today: date) -> dict[str, Any] | None:
    try:
        return {
            "person_ref": _ref(row["person_ref"]),
            "kind": _kind(row["kind"]),
            "happened_on": _past(row.day("happened_on"), today),
            "reference": row["reference"],
        }
    except BadInput as error:
        refusals.refuse(row, error)
        return None


def _ref(text: str) -> str:
    if not text:
        raise BadInput("is empty", "say whom it is about", field="person_ref")
    return text


def _past(day: date, today: date) -> date:
    if day > today:
        raise BadInput(
            Sentence("{day} is still to come", day=day),
            "an outcome has happened",
            field="happened_on",
        )
    return day


def _kind(text: str) -> OutcomeKind:
    try:
        return OutcomeKind(text.lower())
    except ValueError:
        known = ", ".join(OutcomeKind)
        raise BadInput(
            Sentence("{seen!r} is not a known outcome", seen=text),
            Sentence("write one of {known}", known=known),
            field="kind",
        ) from None
