"""Addresses of every kind, held against zint and measured in the finished PDF.

The zones are written out here in millimetres, as the carrier and the makers of envelopes have them,
and never taken from a layout. PDFium finds what stands on the pages, and had no part in making them.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pypdfium2
import pytest
import zint
from pypdfium2 import raw

from channels.card.composing import compose_run
from channels.card.frames import MM
from channels.card.order import SetCard
from channels.card.typesetting import Fault, Typesetter
from channels.port import Message
from people.addresses import PostalAddress
from people.invented.vocabulary import STREETS, TOWNS
from tests.channels.pieces import messages, order

CI = 600
"""Addresses on each kind of paper in CI; many more are drawn in a run by hand."""
ADDITIONS = {
    "": "",
    "II": "II",
    "hs": "HS",
    "bis": "BIS",
    "A-1": "A1",
    "3 hoog": "3HOOG",
    "1/2": "12",
    "verdieping 7": None,
    "é": None,
}
"""Additions as they are written, and as the code has them: None where it cannot hold them."""
LONG = ("Burgemeester Jonkheer Quarles van Uffordlaan", "Laan van de Verenigde Naties aan Zee")
BETWEEN = ((), ("t.a.v. de bewoner",), ("p/a de buren", "t.a.v. de bewoner"))
SEEN = 0.3  # millimetres that a letter may reach below its line


class Box(NamedTuple):
    """What stands on a page, in millimetres from the top left corner of the trimmed sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom + SEEN
        )


WINDOW = Box(20, 45, 110, 90)
"""Of the envelope, with the letter in its middle."""
MOVED, AT_REST = Box(18, 43, 112, 92), Box(23, 48, 107, 87)
"""What can be seen when the letter moves 2 mm, and what stays 1 mm from the edge then."""


def drawn(template: str, count: int) -> Iterator[tuple[Message, str]]:
    """Yield pieces with the text that their code must have, empty where they have none."""
    draw, model = Random(20), messages(1, template)[0]
    for number in range(count):
        home, code = _home(draw)
        lines = (f"Mw. Zoekmans {number}", *draw.choice(BETWEEN), *home.lines())
        yield replace(model, touch_id=number, to=home, address_lines=lines), code


def _home(draw: Random) -> tuple[PostalAddress, str]:
    postcode = f"{draw.randrange(1000, 10_000)}{draw.choice('ABCEX')}{draw.choice('ABGZ')}"
    town = draw.choice(TOWNS).name
    kind = draw.randrange(12)
    house = PostalAddress(
        street=draw.choice((*STREETS, *LONG)),
        house_number=draw.choice((1, 7, 12, 318, 4711, 99_999)),
        house_letter=draw.choice(("", "", "a", "Z")),
        house_addition=draw.choice(tuple(ADDITIONS)),
        postcode=postcode,
        town=town,
    )
    if kind == 0:
        box = draw.randrange(1, 99_999)
        home = replace(house, street="Postbus", house_number=box, house_letter="")
        return replace(home, house_addition=""), f"{postcode}{box}"
    if kind == 1:
        return replace(house, house_number=None, house_letter="", house_addition=""), ""
    if kind == 2:
        return replace(house, postcode="1000", town="Brussel", country="BE"), ""
    if kind == 3:
        by = replace(house, house_designation="by", house_letter="", house_addition="")
        return by, f"{postcode}{house.house_number}"
    return house, _code(house)


def _code(house: PostalAddress) -> str:
    """Return what the code of a house is, by the carrier's rule."""
    known = ADDITIONS[house.house_addition]
    added = None if known is None else f"{house.house_letter.upper()}{known}"
    if added is None or len(added) > len("ABCDEF"):
        return ""
    return f"{house.postcode}{house.house_number}{'X' if added else ''}{added}"


