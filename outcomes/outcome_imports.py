"""Import outcomes from the body's registers, such as returns filed and debts arranged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import aliased

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
OPTIONAL = ("reference", "withdrawn_on")


@dataclass(frozen=True, slots=True)
class OutcomesReport:
    """The result of importing a file of outcomes."""

    taken: Taken
    waiting: (
        int  # new rows about somebody not imported yet: kept, and counted once the person appears
    )

    contradicting: int  # people who filed and are not liable, of whom this file says one of the two

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.taken.as_data(),
            "waiting": self.waiting,
            "contradicting": self.contradicting,
        }


def import_outcomes(
    installation: Installation,
    file: Path,
    *,
    now: datetime,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> OutcomesReport:
    """Import a file of outcomes. A row that was imported before changes nothing.

    Columns: `person_ref, kind` (filed, appointment, payment_arranged, debt_help, not_liable, assessment_prevented),
    `happened_on`, `reference`, which tells two outcomes of one kind and day apart, and `withdrawn_on`. A row that comes
    again with that day withdraws the outcome; a register that takes the withdrawal back sends a new reference.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)
    today = local_date(now)
    waiting = 0
    contradicting: set[str] = set()
    taken_back: dict[_Key, date | None] = {}

    def take(connection: Connection, import_id: int, rows: list[Row], refusals: Refusals) -> int:
        nonlocal waiting
        read = [
            values
            for row in rows
            if (values := _read(row, refusals, today)) is not None
            and _says_once(row, values, refusals, taken_back)
        ]
        new = add_new(
            connection,
            Outcome,
            [{**values, "import_id": import_id} for values in read],
            Outcome.person_ref,
        )
        changed = _withdraw(connection, read)
        contradicting.update(_contradicting(connection, {each["person_ref"] for each in read}))
        refs = {row.person_ref for row in new}
        known = connection.execute(
            select(Person.person_ref).where(Person.person_ref.in_(refs))
        ).scalars()
        strangers = refs - set(known)
        waiting += sum(row.person_ref in strangers for row in new)
        return len(new) + changed

    taken = take_sheet(
        installation.store,
        sheet,
        take,
        kind="outcomes",
        now=now,
        refused=refused,
        watch=watch,
        of_people=True,
    )
    return OutcomesReport(taken, waiting, len(contradicting))


_Key = tuple[str, OutcomeKind, date, str]


def _says_once(
    row: Row, values: Mapping[str, Any], refusals: Refusals, seen: dict[_Key, date | None]
) -> bool:
    """Refuse a row that takes an outcome back on another day than an earlier row of this file did."""
    key = (values["person_ref"], values["kind"], values["happened_on"], values["reference"])
    day = values["withdrawn_on"]
    earlier = seen.get(key)
    if day is not None and earlier is not None and day != earlier:
        problem = Sentence("an earlier row takes this outcome back on {day}", day=earlier)
        remedy = "keep the row that is right"
        refusals.refuse(row, BadInput(problem, remedy, field="withdrawn_on"))
        return False
    seen[key] = day or earlier
    return True


def _contradicting(connection: Connection, refs: Collection[str]) -> Collection[str]:
    """Return the people who by the registers filed a return and owe none, under one reference."""
    filed, free = aliased(Outcome), aliased(Outcome)
    query = (
        select(filed.person_ref)
        .join(free, free.person_ref == filed.person_ref)
        .where(
            filed.person_ref.in_(refs),
            filed.kind == OutcomeKind.FILED,
            free.kind == OutcomeKind.NOT_LIABLE,
            filed.reference == free.reference,
            filed.withdrawn_on.is_(None),
            free.withdrawn_on.is_(None),
        )
    )
    return connection.execute(query.distinct()).scalars().all()


def _withdraw(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Withdraw the outcomes that these rows take back, and return how many stood."""
    return sum(
        connection.execute(
            update(Outcome)
            .where(
                Outcome.person_ref == row["person_ref"],
                Outcome.kind == row["kind"],
                Outcome.happened_on == row["happened_on"],
                Outcome.reference == row["reference"],
                Outcome.withdrawn_on.is_(None),
            )
            .values(withdrawn_on=row["withdrawn_on"])
        ).rowcount
        for row in rows
        if row["withdrawn_on"] is not None
    )


def _read(row: Row, refusals: Refusals, today: date) -> dict[str, Any] | None:
    try:
        happened = _past(row.day("happened_on"), today)
        return {
            "person_ref": _ref(row["person_ref"]),
            "kind": _kind(row["kind"]),
            "happened_on": happened,
            "reference": row["reference"],
            "withdrawn_on": _withdrawn(row, happened, today),
        }
    except BadInput as error:
        refusals.refuse(row, error)
        return None


def _ref(text: str) -> str:
    if not text:
        raise BadInput("is empty", "say whom it is about", field="person_ref")
    return text


def _withdrawn(row: Row, happened: date, today: date) -> date | None:
    if not row["withdrawn_on"]:
        return None
    day = row.day("withdrawn_on")
    if day < happened:
        raise BadInput(
            Sentence("{day} is before it happened", day=day),
            "write the day on which the register took it back",
            field="withdrawn_on",
        )
    return _past(day, today)


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
