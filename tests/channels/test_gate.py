"""A file that is not what was meant does not leave: each way of being wrong is caught, and named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pikepdf
import pytest

from channels.card.read_back import SpoiledRun, check_independently, inspect_run, read_back
from channels.port import Message
from channels.press.metadata import VERSION
from people.addresses import PostalAddress
from tests.channels.pieces import composed, messages, numbers, order

Break = Callable[[Any], None]


@pytest.fixture(scope="module")
def pieces() -> list[Message]:
    return messages(5)


@pytest.fixture(scope="module")
def run(pieces: list[Message], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return composed(pieces, order(), tmp_path_factory.mktemp("run") / "run.pdf")


def _broken(run: Path, damage: Break, to: Path) -> Path:
    with pikepdf.open(run) as pdf:
        damage(pdf)
        pdf.save(to, min_version="1.6", static_id=True)
    return to


def _rewrite(old: bytes, new: bytes, page: int = 1) -> Break:
    def damage(pdf: Any) -> None:
        content = pdf.pages[page].obj.Contents.read_bytes()
        assert old in content
        pdf.pages[page].obj.Contents = pdf.make_stream(content.replace(old, new, 1))

    return damage


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _rgb_image(pdf: Any) -> None:
    image = pdf.make_stream(
        b"\x20\x40\x60",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=1,
        Height=1,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB,
    )
    pdf.pages[1].obj.Resources.XObject["/Logo"] = image
    content = pdf.pages[1].obj.Contents.read_bytes()
    pdf.pages[1].obj.Contents = pdf.make_stream(content + b"\n/Logo Do\n")


def _swap(pdf: Any) -> None:
    first, second = pdf.pages[1].obj.Contents, pdf.pages[3].obj.Contents
    pdf.pages[1].obj.Contents, pdf.pages[3].obj.Contents = second, first


def _missing_font(pdf: Any) -> None:
    del pdf.pages[0].obj.Resources.Font["/F-text"].DescendantFonts[0].FontDescriptor["/FontFile2"]


def _missing_glyph(pdf: Any) -> None:
    below = pdf.pages[0].obj.Resources.Font["/F-text"].DescendantFonts[0]
    glyphs = bytearray(below.CIDToGIDMap.read_bytes())
    glyphs[2 * ord("ë") : 2 * ord("ë") + 2] = b"\0\0"
    below.CIDToGIDMap = pdf.make_stream(bytes(glyphs))


def _transparency(pdf: Any) -> None:
    pdf.pages[0].obj.Resources["/ExtGState"] = pikepdf.Dictionary(G=pikepdf.Dictionary(ca=0.5))


def _too_much_ink(pdf: Any) -> None:
    form = pdf.pages[0].obj.Resources.XObject["/front"]
    form.write(b"0.9 0.9 0.9 0.9 k\n" + form.read_bytes())


def _rgb_in_the_drawing(pdf: Any) -> None:
    form = pdf.pages[0].obj.Resources.XObject["/front"]
    form.write(b"1 0 0 rg\n" + form.read_bytes())


def _no_intent(pdf: Any) -> None:
    del pdf.Root["/OutputIntents"]


def _no_version(pdf: Any) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(VERSION.encode(), b"PDF/X-9"))


def _two_dates(pdf: Any) -> None:
    pdf.docinfo["/ModDate"] = "D:20200101000000+00'00'"


def _no_trim_box(pdf: Any) -> None:
    del pdf.pages[3].obj["/TrimBox"]


def _one_page_less(pdf: Any) -> None:
    del pdf.pages[9]


def _one_page_twice(pdf: Any) -> None:
    pdf.pages.append(pdf.pages[9])
    del pdf.pages[7]


@pytest.mark.everyday(8)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_rgb_image, "Logo is an image in RGB"),
        (_missing_font, "the font F-text is not embedded"),
        (_missing_glyph, "no glyph for U\\+00EB"),
        (_swap, "page 2: the greeting is not what was meant"),
        (
            _rewrite(b"Tj ET", b"Tj 900 0 Td" + b"(\0x)" + b"Tj ET"),
            "page 2: the .* is not what was meant",
        ),
        (_transparency, "transparency"),
        (_too_much_ink, "300% of ink"),
        (_rgb_in_the_drawing, "front holds what no press takes"),
        (_no_intent, "no output intent"),
        (_no_version, "does not say that it is PDF/X-4"),
        (_two_dates, "two different things about its date"),
        (_no_trim_box, "page 4: it has no TrimBox"),
        (_one_page_less, "9 pages for 5 cards"),
        (_one_page_twice, "page 8"),
        (_rewrite(b"/back Do\n", b""), "page 2: the drawing of the back is not on it"),
        (
            _rewrite(b"q 0 0 0 1 k\n", b"q 1 0 0 rg\n"),
            "page 2: it holds what no page of ours holds",
        ),
        (_rewrite(_utf16("Lange"), _utf16("Korte")), "page 2: the address is not what was meant"),
        (
            _rewrite(b"/F-text 10.00 Tf", b"/F-text 9.25 Tf"),
            "page 2: the address is not of the size",
        ),
        (_rewrite(_utf16("100 000"), _utf16("100 001")), "page 2: the code is not what was meant"),
    ],
)
def test_a_broken_file_is_caught(
    damage: Break, said: str, run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    inspect_run(run, pieces, order(), numbers(5))
    with pytest.raises(SpoiledRun, match=said):
        read_back(_broken(run, damage, tmp_path / "broken.pdf"), pieces, order(), numbers(5))


def test_a_line_that_runs_out_of_its_frame_is_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    def shift(pdf: Any) -> None:
        content = pdf.pages[1].obj.Contents.read_bytes()
        at = content.index(_utf16("Lange"))
        begin = content.rindex(b" 0.000 ", 0, at)
        pdf.pages[1].obj.Contents = pdf.make_stream(
            content[:begin] + b" 150.000 " + content[begin + 7 :]
        )

    with pytest.raises(SpoiledRun, match="page 2: a line of the address runs out of its frame"):
        read_back(_broken(run, shift, tmp_path / "broken.pdf"), pieces, order(), numbers(5))


def test_a_qr_code_with_one_module_more_is_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    def flip(pdf: Any) -> None:
        content = pdf.pages[1].obj.Contents.read_bytes()
        at = content.rindex(b"f Q\n", 0, content.rindex(b"f Q\n"))  # the last is the piece's number
        extra = b"".join(b"%d %d 1 1 re\n" % (column, 12) for column in range(12, 28))
        pdf.pages[1].obj.Contents = pdf.make_stream(content[:at] + extra + content[at:])

    with pytest.raises(SpoiledRun, match=r"page 2: a.* code"):
        read_back(_broken(run, flip, tmp_path / "broken.pdf"), pieces, order(), numbers(5))


def test_a_number_of_another_piece_is_caught_in_digits_and_in_the_matrix(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    first, second, *rest = numbers(5)
    with pytest.raises(SpoiledRun, match="page 2: the piece is not what was meant"):
        read_back(run, pieces, order(), [second, first, *rest])
    digits = _rewrite(_utf16(first), _utf16(second))
    with pytest.raises(SpoiledRun, match="page 2: a code on it is not that of its piece"):
        read_back(
            _broken(run, digits, tmp_path / "broken.pdf"), pieces, order(), [second, first, *rest]
        )


def test_a_matrix_with_one_module_less_is_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    def damage(pdf: Any) -> None:
        content = pdf.pages[1].obj.Contents.read_bytes()
        end = content.rindex(b"f Q\n")
        begin = content.rindex(b"\n", 0, end - 1) + 1
        pdf.pages[1].obj.Contents = pdf.make_stream(content[:begin] + content[end:])

    with pytest.raises(SpoiledRun, match="page 2: a Data Matrix does not hold together"):
        read_back(_broken(run, damage, tmp_path / "broken.pdf"), pieces, order(), numbers(5))


def test_a_kix_code_of_another_house_is_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    home = pieces[0].to
    assert isinstance(home, PostalAddress)
    other = [replace(pieces[0], to=replace(home, house_number=8)), *pieces[1:]]
    with pytest.raises(SpoiledRun, match="page 2: a code on it is not that of its piece"):
        read_back(run, other, order(), numbers(5))


def test_a_file_that_is_cut_short_is_caught_by_both(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    short = tmp_path / "short.pdf"
    short.write_bytes(run.read_bytes()[:-2000])
    with pytest.raises(SpoiledRun, match="cannot"):
        read_back(short, pieces, order(), numbers(5))
    with pytest.raises(SpoiledRun, match="cannot"):
        check_independently(short)


def test_a_stream_that_cannot_be_inflated_is_caught_by_qpdf(run: Path, tmp_path: Path) -> None:
    damaged = bytearray(run.read_bytes())
    at = damaged.index(b"stream\n", len(damaged) // 2) + 20
    damaged[at : at + 8] = b"\xff" * 8
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(bytes(damaged))
    with pytest.raises(SpoiledRun, match="qpdf"):
        check_independently(broken)


@pytest.fixture
def mutool() -> None:
    if which("mutool") is None:
        pytest.skip(
            "needs mutool, a program that no Python package brings: apt-get install mupdf-tools"
        )


def _garbled(pdf: Any) -> None:
    pdf.pages[1].obj.Contents = pdf.make_stream(
        pdf.pages[1].obj.Contents.read_bytes() + b"\nsmudge\n"
    )


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_missing_font, "MuPDF .* non-embedded font"),
        (_garbled, "MuPDF .* unknown keyword: 'smudge'"),
    ],
)
def test_what_qpdf_lets_through_is_caught_by_mupdf(
    damage: Break,
    said: str,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutool: None,
) -> None:
    check_independently(run)
    broken = _broken(run, damage, tmp_path / "broken.pdf")
    with pytest.raises(SpoiledRun, match=said):
        check_independently(broken)
    monkeypatch.setenv("PATH", "")
    check_independently(broken)


def test_a_proof_is_no_run_and_a_run_is_no_proof(
    pieces: list[Message], run: Path, tmp_path: Path
) -> None:
    proof = order(mark="PROEF")
    inspect_run(composed(pieces, proof, tmp_path / "proof.pdf"), pieces, proof, numbers(5))
    with pytest.raises(SpoiledRun, match="does not stand straight"):
        read_back(tmp_path / "proof.pdf", pieces, order(), numbers(5))
    with pytest.raises(SpoiledRun, match="not marked"):
        read_back(run, pieces, proof, numbers(5))
