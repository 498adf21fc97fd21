"""The KIX code (PostNL's barcode of postcode and house number) for sorting machines.

Each character is four bars of four heights. Two of them rise and two of them descend, by the
character's place in a square of six by six. A bar that does neither is the short tracker, a bar
that does both is full.
"""

from functools import lru_cache

from channels.card.frames import KIX_HEIGHT, MM
from channels.press.page_reading import Spoiled, rectangle
from people.addresses import PostalAddress

_NEARLY = 0.02  # points
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ENCODABLE = frozenset(_CHARACTERS)
_TWO_OF_FOUR = ("0011", "0101", "0110", "1001", "1010", "1100")
PITCH = 25.4 / 22
"""Millimetres from one bar to the next: 22 to the inch."""
BAR, _TRACKER = 0.5, 0.65  # how wide a bar is; how far the tracker reaches from the middle


def kix_text(address: PostalAddress) -> str:
    """Return the text of the code, as `1231FZ13XHS`.

    It is empty for a foreign address, a place without a number, or characters that the code does not have. A
    designation (`bij 62`) is no addition.
    """
    if address.house_number is None:
        return ""
    added = f"{address.house_letter}{address.house_addition}".upper()
    addition = (
        added if not added or added.isalnum() else "".join(char for char in added if char.isalnum())
    )
    text = f"{address.postcode}{address.house_number}{'X' if addition else ''}{addition}"
    encodable = (
        address.country == "NL" and len(addition) <= len("ABCDEF") and _ENCODABLE.issuperset(text)
    )
    return text if encodable else ""


def bars(text: str) -> list[tuple[bool, bool]]:
    """Return for each bar whether it rises and whether it descends."""
    rows = [divmod(_CHARACTERS.index(char), 6) for char in text]
    return [
        (rise == "1", fall == "1")
        for upper, lower in rows
        for rise, fall in zip(_TWO_OF_FOUR[upper], _TWO_OF_FOUR[lower], strict=True)
    ]


def read_bars(path: bytes, left: float, middle: float) -> str:
    """Read a code back from its rectangles, in points.

    `left` is where it begins, `middle` the height of its trackers.

    Raises:
        Spoiled: they are no bars, or do not stand where bars stand.
    """
    lines = path.splitlines()
    fours = (tuple(lines[at : at + 4]) for at in range(0, len(lines), 4))
    return "".join([_read_character(at, four, left, middle) for at, four in enumerate(fours)])


@lru_cache(maxsize=4096)
def _read_character(at: int, four: tuple[bytes, ...], left: float, middle: float) -> str:
    heights = []
    for number, bar in enumerate(four, start=4 * at):
        x, low, width, high = rectangle(bar)
        if abs(x - left - number * PITCH * MM) > _NEARLY or abs(width - BAR * MM) > _NEARLY:
            raise Spoiled("a bar of the KIX code does not stand in its place")
        heights.append((low + high - middle > MM * 2, middle - low > MM * 2))
    char = _BY_BARS.get(tuple(heights))
    if char is None:
        raise Spoiled("the bars of the KIX code say nothing")
    return char


_BY_BARS = {tuple(bars(char)): char for char in _CHARACTERS}


class KixBars:
    """KIX codes at one place of a sheet, drawn from a table.

    Each character in each position is four rectangles.
    """

    def __init__(self, *, left: float, top: float, width: float, height: float) -> None:
        """Make the table.

        Args:
            left: Where the codes begin, in millimetres from the top left corner, as all of these.
            top: Where their longest bars begin.
            width: Of their place; what is wider is left out.
            height: Of the sheet.
        """
        self._left = left
        self._middle = height - top - KIX_HEIGHT / 2
        self._most = int(width / PITCH) // 4
        self._known: dict[tuple[int, str], bytes] = {}

    def drawn(self, address: PostalAddress) -> bytes:
        """Return the operators of an address's code.

        Empty where there is no code or it is wider than its place.
        """
        text = kix_text(address)
        if not text or len(text) > self._most:
            return b""
        parts = [self._known.get(pair) or self._character(pair) for pair in enumerate(text)]
        return b"q 0 0 0 1 k\n%bf Q\n" % b"".join(parts)

    def _character(self, pair: tuple[int, str]) -> bytes:
        rects = (self._bar(4 * pair[0] + at, *bar) for at, bar in enumerate(bars(pair[1])))
        self._known[pair] = drawn = b"".join(rects)
        return drawn

    def _bar(self, at: int, rises: bool, descends: bool) -> bytes:  # noqa: FBT001  what a bar is
        low = self._middle - (KIX_HEIGHT / 2 if descends else _TRACKER)
        high = self._middle + (KIX_HEIGHT / 2 if rises else _TRACKER)
        left = self._left + at * PITCH
        return b"%.3f %.3f %.3f %.3f re\n" % (left * MM, low * MM, BAR * MM, (high - low) * MM)
