"""Removal of rows and files whose retention period is over, by the classes of their tables.

Rows go in bounded transactions beside delivery. Each table's count is written down, and nothing of anybody.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from campaigns.looking_back.retention import read_periods
from campaigns.post.stored_removal import is_kept, remove_run
from installation.installation import Installation
from installation.retention_periods import Periods
from people.cells.findings_files import findings_folder
from privacy.retention_rules import RowRule, blanks, held_back, rules
from privacy.sqlite_leftovers import empty_journal, overwrite_removed
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.column_classes import Retention
from store.errors import BadInput
from store.tables import (
    AudienceMember,
    Campaign,
    ClassRemoval,
    Delivery,
    Import,
    PersonNumber,
    PrintRun,
)

CHUNK = 10_000  # rows of one transaction
PRINT_FILES, FINDINGS = "print files", "findings of imports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Rows of one table, or files of one kind, that are over."""

    retention: Retention
    what: str
    emptied: bool
    rows: int
    days: int

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def due_by_class(installation: Installation, *, now: datetime) -> list[Removed]:
    """Return what is over, without removing anything.

    Raises:
        BadInput: the file of periods is wrong.
    """
    periods = read_periods(installation)
    found = []
    with installation.store.reading() as connection:
        for rule, days in _with_period(periods):
            which = _over(rule, periods, days, now)
            query = select(func.count()).select_from(rule.table).where(which)
            found.append(_removed(rule, int(connection.execute(query).scalar_one()), days))
        for kind, paths, days in _files(installation, connection, periods, now):
            found.append(_files_removed(kind, len(paths), days))
    return [each for each in found if each.rows]


def remove_by_class(installation: Installation, *, by: Decider, now: datetime) -> list[Removed]:
    """Remove or empty everything that is over, and write down how much of what.

    Killed half-way, run it again: what was done is done.

    Raises:
        BadInput: the file of periods is wrong, or another process is removing.
    """
    periods = read_periods(installation)
    with installation.store.holding("retention") as held:
        if not held:
            raise BadInput("somebody else is removing at this moment", "wait until they are done")
        found = [
            _removed(rule, _remove(installation, rule, periods, days, now), days)
            for rule, days in _with_period(periods)
        ]
        found += _remove_files(installation, periods, now)
        done = [each for each in found if each.rows]
        with installation.store.writing() as connection:
            _write_down(connection, done, by=by, now=now)
    empty_journal(installation.store)
    return done


def _with_period(periods: Periods) -> Iterator[tuple[RowRule, int]]:
    for rule in rules():
        if (days := periods.classes.get(rule.retention)) is not None:
            yield rule, days


def _removed(rule: RowRule, rows: int, days: int) -> Removed:
    return Removed(
        retention=rule.retention, what=rule.name, emptied=rule.empties, rows=rows, days=days
    )


def _files_removed(kind: str, count: int, days: int) -> Removed:
    retention = Retention.MAIL if kind == PRINT_FILES else Retention.SHORT_LIVED
    return Removed(retention=retention, what=kind, emptied=False, rows=count, days=days)


def _over(rule: RowRule, periods: Periods, days: int, now: datetime) -> ColumnElement[bool]:
    """Match the rows of a rule whose period is over, that are not held, and that still hold something."""
    moment = now - timedelta(days=days)
    before = local_date(moment) if isinstance(rule.since.type, sa.Date) else moment
    which = sa.and_(rule.ended, rule.since < before, ~held_back(rule, periods.legal_hold))
    if rule.empties:
        table = rule.table.__table__
        which &= or_(*(_holds(table.c[name], blank) for name, blank in blanks(rule).items()))
    return which


def _holds(column: Any, blank: Any) -> ColumnElement[bool]:
    """Match rows in which a column is not blank."""
    if blank is None:
        held: ColumnElement[bool] = column.is_not(None)
    elif isinstance(column.type, sa.JSON):
        held = sa.cast(column, sa.Text) != ("[]" if blank == [] else "{}")
    else:
        held = column != blank
    return held


def _remove(
    installation: Installation, rule: RowRule, periods: Periods, days: int, now: datetime
) -> int:
    """Remove or empty the rows of one rule in bounded transactions, and return how many."""
    key = sa.inspect(rule.table).primary_key[0]
    which, total, last = _over(rule, periods, days, now), 0, None
    while True:
        with installation.store.writing() as connection:
            overwrite_removed(connection)
            beyond = which if last is None else which & (key > last)
            some = connection.execute(
                select(key).where(beyond).order_by(key).limit(CHUNK)
            ).scalars()
            keys = list(dict.fromkeys(some))
            if not keys:
                return total
            last = keys[-1]
            within = which & key.between(keys[0], last)
            total += _act(connection, rule, within)


def _act(connection: Connection, rule: RowRule, which: ColumnElement[bool]) -> int:
    if rule.empties:
        return connection.execute(update(rule.table).where(which).values(**blanks(rule))).rowcount
    if rule.name == "people":
        theirs = select(rule.table.__table__.c.id).where(which)
        for held in (PersonNumber, AudienceMember):
            connection.execute(delete(held).where(held.person_id.in_(theirs)))
    return connection.execute(delete(rule.table).where(which)).rowcount


def _files(
    installation: Installation, connection: Connection, periods: Periods, now: datetime
) -> Iterator[tuple[str, list[str], int]]:
    """Yield the print runs and files of findings whose period is over and that are still here."""
    if (days := periods.classes.get(Retention.MAIL)) is not None:
        ended = func.coalesce(PrintRun.closed_at, PrintRun.posted_at)
        runs = (
            select(PrintRun.folder)
            .join(Delivery, Delivery.id == PrintRun.delivery_id)
            .join(Campaign, Campaign.id == Delivery.campaign_id)
            .where(ended < now - timedelta(days=days), Campaign.name.not_in(periods.legal_hold))
            .order_by(PrintRun.id)
        )
        folders = connection.execute(runs).scalars().all()
        kept = [name for name in folders if is_kept(installation, connection, name)]
        yield PRINT_FILES, kept, days
    if (days := periods.classes.get(Retention.SHORT_LIVED)) is not None:
        folder = findings_folder(installation.settings.shared_folder)
        written = select(Import.findings_file).where(
            Import.findings_file.is_not(None), Import.finished_at < now - timedelta(days=days)
        )
        names = connection.execute(written).scalars()
        yield FINDINGS, [name for name in names if name and (folder / name).exists()], days


def _remove_files(installation: Installation, periods: Periods, now: datetime) -> list[Removed]:
    with installation.store.reading() as connection:
        found = list(_files(installation, connection, periods, now))
    for kind, names, _ in found:
        for name in names:
            if kind == PRINT_FILES:
                remove_run(installation, name)
            else:
                (findings_folder(installation.settings.shared_folder) / name).unlink(
                    missing_ok=True
                )
    return [_files_removed(kind, len(names), days) for kind, names, days in found]


def _write_down(connection: Connection, done: list[Removed], *, by: Decider, now: datetime) -> None:
    for each in done:
        values = {**each.as_data(), "retention": each.retention.value}
        connection.execute(
            insert(ClassRemoval).values(**values, removed_at=now, removed_by=by.name)
        )
        about = About(Kind.INSTALLATION, each.what)
        record(connection, by, "removed_by_class", about, now=now, rows=each.rows)
