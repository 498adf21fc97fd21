"""Counts of pieces that go without a KIX code, by the reason.

Sorting machines read such a piece by its address alone, which costs time and sometimes the piece.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from channels.card.kix import PITCH, kix_text
from channels.card.layout import Layout
from channels.card.layout_checks import ORDINARY_LINES
from channels.card.manifest import Piece
from channels.card.typesetting import Fault, Typesetter
from people.addresses import PostalAddress

ABROAD, NO_NUMBER, ADDITION, TOO_LONG, NO_ROOM = (
    "abroad",
    "no_number",
    "addition",
    "too_long",
    "no_room",
)
"""Reasons why a piece has no KIX code.

Its country is another, its place has no number, its addition has more than six signs or signs that
the code lacks, the code is wider than its place, or the address has too many lines above it.
"""


def why_without(layout: Layout, typesetter: Typesetter, piece: Piece) -> str:
    """Return why a piece has no KIX code, or an empty string where it has one or none was asked for."""
    to = piece.message.to
    if layout.kix is None or not isinstance(to, PostalAddress):
        return ""
    if reason := why_no_text(to):
        return reason
    if 4 * len(kix_text(to)) * PITCH > layout.kix.width:
        return TOO_LONG
    if len(piece.message.address_lines) <= ORDINARY_LINES:
        return ""  # a layout without room for these is refused
    lines = typesetter.set_text(layout.address, "\n".join(piece.message.address_lines))
    if isinstance(lines, Fault):
        return ""
    return "" if layout.kix_top(lines.size, lines.places[-1][1]) is not None else NO_ROOM


def why_no_text(address: PostalAddress) -> str:
    """Return why there is no KIX code for an address on any paper, or an empty string."""
    if address.country != "NL":
        return ABROAD
    if address.house_number is None:
        return NO_NUMBER
    return "" if kix_text(address) else ADDITION


def count_without(layout: Layout, pieces: Iterable[Piece]) -> Mapping[str, int]:
    """Return how many pieces of a run have no KIX code, by why."""
    typesetter = Typesetter(layout)
    counts = Counter(why_without(layout, typesetter, piece) for piece in pieces)
    del counts[""]
    return counts
