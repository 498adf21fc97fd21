"""Count a named audience, store its people, and compare it with the previous count."""

import csv
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from campaigns.audience_language.where_clause import Audience
from campaigns.planning.audiences import Version, find, parsed
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import AudienceMember, AudienceRun, NamedAudience, Person

KEPT_RUNS = 2
SAMPLE = 5
REF_COLUMNS = ("person_ref", "change", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One count of a named audience."""

    id: int
    version: Version
    today: date
    people: int
    sha256: str  # over the references in order: the same people give the same hash
    ran_at: datetime

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.version.name,
            "version": self.version.number,
            "today": self.today,
            "people": self.people,
            "sha256": self.sha256,
            "ran_at": self.ran_at,
            "holds_only": self.version.rule.outside(self.today),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """The people who joined or left an audience for one reason."""

    why: str
    people: int
    refs: tuple[str, ...]  # a sample, in order


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two counts of one audience, compared."""

    before: Run
    after: Run
    new: tuple[Change, ...]
    left: tuple[Change, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.after.version.name,
            "before": self.before.as_data(),
            "after": self.after.as_data(),
            "new": [
                {"why": each.why, "people": each.people, "refs": list(each.refs)}
                for each in self.new
            ],
            "left": [
                {"why": each.why, "people": each.people, "refs": list(each.refs)}
                for each in self.left
            ],
        }


@dataclass(frozen=True, slots=True)
class _Why:
    """A reason why somebody joined or left, as text and as a condition."""

    text: str
    holds: ColumnElement[bool]


def count(installation: Installation, name: str, *, now: datetime) -> Run:
    """Count the newest version of a named audience, and store its people.

    Raises:
        BadInput: there is no such audience.
    """
    with installation.store.writing() as connection:
        run, _ = _run(connection, find(connection, name), now=now)
        _forget(connection, name)
        return run


def compare(
    installation: Installation, name: str, *, now: datetime, refs_file: Path | None = None
) -> Comparison:
    """Count the newest version again, and compare it with the previous count.

    Raises:
        BadInput: there is no such audience, or it was never counted.
        OSError: the file cannot be written; then nothing was recorded.
    """
    with installation.store.writing() as connection:
        version = find(connection, name)
        before = last_run(connection, name)
        if before is None:
            raise BadInput(
                Sentence("{name} was never counted", name=name),
                Sentence("count it first: kaartje audience count {name}", name=name),
                field="name",
            )
        after, audience = _run(connection, version, now=now)
        for_new = _reasons_new(connection, before, after, audience)
        for_left = _reasons_left(connection, before, after, audience)
        new = _labelled(after, before, for_new)
        left = _labelled(before, after, for_left)
        made = Comparison(
            before, after, _changes(connection, new, for_new), _changes(connection, left, for_left)
        )
        if refs_file is not None:
            rows = (("new", *row) for row in _each(connection, new, for_new))
            _write(refs_file, rows, (("left", *row) for row in _each(connection, left, for_left)))
        _forget(connection, name)
        return made


def last_run(connection: Connection, name: str) -> Run | None:
    """Return the newest run of any version of a named audience."""
    return next(runs(connection, name, most=1), None)


def runs(connection: Connection, name: str, *, most: int) -> Iterator[Run]:
    """Yield the newest runs of a named audience, the newest first."""
    found = (
        select(AudienceRun.__table__, NamedAudience.version)
        .join(NamedAudience, NamedAudience.id == AudienceRun.audience_id)
        .where(NamedAudience.name == name)
        .order_by(AudienceRun.id.desc())
        .limit(most)
    )
    for row in connection.execute(found).all():
        yield Run(
            id=row.id,
            version=find(connection, name, row.version),
            today=row.today,
            people=row.people,
            sha256=row.sha256,
            ran_at=row.ran_at,
        )


def _run(connection: Connection, version: Version, *, now: datetime) -> tuple[Run, Audience]:
    today = local_date(now)
    audience = parsed(connection, version.rule.where, today=today)
    made = insert(AudienceRun).values(
        audience_id=version.id, today=today, people=0, sha256="", ran_at=now
    )
    run_id = connection.execute(made.returning(AudienceRun.id)).scalar_one()
    found = select(literal(run_id), Person.id).where(audience.condition)
    connection.execute(insert(AudienceMember).from_select(["run_id", "person_id"], found))
    people, digest = _hash(connection, run_id)
    connection.execute(
        update(AudienceRun).where(AudienceRun.id == run_id).values(people=people, sha256=digest)
    )
    return Run(
        id=run_id, version=version, today=today, people=people, sha256=digest, ran_at=now
    ), audience


def _hash(connection: Connection, run_id: int) -> tuple[int, str]:
    """Return the number of people in a count, and the hash over their references in order."""
    refs = (
        select(Person.person_ref)
        .join(AudienceMember, AudienceMember.person_id == Person.id)
        .where(AudienceMember.run_id == run_id)
        .order_by(Person.person_ref)
        .execution_options(yield_per=10_000)
    )
    digest, people = sha256(), 0
    with closing(connection.execute(refs).scalars()) as rows:
        for ref in rows:
            digest.update(f"{ref}\n".encode())
            people += 1
    return people, digest.hexdigest()


def _forget(connection: Connection, name: str) -> None:
    """Delete the people of all but the last counts. The totals stay."""
    mine = select(AudienceRun.id).join(NamedAudience, NamedAudience.id == AudienceRun.audience_id)
    mine = mine.where(NamedAudience.name == name)
    kept = list(connection.execute(mine.order_by(AudienceRun.id.desc()).limit(KEPT_RUNS)).scalars())
    connection.execute(
        delete(AudienceMember).where(
            AudienceMember.run_id.in_(mine), AudienceMember.run_id.not_in(kept)
        )
    )


def _is_true(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(condition, false())


def _reasons_new(connection: Connection, before: Run, after: Run, audience: Audience) -> list[_Why]:
    """Return the reasons why somebody may have joined, most specific first.

    Earlier values are not stored, so only what changed can be named.
    """
    found = []
    if before.version.rule.where != after.version.rule.where:
        old = parsed(connection, before.version.rule.where, today=after.today)
        found.append(_Why(Sentence("the rule changed"), not_(_is_true(old.condition))))
    found.append(_Why(Sentence("imported since then"), Person.imported_at > before.ran_at))
    then = parsed(connection, audience.text, today=before.today)
    if before.today != after.today:
        found += [
            _Why(
                Sentence("holds as days went by: {text}", text=each.text),
                not_(_is_true(each.condition)),
            )
            for each in then.parts
        ]
    found.append(
        _Why(Sentence("an import changed what is known of them"), Person.updated_at > before.ran_at)
    )
    return found


def _reasons_left(
    connection: Connection, before: Run, after: Run, audience: Audience
) -> list[_Why]:
    """Return the reasons why somebody may have left, most specific first."""
    if before.version.rule.where == after.version.rule.where:
        return _failing(audience)
    old = parsed(connection, before.version.rule.where, today=after.today)
    return [_Why(Sentence("the rule changed"), _is_true(old.condition)), *_failing(old)]


def _failing(audience: Audience) -> list[_Why]:
    return [
        _Why(Sentence("no longer matches: {text}", text=each.text), not_(_is_true(each.condition)))
        for each in audience.parts
    ]


_OTHERWISE = Sentence("something that happened since: a touch, a reply, an outcome, another number")


def _labelled(here: Run, there: Run, reasons: list[_Why]) -> Subquery:
    """Select the people of one count who are not in the other, with their first matching reason."""
    other = aliased(AudienceMember)
    elsewhere = exists().where(
        other.run_id == there.id, other.person_id == AudienceMember.person_id
    )
    why = case(*((each.holds, at) for at, each in enumerate(reasons)), else_=len(reasons))
    return (
        select(Person.person_ref, why.label("why"))
        .join(AudienceMember, AudienceMember.person_id == Person.id)
        .where(AudienceMember.run_id == here.id, not_(elsewhere))
        .subquery()
    )


def _changes(connection: Connection, people: Subquery, reasons: list[_Why]) -> tuple[Change, ...]:
    nth = func.row_number().over(partition_by=people.c.why, order_by=people.c.person_ref)
    total = func.count().over(partition_by=people.c.why)
    counted = select(
        people.c.why, people.c.person_ref, nth.label("nth"), total.label("total")
    ).subquery()
    rows = connection.execute(
        select(counted).where(counted.c.nth <= SAMPLE).order_by(counted.c.why, counted.c.nth)
    )
    found: dict[int, tuple[int, list[str]]] = {}
    for row in rows:
        found.setdefault(row.why, (row.total, []))[1].append(row.person_ref)
    return tuple(
        Change(_reason_text(reasons, why), total, tuple(refs))
        for why, (total, refs) in found.items()
    )


def _reason_text(reasons: list[_Why], at: int) -> str:
    return " ".join((reasons[at].text if at < len(reasons) else _OTHERWISE).split())


def _each(
    connection: Connection, people: Subquery, reasons: list[_Why]
) -> Iterator[tuple[str, str]]:
    statement = select(people).order_by(people.c.person_ref).execution_options(yield_per=10_000)
    with closing(connection.execute(statement)) as rows:
        for ref, why in rows:
            yield ref, _reason_text(reasons, why)


def _write(path: Path, *changes: Iterator[tuple[str, str, str]]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REF_COLUMNS)
        for rows in changes:
            writer.writerows((ref, change, why) for change, ref, why in rows)
    draft.replace(path)
