"""Import of obligations, each of one person for one tax and one year, with its progress.

A newer file replaces what was known of each obligation it names. One it does not name stays as it
was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    MetaData,
    Table,
    Text,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from people.sheet_imports import Taken, Watch, Written, take_sheet, unwatched
from people.sheets import Refusals, Row, open_sheet
from people.value_words import NO, YES
from store.base import Ref, UtcDateTime
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Obligation, Person
from store.tables.people import OBLIGATION_DAYS

TAXES = ("income", "vat")
FIRST_YEAR = 1990
REQUIRED = ("person_ref", "tax", "year")
OPTIONAL = (*OBLIGATION_DAYS, "refund_expected")
COLUMNS = (*REQUIRED, *OPTIONAL)
"""The columns of a file of obligations, in their order."""
_LETTERS = ("invited_on", "reminded_on", "dunned_on")  # each follows the one before it
_HAPPENED = ("filed_on", "assessed_on")

staged = Table(
    "staged_obligations",
    MetaData(),
    Column("person_ref", Ref, primary_key=True),
    Column("tax", Text, primary_key=True),
    Column("year", BigInteger, primary_key=True),
    *(Column(name, Date) for name in OBLIGATION_DAYS),
    Column("refund_expected", Boolean),
    Column("line", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class ObligationsReport:
    """Result of an import of obligations."""

    taken: Taken
    waiting: int  # rows about somebody not imported yet: kept until that person appears

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.taken.as_data(), "waiting": self.waiting}


def import_obligations(
    store: Store,
    file: Path,
    *,
    now: datetime,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> ObligationsReport:
    """Import a file of obligations in one transaction.

    The same file twice changes nothing.

    Columns: `person_ref, tax` (income, vat), `year`, and each where it is known: the days of `OBLIGATION_DAYS`, and
    `refund_expected` (yes or no).

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)
    today = local_date(now)
    waiting = 0

    def take(connection: Connection, _import_id: int, rows: list[Row], refusals: Refusals) -> int:
        _stage(connection, _readable(rows, refusals, today), refusals)
        return 0

    def finish(connection: Connection, import_id: int, _refusals: Refusals) -> Written:
        nonlocal waiting
        staged.create(connection, checkfirst=True)
        stamps = {"import_id": literal(import_id), "updated_at": literal(now, UtcDateTime())}
        written = Written(updated=_update(connection, stamps), added=_insert(connection, stamps))
        waiting = _strangers(connection)
        staged.drop(connection)
        return written

    taken = take_sheet(
        store,
        sheet,
        take,
        kind="obligations",
        now=now,
        refused=refused,
        watch=watch,
        finish=finish,
        of_people=True,
    )
    return ObligationsReport(taken, waiting)


def _readable(
    rows: Iterable[Row], refusals: Refusals, today: date
) -> list[tuple[Row, dict[str, Any]]]:
    found = []
    for row in rows:
        try:
            found.append((row, read_obligation(row, today)))
        except BadInput as error:
            refusals.refuse(row, error)
    return found


def read_obligation(row: Row, today: date) -> dict[str, Any]:
    """Read one row as the columns of `obligations`.

    Raises:
        BadInput: a field is wrong, or the days cannot all be true.
    """
    if not row["person_ref"]:
        raise BadInput("is empty", "write the reference of the person", field="person_ref")
    days = {name: row.day(name) if row[name] else None for name in OBLIGATION_DAYS}
    year = _year(row["year"], today)
    _can_be_true(days, year, today)
    refund = _refund(row["refund_expected"])
    return {
        "person_ref": row["person_ref"],
        "tax": _tax(row["tax"]),
        "year": year,
        **days,
        "refund_expected": refund,
    }


def _tax(text: str) -> str:
    if text.casefold() not in TAXES:
        raise BadInput(
            Sentence("{seen!r} is not a known tax", seen=text[:40]),
            Sentence("write {known}", known=" or ".join(TAXES)),
            field="tax",
        )
    return text.casefold()


