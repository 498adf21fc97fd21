"""Take an answer file of the print shop, once, in one transaction.

A bad row is refused with line and remedy, and written to a file. The other rows are taken. Rows that were taken
before, from whatever file, change nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from campaigns.post.piece_states import TrackedRun, close_if_done, find_run
from campaigns.post.print_terms import tolerance
from campaigns.post.proof_signing import publish
from channels.answer_words import AnswerWords
from inbound.post.answer_effects import APPLY
from inbound.post.answer_formats import Source, open_source
from inbound.post.answer_rows import AnswerRow, read_answer_row
from inbound.post.shop_answer import RunAnswer
from installation.installation import Installation
from people.sheets import Refusals, Refused
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import ShopAnswerKind
from store.tables import Delivery, PrintRun, ShopAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """The result of taking an answer file."""

    file: str
    rows: int
    taken: int
    unchanged: int  # taken before
    refused: int
    refusals: tuple[Refused, ...]  # the first fifty
    refused_file: str | None
    runs: tuple[str, ...]  # keys
    closed: tuple[str, ...]  # keys of the runs in which every piece is accounted for now
    ignored: tuple[str, ...]  # columns of the file that say nothing to us
    counts: dict[
        str, int
    ]  # pieces by the state they came to; differences, explained, waiting, postings, …

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        refusals = [{"line": each.line, "problem": each.problem} for each in self.refusals]
        return {**asdict(self), "refusals": refusals}


def take_answer(
    installation: Installation, file: Path, *, now: datetime, refused: Path | None = None
) -> AnswerReport:
    """Take one answer file of the print shop, CSV or JSON (docs/print-shop-answers.md).

    Raises:
        BadInput: the file as a whole cannot be read.
        OSError: the file cannot be opened.
    """
    words = AnswerWords(installation.shop.answer_map if installation.shop else None)
    source = open_source(file, words)
    counts: Counter[str] = Counter()
    closed, runs = list[str](), dict[int, TrackedRun]()
    with (
        Refusals(sheet=source.sheet, file=refused) as refusals,
        installation.store.writing() as connection,
    ):
        read = _read(source, words, refusals, now)
        for run_id, some in _by_run(connection, read, refusals).items():
            runs[run_id] = find_run(connection, _key(connection, run_id))
            before = runs[run_id].closed_at
            counts += _take(
                installation,
                connection,
                source,
                runs[run_id],
                rows=some,
                refusals=refusals,
                now=now,
            )
            if close_if_done(connection, run_id, now=now) and before is None:
                closed.append(runs[run_id].key)
    for run in runs.values():
        if counts["signed"]:
            publish(installation, run.key)
    return _report(source, refusals, counts, runs=[run.key for run in runs.values()], closed=closed)


def _read(source: Source, words: AnswerWords, refusals: Refusals, now: datetime) -> list[AnswerRow]:
    found = []
    for row in source.rows:
        if isinstance(row, Refused):
            refusals.add(row)
            continue
        try:
            found.append(read_answer_row(row, today=local_date(now), words=words))
        except BadInput as error:
            refusals.refuse(row, error)
    return found


def _by_run(
    connection: Connection, read: Iterable[AnswerRow], refusals: Refusals
) -> dict[int, list[AnswerRow]]:
    """Return the rows by the run they name, or that their piece belongs to."""
    query = select(Delivery.key, Delivery.id, PrintRun.id.label("run")).join(
        PrintRun, PrintRun.delivery_id == Delivery.id
    )
    rows = connection.execute(query).all()
    by_key, by_number = {row.key: row.run for row in rows}, {row.id: row.run for row in rows}
    found: dict[int, list[AnswerRow]] = {}
    for row in read:
        run = by_key.get(row.run or "") if row.run else by_number.get(row.run_number or 0)
        if run is None:
            name, text = ("run", row.run) if row.run else ("piece_id", row.piece)
            error = BadInput(
                Sentence("{seen!r} is not of one of our print runs", seen=str(text)[:60]),
                "correct that line",
                field=name,
            )
            refusals.refuse(row.source, error)
        else:
            found.setdefault(run, []).append(row)
    return dict(sorted(found.items()))


def _key(connection: Connection, run_id: int) -> str:
    query = (
        select(Delivery.key)
        .join(PrintRun, PrintRun.delivery_id == Delivery.id)
        .where(PrintRun.id == run_id)
    )
    return connection.execute(query).scalar_one()


def _take(
    installation: Installation,
    connection: Connection,
    source: Source,
    run: TrackedRun,
    *,
    rows: Sequence[AnswerRow],
    refusals: Refusals,
    now: datetime,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for kind, apply in APPLY.items():
        mine = [row for row in rows if row.kind is kind]
        known = _known_rows(connection, run.id, kind) if mine else set()
        new = [row for row in mine if row.fingerprint not in known]
        counts["unchanged"] += len(mine) - len(new)
        answer_id = _write(connection, source, run.id, kind, now=now) if mine else None
        if new and answer_id is not None:
            run_answer = RunAnswer(
                connection=connection,
                run=run,
                answer_id=answer_id,
                tolerance=tolerance(installation),
                now=now,
                refuse=lambda row, error: refusals.refuse(row.source, error),
            )
            run_answer.outcome = {"file": source.sheet.file.name, "sha256": source.sheet.sha256}
            before = refusals.count
            apply(run_answer, new)
            counts["taken"] += len(new) - (refusals.count - before)
            _finish(connection, answer_id, run_answer, new)
            counts += run_answer.counts
    return counts


def _known_rows(connection: Connection, run_id: int, kind: ShopAnswerKind) -> set[str]:
    """Return the fingerprints of all earlier rows of a run."""
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == run_id, ShopAnswer.kind == kind
    )
    return {
        mark for outcome in connection.execute(query).scalars() for mark in outcome.get("rows", [])
    }


def _write(
    connection: Connection, source: Source, run_id: int, kind: ShopAnswerKind, *, now: datetime
) -> int | None:
    """Store the answer as it came. Return None where this very file was stored before."""
    key = {"print_run_id": run_id, "kind": kind, "sha256": source.sheet.sha256}
    known = select(ShopAnswer.id).where(
        *(getattr(ShopAnswer, name) == value for name, value in key.items())
    )
    if connection.execute(known).first() is not None:
        return None
    values = {
        "file": source.sheet.file.name,
        "content": source.content,
        "received_at": now,
        "outcome": {},
    }
    return connection.execute(
        insert(ShopAnswer).values(**key, **values).returning(ShopAnswer.id)
    ).scalar_one()


def _finish(
    connection: Connection, answer_id: int, run_answer: RunAnswer, rows: Sequence[AnswerRow]
) -> None:
    marks = [row.fingerprint for row in rows]
    outcome = {**run_answer.outcome, "rows": marks, "counts": dict(run_answer.counts)}
    for name in ("file", "sha256"):
        outcome.pop(name, None)
    connection.execute(update(ShopAnswer).where(ShopAnswer.id == answer_id).values(outcome=outcome))


def _report(
    source: Source,
    refusals: Refusals,
    counts: Counter[str],
    *,
    runs: Sequence[str],
    closed: Sequence[str],
) -> AnswerReport:
    taken, unchanged = counts.pop("taken", 0), counts.pop("unchanged", 0)
    written = str(refusals.file.absolute()) if refusals.file and refusals.count else None
    return AnswerReport(
        file=str(source.sheet.file),
        rows=taken + unchanged + refusals.count,
        taken=taken,
        unchanged=unchanged,
        refused=refusals.count,
        refusals=tuple(sorted(refusals.shown, key=lambda each: each.line)),
        refused_file=written,
        runs=tuple(runs),
        closed=tuple(closed),
        ignored=source.ignored,
        counts={name: count for name, count in sorted(counts.items()) if count},
    )
