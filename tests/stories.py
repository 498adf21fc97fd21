"""Whole stories for tests: a population, a campaign file, a campaign that is ready to be delivered."""

import atexit
import csv
from datetime import datetime
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp

from sqlalchemy import Connection, select

from campaigns.planning import lifecycle, submitting
from installation.installation import Installation
from people.importing import ImportReport, import_people
from people.invented.population import write_population
from store.engine import open_store
from store.migrating import migrate
from store.tables import FactColumn, Import, Person, PrintPiece
from tests.deciding import deciding

MANAGER, COLLEAGUE = deciding("Anja"), deciding("Bilal")

CAMPAIGN = """\
campaign: {name}
title: Contactkaartjes
purpose: {purpose}
legal_basis: public task
dpia: {{reference: DPIA-1, valid_until: {dpia}}}
retention: two-years
owner: Team Dichtbij
open_card: true
sender:
  name: Team Dichtbij
  team: {{nl: het team van Dichtbij, en: the Dichtbij team}}
  return_address: Postbus 1200, 3500 BE Utrecht
  privacy_url: dichtbij.example/privacy
phone_line:
  number: 0800 1234
  name: Lijn Dichtbij
  hours: {{nl: "maandag tot en met vrijdag, 9 tot 17 uur", en: "Monday to Friday, 9 to 17 hours"}}
  agent: Henri
  open_until: 2024-06-30
{line}audience:
  where: >-
    {where}
{limit}seed: {seed}
arms:
{arms}
waves:
{waves}
budget: 100000
{more}"""

WHERE_2023 = (
    "years_without_return >= 2 and reminded_on is not null and dunned_on <= today - 21"
    " and not has(sms) and not has(call)"
)
CARD_STEP = "steps: [{channel: card, template: contact-card, price: 0.85}]"
ARMS = f"""\
  - {{name: card, share: 80, {CARD_STEP}}}
  - {{name: hold-out, share: 20, hold_out: true}}"""

CALL_STEP = "{channel: call, template: call-guide, price: 0}"
CALLS = f"  - {{name: call, share: 100, steps: [{', '.join([CALL_STEP] * 4)}]}}"
"""Four attempts to call, all due on the day of the wave."""


def campaign_file(
    folder: Path,
    *,
    name: str = "cards",
    where: str = WHERE_2023,
    purpose: str = "duty",
    arms: str = ARMS,
    waves: tuple[str, ...] = ("2023-06-05",),
    limit: int | None = None,
    seed: int = 2023,
    dpia: str = "2024-12-31",
    more: str = "",
    open_days: str = "",
) -> Path:
    """Write a campaign file and return its path; `more` are further lines of its top level."""
    path = folder / f"{name}.yaml"
    dated = "\n".join(f"  - {{date: {day}}}" for day in waves)
    limited = f"limit: {limit}\n" if limit else ""
    path.write_text(
        CAMPAIGN.format(
            name=name,
            where=where,
            purpose=purpose,
            arms=arms,
            waves=dated,
            limit=limited,
            seed=seed,
            dpia=dpia,
            more=f"{more}\n" if more else "",
            line=f"  open_days: [{open_days}]\n" if open_days else "",
        )
    )
    return path


def populate(
    installation: Installation, people: int, *, seed: int = 7, now: datetime
) -> ImportReport:
    """Import a generated population; all but the first time its rows are copied from a database where it was."""
    file = installation.settings.home / "people.csv"
    file.write_bytes(_population(people, seed))
    key = installation.settings.key()
    if not installation.store.embedded or not _is_empty(installation):
        return import_people(installation.store, file, key=key, now=now)
    wanted = (people, seed, now, key)
    if wanted not in _imported:
        _imported[wanted] = _import_apart(file, key=key, now=now)
    database, report = _imported[wanted]
    with installation.store.engine.connect() as connection:
        _copy_rows(connection, database)
    return report


_imported: dict[tuple[int, int, datetime, bytes], tuple[Path, ImportReport]] = {}


def _import_apart(file: Path, *, key: bytes, now: datetime) -> tuple[Path, ImportReport]:
    """Import a file into a database of its own, which later tests copy."""
    folder = Path(mkdtemp(prefix="kaartje-population-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    store = open_store(f"sqlite:///{folder / 'people.sqlite3'}", locks=folder)
    migrate(store)
    report = import_people(store, file, key=key, now=now)
    store.engine.dispose()
    return folder / "people.sqlite3", report


def _is_empty(installation: Installation) -> bool:
    """Return whether nothing was imported yet."""
    with installation.store.reading() as connection:
        return (
            not any(
                connection.execute(select(table.id).limit(1)).first() for table in (Import, Person)
            )
            and not connection.execute(select(FactColumn.name).limit(1)).first()
        )


def _copy_rows(connection: Connection, database: Path) -> None:
    """Add all rows of another SQLite database of the same schema."""
    connection.exec_driver_sql("attach database ? as other", (str(database),))
    tables = connection.exec_driver_sql(
        "select name from other.sqlite_master where type = 'table' and name not like 'sqlite_%'"
        " and name not like 'alembic%'"
    ).scalars()
    for table in [str(name) for name in tables]:
        connection.exec_driver_sql(f'insert into main."{table}" select * from other."{table}"')
    connection.commit()
    connection.exec_driver_sql("detach database other")


@cache
def _population(people: int, seed: int) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        write_population(file, people, seed)
        return file.read_bytes()


def launched(installation: Installation, file: Path, *, now: datetime) -> str:
    """Submit, approve and launch the campaign in `file`; return its name."""
    name = submitting.submit(installation, file, by=MANAGER, now=now).plan.campaign
    lifecycle.approve(installation, name, by=COLLEAGUE, now=now)
    lifecycle.launch(installation, name, by=COLLEAGUE, now=now)
    return name


def manifests(installation: Installation) -> list[dict[str, str]]:
    """Return the rows of every manifest in the outbox, each with the touch that the ledger says its piece is of."""
    with installation.store.reading() as connection:
        pieces = connection.execute(
            select(PrintPiece.piece_id, PrintPiece.touch_id).where(PrintPiece.touch_id > 0)
        )
        touches = {row.piece_id: str(row.touch_id) for row in pieces}
    rows: list[dict[str, str]] = []
    for path in sorted(installation.settings.outbox.glob("*/manifest.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows += [
                {**row, "touch": touches.get(row["piece_id"], "")} for row in csv.DictReader(file)
            ]
    return rows
