"""Kill a hand-over anywhere and run it again: the shop gets every piece in exactly one file, and it all adds up."""

import csv
import hashlib
import io
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random

import pikepdf
import pytest
from sqlalchemy import select

from campaigns.post.hand_over import hand_over_runs
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import PieceState, RunState
from store.tables import PrintPiece, PrintRun
from tests.channels.shop_server import ShopServer, serving
from tests.passes import deliver_with_failures
from tests.stories import campaign_file, launched, populate

DUE = parse_moment("2023-06-20T09:00")
_FORK = multiprocessing.get_context("fork")


def open_at(home: Path, shop: Path | None) -> Installation:
    settings = Settings(
        home=home,
        database_url="",
        secret="a key for tests only, nobody has another",
        print_shop=str(shop or ""),
    )
    return open_installation(settings, clock=FixedClock(DUE), draws=Random(1))


def prepare(home: Path, people: int, now: datetime) -> None:
    """Make two print runs that are not at the shop yet."""
    home.mkdir()
    installation = open_at(home, None)
    populate(installation, people, now=now)
    launched(installation, campaign_file(home, waves=("2023-06-05", "2023-06-19")), now=now)
    with serving(home / "shut") as shut:
        shut.faults.room = 0
        installation.store.engine.dispose()
        installation = open_at(home, shut.describe(home))
        done, failures = deliver_with_failures(installation, now=DUE)
        assert (done.runs_waiting, len(failures)) == (2, 1)
    installation.store.engine.dispose()
    shutil.rmtree(home / "shut")


def hand_over(home: Path, shop: Path, dies_at: int, phases: tuple[str, ...]) -> int:
    """Hand over in a process of its own, which dies without a word at an event; return how many there were."""
    calls = _FORK.Value("i", 0)

    def watch(phase: str, _done: int, _total: int) -> None:
        if phase in phases:
            if calls.value == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            calls.value += 1

    def run() -> None:
        hand_over_runs(open_at(home, shop), now=DUE, watch=watch)
        os._exit(0)

    process = _FORK.Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == (0 if dies_at < 0 else -signal.SIGKILL)
    return int(calls.value)


def collect(server: ShopServer, into: dict[str, bytes]) -> None:
    """Carry off every run whose control file stands, as a shop does; nothing may come twice."""
    there = server.files()
    for ready in [name for name in there if name.endswith(".ready")]:
        for line in there[ready].decode().splitlines():
            total, name = line.split("  ")
            assert hashlib.sha256(there[name]).hexdigest() == total
            assert name not in into
            into[name] = there[name]
            (server.root / "in" / name).unlink()
        (server.root / "in" / ready).unlink()


def assert_every_piece_came_once(home: Path, came: dict[str, bytes]) -> None:
    installation = open_at(home, None)
    with installation.store.reading() as connection:
        pieces = connection.execute(select(PrintPiece.piece_id, PrintPiece.state)).all()
        assert set(connection.execute(select(PrintRun.state)).scalars()) == {RunState.HANDED_OVER}
    installation.store.engine.dispose()
    rows = [
        row | {"run": name.split("/")[0]}
        for name, content in came.items()
        if name.endswith("manifest.csv")
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    ]
    assert Counter(row["piece_id"] for row in rows) == Counter(piece.piece_id for piece in pieces)
    assert {piece.state for piece in pieces} == {PieceState.HANDED_OVER}
    last = Counter[str]()
    for row in rows:
        name = f"{row['run']}/{row['file']}"
        last[name] = max(last[name], int(row["page_back"]))
    for name, pages in last.items():
        with pikepdf.open(io.BytesIO(came[name])) as pdf:
            assert len(pdf.pages) == pages
    assert {name for name in came if name.endswith(".pdf")} == set(last)


def try_killing(
    tmp_path: Path, people: int, how_many: int, phases: tuple[str, ...], now: datetime
) -> None:
    prepare(tmp_path / "first", people, now)
    shutil.copytree(tmp_path / "first", tmp_path / "rehearsal")
    with serving(tmp_path / "rehearsal-shop") as server:
        events = hand_over(
            tmp_path / "rehearsal", server.describe(tmp_path / "rehearsal"), -1, phases
        )
    moments = Random(11).choices(range(events), k=how_many)
    for trial, moment in enumerate(moments):
        home = tmp_path / f"trial{trial}"
        shutil.copytree(tmp_path / "first", home)
        came: dict[str, bytes] = {}
        with serving(tmp_path / f"shop{trial}") as server:
            shop = server.describe(home)
            hand_over(home, shop, moment, phases)
            if trial % 2:  # a shop that is quick carries off what it may before we come back
                collect(server, came)
            hand_over(home, shop, -1, phases)
            collect(server, came)
            assert not any(name.endswith((".part", ".ready")) for name in server.files())
        assert_every_piece_came_once(home, came)


@pytest.mark.thorough
def test_a_few_kills_during_the_transfer_and_after_it_double_nothing(
    tmp_path: Path, now: datetime
) -> None:
    try_killing(tmp_path, 300, 2, ("transfer", "ship"), now)


@pytest.mark.heavy
def test_ten_kills_during_the_transfer_double_nothing_and_lose_nothing(
    tmp_path: Path, now: datetime
) -> None:
    try_killing(tmp_path, 4_000, 10, ("transfer",), now)


@pytest.mark.heavy
def test_ten_kills_between_the_transfer_and_the_ledger_double_nothing_and_lose_nothing(
    tmp_path: Path, now: datetime
) -> None:
    try_killing(tmp_path, 1_000, 10, ("ship",), now)
