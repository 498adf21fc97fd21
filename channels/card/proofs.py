"""Proofs of a run, a few pieces to check before anything is printed, each page marked as a proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.card.composing import compose_run
from channels.card.layout import read_layout
from channels.card.order import Order, SetCard
from channels.card.postal_proofs import draw_postal_proof
from channels.card.preview import picture_of
from channels.card.read_back import inspect_run
from channels.card.typesetting import Fault, Typesetter
from channels.pieces import piece_id
from channels.port import Batch, Message
from channels.press import fonts

MARK = "PROEF"
_NO_RUN = 0  # what is never mailed is of no run
_DPI, _ACROSS, _GAP, _CAPTION = 60, 4, 16, 22
_PAPER, _INK = (236, 232, 224), (60, 50, 45)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of a proof, with the reason for which it was taken."""

    message: Message
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """A piece that would be held back, with the reason."""

    why: str
    code: str
    detail: str


def draw_proof(
    exhibits: Sequence[Exhibit], batch: Batch, pdf: Path, sheet: Path, postal: Path
) -> tuple[Held, ...]:
    """Write a proof and its contact sheet, and return the pieces that would be held back.

    Args:
        exhibits: The pieces, in the order of the proof.
        batch: What they have in common; its messages are not looked at.
        pdf: Where the proof goes; it passes the same gate as a run.
        sheet: Where a PNG of all its pages goes, each under the reason for which its piece was taken.
        postal: Where its address sides go, with the zones of the post drawn over them.
    """
    layout = read_layout(batch.layout)
    order = Order(
        layout=layout,
        title=f"Proof {batch.key}",
        made_at=batch.made_at,
        site=batch.sender.get("qr_url", ""),
        mark=MARK,
    )
    typesetter, shown, cards, held = (
        Typesetter(layout),
        list[Exhibit](),
        list[SetCard](),
        list[Held](),
    )
    for exhibit in exhibits:
        match typesetter.set_message(exhibit.message):
            case Fault(code, detail):
                held.append(Held(exhibit.why, code, detail))
            case settings:
                shown.append(exhibit)
                cards.append(SetCard(exhibit.message, settings, piece_id(_NO_RUN, len(shown))))
    if cards:
        with pdf.open("wb") as file:
            compose_run(cards, order, file)
        inspect_run(
            pdf, [exhibit.message for exhibit in shown], order, [card.piece for card in cards]
        )
        draw_postal_proof(pdf, layout, postal)
        _draw_sheet(pdf, sheet, [exhibit.why for exhibit in shown], len(layout.sides))
    return tuple(held)


def _draw_sheet(pdf: Path, png: Path, reasons: Sequence[str], sides: int) -> None:
    """Draw the pages of a proof on one sheet, piece by piece from the top left, each under its reason."""
    import pypdfium2
    from PIL import Image, ImageDraw, ImageFont

    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [picture_of(page, _DPI) for page in document]
    finally:
        document.close()
    width, height = pages[0].width * sides + _GAP * sides, pages[0].height + _GAP + _CAPTION
    across = max(1, min(_ACROSS // sides, len(reasons)))
    down = -(-len(reasons) // across)
    sheet = Image.new("RGB", (across * width + _GAP, down * height + _GAP), _PAPER)
    pen, letters = ImageDraw.Draw(sheet), ImageFont.truetype(str(fonts.path("semibold")), 14)
    for number, why in enumerate(reasons):
        left, top = _GAP + number % across * width, _GAP + number // across * height
        pen.text((left, top), why, fill=_INK, font=letters)
        _paste(sheet, pages[number * sides : (number + 1) * sides], left, top + _CAPTION)
    sheet.save(png)


def _paste(sheet: Any, pages: Sequence[Any], left: int, top: int) -> None:
    for page in pages:
        sheet.paste(page, (left, top))
        left += page.width + _GAP
