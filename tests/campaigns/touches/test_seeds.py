"""Every print run carries a piece for some of ourselves: counted apart, and known by its code."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import insert, select, update

from campaigns.planning.plans import plan
from campaigns.touches.seed_pieces import NO_SEEDS, SeedPiece, seed_of
from channels.codes import is_response_code, printed
from console.web.reading.cards import is_seed
from desk.queue.queues import waiting
from inbound.replies import import_replies, unmatched
from installation.installation import Installation
from outcomes.explanations import why
from outcomes.funnels import funnel
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import PrintPiece, PrintRun, ResponseCode, SeedAddress, SeedCode, Touch
from tests.passes import deliver
from tests.stories import campaign_file, launched, manifests, populate

DUE = parse_moment("2023-06-05")
SEED = {
    "street": "Kantoorweg",
    "house_number": 3,
    "house_letter": "",
    "house_addition": "",
    "postcode": "3500BE",
    "town": "Utrecht",
    "country": "NL",
    "active": True,
    "added_by": "anja",
}


@pytest.fixture
def seeded(installation: Installation, now: datetime) -> Installation:
    with installation.store.writing() as connection:
        rows = [
            {**SEED, "addressee": name, "added_at": now}
            for name in ("Anja de Wit", "Bilal Kaya", "Carla Bos")
        ]
        connection.execute(insert(SeedAddress), rows)
        connection.execute(
            update(SeedAddress).where(SeedAddress.addressee == "Carla Bos").values(active=False)
        )
    populate(installation, 300, now=now)
    return installation


def _delivered(installation: Installation, folder: Path, now: datetime) -> int:
    launched(installation, campaign_file(folder), now=now)
    return deliver(installation, now=DUE).handed_over


def _all(installation: Installation, table: Any) -> list[Any]:
    with installation.store.reading() as connection:
        return list(connection.execute(select(table.__table__)))


@pytest.mark.thorough
def test_a_run_has_a_piece_for_each_active_seed_and_counts_it_apart(
    seeded: Installation, tmp_path: Path, now: datetime
) -> None:
    cards = _delivered(seeded, tmp_path, now)
    rows = manifests(seeded)
    assert len(rows) == cards + 2
    (run,) = _all(seeded, PrintRun)
    assert (run.cards, run.seeds) == (cards, 2)
    pieces = [piece for piece in _all(seeded, PrintPiece) if piece.seed_id is not None]
    assert {piece.touch_id for piece in pieces} == {None}
    assert {piece.piece_id for piece in pieces} == {
        row["piece_id"] for row in rows if row["seed"] == "yes"
    }
    assert len(_all(seeded, Touch)) == cards
    assert funnel(seeded, "cards", now=DUE).handed_over == cards
    assert sum(piece.touch_id is not None for piece in _all(seeded, PrintPiece)) == cards


@pytest.mark.thorough
def test_a_seed_is_printed_with_its_own_name_and_a_code_that_no_citizen_has(
    seeded: Installation, tmp_path: Path, now: datetime
) -> None:
    _delivered(seeded, tmp_path, now)
    codes = [row.code for row in _all(seeded, SeedCode)]
    assert len(codes) == 2
    assert all(map(is_response_code, codes))
    assert not {row.code for row in _all(seeded, ResponseCode)} & set(codes)
    (pdf,) = seeded.settings.outbox.glob("*/*.pdf")
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    for name, code in (("Anja de Wit", codes[0]), ("Bilal Kaya", codes[1])):
        (text,) = (text for text in texts if name in text)
        assert f"Beste {name}," in text
        assert printed(code) in text
    assert not any("Carla Bos" in text for text in texts)


@pytest.mark.thorough
def test_the_code_of_a_seed_is_explained_as_a_colleagues(
    seeded: Installation, tmp_path: Path, now: datetime
) -> None:
    _delivered(seeded, tmp_path, now)
    code, (run,) = _all(seeded, SeedCode)[0].code, _all(seeded, PrintRun)
    with seeded.store.reading() as connection:
        assert seed_of(connection, code) == SeedPiece("Anja de Wit", run.folder)
    assert is_seed(seeded, code)
    assert not is_seed(seeded, _all(seeded, ResponseCode)[0].code)
    with pytest.raises(BadInput, match=r"seed of run .*: Anja de Wit is one of us"):
        why(seeded, printed(code))


@pytest.mark.thorough
def test_a_call_with_a_seeds_code_is_recorded_and_waits_in_no_queue(
    seeded: Installation, tmp_path: Path, now: datetime
) -> None:
    _delivered(seeded, tmp_path, now)
    code = _all(seeded, SeedCode)[0].code
    file = tmp_path / "replies.csv"
    file.write_text(f"received_at,kind,response_code\n2023-06-14T10:30,called,{code}\n")
    report = import_replies(
        seeded, file, now=DUE + timedelta(days=10), refused=tmp_path / "refused.csv"
    )
    assert (report.matched, report.unmatched, report.followed.calls) == ({"seed": 1}, 0, 0)
    assert waiting(seeded.store) == []
    assert unmatched(seeded.store) == []


def test_a_plan_without_seeds_says_so_and_one_with_seeds_does_not(
    seeded: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path)
    assert NO_SEEDS not in plan(seeded, file, now=now).warnings
    with seeded.store.writing() as connection:
        connection.execute(update(SeedAddress).values(active=False))
    assert NO_SEEDS in plan(seeded, file, now=now).warnings
