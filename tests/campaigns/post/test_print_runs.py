"""A delivery by post is one print run: in the ledger piece by piece, and cut where the carrier's round is cut."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select, update

from campaigns.delivery.shared_batches import shared_by
from campaigns.post.shop_file_checks import check_file
from campaigns.touches.results import record_results
from channels.card import Card
from channels.pieces import piece_id, read_piece_id
from channels.port import ChannelSettings
from channels.shops import read_shop
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.states import PieceState, RunState
from store.tables import Attempt, Delivery, Person, PrintFile, PrintPiece, PrintRun, Touch
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, manifests, populate

DUE = parse_moment("2023-06-05")


class SmallRuns(Card):
    """Cards in print runs of ten pieces."""

    batch_size: ClassVar[int] = 10


@pytest.fixture
def running(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _launch)


def _launch(installation: Installation) -> None:
    populate(installation, 400, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)


def rows_of(installation: Installation, table: Any) -> list[Any]:
    with installation.store.reading() as connection:
        return list(connection.execute(select(table.__table__)))


def test_every_piece_stands_in_the_ledger_with_the_number_that_its_receipt_gives(
    running: Installation,
) -> None:
    done = deliver(running, now=DUE)
    (run,), pieces = rows_of(running, PrintRun), rows_of(running, PrintPiece)
    assert (run.state, run.cards, run.seeds) == (RunState.HANDED_OVER, done.handed_over, 0)
    assert run.weight == round(done.handed_over * 148 * 105 * 300 / 1e6)
    assert [piece.record for piece in pieces] == list(range(1, done.handed_over + 1))
    assert {piece.state for piece in pieces} == {PieceState.HANDED_OVER}
    assert {piece.piece_id for piece in pieces} == {row["piece_id"] for row in manifests(running)}
    references = {attempt.touch_id: attempt.provider_ref for attempt in rows_of(running, Attempt)}
    for piece in pieces:
        assert read_piece_id(piece.piece_id) == (run.delivery_id, piece.record)
        assert references[piece.touch_id] == piece.piece_id


@pytest.mark.thorough
def test_the_files_of_the_ledger_say_which_pieces_are_in_them(running: Installation) -> None:
    done = deliver(running, now=DUE)
    files = {file.name: file for file in rows_of(running, PrintFile)}
    (pdf,) = (file for name, file in files.items() if name.endswith("-001.pdf"))
    assert (pdf.pieces, pdf.first) == (done.handed_over, 1)
    assert {file.pieces for name, file in files.items() if not name.endswith(".pdf")} == {0}


def test_recording_a_run_twice_changes_nothing(running: Installation) -> None:
    deliver(running, now=DUE)
    (delivery,) = rows_of(running, Delivery)
    before = (rows_of(running, PrintRun), rows_of(running, PrintPiece), rows_of(running, PrintFile))
    outbox = running.channels["card"]._outbox  # type: ignore[attr-defined]  # as after a crash
    with running.store.holding(delivery.key) as hold:
        shared = None if running.store.embedded else shared_by(running, hold)
        results = list(outbox.shared(shared).results_of(delivery.key))
    with running.store.writing() as connection:
        assert not sum(record_results(connection, delivery.id, results, now=DUE).values())
    assert (
        rows_of(running, PrintRun),
        rows_of(running, PrintPiece),
        rows_of(running, PrintFile),
    ) == before


def in_runs_of_ten(installation: Installation) -> Installation:
    return replace(
        installation,
        channels={
            **installation.channels,
            "card": SmallRuns.open(ChannelSettings(installation.settings.outbox)),
        },
    )


def runs_of(installation: Installation) -> list[list[str]]:
    """Return the postcodes of each run, in its order."""
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(PrintPiece.print_run_id, Person.postcode)
            .join(Touch, Touch.id == PrintPiece.touch_id)
            .join(Person, Person.id == Touch.person_id)
            .order_by(PrintPiece.print_run_id, PrintPiece.record)
        ).all()
    return [
        [row.postcode for row in rows if row.print_run_id == run]
        for run in sorted({row[0] for row in rows})
    ]


@pytest.mark.thorough
def test_runs_follow_each_other_on_the_carriers_round(running: Installation) -> None:
    done = deliver(in_runs_of_ten(running), now=DUE)
    runs = runs_of(running)
    assert len(runs) > 2
    postcodes = [postcode for run in runs for postcode in run]
    assert postcodes == sorted(postcodes)
    assert len(postcodes) == done.handed_over


@pytest.mark.thorough
def test_a_postcode_is_not_on_two_runs(running: Installation) -> None:
    with running.store.writing() as connection:  # few postcodes, each with some people
        short = func.substr(Person.postcode, 1, 2) + "00AA"
        connection.execute(update(Person).where(Person.country == "NL").values(postcode=short))
    done = deliver(in_runs_of_ten(running), now=DUE)
    runs = runs_of(running)
    blocks = Counter(postcode for run in runs for postcode in run)
    assert sum(blocks.values()) == done.handed_over
    for before, after in pairwise(runs):
        assert before[-1] != after[0] or blocks[before[-1]] > SmallRuns.batch_size - 1
    assert any(len(run) < SmallRuns.batch_size for run in runs[:-1])


@pytest.mark.thorough
def test_a_number_says_its_delivery(running: Installation) -> None:
    deliver(running, now=DUE)
    (delivery,) = rows_of(running, Delivery)
    assert rows_of(running, PrintPiece)[0].piece_id == piece_id(delivery.id, 1)


def test_a_shop_that_composes_itself_has_its_file_read_back_against_the_data_of_the_run(
    running: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('name = "Drukkerij Voorbeeld"\nmode = "artwork"\n')
    artful = replace(running, shop=read_shop(file))
    done = deliver(artful, now=DUE)
    (folder,) = (
        path for path in running.settings.outbox.iterdir() if not path.name.startswith(".")
    )
    key = folder.name
    assert [path.name for path in folder.glob("*.pdf")] == ["artwork.pdf"]
    with pytest.raises(BadInput, match="does not belong to a data file"):
        check_file(artful, key, tmp_path / "other.pdf", now=DUE)
    with pytest.raises(BadInput, match="is not a file"):
        check_file(artful, key, tmp_path / f"{key}-001.pdf", now=DUE)
    (tmp_path / f"{key}-001.pdf").write_bytes((folder / "artwork.pdf").read_bytes())
    found = check_file(artful, key, tmp_path / f"{key}-001.pdf", now=DUE)
    assert found.faults == (f"it has 2 pages, and {2 * done.handed_over} were meant",)
    (folder / f"{key}-001.csv").write_text("changed")
    with pytest.raises(BadInput, match="missing, or was changed"):
        check_file(artful, key, tmp_path / f"{key}-001.pdf", now=DUE)
