"""Drawing a print run: every card two pages of a PDF that a press takes as it is.

Each page carries its own MediaBox, BleedBox (the card and its bleed) and TrimBox (the card); all colour is CMYK; all
fonts are embedded. Drawings, and every text that comes back on another card, are form XObjects, stored once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.card import fonts
from channels.card.art import DRAWINGS, INK
from channels.card.kix import PITCH, bars, kix_text
from channels.card.layout import MM, Layout, Side
from channels.card.pen import Pen
from channels.card.typesetting import Setting
from channels.port import Message, Watch
from people.addresses import PostalAddress

_SIDES: tuple[Side, ...] = ("front", "back")
_STRIDE = 25  # cards between two signs of progress


@dataclass(frozen=True, slots=True)
class SetCard:
    """A message whose words stand in their frames."""

    message: Message
    settings: tuple[Setting, ...]


def draw_run(cards: Sequence[SetCard], layout: Layout, *, title: str, made_at: datetime, watch: Watch) -> bytes:
    """Return the print run as a PDF; the same cards, title and moment give the same bytes.

    Args:
        cards: The cards in the order of the run; each becomes a front and an address side.
        layout: What they were set in.
        title: The document's title.
        made_at: When the batch was made; the document's date.
        watch: Told of the phase "write" every 25 cards.
    """
    canvas = _canvas(layout, title, made_at)
    for side in _SIDES:
        _draw_form(canvas, side, layout, DRAWINGS[layout.card.drawing][side])
    forms = _draw_recurring(canvas, cards, layout)
    for done, card in enumerate(cards, start=1):
        for side in _SIDES:
            _draw_page(canvas, card, side, layout, forms)
        if done % _STRIDE == 0 or done == len(cards):
            watch("write", done, len(cards))
    return bytes(canvas.getpdfdata())


def _canvas(layout: Layout, title: str, made_at: datetime) -> Any:
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # binary streams: a fifth smaller
    card = layout.card
    size = ((card.width + 2 * card.bleed) * MM, (card.height + 2 * card.bleed) * MM)
    canvas = Canvas(
        None,
        pagesize=size,
        pageCompression=1,
        invariant=1,
        enforceColorSpace="CMYK",
        initialFontName=fonts.font("text").fontName,  # otherwise every page asks for a Helvetica that is not embedded
        pdfVersion=(1, 6),
    )
    canvas.setTitle(title)
    canvas.setSubject("A6, 148 x 105 mm, 3 mm bleed, two pages a card: front, address side")
    canvas.setAuthor("Kaartje")
    canvas.setCreator("Kaartje")
    _date(canvas, made_at)
    left, right, bottom, top = card.bleed * MM, size[0] - card.bleed * MM, card.bleed * MM, size[1] - card.bleed * MM
    canvas.setTrimBox((left, bottom, right, top))
    canvas.setBleedBox((0, 0, *size))
    return canvas


def _date(canvas: Any, made_at: datetime) -> None:
    """Date the document; ReportLab itself only knows the present moment or none."""
    moment, stamp = made_at.astimezone(UTC), canvas._doc._timeStamp  # noqa: SLF001
    stamp.t = moment.timestamp()
    stamp.lt = moment.timetuple()
    stamp.YMDhms = tuple(stamp.lt)[:6]
    stamp.dhh, stamp.dmm, stamp.tzname = 0, 0, "UTC"


def _draw_form(canvas: Any, name: str, layout: Layout, draw: Any) -> None:
    """Draw something once, to be laid under pages; its origin is the card's bottom left corner."""
    card = layout.card
    edge = card.bleed * MM
    canvas.beginForm(name, -edge, -edge, card.width * MM + edge, card.height * MM + edge)
    draw(Pen(canvas, card.height, INK))
    canvas.endForm()


def _draw_recurring(canvas: Any, cards: Sequence[SetCard], layout: Layout) -> dict[int, str]:
    """Draw every setting that more than one card shares; return the name of its form by the setting's identity."""
    times = Counter(id(setting) for card in cards for setting in card.settings)
    forms: dict[int, str] = {}
    for setting in (setting for card in cards for setting in card.settings):
        if times[id(setting)] > 1 and id(setting) not in forms:
            name = f"w{len(forms)}"
            _draw_form(canvas, name, layout, lambda _pen, said=setting: _draw_setting(canvas, said, layout))
            forms[id(setting)] = name
    return forms


def _draw_page(canvas: Any, card: SetCard, side: Side, layout: Layout, forms: dict[int, str]) -> None:
    canvas.translate(layout.card.bleed * MM, layout.card.bleed * MM)
    canvas.doForm(side)
    for setting in card.settings:
        if setting.frame.side != side:
            continue
        if name := forms.get(id(setting)):
            canvas.doForm(name)
        else:
            _draw_setting(canvas, setting, layout)
    if side == "back":
        _draw_kix(canvas, card.message, layout)
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


def _draw_kix(canvas: Any, message: Message, layout: Layout) -> None:
    from reportlab.lib.colors import CMYKColor

    if layout.kix is None or not isinstance(message.to, PostalAddress):
        return
    drawn = bars(kix_text(message.to))
    if len(drawn) * PITCH > layout.kix.width:
        return
    canvas.setFillColor(CMYKColor(0, 0, 0, 1))
    middle = layout.card.height - layout.kix.top - 2.5
    for number, (rises, descends) in enumerate(drawn):
        low, high = middle - (2.5 if descends else 0.65), middle + (2.5 if rises else 0.65)
        left = (layout.kix.left + number * PITCH) * MM
        canvas.rect(left, low * MM, 0.5 * MM, (high - low) * MM, stroke=0, fill=1)
