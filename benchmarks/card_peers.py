"""The same card made by ReportLab in three ways and by WeasyPrint.

Each function returns the seconds it took.

naive: a paragraph for every text and ReportLab's own QR widget for every card, with the drawings
once, as forms.

tuned: forms for repeated parts, text objects, and rectangles out of our own tables.

raw: the same, with operators handed straight to the page.

weasyprint: one document of many pages in HTML and CSS, the drawing as an SVG, the QR code by segno.

Everything but the engine favours the peer. Line breaking counts for engines that do it, as it does
for ours.
"""

import io
import time
from collections.abc import Sequence
from html import escape
from typing import Any

from benchmarks import card_data
from channels.card.frames import KIX_HEIGHT, MM, Frame, Side
from channels.card.kix import BAR, PITCH, bars, kix_text
from channels.card.repeated_parts import define_side
from channels.card.typesetting import Setting, Typesetter, drawn_texts
from channels.port import Message
from channels.press import fonts
from channels.press.qr import QrTable, qr_prefix, qr_table
from people.addresses import PostalAddress

_SIDES: tuple[Side, ...] = ("front", "back")


def naive(messages: Sequence[Message]) -> float:
    """Make one document with Platypus paragraphs and QrCodeWidget."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    layout, started = card_data.layout(), time.process_time()
    canvas = _canvas()
    for message in messages:
        texts = [(layout.places[part], text) for part, text in drawn_texts(message)]
        for side in _SIDES:
            _begin(canvas, side)
            for frame, text in texts:
                if frame.side == side:
                    _paragraph(canvas, frame, text)
            if side == "back" and layout.qr is not None:
                _rects(canvas, _kix_rects(message))
                size = layout.qr.size * MM
                widget = QrCodeWidget(
                    qr_prefix(card_data.SITE) + message.code,
                    barLevel="M",
                    barWidth=size,
                    barHeight=size,
                )
                drawing = Drawing(size, size)
                drawing.add(widget)
                renderPDF.draw(
                    drawing,
                    canvas,
                    layout.qr.left * MM,
                    (layout.card.height - layout.qr.top) * MM - size,
                )
            canvas.showPage()
    canvas.getpdfdata()
    return time.process_time() - started


def tuned(messages: Sequence[Message]) -> float:
    """Make one document with forms and text objects, through the public interface only."""
    return _tuned(messages, _text_object, _code_paths)


def raw(messages: Sequence[Message]) -> float:
    """Make one document with forms, and operators of our own in its pages."""
    return _tuned(messages, _text_operators, _code_operators)


def weasyprint(messages: Sequence[Message]) -> float:
    """Make one document of many pages out of HTML."""
    import segno
    from weasyprint import HTML

    started = time.process_time()
    layout, pages = card_data.layout(), []
    for message in messages:
        texts = [(layout.places[part], text) for part, text in drawn_texts(message)]
        for side in _SIDES:
            boxes = "".join(_box(frame, text) for frame, text in texts if frame.side == side)
            if side == "back" and layout.qr is not None:
                qr = segno.make(qr_prefix(card_data.SITE) + message.code, error="m", micro=False)
                svg = qr.svg_inline(border=0, omitsize=True)
                place = f"left:{layout.qr.left}mm;top:{layout.qr.top}mm;width:{layout.qr.size}mm"
                boxes += f'<div style="{place}">{svg}</div>'
                boxes += _kix_svg(message)
            pages.append(f'<section class="{side}">{boxes}</section>')
    HTML(string=_STYLE + "".join(pages)).write_pdf(io.BytesIO())
    return time.process_time() - started


_STYLE = """<meta charset="utf-8"><style>
@page { size: 154mm 111mm; margin: 0 }
section { position: relative; width: 154mm; height: 111mm; page-break-after: always; overflow: hidden }
section.front { background: #fef5e0 } section.front::after { content: ''; position: absolute; left: 0; top: 72mm;
  width: 154mm; height: 40mm; background: #de6e43; z-index: -1 }
section div { position: absolute; margin: 3mm }
p { margin: 0 0 0.4em 0 }
</style>"""


def _box(frame: Frame, text: str) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    place = f"left:{frame.left}mm;top:{frame.top}mm;width:{frame.width}mm"
    style = f"{place};font-size:{frame.size}pt;line-height:{frame.leading}"
    return f'<div style="{style}">{paragraphs}</div>'


def _kix_svg(message: Message) -> str:
    rects = "".join(
        f'<rect x="{x / MM:.2f}" y="{105 - (y + high) / MM:.2f}" width="{wide / MM:.2f}" height="{high / MM:.2f}"/>'
        for x, y, wide, high in _kix_rects(message)
    )
    return f'<div style="left:0;top:0;width:148mm"><svg viewBox="0 0 148 105">{rects}</svg></div>'


def _canvas() -> Any:
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0
    card = card_data.layout().card
    size = ((card.width + 2 * card.slug) * MM, (card.height + 2 * card.slug) * MM)
    canvas = Canvas(
        None,
        pagesize=size,
        pageCompression=1,
        invariant=1,
        initialFontName=fonts.font("text").fontName,
    )
    for side in _SIDES:
        define_side(canvas, card, side)
    return canvas


def _begin(canvas: Any, side: Side) -> None:
    edge = card_data.layout().card.slug * MM
    canvas.translate(edge, edge)
    canvas.doForm(side)


def _paragraph(canvas: Any, frame: Frame, text: str) -> None:
    from reportlab.lib.colors import CMYKColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    name = fonts.font(frame.font).fontName
    style = ParagraphStyle(
        "text",
        fontName=name,
        fontSize=frame.size,
        leading=frame.leading * frame.size,
        textColor=CMYKColor(*frame.colour),
    )
    made = Paragraph(escape(text).replace("\n", "<br/>"), style)
    _, height = made.wrap(frame.width * MM, frame.height * MM * 3)
    made.drawOn(canvas, frame.left * MM, (card_data.layout().card.height - frame.top) * MM - height)


def _tuned(messages: Sequence[Message], show: Any, show_codes: Any) -> float:
    layout, table = card_data.layout(), qr_table(qr_prefix(card_data.SITE))
    started = time.process_time()
    canvas, typesetter = _canvas(), Typesetter(layout)
    forms: dict[int, str] = {}
    times: dict[int, int] = {}
    set_all = [card_data.settings(typesetter, message) for message in messages]
    for settings in set_all:
        for setting in settings:
            times[id(setting)] = times.get(id(setting), 0) + 1
    _define_forms(canvas, set_all, times=times, forms=forms, show=show)
    for message, settings in zip(messages, set_all, strict=True):
        for side in _SIDES:
            _begin(canvas, side)
            for setting in settings:
                if setting.frame.side == side:
                    if form := forms.get(id(setting)):
                        canvas.doForm(form)
                    else:
                        show(canvas, setting)
            if side == "back":
                show_codes(canvas, message, table)
            canvas.showPage()
    canvas.getpdfdata()
    return time.process_time() - started


def _define_forms(
    canvas: Any, set_all: Any, *, times: dict[int, int], forms: dict[int, str], show: Any
) -> None:
    card = card_data.layout().card
    for settings in set_all:
        for setting in settings:
            if times[id(setting)] > 1 and id(setting) not in forms:
                name = f"w{len(forms)}"
                canvas.beginForm(name, -9, -9, card.width * MM + 9, card.height * MM + 9)
                show(canvas, setting)
                canvas.endForm()
                forms[id(setting)] = name


def _text_object(canvas: Any, setting: Setting) -> None:
    from reportlab.lib.colors import CMYKColor

    left, top = setting.frame.left * MM, (card_data.layout().card.height - setting.frame.top) * MM
    text = canvas.beginText()
    text.setFont(fonts.font(setting.frame.font).fontName, setting.size)
    text.setFillColor(CMYKColor(*setting.frame.colour))
    for line in setting.lines:
        text.setTextOrigin(left + line.x, top - line.y)
        text.textOut(line.text)
    canvas.drawText(text)


def _text_operators(canvas: Any, setting: Setting) -> None:
    font, document = fonts.font(setting.frame.font), canvas._doc  # noqa: SLF001  that is what this peer is about
    left, top = setting.frame.left * MM, (card_data.layout().card.height - setting.frame.top) * MM
    ink = " ".join(f"{part:g}" for part in setting.frame.colour)
    code, last = [f"BT {ink} k"], None
    for line in setting.lines:
        code.append(f"1 0 0 1 {left + line.x:.3f} {top - line.y:.3f} Tm")
        for subset, shown in font.splitString(line.text, document):
            if subset != last:
                code.append(f"{font.getSubsetInternalName(subset, document)} {setting.size:g} Tf")
                last = subset
            code.append(f"({canvas._escape(shown)}) Tj")  # noqa: SLF001
    canvas._code.append(" ".join([*code, "ET"]))  # noqa: SLF001


def _code_paths(canvas: Any, message: Message, table: QrTable) -> None:
    _rects(canvas, _kix_rects(message))
    _rects(canvas, _qr_rects(table, message.code))


def _code_operators(canvas: Any, message: Message, table: QrTable) -> None:
    qr, card = card_data.layout().qr, card_data.layout().card
    if qr is None:
        return
    module, bottom = qr.size * MM / table.modules, (card.height - qr.top - qr.size) * MM
    bars_drawn = " ".join(
        f"{x:.3f} {y:.3f} {wide:.3f} {high:.3f} re" for x, y, wide, high in _kix_rects(message)
    )
    placed = f"q {module:.5f} 0 0 {module:.5f} {qr.left * MM:.3f} {bottom:.3f} cm"
    canvas._code.append(  # noqa: SLF001
        f"0 0 0 1 k {bars_drawn} f {placed} {table.path(message.code).decode()} f Q"
    )


def _kix_rects(message: Message) -> list[tuple[float, float, float, float]]:
    kix, zone = card_data.layout().kix, card_data.layout().kix_zone
    if kix is None or zone is None or not isinstance(message.to, PostalAddress):
        return []
    half = KIX_HEIGHT / 2
    middle = card_data.layout().card.height - zone.top - half  # a peer's stands in one place
    rects = []
    for number, (rises, descends) in enumerate(bars(kix_text(message.to))):
        low, high = middle - (half if descends else 0.65), middle + (half if rises else 0.65)
        rects.append(((kix.left + number * PITCH) * MM, low * MM, BAR * MM, (high - low) * MM))
    return rects


def _qr_rects(table: QrTable, code: str) -> list[tuple[float, float, float, float]]:
    qr = card_data.layout().qr
    assert qr is not None  # noqa: S101  the benchmark's card has one
    module, bottom = (
        qr.size * MM / table.modules,
        (card_data.layout().card.height - qr.top - qr.size) * MM,
    )
    rects = []
    for line in table.path(code).splitlines():
        x, y, wide, _high, _re = line.split()
        rects.append(
            (qr.left * MM + int(x) * module, bottom + int(y) * module, int(wide) * module, module)
        )
    return rects


def _rects(canvas: Any, rects: Sequence[tuple[float, float, float, float]]) -> None:
    from reportlab.lib.colors import CMYKColor

    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    path = canvas.beginPath()
    for rect in rects:
        path.rect(*rect)
    canvas.drawPath(path, stroke=0, fill=1)