@cache
def zint_bars(text: str) -> tuple[tuple[bool, bool], ...]:
    """Return which bars rise and which descend, as zint draws a code."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.KIX
    symbol.encode(text)
    symbol.buffer_vector()
    rects = sorted((each.x, each.y, each.y + each.height) for each in symbol.vector.rectangles)
    top, foot = min(each[1] for each in rects), max(each[2] for each in rects)
    return tuple((abs(up - top) < 0.01, abs(down - foot) < 0.01) for _, up, down in rects)


class Sheet:
    """One address side of a finished PDF, as PDFium sees it."""

    def __init__(self, page: Any, slug: float) -> None:
        _, self._high = (each / MM - slug for each in page.get_size())
        self._high -= slug
        self._slug = slug
        text = page.get_textpage()
        self.texts = [self._box(*text.get_rect(at)) for at in range(text.count_rects())]
        paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1)
        self.codes = [(self._box(*each.get_bounds()), each) for each in paths]

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        x, low, far, up = (each / MM - self._slug for each in (left, bottom, right, top))
        return Box(x, self._high - up, far, self._high - low)

    @property
    def kix(self) -> tuple[tuple[bool, bool], ...]:
        """Which bars of the code rise and which descend."""
        tall = [(box, each) for box, each in self.codes if 4.9 < box.bottom - box.top < 5.1]
        if not tall:
            return ()
        ((_, path),) = tall
        bars = sorted(_bars(path))
        low, high = min(each[1] for each in bars), max(each[2] for each in bars)
        return tuple((high - up < 0.1, down - low < 0.1) for _, down, up in bars)


def _bars(path: Any) -> Iterator[tuple[float, float, float]]:
    """Yield the left, the foot and the top of each bar, from the corners of the path."""
    from ctypes import byref, c_float

    corners: list[tuple[float, float]] = []
    for at in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and corners:
            yield _bar(corners)
            corners = []
        x, y = c_float(), c_float()
        raw.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        corners.append((x.value, y.value))
    yield _bar(corners)


def _bar(corners: list[tuple[float, float]]) -> tuple[float, float, float]:
    across, up = zip(*corners, strict=True)
    return min(across), min(up), max(up)


def made(template: str, count: int, pdf: Path) -> Iterator[tuple[Message, str, Sheet]]:
    """Yield each piece that can be printed, with its code and its finished address side."""
    by = order(template)
    typesetter, cards, meant = Typesetter(by.layout), [], []
    for message, code in drawn(template, count):
        if not isinstance(settings := typesetter.set_message(message), Fault):
            cards.append(SetCard(message, settings, ""))
            meant.append((message, code))
    assert len(cards) > 0.9 * count
    with pdf.open("wb") as file:
        compose_run(cards, by, file)
    document = pypdfium2.PdfDocument(pdf)
    sides, at = len(by.layout.sides), by.layout.sides.index(by.layout.address_side)
    for number, (message, code) in enumerate(meant):
        page = document[sides * number + at]
        yield message, code, Sheet(page, by.layout.card.slug)
        page.close()
    document.close()


def check(template: str, count: int, pdf: Path) -> int:
    """Check every address of a template, and return how many codes there were."""
    codes = 0
    for message, code, sheet in made(template, count, pdf):
        kix = sheet.kix
        assert kix == () or kix == zint_bars(code), message
        codes += bool(kix)
        assert bool(kix) == bool(code) or len(code) > 12 or len(message.address_lines) > 4, message
        seen = [*sheet.texts, *(box for box, _ in sheet.codes)]
        if template == "letter":
            through = [each for each in seen if each.meets(MOVED)]
            assert len(through) >= 3, message
            assert all(each.within(AT_REST) for each in through), (message, through)
        else:
            wide = {"contact-card": 148, "folding-card": 210}[template]
            corner = Box(wide - 74, -3, wide + 3, 40)
            assert not [each for each in seen if each.meets(corner)], message
    return codes


@pytest.mark.heavy
@pytest.mark.parametrize("template", ["contact-card", "letter"])
def test_codes_equal_those_of_zint_and_all_stays_in_its_zone_for_addresses_of_every_kind(
    template: str, tmp_path: Path
) -> None:
    assert check(template, CI, tmp_path / "run.pdf") > CI / 3
