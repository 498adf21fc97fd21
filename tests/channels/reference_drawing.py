"""Reference drawing of a run by ReportLab alone, against which the composer's output is tested.

It is slow. It draws the same settings in the same places with nothing of the composer's own, but
with ReportLab's canvas, ReportLab's fonts, and the QR code as segno makes it. Rendered, both must
show the same.
"""

from collections.abc import Sequence
from typing import Any

from channels.card.composing import PIECE_PLACES
from channels.card.frames import ADDRESS, CARRIER_MARK, KIX_HEIGHT, MM, Mark, Matrix, Side
from channels.card.kix import BAR, PITCH, bars, kix_text
from channels.card.layout import Layout
from channels.card.order import Order, SetCard
from channels.card.repeated_parts import define_side
from channels.card.typesetting import Setting
from channels.press import fonts
from channels.press.data_matrix import MODULES, data_matrices
from channels.press.qr import qr_prefix
from people.addresses import PostalAddress


def draw_run(cards: Sequence[SetCard], order: Order) -> bytes:
    """Return the run as a PDF drawn by ReportLab alone."""
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # binary streams: a fifth smaller
    card = order.layout.card
    size = ((card.width + 2 * card.slug) * MM, (card.height + 2 * card.slug) * MM)
    first = fonts.font("text").fontName
    canvas = Canvas(
        None,
        pagesize=size,
        pageCompression=1,
        invariant=1,
        enforceColorSpace="CMYK",
        initialFontName=first,
    )
    canvas.setTitle(order.title)
    edge = card.slug * MM
    canvas.setTrimBox((edge, edge, size[0] - edge, size[1] - edge))
    for side in order.layout.sides:
        define_side(canvas, card, side)
    for each in cards:
        for side in order.layout.sides:
            _draw_page(canvas, each, side, order)
    return bytes(canvas.getpdfdata())


def _draw_page(canvas: Any, card: SetCard, side: Side, order: Order) -> None:
    layout = order.layout
    canvas.translate(layout.card.slug * MM, layout.card.slug * MM)
    canvas.doForm(side)
    for setting in card.settings:
        if setting.frame.side == side:
            _draw_setting(canvas, setting, layout)
    if side == layout.address_side:
        _draw_kix(canvas, card, layout)
    if order.site and layout.qr is not None and layout.qr.side == side:
        _draw_qr(canvas, qr_prefix(order.site) + card.message.code, layout)
    if card.piece and layout.piece is not None and layout.piece.side == side:
        _draw_piece(canvas, card.piece, layout)
    digits, carrier = card.message.words.get(CARRIER_MARK), layout.carrier
    if digits and carrier is not None and carrier.mark is not None and side == layout.address_side:
        _draw_matrix(canvas, digits, carrier.mark, layout)
    canvas.showPage()


def _draw_setting(canvas: Any, setting: Setting, layout: Layout) -> None:
    from reportlab.lib.colors import CMYKColor

    frame = setting.frame
    left, top = frame.left * MM, (layout.card.height - frame.top) * MM
    text = canvas.beginText()
    text.setFont(fonts.font(frame.font).fontName, setting.size)
    text.setFillColor(CMYKColor(*frame.colour))
    for line in setting.lines:
        text.setTextOrigin(left + line.x, top - line.y)
        text.textOut(line.text)
    canvas.drawText(text)


def _draw_kix(canvas: Any, card: SetCard, layout: Layout) -> None:
    from reportlab.lib.colors import CMYKColor

    message = card.message
    address = next(each for each in card.settings if each.frame.part == ADDRESS)
    top = layout.kix_top(address.size, address.places[-1][1])
    if layout.kix is None or top is None or not isinstance(message.to, PostalAddress):
        return
    drawn = bars(kix_text(message.to))
    if len(drawn) * PITCH > layout.kix.width:
        return
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    half, path = KIX_HEIGHT / 2, canvas.beginPath()
    middle = layout.card.height - top - half
    for number, (rises, descends) in enumerate(drawn):
        low, high = middle - (half if descends else 0.65), middle + (half if rises else 0.65)
        left = (layout.kix.left + number * PITCH) * MM
        path.rect(left, low * MM, BAR * MM, (high - low) * MM)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_qr(canvas: Any, text: str, layout: Layout) -> None:
    """Draw the QR code with the error level and mask of the run's first text."""
    import segno
    from reportlab.lib.colors import CMYKColor

    assert layout.qr is not None
    first = segno.make(
        text[:-10] + "0" * 10, error="m", mode="byte", boost_error=False, micro=False
    )
    symbol = segno.make(
        text, error="m", mode="byte", boost_error=False, version=first.version, mask=first.mask
    )
    module = layout.qr.size * MM / len(symbol.matrix)
    left, top = layout.qr.left * MM, (layout.card.height - layout.qr.top) * MM
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    path = canvas.beginPath()
    for row, modules in enumerate(symbol.matrix, start=1):
        for column, dark in enumerate(modules):
            if dark:
                path.rect(left + column * module, top - row * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_piece(canvas: Any, piece: str, layout: Layout) -> None:
    place = layout.piece
    assert place is not None
    _draw_setting(canvas, Setting(place.frame, place.frame.size, (piece,), PIECE_PLACES), layout)
    _draw_matrix(canvas, piece, place, layout)


def _draw_matrix(canvas: Any, digits: str, place: Mark | Matrix, layout: Layout) -> None:
    from reportlab.lib.colors import CMYKColor

    symbol = data_matrices().symbol(digits).to_bytes(2 * MODULES, "big")
    module = place.size * MM / MODULES
    left, top = place.left * MM, (layout.card.height - place.top) * MM
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    path = canvas.beginPath()
    for row in range(MODULES):
        for column in range(MODULES):
            if symbol[2 * row + column // 8] >> 7 - column % 8 & 1:
                path.rect(left + column * module, top - (row + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