def _year(text: str, today: date) -> int:
    if not (text.isascii() and text.isdecimal()) or not FIRST_YEAR <= int(text[:5]) <= today.year:
        problem = Sentence("{seen!r} is not a believable tax year", seen=text[:20])
        raise BadInput(
            problem,
            Sentence(
                "write a year from {first_year} to {year}", first_year=FIRST_YEAR, year=today.year
            ),
            field="year",
        )
    return int(text)


def _refund(text: str) -> bool | None:
    word = text.casefold()
    if not word:
        return None
    if word not in YES | NO:
        raise BadInput(
            Sentence("{seen!r} is neither yes nor no", seen=text[:20]),
            "write yes or no",
            field="refund_expected",
        )
    return word in YES


def _can_be_true(days: Mapping[str, date | None], year: int, today: date) -> None:
    """Refuse days that contradict each other.

    Such are reversed letters, a return before its year, and a filing or assessment in the future.
    """
    sent = [(name, day) for name in _LETTERS if (day := days[name]) is not None]
    for (before, earlier), (after, later) in pairwise(sent):
        if later < earlier:
            raise BadInput(
                Sentence(
                    "{later} lies before {before} {earlier}",
                    later=later,
                    before=before,
                    earlier=earlier,
                ),
                "check which of the two is right",
                field=after,
            )
    for name in _HAPPENED:
        day = days[name]
        if day is not None and day > today:
            raise BadInput(
                Sentence("{day} is in the future", day=day),
                "leave it empty until it has happened",
                field=name,
            )
        if day is not None and day < date(year, 1, 1):
            raise BadInput(
                Sentence("{day} lies before the year {year} began", day=day, year=year),
                "check the day and the year",
                field=name,
            )


def _stage(
    connection: Connection, rows: list[tuple[Row, dict[str, Any]]], refusals: Refusals
) -> None:
    """Write rows to the staging table, and refuse an obligation that is in this file already."""
    staged.create(connection, checkfirst=True)
    lines = _lines(connection, {row["person_ref"] for row, _ in rows})
    new = []
    for row, values in rows:
        key = (values["person_ref"], values["tax"], values["year"])
        first = lines.setdefault(key, row.line)
        if first == row.line:
            new.append({**values, "line": row.line})
        else:
            problem = Sentence(
                "{person} has {tax} {year} on line {line} already, and that row was taken",
                person=key[0],
                tax=key[1],
                year=key[2],
                line=first,
            )
            refusals.refuse(row, BadInput(problem, "keep one of the two", field="person_ref"))
    if new:
        connection.execute(insert(staged), new)


def _lines(connection: Connection, refs: set[str]) -> dict[Key, int]:
    query = select(staged.c.person_ref, staged.c.tax, staged.c.year, staged.c.line)
    rows = connection.execute(query.where(staged.c.person_ref.in_(refs)))
    return {(row.person_ref, row.tax, row.year): row.line for row in rows}


def _same() -> ColumnElement[bool]:
    return and_(*(getattr(Obligation, name) == staged.c[name] for name in REQUIRED))


def _update(connection: Connection, stamps: Mapping[str, Any]) -> int:
    """Replace the obligations that changed, and return how many."""
    changed = or_(
        *(getattr(Obligation, name).is_distinct_from(staged.c[name]) for name in OPTIONAL)
    )
    values = {name: staged.c[name] for name in OPTIONAL}
    return connection.execute(
        update(Obligation).where(_same(), changed).values({**values, **stamps})
    ).rowcount


def _insert(connection: Connection, stamps: Mapping[str, Any]) -> int:
    new = ~exists().where(_same())
    count = connection.execute(select(func.count()).select_from(staged).where(new)).scalar_one()
    rows = (
        select(*(staged.c[name] for name in COLUMNS), *stamps.values())
        .where(new)
        .order_by(staged.c.line)
    )
    connection.execute(insert(Obligation).from_select([*COLUMNS, *stamps], rows))
    return count


def _strangers(connection: Connection) -> int:
    nobody = ~exists().where(Person.person_ref == staged.c.person_ref)
    return connection.execute(select(func.count()).select_from(staged).where(nobody)).scalar_one()
