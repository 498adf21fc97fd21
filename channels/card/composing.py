"""The composer, which writes a print run as a PDF that a press takes as it is.

Each piece is one or two pages. What is the same for all is in the file once, namely the drawings,
made by ReportLab, and every text from its second use on. The rest of a page is written here as
operators, straight into the file.
"""

from collections.abc import Iterable
from typing import BinaryIO

from channels.card.frames import ADDRESS, CARRIER_MARK, MM, Mark, Matrix, Qr, Side
from channels.card.kix import KixBars
from channels.card.logos import logo_operators
from channels.card.order import Order, SetCard
from channels.card.proof_marks import FACE, place_mark
from channels.card.repeated_parts import static_side
from channels.card.typesetting import Places, Setting
from channels.port import Watch, unwatched
from channels.press.compression import Deflater, best_deflater
from channels.press.data_matrix import MODULES, data_matrices
from channels.press.embedding import EmbeddedFace
from channels.press.garbage_collection import uncollected
from channels.press.profile import write_intent
from channels.press.qr import qr_prefix, qr_table
from channels.press.writer import PdfWriter, escaped, literal
from people.addresses import PostalAddress

_STRIDE = 25  # pieces between two signs of progress
# texts remembered that came by once, and that came back; more are forgotten
_ONCE, _AGAIN = (1_000, 5_000)
_WORTH_A_FORM = 160  # bytes: what is shorter is said again
_BLACK = b"0 0 0 1 k\n"
PIECE_PLACES: Places = ((0.0, 4.7),)
"""Where the digits of a piece's number begin: in points from the top left of their place."""


def compose_run(
    cards: Iterable[SetCard],
    order: Order,
    file: BinaryIO,
    *,
    total: int = 0,
    watch: Watch = unwatched,
    deflater: Deflater | None = None,
) -> int:
    """Write a run into a file and return how many pieces it has.

    The same pieces and order give the same bytes.

    Args:
        cards: The pieces in the order of the run; they are asked for one by one, and not kept.
        order: What they have in common.
        file: Open for writing in binary, at its start.
        total: How many pieces there will be.
        watch: Gets the phase "write" every 25 pieces.
        deflater: How to compress; the best there is by default.
    """
    run = _Run(order, PdfWriter(file, deflater or best_deflater()))
    done = 0
    with uncollected():
        for done, card in enumerate(cards, start=1):
            run.add(card)
            if done % _STRIDE == 0 or done == total:
                watch("write", done, total)
    run.close()
    return done


def compose_blank(order: Order, file: BinaryIO) -> None:
    """Write the sides of a run once without any words, for a shop that composes itself."""
    run = _Run(order, PdfWriter(file, best_deflater()))
    run.add_blank()
    run.close()


