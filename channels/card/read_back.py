"""The gate of a print run, which reads the whole finished file back and checks it before it leaves.

Our own reader reads every page. It checks its boxes, every text on it with its place and its
letters, the KIX code and the QR code against the message at that place in the run. qpdf and, where
it is installed, MuPDF check the file too. They had no part in making it.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from channels.card.frames import MM, Frame, Side
from channels.card.layout import Layout
from channels.card.order import Order
from channels.card.page_checks import Page, PageReader
from channels.card.typesetting import drawn_texts
from channels.port import Message, Unavailable, Watch, unwatched
from channels.press.external_checks import check_with_tools
from channels.press.garbage_collection import uncollected
from channels.press.page_reading import Spoiled
from channels.press.plain_pages import PlainPages, plain_pages
from channels.press.preflight import check_file

_STRIDE = 25
# millimetres that a drawing beside a blank zone may reach into it; of 255, from black to white
_INSET, _LIGHT, _ALIKE = 0.5, 200, 6


class SpoiledRun(Unavailable):
    """The file that was written is not the file that was meant, and nothing left."""


def inspect_run(
    pdf: Path,
    messages: Sequence[Message],
    order: Order,
    pieces: Sequence[str] = (),
    *,
    watch: Watch = unwatched,
) -> None:
    """Read a run back completely and check it against the messages it was made of.

    Args:
        pdf: The finished file.
        messages: In the order of the run.
        order: What the pieces have in common.
        pieces: The number of each piece, in the same order; none where no numbers stand on them.
        watch: Gets the phase "read" every 25 pieces.

    Raises:
        SpoiledRun: something in it is not as it was meant; says what, and on which page.
    """
    read_back(pdf, messages, order, pieces, watch=watch)
    check_independently(pdf)
    if messages and not order.mark:
        check_blank(pdf, order.layout)


def check_blank(pdf: Path, layout: Layout) -> None:
    """Check on a picture of the first piece that the corner for paid postage is of one light tint.

    Raises:
        SpoiledRun: a drawing, a text or a code reaches into it.
    """
    import pypdfium2

    if (franking := layout.franking) is None:
        return
    slug, card = layout.card.slug, layout.card
    right, top = slug + _INSET, slug + _INSET
    left = slug + card.width - franking.width + _INSET
    bottom = slug + card.height - franking.height + _INSET
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[layout.sides.index(layout.address_side)]
        crop = (left * MM, bottom * MM, right * MM, top * MM)
        darkest, lightest = page.render(crop=crop).to_pil().convert("L").getextrema()
    finally:
        document.close()
    if darkest < _LIGHT or lightest - darkest > _ALIKE:
        raise SpoiledRun(
            f"something is printed in the corner for the mark of paid postage, "
            f"{franking.width:g} by {franking.height:g} mm at the top right"
        )


def check_independently(pdf: Path) -> None:
    """Check the file with programs that had no part in making it (`channels.press.external_checks`).

    Raises:
        SpoiledRun: one of them found something.
    """
    try:
        check_with_tools(pdf)
    except Spoiled as spoiled:
        raise SpoiledRun(str(spoiled)) from spoiled


def read_back(
    pdf: Path,
    messages: Sequence[Message],
    order: Order,
    pieces: Sequence[str] = (),
    *,
    watch: Watch = unwatched,
) -> None:
    """Read a run back with our own reader, as `inspect_run` does."""
    import pikepdf

    try:
        with uncollected(), pikepdf.open(pdf, attempt_recovery=False) as document:
            check_file(document)
            plain = plain_pages(pdf.read_bytes())
            _read_pages(
                document,
                plain,
                messages=messages,
                order=order,
                numbers=pieces or [""] * len(messages),
                watch=watch,
            )
    except Spoiled as spoiled:
        raise SpoiledRun(str(spoiled)) from spoiled
    except pikepdf.PdfError as error:
        raise SpoiledRun(f"the file cannot be read: {error}") from error


def _read_pages(
    document: Any,
    plain: PlainPages | None,
    *,
    messages: Sequence[Message],
    order: Order,
    numbers: Sequence[str],
    watch: Watch,
) -> None:
    sides = order.layout.sides
    if plain is not None and document.Root.Pages.objgen != (plain.tree, 0):
        plain = None  # two readers of one file that see two trees: the long way decides
    count = len(document.pages) if plain is None else len(plain.contents)
    if count != len(sides) * len(messages):
        raise Spoiled(f"the run has {count} pages for {len(messages)} cards")
    if not messages:
        return
    first = document.pages[0].obj if plain is None else document.get_object(plain.first, 0)
    reader = PageReader(first, order)
    pages = _looked_up(document) if plain is None else _alike(plain, first)
    for record, (message, piece) in enumerate(zip(messages, numbers, strict=True), start=1):
        texts = _by_side(message, order.layout, piece)
        for number, side in enumerate(sides, start=len(sides) * (record - 1) + 1):
            try:
                reader.check(next(pages), side, message=message, texts=texts[side], piece=piece)
            except Spoiled as spoiled:
                raise Spoiled(f"page {number}: {spoiled}") from None
        if record % _STRIDE == 0 or record == len(messages):
            watch("read", record, len(messages))


def _looked_up(document: Any) -> Iterator[Page]:
    """Yield the pages as pikepdf finds them, each with its own dictionary."""
    for page in document.pages:
        stream = page.obj.get("/Contents")
        yield Page(page.obj, stream.objgen, stream.read_bytes)


def _alike(plain: PlainPages, first: Any) -> Iterator[Page]:
    """Yield the pages of a file as our writer writes it, where all pages are like the first."""
    for at, number in enumerate(plain.contents):
        yield Page(None if at else first, number, partial(plain.content, number))


def _by_side(message: Message, layout: Layout, piece: str) -> dict[Side, list[tuple[Frame, str]]]:
    """Return the texts that must be on each side, in drawing order."""
    texts: dict[Side, list[tuple[Frame, str]]] = {side: [] for side in layout.sides}
    places = layout.places
    for part, text in drawn_texts(message):
        frame = places[part]
        texts[frame.side].append((frame, text))
    if piece and layout.piece is not None:
        texts[layout.piece.side].append((layout.piece.frame, piece))
    return texts
