"""Print runs as the print shop sees them, without a person, a reason or a colleague."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, func, select

from campaigns.post.incidents import incidents
from campaigns.post.piece_states import TrackedRun, find_run
from campaigns.post.print_terms import pull_until
from campaigns.post.proof_signing import RELEASE
from campaigns.post.pull_list_rows import ListRow, list_rows
from campaigns.post.stored_files import bring_files
from console.web.reading.print_runs import FileLine, RunLine, print_runs
from installation.installation import Installation
from store.tables import PrintPiece, Pull, ShopAnswer

SHOWN_PULLS = 50
"""Pieces to take out on one page. A form has at most a hundred fields."""
ORDER = ("handed_over", "received", "proofed", "printed", "posted", "closed")
"""States of runs that the shop sees, in the order of its work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenAnswer:
    """One kind of rows of an answer that was taken before, about one run."""

    file: str
    kind: str
    received_at: datetime
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulls:
    """Pieces of a run that are asked back and not answered."""

    rows: list[ListRow] = field(default_factory=list)
    count: int = 0
    newest: int = 0  # the number of the newest request, so that nothing unseen is answered
    until: datetime | None = None


def for_the_shop(run: RunLine) -> bool:
    """Say whether the shop has a run: not before it was handed over, and not once it was recalled."""
    return run.state in ORDER


def shop_runs(installation: Installation) -> dict[str, list[RunLine]]:
    """Return the runs that the shop has, by state in the order of its work."""
    found = [run for run in print_runs(installation) if for_the_shop(run)]
    by_state = {state: [run for run in found if run.state == state] for state in ORDER}
    return {state: runs for state, runs in by_state.items() if runs}


def shop_run(installation: Installation, run_id: int) -> RunLine | None:
    """Return a run that the shop has, or None."""
    found = print_runs(installation, run_id=run_id)
    return next((run for run in found if for_the_shop(run)), None)


def held_runs(installation: Installation, runs: Mapping[str, list[RunLine]]) -> set[int]:
    """Return which runs an open incident holds: nothing of them is printed or posted."""
    held = {each.campaign for each in incidents(installation)}
    return {run.id for some in runs.values() for run in some if run.name in held}


def beside_files(installation: Installation, run: RunLine) -> list[FileLine]:
    """Return the pull lists and releases of a run, which were made after its files."""
    return [line for line, _ in _beside(installation, run)]


def beside_file(
    installation: Installation, run: RunLine, name: str
) -> tuple[FileLine, Path] | None:
    """Return a pull list or a release of a run with its path, or None."""
    return next((each for each in _beside(installation, run) if each[0].name == name), None)


def _beside(installation: Installation, run: RunLine) -> list[tuple[FileLine, Path]]:
    bring_files(installation, run.key, whole=False)
    with installation.store.reading() as connection:
        folder = installation.settings.outbox / find_run(connection, run.key).folder
    key = re.escape(run.key)
    known = re.compile(rf"pull-{key}-\d+\.csv|{key}(-r\d+)?{re.escape(RELEASE)}")
    if not folder.is_dir():
        return []
    return [
        (FileLine(run.id, path.name, sha256(content).hexdigest(), len(content)), path)
        for path in sorted(folder.iterdir())
        if known.fullmatch(path.name) and not path.is_symlink()
        for content in (path.read_bytes(),)
    ]


def open_pulls(installation: Installation, run: RunLine) -> Pulls:
    """Return what is asked back of a run and not answered, the first of it in rows."""
    with installation.store.reading() as connection:
        return _pulls(installation, connection, find_run(connection, run.key))


def _pulls(installation: Installation, connection: Connection, run: TrackedRun) -> Pulls:
    of_run = Pull.piece_id.in_(select(PrintPiece.id).where(PrintPiece.print_run_id == run.id))
    mine = of_run & Pull.answered_at.is_(None)
    count, newest = connection.execute(select(func.count(), func.max(Pull.id)).where(mine)).one()
    if not count:
        return Pulls()
    until = pull_until(installation, run)
    rows = list_rows(connection, run.id, mine, until)[:SHOWN_PULLS]
    return Pulls(rows=rows, count=count, newest=newest, until=until)


def asked_back(installation: Installation, run: RunLine, newest: int) -> list[str]:
    """Return the pieces of a run that are asked back, up to a request that somebody saw."""
    query = (
        select(PrintPiece.piece_id)
        .join(Pull, Pull.piece_id == PrintPiece.id)
        .where(PrintPiece.print_run_id == run.id, Pull.answered_at.is_(None), Pull.id <= newest)
        .order_by(PrintPiece.record)
    )
    with installation.store.reading() as connection:
        return list(connection.execute(query).scalars())


def taken_answers(installation: Installation, run: RunLine) -> list[TakenAnswer]:
    """Return the answers of the shop about a run, the newest first."""
    query = (
        select(ShopAnswer.file, ShopAnswer.kind, ShopAnswer.received_at)
        .add_columns(ShopAnswer.sha256, ShopAnswer.outcome)
        .where(ShopAnswer.print_run_id == run.id)
        .order_by(ShopAnswer.id.desc())
    )
    with installation.store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        TakenAnswer(
            file=row.file,
            kind=row.kind.value,
            received_at=row.received_at,
            rows=len(row.outcome.get("rows", ())),
            sha256=row.sha256,
        )
        for row in rows
        if row.outcome.get("rows")
    ]
