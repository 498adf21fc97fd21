"""Kill a delivery anywhere and run it again: everyone chosen is on exactly one card."""

import csv
import hashlib
import json
import os
import shutil
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Self

import pikepdf
import pytest
from sqlalchemy import create_engine, make_url, select, text

from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import DeliveryState, TouchState
from store.tables import Delivery, Person, PrintPiece, Touch
from tests import every_sign
from tests.stories import campaign_file, launched, populate

DUE = "2023-06-20T09:00"
SECRET = "a key for tests only, nobody has another"
PEOPLE = 1_500


@dataclass(frozen=True)
class Prepared:
    """A launched campaign of two waves, both due, on a database that is copied for every trial."""

    home: Path
    url: str
    chosen: frozenset[str]
    events: tuple[str, ...]  # the progress of a delivery that nobody kills


def environment(home: Path, url: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KAARTJE_", "COV"))
    }
    return {
        **kept,
        "KAARTJE_HOME": str(home),
        "KAARTJE_DATABASE_URL": url,
        "KAARTJE_SECRET": SECRET,
    }


class Delivering:
    """A delivery in a process of its own, a child of ours: it need not import everything anew."""

    def __init__(self, home: Path, url: str) -> None:
        self.returncode: int | None = None
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _deliver(environment(home, url), writing)
        os.close(writing)
        self.stderr = os.fdopen(reading, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stderr.close()
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _deliver(environ: dict[str, str], writing: int) -> None:
    """Run the command in the child, and end it there whatever happens."""
    code = 70
    try:
        os.environ.clear()
        os.environ.update(environ)
        sys.stderr = os.fdopen(writing, "w", buffering=1, encoding="utf-8")
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until it ends
        sys.argv = ["kaartje", "deliver", "--now", DUE]
        every_sign.run()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


def deliver_to_the_end(home: Path, url: str) -> tuple[str, ...]:
    with Delivering(home, url) as process:
        lines = tuple(line.strip() for line in process.stderr if line.startswith("progress: "))
    assert process.returncode == 0
    return lines


def kill_after(events: int, home: Path, url: str) -> None:
    with Delivering(home, url) as process:
        seen = 0
        for line in process.stderr:
            seen += line.startswith("progress: ")
            if seen == events:
                os.kill(process.pid, signal.SIGKILL)
                break
        last_words = process.stderr.read()
    assert process.returncode == -signal.SIGKILL, last_words


def open_at(home: Path, url: str) -> Installation:
    settings = Settings(home=home, database_url=url, secret=SECRET)
    return open_installation(settings, clock=FixedClock(parse_moment(DUE)), draws=Random(1))


def prepare(
    home: Path, url: str, rehearsal: tuple[Path, str], copy: "Copy", now: datetime
) -> Prepared:
    home.mkdir()
    installation = open_at(home, url)
    populate(installation, PEOPLE, now=now)
    launched(installation, campaign_file(home, waves=("2023-06-05", "2023-06-19")), now=now)
    with installation.store.reading() as connection:
        statement = select(Person.person_ref).join(Touch, Touch.person_id == Person.id)
        chosen = frozenset(connection.execute(statement).scalars())
    installation.store.engine.dispose()
    copy(home, url, *rehearsal)
    return Prepared(home, url, chosen, deliver_to_the_end(*rehearsal))


def assert_everyone_on_one_card(home: Path, url: str, chosen: frozenset[str]) -> None:
    installation = open_at(home, url)
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Touch.id, Touch.state, Person.person_ref).join(
                Person, Person.id == Touch.person_id
            )
        ).all()
        touch_of = {
            row.piece_id: row.touch_id for row in connection.execute(select(PrintPiece.__table__))
        }
        unsettled = connection.execute(
            select(Delivery.id).where(Delivery.state == DeliveryState.OPEN)
        ).all()
    installation.store.engine.dispose()
    person_of = {row.id: row.person_ref for row in rows}
    # an address too long for the card is refused with its reason, and that is no loss: it is known
    failed = {row.person_ref for row in rows if row.state is TouchState.FAILED}
    assert len(failed) < len(chosen) / 50
    assert {row.state for row in rows} <= {TouchState.HANDED_OVER, TouchState.FAILED}
    assert not unsettled
    cards: Counter[str] = Counter()
    pages = 0
    runs = [
        folder
        for folder in (home / "outbox").iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    ]
    for run in runs:
        with (run / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
            cards.update(person_of[touch_of[row["piece_id"]]] for row in csv.DictReader(file))
        for file_of_run in run.glob("*.pdf"):
            with pikepdf.open(file_of_run) as pdf:
                pages += len(pdf.pages)
    assert set(cards) == chosen - failed
    assert set(cards.values()) == {1}
    assert pages == 2 * len(cards)


def chosen_moments(events: tuple[str, ...], how_many: int) -> list[int]:
    """Draw moments to kill at, spread over the phases, at least half of them after the first claim."""
    draws = Random(4)
    by_phase: dict[str, list[int]] = {}
    for at, line in enumerate(events, 1):
        by_phase.setdefault(line.split()[1], []).append(at)
    assert {"claim", "compose", "write", "record"} <= by_phase.keys()
    moments = [draws.choice(by_phase[phase]) for phase in ("claim", "compose", "write", "record")]
    later = list(range(2, len(events)))
    moments += draws.sample(later, how_many - len(moments))
    assert sum(at > 1 for at in moments) >= how_many / 2
    return moments


class Copy:
    """Copy a home and its database."""

    def __call__(self, home: Path, url: str, to_home: Path, to_url: str) -> None:
        shutil.copytree(home, to_home)
        if to_url:
            admin = create_engine(
                make_url(url).set(database="postgres", drivername="postgresql+psycopg"),
                isolation_level="AUTOCOMMIT",
            )
            with admin.connect() as connection:
                name, template = make_url(to_url).database, make_url(url).database
                connection.execute(text(f"drop database if exists {name} with (force)"))
                connection.execute(text(f"create database {name} template {template}"))
            admin.dispose()


def try_killing(tmp_path: Path, url: str, how_many: int, now: datetime) -> None:
    copy = Copy()

    def at(name: str) -> tuple[Path, str]:
        return tmp_path / name, make_url(url).set(database=f"crash_{name}").render_as_string(
            False
        ) if url else ""

    prepared = prepare(tmp_path / "first", url, at("rehearsal"), copy, now)
    assert len(prepared.chosen) > 100
    for trial, moment in enumerate(chosen_moments(prepared.events, how_many)):
        home, trial_url = at(f"trial{trial}")
        copy(prepared.home, prepared.url, home, trial_url)
        kill_after(moment, home, trial_url)
        deliver_to_the_end(home, trial_url)
        assert_everyone_on_one_card(home, trial_url, prepared.chosen)


@pytest.mark.thorough
def test_a_few_kills_lose_nobody_and_reach_nobody_twice(tmp_path: Path, now: datetime) -> None:
    try_killing(tmp_path, "", 4, now)


@pytest.mark.heavy
def test_twenty_kills_lose_nobody_and_reach_nobody_twice(tmp_path: Path, now: datetime) -> None:
    try_killing(tmp_path, "", 20, now)


@pytest.mark.heavy
def test_kills_on_postgresql_lose_nobody_and_reach_nobody_twice(
    tmp_path: Path, postgres_url: str, now: datetime
) -> None:
    try_killing(tmp_path, postgres_url, 8, now)


@pytest.mark.heavy
def test_ten_kills_while_a_run_is_composed_leave_every_piece_in_exactly_one_file(
    tmp_path: Path, now: datetime
) -> None:
    copy, draws = Copy(), Random(11)
    prepared = prepare(tmp_path / "first", "", (tmp_path / "rehearsal", ""), copy, now)
    composing = [
        at
        for at, line in enumerate(prepared.events, 1)
        if line.split()[1] in {"check", "write", "read", "seal"}
    ]
    for trial, moment in enumerate(draws.sample(composing, 10)):
        home = tmp_path / f"trial{trial}"
        copy(prepared.home, "", home, "")
        kill_after(moment, home, "")
        deliver_to_the_end(home, "")
        assert_everyone_on_one_card(home, "", prepared.chosen)
        assert_the_manifests_add_up(home)


def assert_the_manifests_add_up(home: Path) -> None:
    """Hold the manifest of each run against its totals, its files and their sums."""
    runs = [folder for folder in (home / "outbox").iterdir() if not folder.name.startswith(".")]
    assert runs
    for run in runs:
        ticket = json.loads((run / "run.json").read_text())
        with (run / "manifest.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert ticket["pieces"] == len({row["piece_id"] for row in rows}) == len(rows)
        inside = Counter(row["file"] for row in rows)
        assert {file["name"]: file["pieces"] for file in ticket["files"]} == inside
        for line in (run / "sha256").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((run / name).read_bytes()).hexdigest() == digest
    assert not list((home / "outbox" / ".writing").glob("*.pdf"))
