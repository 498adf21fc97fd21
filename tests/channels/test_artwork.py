"""A shop that composes itself gets the sides and the words apart; what it made of them is read before it is printed."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from channels.card import Card
from channels.card.artwork import columns, read_data
from channels.card.proofreading import Proofread, proofread
from channels.examples import MADE_AT
from channels.pieces import piece_id
from channels.port import Batch, ChannelSettings, HandedFile, Message, Receipt
from tests.channels.pieces import (
    NAMES,
    SITE,
    composed,
    messages,
    numbers,
    order,
    set_cards,
    template_layout,
)
from tests.channels.reference_drawing import draw_run

PEOPLE = 6


def _batch(people: tuple[Message, ...]) -> Batch:
    sender = {"qr_url": SITE}
    layout = template_layout("contact-card")
    return Batch(
        key="run",
        made_at=MADE_AT,
        messages=people,
        layout=layout,
        sender=sender,
        number=1234,
        artwork=True,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outbox = tmp_path_factory.mktemp("outbox")
    list(Card.open(ChannelSettings(outbox)).send(_batch(tuple(messages(PEOPLE)))))
    return outbox / "run"


@pytest.fixture(scope="module")
def rows(run: Path) -> list[dict[str, str]]:
    return list(read_data((run / "run-001.csv").read_bytes()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let another program than our composer make the shop's file: plain ReportLab."""
    by = order("contact-card")
    pdf = tmp_path_factory.mktemp("shop") / "run-001.pdf"
    pdf.write_bytes(draw_run(set_cards(messages(PEOPLE), by.layout), by))
    return pdf


def test_the_shop_gets_the_sides_without_a_word_and_the_words_without_a_side(run: Path) -> None:
    assert {path.name for path in run.iterdir()} == {
        "run-001.csv",
        "artwork.pdf",
        "manifest.csv",
        "run.json",
        "run.xjdf",
        "sha256",
    }
    document = pypdfium2.PdfDocument(run / "artwork.pdf")
    assert len(document) == 2
    assert not any(page.get_textpage().get_text_range().strip() for page in document)
    document.close()
    (file,) = json.loads((run / "run.json").read_text())["files"]
    assert (file["name"], file["pieces"], file["pages"]) == ("run-001.csv", PEOPLE, 2 * PEOPLE)


def test_a_row_says_what_the_layout_has_a_place_for_and_nothing_else(
    rows: list[dict[str, str]],
) -> None:
    assert tuple(rows[0]) == columns(order("contact-card").layout)
    assert "touch" not in " ".join(rows[0])
    for at, row in enumerate(rows):
        message = messages(PEOPLE)[at]
        assert row["piece_id"] == piece_id(1234, at + 1)
        assert (row["address_1"], row["address_4"]) == (NAMES[at], "")
        assert row["greeting"] == f"Beste {NAMES[at]},"
        assert row["qr"] == f"{SITE}/{message.code}"
        assert row["kix"].startswith("1234AB")


def test_a_cell_that_a_spreadsheet_could_take_for_a_formula_is_harmless_and_reads_back(
    tmp_path: Path,
) -> None:
    first = messages(1)[0]
    message = replace(first, words={**first.words, "text": "=1+1\n- een"})
    list(Card.open(ChannelSettings(tmp_path)).send(_batch((message,))))
    content = (tmp_path / "run" / "run-001.csv").read_bytes()
    cells = [cell for line in csv.reader(io.StringIO(content.decode())) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    (row,) = read_data(content)
    assert row["text"] == "=1+1\n- een"


def test_receipts_and_files_are_those_of_any_run(tmp_path: Path) -> None:
    results = list(Card.open(ChannelSettings(tmp_path)).send(_batch(tuple(messages(3)))))
    assert [each.provider_ref for each in results if isinstance(each, Receipt)] == numbers(3)
    handed = {each.name: each for each in results if isinstance(each, HandedFile)}
    assert (handed["run-001.csv"].cards, handed["run-001.csv"].first) == (3, 1)


@pytest.mark.thorough
def test_a_file_of_another_program_that_says_all_that_was_meant_may_be_printed(
    made: Path, rows: list[dict[str, str]]
) -> None:
    found = proofread(made, rows, order("contact-card").layout)
    assert found == Proofread(PEOPLE, scanned=True, faults=())


@pytest.mark.thorough
def test_a_file_of_our_own_composer_may_be_printed_too(
    rows: list[dict[str, str]], tmp_path: Path
) -> None:
    pdf = composed(messages(PEOPLE), order("contact-card"), tmp_path / "run-001.pdf")
    assert not proofread(pdf, rows, order("contact-card").layout).faults


def _swap(pdf: Any) -> None:
    pdf.pages[1].obj.Contents, pdf.pages[3].obj.Contents = (
        pdf.pages[3].obj.Contents,
        pdf.pages[1].obj.Contents,
    )


def _drop(pdf: Any) -> None:
    del pdf.pages[-1]


def _colour(pdf: Any) -> None:
    page = pdf.pages[2]
    page.contents_add(b"1 0 0 rg\n", prepend=True)


def _trim(pdf: Any) -> None:
    pdf.pages[4].trimbox = [0, 0, 100, 100]


def _loose_font(pdf: Any) -> None:
    for font in pdf.pages[0].resources["/Font"].values():
        about = font.get("/DescendantFonts", [font])[0]["/FontDescriptor"]
        for name in [name for name in about if name.startswith("/FontFile")]:
            del about[name]


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_swap, "page 2: the greeting of piece 001234000013 is not on it"),
        (_drop, "it has 11 pages, and 12 were meant"),
        (_colour, "page 3: it has colours in RGB"),
        (_trim, "page 5: it is not 148 x 105 mm"),
        (_loose_font, "page 1: the font .* is not embedded"),
    ],
)
def test_a_file_that_is_not_what_was_meant_is_caught(
    damage: Callable[[Any], None], said: str, made: Path, rows: list[dict[str, str]], tmp_path: Path
) -> None:
    broken = tmp_path / "run-001.pdf"
    with pikepdf.open(made) as pdf:
        damage(pdf)
        pdf.save(broken)
    faults = proofread(broken, rows, order("contact-card").layout).faults
    assert faults
    assert re.search(said, "\n".join(faults))


@pytest.mark.thorough
def test_a_code_of_somebody_else_is_caught_where_a_scanner_sees_it(
    made: Path, rows: list[dict[str, str]]
) -> None:
    wrong = [{**rows[0], "qr": rows[1]["qr"]}, *rows[1:]]
    found = proofread(made, wrong, order("contact-card").layout)
    assert found.faults == ("page 2: the QR code of piece 001234000013 is not on it",)


def test_what_is_no_pdf_is_no_proof(rows: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "run-001.pdf").write_bytes(b"hello")
    found = proofread(tmp_path / "run-001.pdf", rows, order("contact-card").layout)
    assert found.pieces == 0
    assert found.faults
