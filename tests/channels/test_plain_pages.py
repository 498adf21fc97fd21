"""A file that stands as our writer writes it is read by its bytes, and each way of being wrong is still caught."""

import re
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from channels.card.read_back import SpoiledRun, read_back
from channels.port import Message
from channels.press.plain_pages import plain_pages
from tests.channels.pieces import composed, messages, numbers, order

Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def pieces() -> list[Message]:
    return messages(5)


@pytest.fixture(scope="module")
def run(pieces: list[Message], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return composed(pieces, order(), tmp_path_factory.mktemp("run") / "run.pdf")


def _laid_out_again(data: bytes, change: Callable[[int, bytes], bytes]) -> bytes:
    """Change objects of a file, and write its table of places anew."""
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    table, trailer = data[start:].split(b"trailer\n")
    entries = table.split(b"\n", 2)[2]
    places = [int(entries[at : at + 10]) for at in range(0, len(entries), 20)]
    ends = dict(pairwise([*sorted(place for place in places if place), start]))
    whole, moved = bytearray(data[: min(ends)]), {}
    for place, end in ends.items():
        moved[place] = len(whole)
        whole += change(places.index(place), data[place:end])
    began = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % len(places)
    for place in places[1:]:
        whole += b"%010d 00000 n \n" % moved[place] if place else b"0000000000 00000 f \n"
    return bytes(whole) + b"trailer\n" + trailer.replace(b"\n%d\n" % start, b"\n%d\n" % began)


def _with_page(run: Path, at: int, change: Change) -> bytes:
    """Change the dictionary of one page."""
    with pikepdf.open(run) as pdf:
        page = pdf.pages[at].obj.objgen[0]
    return _laid_out_again(
        run.read_bytes(), lambda number, body: change(body) if number == page else body
    )


def _with_content(run: Path, at: int, change: Change) -> bytes:
    """Change what stands on one page."""
    with pikepdf.open(run) as pdf:
        content = pdf.pages[at].obj.Contents
        stream, said = content.objgen[0], change(content.read_bytes())
    packed = zlib.compress(said)
    whole = b"%d 0 obj\n<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        stream,
        len(packed),
        packed,
    )
    return _laid_out_again(
        run.read_bytes(), lambda number, body: whole if number == stream else body
    )


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _replaced(old: bytes, new: bytes) -> Change:
    def change(body: bytes) -> bytes:
        assert old in body
        return body.replace(old, new, 1)

    return change


def test_what_our_writer_wrote_is_read_by_its_bytes_as_pikepdf_reads_it(run: Path) -> None:
    plain = plain_pages(run.read_bytes())
    assert plain is not None
    with pikepdf.open(run) as pdf:
        assert [plain.content(number) for number in plain.contents] == [
            page.obj.Contents.read_bytes() for page in pdf.pages
        ]
        assert (plain.tree, plain.first) == (pdf.Root.Pages.objgen[0], pdf.pages[0].obj.objgen[0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (_utf16("Lange"), _utf16("Korte"), "page 2: the address is not what was meant"),
        (_utf16("100 000"), _utf16("100 001"), "page 2: the code is not what was meant"),
        (b"/F-text 10.00 Tf", b"/F-text 9.25 Tf", "page 2: the address is not of the size"),
        (b"/back Do\n", b"", "page 2: the drawing of the back is not on it"),
        (b"q 0 0 0 1 k\n", b"q 1 0 0 rg\n", "page 2: it holds what no page of ours holds"),
        (
            b"1 0 0 1 232.441 ",
            b"1 0 0 1 382.441 ",
            "page 2: a line of the address runs out of its frame",
        ),
        (b"1 0 0 1 232.441 ", b"0 1 -1 0 232.441 ", "page 2: the address is not of the size"),
    ],
)
def test_a_wrong_content_is_caught(
    old: bytes, new: bytes, said: str, run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    data = _with_content(run, 1, _replaced(old, new))
    assert plain_pages(data) is not None
    with pytest.raises(SpoiledRun, match=said):
        read_back(_written(data, tmp_path), pieces, order(), numbers(5))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (rb"/TrimBox\[.*?\]", b"", "page 4: it has no TrimBox"),
        (rb"/TrimBox\[.*?\]", b"/TrimBox[0.000 0.000 9.000 9.000]", "page 4: it has no TrimBox"),
        (
            rb">>\nendobj",
            b"/Annots[]>>\nendobj",
            "page 4: it has resources, a transparency or notes of its own",
        ),
        (rb"/Contents (\d+)", rb"/Contents 1", "page 4"),
    ],
)
def test_a_page_unlike_the_first_is_looked_up_the_long_way(
    old: bytes, new: bytes, said: str, run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    data = _with_page(run, 3, lambda body: re.sub(old, new, body))
    with pytest.raises(SpoiledRun, match=said):
        read_back(_written(data, tmp_path), pieces, order(), numbers(5))


def test_pages_in_another_order_are_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    def swap(_: int, body: bytes) -> bytes:
        return re.sub(
            rb"(/Parent \d+ 0 R/Count 10/Kids\[\d+ 0 R )(\d+ 0 R )(\d+ 0 R )(\d+ 0 R)",
            rb"\1\4 \3\2",
            body,
        )

    data = _laid_out_again(run.read_bytes(), swap)
    assert data != run.read_bytes()
    with pytest.raises(SpoiledRun, match="page 2: the greeting is not what was meant"):
        read_back(_written(data, tmp_path), pieces, order(), numbers(5))


def test_a_stream_that_does_not_hold_together_is_caught(
    run: Path, pieces: list[Message], tmp_path: Path
) -> None:
    with pikepdf.open(run) as pdf:
        stream = pdf.pages[3].obj.Contents.objgen[0]

    def damage(number: int, body: bytes) -> bytes:
        at = body.index(b"stream\n") + 60 if number == stream else len(body)
        return body[:at] + bytes(byte ^ 0xFF for byte in body[at : at + 8]) + body[at + 8 :]

    with pytest.raises(SpoiledRun, match="page 4: its content cannot be read"):
        read_back(
            _written(_laid_out_again(run.read_bytes(), damage), tmp_path),
            pieces,
            order(),
            numbers(5),
        )


def test_a_file_that_was_added_to_is_not_read_by_its_bytes(run: Path) -> None:
    """What is appended to a PDF replaces what stood in it, so the old bytes are no longer what is printed."""
    data = run.read_bytes()
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    added = (
        data
        + b"xref\n0 0\ntrailer\n<</Size 9/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (start, len(data))
    )
    assert plain_pages(added) is None
    assert plain_pages(data + b"\n") is None
    assert plain_pages(data[:-20]) is None


def test_a_file_that_another_program_wrote_is_not_read_by_its_bytes(
    run: Path, tmp_path: Path
) -> None:
    with pikepdf.open(run) as pdf:
        pdf.save(tmp_path / "saved.pdf")
    assert plain_pages((tmp_path / "saved.pdf").read_bytes()) is None


def _written(data: bytes, folder: Path) -> Path:
    (folder / "changed.pdf").write_bytes(data)
    return folder / "changed.pdf"
