"""The composed run shows what plain ReportLab shows, says what was meant, and is the same file every time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
import zint
import zxingcpp
from PIL import ImageChops

from channels.card.frames import MM
from channels.card.kix import bars, kix_text
from channels.card.preview import picture_of
from channels.codes import printed
from channels.press.compression import best_deflater, libdeflate, zlib_at
from channels.press.page_reading import Rects
from channels.press.qr import check_site, qr_prefix, qr_table
from channels.press.qr_reading import read_symbol
from channels.press.writer import literal
from people.addresses import PostalAddress
from store.errors import BadInput
from templates.texts import available, load
from tests.channels.pieces import NAMES, SITE, composed, messages, numbers, order, set_cards
from tests.channels.reference_drawing import draw_run

PRINTED = [name for name in available() if load(name).layout]
DPI = 150


def _pages(pdf: Path | bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    pictures = [picture_of(page, DPI).convert("L") for page in document]
    document.close()
    return pictures


@pytest.mark.everyday(2)
@pytest.mark.parametrize("template", PRINTED)
def test_every_page_looks_as_plain_reportlab_draws_it(template: str, tmp_path: Path) -> None:
    by, pieces = order(template), messages(len(NAMES), template)
    ours = _pages(composed(pieces, by, tmp_path / "ours.pdf"))
    reference = _pages(draw_run(set_cards(pieces, by.layout), by))
    assert len(ours) == len(reference) == len(by.layout.sides) * len(pieces)
    for mine, plain in zip(ours, reference, strict=True):
        counts = ImageChops.difference(mine, plain).histogram()
        # places are rounded to a thousandth of a point, so an edge may be a shade lighter: one pixel in two thousand,
        # and none by more than three tenths; nothing may move or be missing
        assert sum(counts[77:]) == 0
        assert sum(counts[16:]) <= mine.width * mine.height / 2000


def test_the_same_pieces_give_the_same_bytes_and_other_pieces_others(tmp_path: Path) -> None:
    by = order()
    first = composed(messages(40), by, tmp_path / "a.pdf").read_bytes()
    assert composed(messages(40), by, tmp_path / "b.pdf").read_bytes() == first
    assert composed(messages(41), by, tmp_path / "c.pdf").read_bytes() != first


def test_what_is_the_same_for_all_stands_in_the_file_once(tmp_path: Path) -> None:
    by = order()
    few = composed(messages(10), by, tmp_path / "few.pdf").stat().st_size
    more = composed(messages(110), by, tmp_path / "more.pdf").stat().st_size
    assert (more - few) / 100 < 2300


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_an_independent_reader_finds_name_code_and_qr_on_the_page_of_the_piece(
    number: int, tmp_path: Path
) -> None:
    pieces, by = messages(len(NAMES)), order()
    document = pypdfium2.PdfDocument(composed(pieces, by, tmp_path / "run.pdf"))
    page = document[2 * number + 1]
    text = page.get_textpage().get_text_range()
    assert NAMES[number] in text
    assert printed(pieces[number].code) in text
    seen = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
    assert {each.text for each in seen} == {
        f"{SITE}/{pieces[number].code}",
        numbers(len(NAMES))[number],
    }
    document.close()


@pytest.mark.parametrize(
    "site", ["https://a.nl", "https://voorbeeldstad.example/k", "https://" + "x" * 80]
)
def test_the_table_gives_the_symbol_that_segno_gives(site: str) -> None:
    table = qr_table(qr_prefix(site))
    first = segno.make(
        qr_prefix(site) + "0" * 10, error="m", mode="byte", boost_error=False, micro=False
    )
    for code in ("1000000005", "9876543210", "5555555555", "1029384756"):
        text = qr_prefix(site) + code
        drawn = segno.make(
            text,
            error="m",
            mode="byte",
            boost_error=False,
            version=first.version,
            mask=first.mask,
            micro=False,
        )
        width = (table.modules + 7) // 8 * 8
        bits = "".join("".join(map(str, row)).ljust(width, "0") for row in drawn.matrix)
        assert table.symbol(code) == int(bits, 2).to_bytes(len(bits) // 8, "big")
        assert read_symbol(Rects(1.0, (0.0, 0.0), table.path(code)), table.modules).text() == text


@pytest.mark.parametrize(
    "site", ["https://é.nl", "https://a.nl/een twee", "https://" + "x" * 120, "a\nb"]
)
def test_an_address_that_no_qr_code_of_ours_can_say_is_bad_input(site: str) -> None:
    with pytest.raises(BadInput, match="QR code"):
        check_site(site)


def test_the_bars_are_those_of_another_maker_of_kix_codes() -> None:
    for piece in messages(30):
        assert isinstance(piece.to, PostalAddress)
        text = kix_text(piece.to)
        other = zint.Symbol()
        other.symbology = zint.Symbology.KIX
        other.encode(text)
        other.buffer_vector()
        rects = sorted((rect.x, rect.y, rect.height) for rect in other.vector.rectangles)
        middle = max(rects, key=lambda rect: rect[2])
        full, top = middle[2], middle[1]
        drawn = [
            (round(y - top, 3) == 0, round(y + high - top - full, 3) == 0) for _, y, high in rects
        ]
        assert drawn == bars(text)


@pytest.mark.parametrize("deflater", [zlib_at(6), best_deflater(), libdeflate(6) or zlib_at(9)])
def test_every_compressor_gives_a_file_that_says_the_same(deflater: Any, tmp_path: Path) -> None:
    by = order()
    with pikepdf.open(composed(messages(3), by, tmp_path / "run.pdf", deflater)) as pdf:
        said = [page.obj.Contents.read_bytes() for page in pdf.pages]
    with pikepdf.open(composed(messages(3), by, tmp_path / "plain.pdf", zlib_at(1))) as pdf:
        assert [page.obj.Contents.read_bytes() for page in pdf.pages] == said


def test_what_would_end_a_string_is_escaped() -> None:
    assert literal(b"a(b)c\\d\re") == b"(a\\(b\\)c\\\\d\\re)"


def test_crop_marks_stand_outside_the_bleed_when_they_are_asked_for(tmp_path: Path) -> None:
    by = order(crop_marks=True)
    with pikepdf.open(composed(messages(1), by, tmp_path / "run.pdf")) as pdf:
        page = pdf.pages[0].obj
        media, bleed, trim = (
            [float(edge) for edge in page[name]] for name in ("/MediaBox", "/BleedBox", "/TrimBox")
        )
    assert bleed[0] - media[0] == pytest.approx(7 * MM, abs=0.01)
    assert trim[0] - bleed[0] == pytest.approx(3 * MM, abs=0.01)
    plain = pypdfium2.PdfDocument(tmp_path / "run.pdf")
    picture = plain[0].render(scale=2).to_pil().convert("L")
    plain.close()
    slug = picture.crop((0, 0, picture.width, int(6.5 * MM * 2)))
    assert slug.getextrema()[0] < 128  # there are marks in it
    assert (
        picture.crop(
            (int(16 * MM * 2), 0, picture.width - int(16 * MM * 2), int(6.5 * MM * 2))
        ).getextrema()[0]
        > 250
    )


def test_a_campaign_without_an_address_of_its_own_has_no_qr_code(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(composed(messages(1), order(site=""), tmp_path / "run.pdf"))
    seen = zxingcpp.read_barcodes(document[1].render(scale=200 / 72).to_pil())
    assert [each.text for each in seen] == numbers(1)
    document.close()


@pytest.mark.thorough
@pytest.mark.parametrize("template", ["contact-card", "contact-card-a5", "letter"])
def test_what_the_carrier_adds_looks_as_plain_reportlab_draws_it(
    template: str, tmp_path: Path
) -> None:
    added = {"carrier": "1012 AB 3/17 * SORT 12\nPB-PP 42", "carrier_mark": "1234567890123456"}
    by = order(template)
    pieces = [replace(each, words={**each.words, **added}) for each in messages(2, template)]
    ours = _pages(composed(pieces, by, tmp_path / "ours.pdf"))
    plain = _pages(composed(messages(2, template), by, tmp_path / "plain.pdf"))
    for mine, reference in zip(
        ours, _pages(draw_run(set_cards(pieces, by.layout), by)), strict=True
    ):
        assert sum(ImageChops.difference(mine, reference).histogram()[77:]) == 0
    side = by.layout.sides.index(by.layout.address_side)
    assert ImageChops.difference(ours[side], plain[side]).getbbox()
