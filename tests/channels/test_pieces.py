"""A piece of post has a number that says nothing of anybody, reads back, and is scanned from what is printed."""

import random

import pypdfium2
import pytest
import zint
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from channels.pieces import MOST_RECORDS, piece_id, read_piece_id
from channels.press.data_matrix import MODULES, data_matrices, spelled
from channels.press.data_matrix_reading import read_matrix
from channels.press.page_reading import Rects, Spoiled
from templates.texts import available, load
from tests.channels.pieces import composed, messages, numbers, order

RUNS, RECORDS = st.integers(1, 10**9), st.integers(1, MOST_RECORDS)
PRINTED = [name for name in available() if load(name).layout]


@given(RUNS, RECORDS)
def test_a_number_reads_back_to_its_run_and_its_record(run: int, record: int) -> None:
    text = piece_id(run, record)
    assert read_piece_id(text) == (run, record)
    assert read_piece_id(f" {text[:6]} {text[6:]} ") == (run, record)
    assert len(text) >= 12


@given(RUNS, RECORDS, st.integers(0, 30), st.integers(1, 9))
def test_one_wrong_digit_or_two_that_changed_places_make_no_number_of_ours(
    run: int, record: int, at: int, off: int
) -> None:
    text = piece_id(run, record)
    at %= len(text)
    wrong = f"{text[:at]}{(int(text[at]) + off) % 10}{text[at + 1 :]}"
    assert read_piece_id(wrong) is None
    swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at else text
    assert swapped == text or read_piece_id(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "12", "00000100001", "SM0123456789", "٠٠٠٠٠١٠٠٠٠١٢", "-00001000017"]
)
def test_what_is_no_number_of_ours_is_none(text: str) -> None:
    assert read_piece_id(text) is None


@pytest.mark.parametrize("record", [0, -1, MOST_RECORDS + 1])
def test_a_run_has_no_piece_beyond_its_digits(record: int) -> None:
    with pytest.raises(ValueError, match="has no piece"):
        piece_id(1, record)


@given(st.text("0123456789", min_size=1, max_size=16))
def test_the_matrix_says_the_digits_it_was_made_of(digits: str) -> None:
    assert read_matrix(Rects(1.0, (0.0, 0.0), data_matrices().path(digits))) == digits


@pytest.mark.parametrize("digits", ["", "12a4", "1" * 17, "١٢"])
def test_a_matrix_holds_at_most_sixteen_digits_and_nothing_else(digits: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        spelled(digits)


def test_the_matrix_is_that_of_another_maker() -> None:
    draw = random.Random(7)
    for _ in range(40):
        digits = piece_id(draw.randrange(1, 999_999), draw.randrange(1, MOST_RECORDS))
        other = zint.Symbol()
        other.symbology = zint.Symbology.DATAMATRIX
        other.option_2 = 3  # fourteen modules a side
        other.encode(digits)
        other.buffer_vector()
        dark = {
            (int(rect.y / 2) + down, int(rect.x / 2) + right)
            for rect in other.vector.rectangles
            for down in range(int(rect.height / 2))
            for right in range(int(rect.width / 2))
        }
        symbol = f"{data_matrices().symbol(digits):0{16 * MODULES}b}"
        assert dark == {divmod(at, 16) for at, bit in enumerate(symbol) if bit == "1"}


def test_a_matrix_with_a_module_flipped_is_not_mended_but_refused() -> None:
    path = data_matrices().path(piece_id(7, 7))
    for line in path.splitlines(keepends=True)[::9]:
        with pytest.raises(Spoiled):
            read_matrix(Rects(1.0, (0.0, 0.0), path.replace(line, b"", 1)))


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "dpi", [150, *(pytest.param(finer, marks=pytest.mark.heavy) for finer in (200, 300))]
)
@pytest.mark.parametrize("template", PRINTED)
def test_a_scanner_reads_the_number_of_every_format_off_the_printed_page(
    template: str, dpi: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pieces, by = messages(4, template), order(template)
    assert by.layout.piece is not None
    side = by.layout.sides.index(by.layout.piece.side)
    pdf = composed(pieces, by, tmp_path_factory.mktemp("scanned") / "run.pdf")
    document = pypdfium2.PdfDocument(pdf)
    for at, number in enumerate(numbers(4)):
        page = document[len(by.layout.sides) * at + side]
        seen = zxingcpp.read_barcodes(page.render(scale=dpi / 72).to_pil())
        assert [each.text for each in seen if each.format == zxingcpp.BarcodeFormat.DataMatrix] == [
            number
        ]
        assert number in page.get_textpage().get_text_range()
    document.close()
