"""Print runs and their files."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path

from sqlalchemy import Connection, Select, select

from campaigns.post.stored_files import bring
from installation.installation import Installation
from store.mapped_rows import read_mixed
from store.states import CampaignState, RunState
from store.tables import Campaign, Delivery, PrintFile, PrintRun, Wave

SHOWN = 200  # print runs on one page, the newest first


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a print run."""

    run_id: int
    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLine:
    """One print run, as the list shows it."""

    id: int
    key: str
    name: str  # of the campaign
    campaign: str  # its title
    wave: int
    wave_date: date
    cards: int
    pages: int
    made_at: datetime
    state: str  # the key of a word: "made", …, "closed", or "recalled"
    waits: str  # the key of what it waits for; empty when nothing is
    shop: str | None
    handed_over_at: datetime | None
    proofed_at: datetime | None
    files: tuple[FileLine, ...]


class Gone(Exception):
    """A print file is missing from the outbox, or has changed since it was made."""


def print_runs(installation: Installation, *, run_id: int | None = None) -> list[RunLine]:
    """Return the newest print runs, or the one of a number, each with its files."""
    query = (
        select(PrintRun, Delivery.key, Campaign.name, Campaign.title, Campaign.state)
        .add_columns(Wave.number, Wave.date)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .join(Wave, Wave.id == Delivery.wave_id)
        .order_by(PrintRun.id.desc())
        .limit(SHOWN)
    )
    if run_id is not None:
        query = query.where(PrintRun.id == run_id)
    with installation.store.reading() as connection:
        found = read_mixed(connection, query)
        files = _files_of(connection, [run.id for run, *_ in found])
    return [
        RunLine(
            id=run.id,
            key=key,
            name=name,
            campaign=title,
            wave=wave,
            wave_date=day,
            cards=run.cards,
            pages=run.pages,
            made_at=run.made_at,
            state="recalled" if _is_recalled(run) else run.state.value,
            waits=_waits_for(run, campaign),
            shop=run.shop,
            handed_over_at=run.handed_over_at,
            proofed_at=run.proofed_at,
            files=tuple(files[run.id]),
        )
        for run, key, name, title, campaign, wave, day in found
    ]


def _files_of(connection: Connection, runs: Sequence[int]) -> Mapping[int, list[FileLine]]:
    files: defaultdict[int, list[FileLine]] = defaultdict(list)
    for row in connection.execute(_files().where(PrintFile.print_run_id.in_(runs))):
        line = FileLine(*row)
        files[line.run_id].append(line)
    return files


def _is_recalled(run: PrintRun) -> bool:
    return run.state is RunState.CLOSED and run.handed_over_at is None


def _waits_for(run: PrintRun, campaign: CampaignState) -> str:
    if run.state is RunState.MADE and campaign in {CampaignState.PAUSED, CampaignState.STOPPED}:
        return campaign.value
    return "" if run.state is RunState.CLOSED else run.state.value


def file_of(installation: Installation, run_id: int, name: str) -> tuple[FileLine, Path] | None:
    """Return a recorded print file with its path in the outbox, or None.

    A path that leads out of the outbox, also by a link, is not followed.

    Raises:
        Gone: The file is missing or has changed since it was made.
    """
    query = (
        _files().add_columns(PrintRun.folder).join(PrintRun, PrintRun.id == PrintFile.print_run_id)
    )
    with installation.store.reading() as connection:
        row = connection.execute(
            query.where(PrintFile.print_run_id == run_id, PrintFile.name == name)
        ).one_or_none()
    if row is None:
        return None
    *columns, folder = row
    line = FileLine(*columns)
    if _below(installation.settings.outbox, folder, name) is None:
        bring(installation, f"{folder}/{name}", line.sha256)
    path = _below(installation.settings.outbox, folder, name)
    if path is None or not _as_made(path, line):
        raise Gone(name)
    return line, path


def _files() -> Select[int, str, str, int]:
    return select(
        PrintFile.print_run_id, PrintFile.name, PrintFile.sha256, PrintFile.bytes
    ).order_by(PrintFile.name)


def _below(outbox: Path, folder: str, name: str) -> Path | None:
    root = outbox.resolve()
    path = (root / folder / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _as_made(path: Path, line: FileLine) -> bool:
    if path.stat().st_size != line.bytes:
        return False
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == line.sha256
