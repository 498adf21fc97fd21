"""Checks of the pages of one run, each against the message that was meant for it."""

from collections.abc import Callable, Hashable, Iterable
from math import inf
from typing import Any, NamedTuple
from unicodedata import is_normalized, normalize

from channels.card.frames import (
    ADDRESS,
    CARRIER_MARK,
    KIX_HEIGHT,
    LINE_END,
    MM,
    Frame,
    Mark,
    Matrix,
    Qr,
    Side,
)
from channels.card.kix import PITCH, kix_text, read_bars
from channels.card.layout import Layout
from channels.card.layout_checks import SEEN
from channels.card.order import Order
from channels.card.zones import ABOVE, BELOW, Gauge
from channels.port import Message
from channels.press.data_matrix import MODULES
from channels.press.data_matrix_reading import read_matrix
from channels.press.page_reading import Block, Content, ContentReader, Places, Rects, Spoiled
from channels.press.preflight import ReadFont, check_resources, read_fonts
from channels.press.qr import qr_prefix
from channels.press.qr_reading import read_symbol
from people.addresses import PostalAddress

_NEARLY = 0.02  # points
_CALLED = {
    "kix": "KIX code",
    "qr": "QR code",
    "piece": "piece's number",
    "carrier": "carrier's Data Matrix",
}
_SEEN_CODES = frozenset({"kix", "carrier"})  # through the window of an envelope


class Page(NamedTuple):
    """A page of the file."""

    dictionary: Any  # its dictionary; None where it says, byte for byte, what the first page's does
    number: Hashable  # of its content stream
    read: Callable[[], bytes]  # that stream


