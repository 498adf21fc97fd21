"""A run composed again after the carrier gave its order and codes back, with the same pieces."""

import csv
import hashlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from campaigns.planning import lifecycle
from campaigns.post.carrier_announcement import announce
from campaigns.post.carrier_composing import enrich
from campaigns.post.hand_over import hand_over_runs
from campaigns.touches import seed_addresses
from channels.shops import read_shop
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.addresses import PostalAddress
from store.clock import FixedClock, parse_moment
from store.errors import BadInput
from store.states import PieceState, RunState
from store.tables import (
    AuditEntry,
    Campaign,
    Delivery,
    PrintFile,
    PrintPiece,
    PrintRun,
    ResponseCode,
)
from tests.channels.shop_server import ShopServer, serving
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")
PLAIN = "piece_id,sort_order\n"
FULL = "piece_id,sort_order,code_line,print_line,code_2d\n"
_FORK = multiprocessing.get_context("fork")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        yield server


@pytest.fixture
def made(
    installation: Installation, server: ShopServer, tmp_path: Path, snapshots: Snapshots
) -> Installation:
    """Make one run that waits for the carrier, with a seed in it."""
    snapshots.bring(installation, launch)
    return composed(installation, described(server, tmp_path))


def described(server: ShopServer, folder: Path) -> Path:
    return server.describe(folder, **{"": "enriched = true\n"})


def launch(installation: Installation) -> None:
    populate(installation, 600, now=NOW)
    home = PostalAddress(
        street="Dorpsstraat",
        house_number=1,
        house_letter="",
        house_addition="",
        postcode="9999ZZ",
        town="Voorbeeldstad",
    )
    seed_addresses.add(installation, "Anja", home, by=COLLEAGUE, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)


def composed(installation: Installation, shop: Path) -> Installation:
    installation = replace(installation, shop=read_shop(shop))
    done = deliver(installation, now=DUE)
    assert (done.runs, done.runs_waiting) == (0, 1)
    return installation


def rows_of(installation: Installation, table: Any, *order: Any) -> list[Any]:
    with installation.store.reading() as connection:
        return list(connection.execute(select(table.__table__).order_by(*order)))


def pieces_of(installation: Installation) -> list[Any]:
    return rows_of(installation, PrintPiece, PrintPiece.record)


def key_of(installation: Installation) -> str:
    return str(rows_of(installation, Delivery)[0].key)


def turned_round(installation: Installation, *, codes: bool = True) -> str:
    """Return the carrier's file: the last piece first."""
    pieces = [each.piece_id for each in reversed(pieces_of(installation))]
    if not codes:
        return PLAIN + "".join(f"{piece},{at}\n" for at, piece in enumerate(pieces, 1))
    lines = (
        f"{piece},{at},SORT {at:03}/7 * 12,PB-PP 42,{at:08}\n" for at, piece in enumerate(pieces, 1)
    )
    return FULL + "".join(lines)


def gives(installation: Installation, text: str, **options: Any) -> Any:
    file = installation.settings.home / "carrier.csv"
    file.write_text(text)
    return enrich(installation, key_of(installation), file, by=COLLEAGUE, now=DUE, **options)


def everything(installation: Installation) -> Any:
    folder = installation.settings.outbox / key_of(installation)
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return (
        files,
        pieces_of(installation),
        rows_of(installation, PrintFile),
        rows_of(installation, PrintRun),
        rows_of(installation, AuditEntry),
    )


def adds_up(installation: Installation) -> list[dict[str, str]]:
    """Hold the folder, its manifest and its sums against the ledger; return the manifest."""
    folder = installation.settings.outbox / key_of(installation)
    sums = {file.name: file.sha256 for file in rows_of(installation, PrintFile)}
    assert {path.name for path in folder.iterdir()} == set(sums)
    for name, total in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == total
    manifest = list(csv.DictReader((folder / "manifest.csv").read_text().splitlines()))
    assert [(row["piece_id"], int(row["record"])) for row in manifest] == [
        (piece.piece_id, piece.record) for piece in pieces_of(installation)
    ]
    assert not list((installation.settings.outbox / ".anew").glob("*"))
    return manifest


def test_a_run_stands_in_the_carriers_order_with_the_same_pieces_and_codes(
    made: Installation, server: ShopServer
) -> None:
    before, codes = pieces_of(made), rows_of(made, ResponseCode)
    (run,) = rows_of(made, PrintRun)
    done = gives(made, turned_round(made))
    after = pieces_of(made)
    assert (done.pieces, done.files) == (len(before), 1)
    assert [each.piece_id for each in after] == [each.piece_id for each in reversed(before)]
    owners = {each.piece_id: (each.touch_id, each.seed_id, each.state) for each in before}
    assert {each.piece_id: (each.touch_id, each.seed_id, each.state) for each in after} == owners
    assert rows_of(made, ResponseCode) == codes
    assert rows_of(made, PrintRun) == [run]
    assert sum(row["seed"] == "yes" for row in adds_up(made)) == 1
    assert hand_over_runs(made, now=DUE).runs == 1
    assert {each.state for each in pieces_of(made)} == {PieceState.HANDED_OVER}
    assert f"{key_of(made)}.ready" in server.files()


