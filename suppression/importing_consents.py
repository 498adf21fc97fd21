"""Import consents and withdrawals from CSV, for people known or not.

Every good row is staged in a temporary table first: whether two lines contradict each other, only the whole file can
tell, and neither of them may count before somebody has looked.
"""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    MetaData,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from people.sheet_imports import Taken, Watch, Written, take_sheet, unwatched
from people.sheets import Refusals, Row, Sheet, open_sheet
from store.base import Ref, UtcDateTime, words
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import ConsentKind
from store.tables import Consent
from suppression.consents import NewStatement, checked_statement, contradiction
from suppression.list_rows import day_or_moment
from suppression.lists import checked_channel, checked_purpose

REQUIRED = ("person_ref", "kind", "said_at")
OPTIONAL = ("channel", "purpose", "until", "source", "text_shown")

staged = Table(
    "staged_consents",
    MetaData(),
    Column("entry_key", Text, primary_key=True),
    Column("line", BigInteger, nullable=False),
    Column("person_ref", Ref, nullable=False),
    Column("kind", words(ConsentKind), nullable=False),
    Column("channel", Text),
    Column("purpose", Text),
    Column("said_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),
    Column("source", Text, nullable=False),
    Column("text_shown", Text, nullable=False),
    prefixes=["TEMPORARY"],
)
Index("ix_staged_consents_moment", staged.c.person_ref, staged.c.said_at)


def import_consents(
    store: Store,
    file: Path,
    *,
    now: datetime,
    by: str,
    channels: Collection[str] | None = None,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> Taken:
    """Import consents and withdrawals. The same line imported twice is one statement.

    Columns: `person_ref`, `kind` (given or withdrawn), `said_at`, and `channel` and `purpose` (empty: all of them),
    `until` (a day, included), `source`, `text_shown`. A consent needs its source and the text shown. Two lines that
    say the opposite at the same moment are both refused; so is a line that says the opposite of what is recorded.

    Args:
        store: The database.
        file: The CSV file.
        now: When it is imported; nothing can have been said after it.
        by: Who imports it.
        channels: The channels of this installation. A row about another one is refused. None: any word is taken.
        refused: Where the refused rows are written, if there are any.
        watch: Called with the progress.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)

    def take(connection: Connection, _import_id: int, rows: list[Row], refusals: Refusals) -> int:
        found: list[dict[str, Any]] = []
        for row in rows:
            try:
                found.append(
                    {**read_statement(row, file.name, now, channels).columns(), "line": row.line}
                )
            except BadInput as error:
                refusals.refuse(row, error)
        _stage(connection, found)
        return 0

    def finish(connection: Connection, _import_id: int, refusals: Refusals) -> Written:
        _stage(connection, [])
        _forget_known(connection)
        _refuse_contradictions(connection, sheet, refusals)
        added = _write(connection, by=by, now=now)
        staged.drop(connection)
        return Written(added)

    return take_sheet(
        store,
        sheet,
        take,
        kind="consents",
        now=now,
        refused=refused,
        watch=watch,
        finish=finish,
        of_people=True,
    )


def read_statement(
    row: Row, source: str, now: datetime, channels: Collection[str] | None
) -> NewStatement:
    """Read one row of a consent file.

    A day without a time begins at midnight. The source of a withdrawal may be the file itself.

    Raises:
        BadInput: a field is wrong, or a consent comes without its proof.
    """
    kind = _kind(row["kind"])
    said_at = day_or_moment(row["said_at"], "said_at")
    if said_at is None:
        raise BadInput(
            "is empty", "write when it was said: 2023-06-01 or 2023-06-01T14:30", field="said_at"
        )
    word = NewStatement(
        person_ref=row["person_ref"],
        kind=kind,
        channel=checked_channel(row["channel"], channels),
        purpose=checked_purpose(row["purpose"]),
        said_at=said_at,
        ends_at=day_or_moment(row["until"], "until"),
        source=row["source"] or (source if kind == ConsentKind.WITHDRAWN else ""),
        text_shown=row["text_shown"],
    )
    return checked_statement(word, now)


def _kind(said: str) -> ConsentKind:
    try:
        return ConsentKind(said.casefold())
    except ValueError:
        problem = Sentence("{said!r} is neither", said=said[:40]) if said else "is empty"
        raise BadInput(problem, "write given or withdrawn", field="kind") from None


def _stage(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Stage rows in a temporary table, duplicates once."""
    staged.create(connection, checkfirst=True)
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    if rows:
        connection.execute(dialect.insert(staged).on_conflict_do_nothing(), rows)


def _forget_known(connection: Connection) -> None:
    """Delete staged rows that were recorded before. Nobody else can record statements meanwhile."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("lock table consents in share row exclusive mode"))
        connection.execute(text("analyze staged_consents"))
    connection.execute(
        delete(staged).where(exists().where(Consent.entry_key == staged.c.entry_key))
    )


def _refuse_contradictions(connection: Connection, sheet: Sheet, refusals: Refusals) -> None:
    problems = {**_against_history(connection), **_within_file(connection)}
    if not problems:
        return
    for row in sheet.rows():  # the rows as they stood, so that they can be written out
        if isinstance(row, Row) and row.line in problems:
            refusals.refuse(row, contradiction(problems[row.line]))
    opposed = sorted(problems)
    for start in range(0, len(opposed), 1_000):
        connection.execute(delete(staged).where(staged.c.line.in_(opposed[start : start + 1_000])))


def _within_file(connection: Connection) -> dict[int, str]:
    """Return the contradicting line of each staged line."""
    other = staged.alias()
    pairs = (
        select(staged.c.line, func.min(other.c.line))
        .where(_opposes(other.c))
        .group_by(staged.c.line)
    )
    return {line: f"line {opposite}" for line, opposite in connection.execute(pairs)}


def _against_history(connection: Connection) -> dict[int, str]:
    """Return the contradicting recorded statement of each staged line."""
    columns = (staged.c.line, Consent.id, Consent.added_by, Consent.added_at)
    pairs = select(*columns).where(_opposes(Consent)).order_by(Consent.id.desc())
    return {
        row.line: f"#{row.id}, recorded by {row.added_by} on {row.added_at:%Y-%m-%d}"
        for row in connection.execute(pairs)
    }


def _opposes(other: Any) -> ColumnElement[bool]:
    return and_(
        other.person_ref == staged.c.person_ref,
        other.said_at == staged.c.said_at,
        other.kind != staged.c.kind,
        _overlap(other.channel, staged.c.channel),
        _overlap(other.purpose, staged.c.purpose),
    )


def _overlap(one: ColumnElement[Any], two: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(one.is_(None), two.is_(None), one == two)


def _write(connection: Connection, *, by: str, now: datetime) -> int:
    names = [column.name for column in staged.c if column.name != "line"]
    rows = select(
        *(staged.c[name] for name in names), literal(now, UtcDateTime()), literal(by)
    ).order_by(staged.c.line)
    connection.execute(insert(Consent).from_select([*names, "added_at", "added_by"], rows))
    return connection.execute(select(func.count()).select_from(staged)).scalar_one()
