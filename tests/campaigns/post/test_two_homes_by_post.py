"""Two machines work on one database with a store of files: every card is printed once, and any machine hands over."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text, update

from campaigns.post.print_runs import Run, runs
from channels.file_store import FolderStore, NotKept
from channels.port import Watch, unwatched
from channels.shops import read_shop
from flows.delivery_pass import PassResult, run_pass
from installation.installation import Installation, open_installation
from installation.settings import Settings
from privacy.print_files import runs_of_touches
from store.clock import FixedClock, parse_moment
from store.tables import Lease, Touch
from tests.channels.shop_server import ShopServer, serving
from tests.stories import campaign_file, launched, populate

pytestmark = pytest.mark.postgres

DUE = parse_moment("2023-06-05T09:00")
SECRET = "a key for tests only, nobody has another"
AWAY = "another-host boot/pid:[1] 77 12345"


class ThePlugIsPulled(BaseException):
    """Ends a delivery as a kill does: what it holds stays held until the lease runs out."""


@dataclass(frozen=True)
class Two:
    """Two machines of one installation, and the print shop that both send to."""

    one: Installation
    other: Installation
    server: ShopServer

    def run_out(self) -> None:
        """Let every lease run out, of a process on a machine that is not this one."""
        with self.other.store.writing() as connection:
            gone = {"owner": AWAY, "held_until": text("now() - interval '1 s'")}
            connection.execute(update(Lease).values(gone))

    def made(self) -> set[str]:
        """Return the names of the runs that stand in the outbox of either machine."""
        both = (self.one.settings.outbox, self.other.settings.outbox)
        return {path.parent.name for each in both for path in each.glob("*/manifest.csv")}


def opened(home: Path, url: str, files: Path, now: datetime) -> Installation:
    settings = Settings(home=home, database_url=url, secret=SECRET, files=str(files))
    return open_installation(settings, clock=FixedClock(now), draws=Random(2023))


@pytest.fixture
def two(tmp_path: Path, postgres_url: str, now: datetime) -> Iterator[Two]:
    homes = tmp_path / "one", tmp_path / "other"
    for each in (*homes, tmp_path / "files"):
        each.mkdir()
    one = opened(homes[0], postgres_url, tmp_path / "files", now)
    other = opened(homes[1], postgres_url, tmp_path / "files", now)
    populate(one, 100, now=now)
    launched(one, campaign_file(homes[0]), now=now)
    with serving(tmp_path / "shop") as server:
        shop = read_shop(server.describe(tmp_path))
        yield Two(replace(one, shop=shop), replace(other, shop=shop), server)
    one.store.engine.dispose()
    other.store.engine.dispose()


def passed(installation: Installation, watch: Watch = unwatched) -> PassResult:
    return run_pass(installation, now=DUE, watch=watch)


def pulled_at(phase: str, at: int) -> Watch:
    def watch(now_in: str, done: int, _total: int) -> None:
        if (now_in, done) == (phase, at):
            raise ThePlugIsPulled

    return watch


def run_of(installation: Installation) -> Run:
    (run,) = runs(installation)
    return run


@pytest.mark.parametrize("roles", ["first", "exchanged"])
@pytest.mark.parametrize("sealed", [0, 1])
def test_a_run_whose_maker_died_around_its_seal_is_printed_once(
    two: Two, roles: str, sealed: int
) -> None:
    maker, other = (two.one, two.other) if roles == "first" else (two.other, two.one)
    with pytest.raises(ThePlugIsPulled):
        passed(maker, pulled_at("seal", sealed))
    assert passed(other).failures == ()
    made = run_of(other)
    there = two.server.files()
    assert set(there) == {f"{made.key}.ready", *(f"{made.key}/{file.name}" for file in made.files)}
    assert made.cards > 10
    assert len(two.made()) == 1
    assert passed(maker).failures == ()
    assert run_of(maker) == made
    assert two.server.files() == there


def test_a_run_that_one_machine_made_is_handed_over_by_another(two: Two) -> None:
    two.server.faults.room = 0
    assert passed(two.one).failures
    two.server.faults.room = None
    shutil.rmtree(two.one.settings.outbox)
    assert passed(two.other).failures == ()
    made = run_of(two.other)
    assert made.state == "handed_over"
    assert len(two.server.files()) == len(made.files) + 1
    shutil.rmtree(two.other.settings.outbox)
    with two.other.store.reading() as connection:
        touches = connection.execute(select(Touch.id)).scalars().all()
        (still,) = runs_of_touches(connection, two.other, touches)
    assert still.folder == made.key


def test_a_run_that_the_shop_carried_off_is_not_sent_again_by_another_machine(two: Two) -> None:
    with pytest.raises(ThePlugIsPulled):
        passed(two.one, pulled_at("ship", 1))  # it is there, and not recorded
    shutil.rmtree(two.server.root / "in")
    assert passed(two.other).failures == ()
    assert run_of(two.other).state == "handed_over"
    assert two.server.files() == {}


def test_a_maker_that_lost_its_batch_seals_nothing(two: Two) -> None:
    elsewhere: list[PassResult] = []

    def watch(phase: str, done: int, _total: int) -> None:
        if (phase, done) == ("seal", 0) and not elsewhere:
            two.run_out()
            elsewhere.append(passed(two.other))

    done = passed(two.one, watch)
    assert "taken over by another process" in str(done.failures[0])
    assert elsewhere[0].failures == ()
    assert len(runs(two.other)) == 1
    assert len(two.made()) == 1


def test_a_file_that_is_not_what_its_sum_says_is_not_brought(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    (tmp_path / "a").write_text("one")
    with pytest.raises(NotKept):
        store.keep(tmp_path / "a", "0" * 64)
    with pytest.raises(NotKept):
        store.bring("0" * 64, tmp_path / "b")
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"a"}