class PageReader:
    """A reader of the pages of one run that checks each against what was meant."""

    def __init__(self, first: Any, order: Order) -> None:
        self._order, self._layout = order, order.layout
        self._resources = first.get("/Resources")
        if self._resources is None:
            raise Spoiled("the first page has no resources")
        self._reader = ContentReader(check_resources(self._resources))
        self._fonts: dict[str, ReadFont] = read_fonts(self._resources)
        self._boxes = _boxes(order.layout)
        card = order.layout.card
        self._gauge = Gauge(order.layout.window, order.layout.franking, card.width)
        self._measured = set[
            tuple[str, float, float, float]
        ]()  # places of codes inside their zones
        # which square code stands at a place, by side, points of a module and place
        self._squares: dict[tuple[Side, float, tuple[float, float]], str] = {}
        self._written: dict[str, bytes] = {}  # each box as the page before wrote it
        # the last content stream of a side: it may serve many pages
        self._last: dict[Any, Content] = {}
        # and the texts that it was held against
        self._held: dict[Side, tuple[Content, list[tuple[Frame, str]]]] = {}
        self._placed: dict[int, tuple[Block, Frame]] = {}  # shared texts that were measured
        # by places, size, face, part
        self._rooms: dict[tuple[int, float, str, str], tuple[Places, list[float]]] = {}

    def check(
        self,
        page: Page,
        side: Side,
        *,
        message: Message,
        texts: list[tuple[Frame, str]],
        piece: str = "",
    ) -> None:
        """Read and check one page.

        Raises:
            Spoiled: it is not what was meant.
        """
        if page.dictionary is not None:
            self._check_dictionary(page.dictionary)
        content = self._content(page, side)
        if side not in content.drawings:
            raise Spoiled(f"the drawing of the {side} is not on it")
        # the same stream, for the same texts, was held against them
        if self._held.get(side) != (content, texts):
            self._check_texts(content.blocks, texts)
            self._held[side] = (content, texts)
        top = self._kix_top(content.blocks, texts) if side == self._layout.address_side else None
        self._check_codes(content.rects, side, top, self._meant(side, message, piece, top))

    def _check_dictionary(self, page: Any) -> None:
        for name, meant in self._boxes:
            self._check_box(name, page.get(name), meant)
        if (
            page.get("/Resources").objgen != self._resources.objgen
            or "/Group" in page
            or "/Annots" in page
        ):
            raise Spoiled("it has resources, a transparency or notes of its own")

    def _check_texts(self, blocks: tuple[Block, ...], texts: list[tuple[Frame, str]]) -> None:
        if blocks and blocks[-1].turned:
            blocks = self._without_mark(blocks)
        elif self._order.mark:
            raise Spoiled("a proof is not marked as one")
        if len(blocks) != len(texts):
            raise Spoiled(f"it has {len(blocks)} texts, and {len(texts)} were meant")
        for block, (frame, text) in zip(blocks, texts, strict=True):
            self._check_text(block, frame, text)

    def _check_box(self, name: str, box: Any, meant: tuple[float, ...]) -> None:
        written = b"" if box is None else box.unparse()
        if self._written.get(name) != written:
            if box is None or any(
                abs(float(is_) - be) > _NEARLY for is_, be in zip(box, meant, strict=True)
            ):
                raise Spoiled(f"it has no {name[1:]} as it was meant")
            self._written[name] = written

    def _content(self, page: Page, side: Side) -> Content:
        key = (side, page.number)
        if key not in self._last:
            self._last = {known: read for known, read in self._last.items() if known[0] != side}
            self._last[key] = self._reader.read(page.read())
        return self._last[key]

    def _without_mark(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        if blocks[-1].text != self._order.mark or not self._order.mark:
            raise Spoiled("a text on it does not stand straight")
        return blocks[:-1]

    def _check_text(self, block: Block, frame: Frame, text: str) -> None:
        meant = text.replace("\n", " ").replace(LINE_END, " ")
        if block.text != meant and (
            is_normalized("NFC", meant) or block.text != normalize("NFC", meant)
        ):
            raise Spoiled(f"the {frame.part} is not what was meant")
        if block.shared and id(block) in self._placed:
            return
        self._measure(block, frame)
        if block.shared:
            self._placed[id(block)] = (block, frame)

    def _measure(self, block: Block, frame: Frame) -> None:
        """Check every line of a text against its frame, with the widths of the font in the file."""
        key = (id(block.places), block.size, block.face, frame.part)
        known = self._rooms.get(key)
        # a turned text is refused, wherever another like it stood
        if known is None or block.turned:
            known = self._rooms[key] = (block.places, self._stand(block, frame))
        width = self._fonts[block.face].width
        for line, room in zip(block.lines, known[1], strict=True):
            if width(line) > room:
                raise Spoiled(f"a line of the {frame.part} runs out of its frame")

    def _stand(self, block: Block, frame: Frame) -> list[float]:
        """Check where the lines begin, and return how wide each may be in thousandths of the size."""
        font = self._fonts.get(block.face)
        if font is None or block.face != frame.font:
            raise Spoiled(
                f"the {frame.part} is set in the font {block.face}, which is not its own or not in the file"
            )
        if block.turned or all(abs(block.size - size) > _NEARLY for size in frame.sizes):
            raise Spoiled(f"the {frame.part} is not of the size that its frame gives")
        left, right = frame.left * MM - _NEARLY, (frame.left + frame.width) * MM + _NEARLY
        top = (self._layout.card.height - frame.top) * MM + _NEARLY
        bottom = top - frame.height * MM - 2 * _NEARLY
        if any(x < left or not bottom <= y <= top - block.size / 2 for x, y in block.places):
            raise Spoiled(f"a line of the {frame.part} runs out of its frame")
        return [
            (min(right, self._reach(frame, block.size, x, y)) - x) * 1000 / block.size
            for x, y in block.places
        ]

    def _reach(self, frame: Frame, size: float, x: float, y: float) -> float:
        """Return how far to the right a line may reach for the zones of the post, in points."""
        if frame.side != self._layout.address_side:
            return inf
        foot = self._layout.card.height - y / MM
        lines = (foot - ABOVE * size / MM, foot + BELOW * size / MM)
        name, seen = f"frame {frame.part}", frame.part in SEEN
        return self._gauge.reach(name, x / MM, lines, seen=seen) * MM

    def _kix_top(self, blocks: tuple[Block, ...], texts: list[tuple[Frame, str]]) -> float | None:
        """Return where the KIX code must begin below the address as it stands on the page."""
        at = next(at for at, (frame, _) in enumerate(texts) if frame.part == ADDRESS)
        block, frame = blocks[at], texts[at][0]
        down = (self._layout.card.height - frame.top) * MM - block.places[-1][1]
        return self._layout.kix_top(block.size, down)

    def _check_codes(
        self, rects: Iterable[Rects], side: Side, top: float | None, meant: dict[str, str]
    ) -> None:
        found = dict.fromkeys(meant, "")
        for each in rects:
            name = self._square(each, side) if each.scale else "kix"
            if found[name]:
                raise Spoiled(f"there are two {name.upper()} codes")
            if name == "kix":
                found[name] = self._kix(each, top, side)
            else:
                found[name] = self._qr(each) if name == "qr" else read_matrix(each)
        if found != meant:
            raise Spoiled("a code on it is not that of its piece")

    def _square(self, rects: Rects, side: Side) -> str:
        """Return which square code some rectangles are, measured once where many stand alike."""
        key = (side, rects.scale, rects.at)
        if key not in self._squares:
            name = self._kind(rects, side)
            if side == self._layout.address_side:
                self._measure_code(name, self._extent(name, rects))
            self._squares[key] = name
        return self._squares[key]

    def _extent(self, name: str, rects: Rects) -> tuple[float, float, float, float]:
        """Return the left, top, width and height of a square code as it stands on the page."""
        layout, carrier = self._layout, self._layout.carrier
        squares = {
            "qr": layout.qr,
            "piece": layout.piece,
            "carrier": carrier.mark if carrier is not None else None,
        }
        size = square.size if (square := squares.get(name)) is not None else 0.0
        left, bottom = (each / MM for each in rects.at)
        return (left, layout.card.height - bottom - size, size, size)

    def _measure_code(self, name: str, place: tuple[float, float, float, float]) -> None:
        left, top, width, height = place
        if (name, left, top, width) in self._measured:
            return
        called, seen = _CALLED[name], name in _SEEN_CODES
        if left + width > self._gauge.reach(called, left, (top, top + height), seen=seen):
            raise Spoiled(f"the {called} runs out of its zone")
        self._measured.add((name, left, top, width))

    def _kind(self, rects: Rects, side: Side) -> str:
        """Return which square code some rectangles are, by their place."""
        piece, carrier, qr = self._layout.piece, self._layout.carrier, self._layout.qr
        if piece is not None and side == piece.side and self._stands(rects, piece, MODULES):
            return "piece"
        mark = carrier.mark if carrier is not None and side == self._layout.address_side else None
        if mark is not None and self._stands(rects, mark, MODULES):
            return "carrier"
        if qr is None:
            raise Spoiled("there is a QR code on it that was not meant")
        if not self._stands(rects, qr):
            raise Spoiled("the QR code does not stand in its place")
        return "qr"

    def _stands(self, rects: Rects, code: Qr | Mark | Matrix, modules: int | None = None) -> bool:
        if modules is not None and round(code.size * MM / rects.scale) != modules:
            return False
        corner = (code.left * MM, (self._layout.card.height - code.top - code.size) * MM)
        return all(abs(is_ - be) <= _NEARLY for is_, be in zip(rects.at, corner, strict=True))

    def _meant(self, side: Side, message: Message, piece: str, top: float | None) -> dict[str, str]:
        layout, meant = self._layout, {"kix": "", "qr": "", "piece": "", "carrier": ""}
        if layout.kix is not None and top is not None and isinstance(message.to, PostalAddress):
            text = kix_text(message.to)
            meant["kix"] = text if 4 * len(text) * PITCH <= layout.kix.width else ""
        if layout.qr is not None and side == layout.qr.side and self._order.site:
            meant["qr"] = qr_prefix(self._order.site) + message.code
        if layout.piece is not None and side == layout.piece.side:
            meant["piece"] = piece
        if side == layout.address_side:
            meant["carrier"] = message.words.get(CARRIER_MARK, "")
        return meant

    def _kix(self, rects: Rects, top: float | None, side: Side) -> str:
        kix = self._layout.kix
        if kix is None or top is None:
            raise Spoiled("there are bars on it that were not meant")
        middle = (self._layout.card.height - top - KIX_HEIGHT / 2) * MM
        text = read_bars(rects.path, kix.left * MM, middle)
        if side == self._layout.address_side:
            self._measure_code("kix", (kix.left, top, 4 * len(text) * PITCH, KIX_HEIGHT))
        return text

    def _qr(self, rects: Rects) -> str:
        assert self._layout.qr is not None  # noqa: S101  its place was found
        return read_symbol(rects, self._layout.qr.size * MM).text()


def _boxes(layout: Layout) -> tuple[tuple[str, tuple[float, ...]], ...]:
    card = layout.card
    slug, bleed = card.slug * MM, card.bleed * MM
    width, height = card.width * MM, card.height * MM
    trim = (slug, slug, slug + width, slug + height)
    out = (slug - bleed, slug - bleed, slug + width + bleed, slug + height + bleed)
    whole = (0.0, 0.0, width + 2 * slug, height + 2 * slug)
    return (("/MediaBox", whole), ("/BleedBox", out), ("/TrimBox", trim))