@pytest.mark.thorough
def test_the_codes_of_the_carrier_stand_on_each_piece_and_are_scanned(made: Installation) -> None:
    gives(made, turned_round(made))
    key = key_of(made)
    document = pypdfium2.PdfDocument(made.settings.outbox / key / f"{key}-001.pdf")
    for record, piece in ((1, pieces_of(made)[0]), (20, pieces_of(made)[19])):
        page = document[2 * record - 1]
        text = page.get_textpage().get_text_range()
        assert f"SORT {record:03}/7 * 12" in text
        assert "PB-PP 42" in text
        seen = {each.text for each in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())}
        assert {f"{record:08}", piece.piece_id} <= seen
    document.close()


@pytest.mark.thorough
def test_an_order_alone_is_enough_and_may_be_given_again(made: Installation) -> None:
    first = [each.piece_id for each in pieces_of(made)]
    gives(made, turned_round(made, codes=False))
    gives(made, turned_round(made, codes=False))
    assert [each.piece_id for each in pieces_of(made)] == first
    adds_up(made)


@pytest.mark.thorough
def test_a_run_waits_for_the_carrier_and_says_so(made: Installation) -> None:
    (waiting,) = hand_over_runs(made, now=DUE).waiting
    assert waiting.why == "the carrier has not given its order back: kaartje post enrich"


def _without_last(text: str) -> str:
    return "\n".join(text.splitlines()[:-1]) + "\n"


def _with(text: str, line: int, column: int, cell: str) -> str:
    lines = [row.split(",") for row in text.splitlines()]
    lines[line - 1][column] = cell
    return "\n".join(map(",".join, lines)) + "\n"


WRONG = [
    (_without_last, "pieces are missing"),
    (
        lambda text: text + text.splitlines()[1] + "\n",
        r"line \d+: the piece \d+ stands on line 2 already",
    ),
    (lambda text: _with(text, 3, 1, "1"), "line 3: the order 1 stands on line 2 already"),
    (
        lambda text: _with(text, 3, 0, "999999000019"),
        "line 3: '999999000019' is not a piece of this run",
    ),
    (
        lambda text: _with(text, 4, 1, "soon"),
        "line 4, sort_order: 'soon' is not a place in an order",
    ),
    (lambda text: _with(text, 4, 4, "ABC"), "line 4, code_2d: cannot be drawn"),
    (lambda text: _with(text, 4, 4, "1" * 17), "at most 16 digits"),
    (
        lambda text: _with(text, 4, 2, "José"),
        "line 4, code_line: has characters that a carrier's line cannot have",
    ),
    (
        lambda text: _with(text, 4, 3, "W" * 60),
        r"line 4: \d+ cannot be printed with the carrier's codes: the text is too long",
    ),
    (lambda text: text.replace("sort_order", "order"), "line 1: has no column sort_order"),
    (
        lambda text: text.replace("print_line", "print_lien"),
        "line 1, print_lien: is not a column of a carrier's file; write print_line",
    ),
    (
        lambda text: text.replace("print_line", "Code Line"),
        "line 1, code_line: stands twice in the header",
    ),
    (lambda text: _with(text, 4, 4, "1,2"), "line 4: has 6 fields where the header has 5"),
    (lambda text: text + '"', "the quotes do not close"),
    (lambda _: "", "is empty"),
]


@pytest.mark.thorough
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_changed(made: Installation) -> None:
    text, before = turned_round(made), everything(made)
    for spoil, said in WRONG:
        with pytest.raises(BadInput, match=said):
            gives(made, spoil(text))
        assert everything(made) == before


def _as_a_carrier_writes_it(text: str) -> str:
    """Return the file with semicolons, columns of the carrier's own, and numbers without zeros."""
    rows = [line.split(",") for line in text.splitlines()]
    rows[0] = ["Kenmerk" if name == "piece_id" else name.upper() for name in rows[0]]
    for row in rows[1:]:
        row[0] = row[0].lstrip("0")
    return "".join(";".join([*row, "depot 7"]) + "\r\n" for row in rows).replace(
        "depot 7", "Depot", 1
    )