class _Run:
    """A run that is being composed."""

    def __init__(self, order: Order, writer: PdfWriter) -> None:
        self._order, self._layout, self._writer = order, order.layout, writer
        self._resources, self._fonts = writer.reserve(), writer.reserve()
        self._faces: dict[str, EmbeddedFace] = {}
        self._forms: dict[bytes, int] = {}  # by name
        self._once: dict[int, Setting] = {}  # by identity: what came by once
        # by identity: what came back, and how it is drawn
        self._shared: dict[int, tuple[Side, bytes, Setting]] = {}
        self._whole: dict[bytes, int] = {}  # content streams that came back whole
        # by the identity of the places: one frame, one size
        self._ladders: dict[int, tuple[list[bytes], Places]] = {}
        self._page = self._boxes()
        self._openings = {side: self._opening(side) for side in self._layout.sides}
        self._closings = {side: self._stamp(side) + b"Q" for side in self._layout.sides}
        self._kix: dict[float, KixBars | None] = {}  # by where they begin, below the address
        self._qr = (
            qr_table(qr_prefix(order.site)) if self._layout.qr is not None and order.site else None
        )
        self._qr_opening = self._place_qr()
        self._matrix_opening = self._place_matrix()
        self._carrier_opening = self._place_carrier()

    def add(self, card: SetCard) -> None:
        """Write the pages of one piece."""
        on: dict[Side, list[bytes]] = {side: [opening] for side, opening in self._openings.items()}
        new = set[Side]()
        for setting in card.settings:
            known = self._shared.get(id(setting))
            if known is None:
                drawn, fresh = self._draw(setting)
                if fresh:
                    new.add(setting.frame.side)
                on[setting.frame.side].append(drawn)
            else:
                on[known[0]].append(known[1])
        self._add_codes(card, on, new)
        if card.piece and self._layout.piece is not None:
            on[self._layout.piece.side] += self._numbered(card.piece)
            new.add(self._layout.piece.side)
        if self._carrier_opening and (entries := card.message.words.get(CARRIER_MARK)):
            on[self._layout.address_side] += (
                self._carrier_opening,
                data_matrices().path(entries),
                b"f Q\n",
            )
            new.add(self._layout.address_side)
        for side, pieces in on.items():
            pieces.append(self._closings[side])
            self._writer.page(self._page, self._contents(b"".join(pieces), again=side not in new))

    def add_blank(self) -> None:
        """Write pages with only the parts that are the same for all pieces."""
        for side, opening in self._openings.items():
            self._writer.page(self._page, self._writer.stream(opening + self._closings[side]))

    def close(self) -> None:
        """Write the reserved objects and end the file."""
        writer, about = self._writer, self._order.about
        for face in self._faces.values():
            face.write(writer)
        fonts = _listed((b"F-" + name.encode(), face.number) for name, face in self._faces.items())
        writer.put(b"<</ProcSet[/PDF/Text]/Font<<%b>>>>" % fonts, self._fonts)
        forms = _listed(self._forms.items())
        writer.put(
            b"<</ProcSet[/PDF/Text]/Font<<%b>>/XObject<<%b>>>>" % (fonts, forms), self._resources
        )
        catalog = write_intent(writer) + about.write_xmp(writer)
        writer.close(catalog=catalog, info=about.info(), file_id=about.file_id)

    def _contents(self, content: bytes, *, again: bool) -> int:
        """Write a content stream, or reuse one made of recurring parts that was written before."""
        if not again:
            return self._writer.stream(content)
        if content not in self._whole:
            self._whole[content] = self._writer.stream(content)
        return self._whole[content]

    def _draw(self, setting: Setting) -> tuple[bytes, bool]:
        """Return the operators of a text and whether it is new.

        From its second use on it is a shared form.
        """
        drawn, fresh = self._block(setting), id(setting) not in self._once
        if fresh:
            if len(self._once) >= _ONCE:
                self._once.clear()
            self._once[id(setting)] = setting
        else:
            del self._once[id(setting)]
            if len(drawn) > _WORTH_A_FORM:
                drawn = self._form(b"w%d" % len(self._forms), drawn)
            if len(self._shared) >= _AGAIN:
                self._shared.clear()
            self._shared[id(setting)] = (setting.frame.side, drawn, setting)
        return drawn, fresh

    def _block(self, setting: Setting) -> bytes:
        """Return the operators of a text, from its origin line by line."""
        frame, _, lines, places = setting
        face = self._faces.get(frame.font) or self._face(frame.font)
        ladder = self._ladders.get(id(places)) or self._ladder(setting)
        text = "\n".join(lines)
        if not text.isascii():
            face.use(text)
        pieces = ladder[0].copy()
        # no letter of ours begins with a line feed, so this is the end of a line
        pieces[1::2] = escaped(text.encode("utf-16-be")).split(b"\0\n")
        return b"".join(pieces)

    def _ladder(self, setting: Setting) -> tuple[list[bytes], Places]:
        """Return the operators round the lines of a block, with gaps for the lines."""
        if len(self._ladders) >= _AGAIN:
            self._ladders.clear()
        before, left, above = self._head(setting), 0.0, 0.0
        pieces: list[bytes] = []
        for x, y in setting.places:
            pieces += (b"%b %.3f %.3f Td(" % (before, x - left, above - y), b"")
            before, left, above = b")Tj", x, y
        self._ladders[id(setting.places)] = ([*pieces, b")Tj ET\n"], setting.places)
        return self._ladders[id(setting.places)]

    def _head(self, setting: Setting) -> bytes:
        frame = setting.frame
        left, top = frame.left * MM, (self._layout.card.height - frame.top) * MM
        ink = b" ".join(b"%.3g" % part for part in frame.colour)
        return b"BT/F-%b %.2f Tf %b k 1 0 0 1 %.3f %.3f Tm" % (
            frame.font.encode(),
            setting.size,
            ink,
            left,
            top,
        )

    def _face(self, face: str) -> EmbeddedFace:
        self._faces[face] = EmbeddedFace(face, self._writer)
        return self._faces[face]

    def _form(self, name: bytes, content: bytes) -> bytes:
        """Write a form that covers the whole page, and return the operator that draws it."""
        card = self._layout.card
        edge, right, top = (
            card.slug * MM,
            (card.width + card.slug) * MM,
            (card.height + card.slug) * MM,
        )
        box = b"%.3f %.3f %.3f %.3f" % (-edge, -edge, right, top)
        entries = b"/Type/XObject/Subtype/Form/BBox[%b]/Resources %d 0 R" % (box, self._fonts)
        self._forms[name] = self._writer.stream(content, entries)
        return b"/%b Do\n" % name

    def _opening(self, side: Side) -> bytes:
        """Return operators that move the origin to the trimmed sheet's corner and draw the side."""
        card = self._layout.card
        logo = self._layout.logo
        shown = logo is not None and logo.svg and logo.side == side
        drawn = self._form(
            side.encode(),
            static_side(card, side)
            + (logo_operators(logo, card.height) if shown and logo else b""),
        )
        return b"q 1 0 0 1 %.3f %.3f cm\n%b" % (card.slug * MM, card.slug * MM, drawn)

    def _boxes(self) -> bytes:
        card = self._layout.card
        width, height, slug = card.width * MM, card.height * MM, card.slug * MM
        out, trim = slug - card.bleed * MM, slug
        return b"/Resources %d 0 R/MediaBox[%b]/BleedBox[%b]/TrimBox[%b]" % (
            self._resources,
            _box(0, 0, width + 2 * slug, height + 2 * slug),
            _box(out, out, width + 2 * slug - out, height + 2 * slug - out),
            _box(trim, trim, trim + width, trim + height),
        )

    def _add_codes(self, card: SetCard, on: dict[Side, list[bytes]], new: set[Side]) -> None:
        message = card.message
        if self._layout.kix is not None and isinstance(message.to, PostalAddress):
            bars = self._bars_below(card.settings)
            on[self._layout.address_side].append(bars.drawn(message.to) if bars else b"")
            new.add(self._layout.address_side)
        if self._qr is not None and self._layout.qr is not None:
            side = self._layout.qr.side
            on[side] += (self._qr_opening, self._qr.path(message.code), b"f Q\n")
            new.add(side)

    def _bars_below(self, settings: tuple[Setting, ...]) -> KixBars | None:
        """Return the KIX codes that stand below an address, or None where they have no room."""
        address = next(each for each in reversed(settings) if each.frame.part == ADDRESS)
        down = address.places[-1][1]
        if down not in self._kix:
            top, kix = self._layout.kix_top(address.size, down), self._layout.kix
            self._kix[down] = (
                KixBars(left=kix.left, top=top, width=kix.width, height=self._layout.card.height)
                if kix is not None and top is not None
                else None
            )
        return self._kix[down]

    def _numbered(self, piece: str) -> tuple[bytes, ...]:
        """Return the operators of the piece number, as a Data Matrix and in digits."""
        place = self._layout.piece
        assert place is not None  # noqa: S101  its only caller looked
        digits = self._block(Setting(place.frame, place.frame.size, (piece,), PIECE_PLACES))
        return (self._matrix_opening, data_matrices().path(piece), b"f Q\n", digits)

    def _place_qr(self) -> bytes:
        qr = self._layout.qr
        return b"" if qr is None or self._qr is None else self._square(qr, self._qr.modules)

    def _place_matrix(self) -> bytes:
        piece = self._layout.piece
        return b"" if piece is None else self._square(piece, MODULES)

    def _place_carrier(self) -> bytes:
        carrier = self._layout.carrier
        return (
            b"" if carrier is None or carrier.mark is None else self._square(carrier.mark, MODULES)
        )

    def _square(self, code: Qr | Mark | Matrix, modules: int) -> bytes:
        """Return operators that move the origin to the bottom left of a square code, one module the unit."""
        module = code.size * MM / modules
        bottom = (self._layout.card.height - code.top - code.size) * MM
        return b"q %b%.5f 0 0 %.5f %.3f %.3f cm\n" % (
            _BLACK,
            module,
            module,
            code.left * MM,
            bottom,
        )

    def _stamp(self, side: Side) -> bytes:
        """Return the operators of a proof's mark, beside the texts and codes, or nothing on what is mailed."""
        if not (mark := self._order.mark):
            return b""
        self._face(FACE).use(mark)
        place = place_mark(self._layout, side, mark)
        placed = b"%.4f %.4f %.4f %.4f %.3f %.3f Tm" % place.matrix
        shown = literal(mark.encode("utf-16-be"))
        return self._form(
            b"mark-" + side.encode(),
            b"BT/F-bold %.2f Tf 0 0.5 0.1 0 k %b%bTj ET\n" % (place.size, placed, shown),
        )


def _listed(named: Iterable[tuple[bytes, int]]) -> bytes:
    return b"".join(b"/%b %d 0 R" % pair for pair in named)


def _box(left: float, bottom: float, right: float, top: float) -> bytes:
    return b"%.3f %.3f %.3f %.3f" % (left, bottom, right, top)