@pytest.mark.thorough
def test_a_carriers_file_with_its_own_columns_and_semicolons_is_read(made: Installation) -> None:
    shop = made.shop and made.shop.model_copy(update={"carrier_map": {"piece_id": "kenmerk"}})
    result = gives(replace(made, shop=shop), _as_a_carrier_writes_it(turned_round(made)))
    assert (result.pieces > 0, result.ignored) == (True, ("Depot",))


@pytest.mark.thorough
def test_a_run_that_is_handed_over_is_not_composed_anew(made: Installation) -> None:
    text = turned_round(made)
    gives(made, text)
    hand_over_runs(made, now=DUE)
    with pytest.raises(BadInput, match="it is handed_over; the carrier's order comes before"):
        gives(made, text)


@pytest.mark.thorough
def test_what_the_shop_had_of_the_old_run_is_taken_away_first(
    made: Installation, server: ShopServer
) -> None:
    server.faults.breaks_after = [20_000] * 4
    plain = replace(made, shop=made.shop and made.shop.model_copy(update={"enriched": False}))
    assert hand_over_runs(plain, now=DUE).waiting
    assert any(name.startswith(key_of(made)) for name in server.files())
    server.faults.breaks_after.clear()
    gives(made, turned_round(made))
    assert not any(name.startswith(key_of(made)) for name in server.files())
    assert hand_over_runs(made, now=DUE).runs == 1


def open_at(home: Path, shop: Path) -> Installation:
    settings = Settings(
        home=home,
        database_url="",
        secret="a key for tests only, nobody has another",
        print_shop=str(shop),
    )
    return open_installation(settings, clock=FixedClock(DUE), draws=Random(1))


@pytest.mark.thorough
def test_killed_anywhere_the_run_is_the_old_one_or_the_new_one_whole(
    server: ShopServer, tmp_path: Path
) -> None:
    shop = described(server, tmp_path)
    (tmp_path / "home").mkdir()
    first = open_at(tmp_path / "home", shop)
    launch(first)
    composed(first, shop)
    first.store.engine.dispose()
    for phase, done in (("write", 25), ("read", 25), ("enrich", 0), ("enrich", 1)):
        installation = open_at(tmp_path / "home", shop)
        before, text = (
            [each.piece_id for each in pieces_of(installation)],
            turned_round(installation),
        )
        installation.store.engine.dispose()
        _killed_at(tmp_path / "home", shop, text, (phase, done))
        installation = open_at(tmp_path / "home", shop)
        hand_over_runs(installation, now=DUE)
        turned = [each.piece_id for each in pieces_of(installation)] != before
        assert turned == ((phase, done) == ("enrich", 1))
        (run,) = rows_of(installation, PrintRun)
        assert run.state is (RunState.HANDED_OVER if turned else RunState.MADE)
        adds_up(installation)
        installation.store.engine.dispose()


def _killed_at(home: Path, shop: Path, text: str, at: tuple[str, int]) -> None:
    def watch(phase: str, done: int, _total: int) -> None:
        if (phase, done) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        gives(open_at(home, shop), text, watch=watch)
        os._exit(0)

    process = _FORK.Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.thorough
def test_the_carrier_gets_addresses_without_names_and_they_are_gone_once_it_answered(
    made: Installation,
) -> None:
    given = announce(made, key_of(made), by=COLLEAGUE, now=DUE)
    assert given.path.stat().st_mode & 0o777 == 0o600
    assert given.path.parent.stat().st_mode & 0o777 == 0o700
    rows = list(csv.DictReader(given.path.read_text().splitlines()))
    assert list(rows[0]) == [
        "piece_id",
        "street",
        "house_number",
        "addition",
        "postcode",
        "town",
        "country",
    ]
    assert {row["piece_id"] for row in rows} == {each.piece_id for each in pieces_of(made)}
    assert all(row["house_number"].isdigit() and len(row["postcode"]) == 6 for row in rows)
    header, *lines = given.path.read_text().splitlines()
    enriched = [f"{line},{at}" for at, line in enumerate(reversed(lines), 1)]
    done = gives(made, "\n".join([f"{header},sort_order", *enriched]))
    assert done.pieces == given.pieces == len(rows)
    assert not given.path.exists()
    assert [entry.action for entry in rows_of(made, AuditEntry, AuditEntry.id)][-2:] == [
        "announce",
        "enrich",
    ]


def test_the_file_of_addresses_goes_with_a_run_that_is_stopped_before_the_carrier_answered(
    made: Installation,
) -> None:
    given = announce(made, key_of(made), by=COLLEAGUE, now=DUE)
    (campaign,) = rows_of(made, Campaign)
    lifecycle.stop(made, campaign.name, by=COLLEAGUE, now=DUE)
    hand_over_runs(made, now=DUE)
    assert not given.path.exists()
