"""A strict reader of finished pages that accepts only what our own composer may write.

A page or a form may hold text blocks, rectangles and paths in CMYK, and forms. Anything else
(another colour space, an image, a transparency, a letter without a font) makes the file unreadable
here, and a file that cannot be read is not handed over.
"""

import re
from codecs import utf_16_be_decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from channels.press.profile import LEAST_TINT, MOST_INK

_NUMBER = rb"-?\d+(?:\.\d+)?"
_STRING = rb"\((?:[^\\()]++|\\.)*+\)"
_PIECES = re.compile(
    rb"BT/F-(?P<face>\w+) (?P<size>%(n)b) Tf (?P<ink>%(n)b %(n)b %(n)b %(n)b) k (?P<place>(?:%(n)b ){6})Tm"
    rb"(?P<lines>(?: %(n)b %(n)b Td%(s)bTj)+|%(s)bTj) ET\n"
    rb"|q 0 0 0 1 k\n(?:(?P<scale>%(n)b) 0 0 %(n)b (?P<at>%(n)b %(n)b) cm\n)?(?P<rects>[-0-9. re\n]++)f Q\n"
    rb"|/(?P<form>[\w-]+) Do\n"
    rb"|(?P<origin>q 1 0 0 1 %(n)b %(n)b cm\n)"
    rb"|(?P<end>Q)" % {b"n": _NUMBER, b"s": _STRING},
    re.DOTALL,
)
_LINE = re.compile(rb"(?: (%b) (%b) Td)?(%b)Tj" % (_NUMBER, _NUMBER, _STRING), re.DOTALL)
_IS_NUMBER = re.compile(_NUMBER).fullmatch
_LINE_FEED = "\n".encode("utf-16-be")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_PATHS = re.compile(
    rb"(?:\s*-?(?:\d+\.?\d*|\.\d+))*\s*(?:[mlchnfSKkwJjqQBW]|re|cm|f\*|W\*)(?=\s|$)"
)
_INKED = re.compile(rb"((?:-?[\d.]+\s+){4})[kK](?=\s|$)")


class Spoiled(Exception):
    """The file is not what was meant.

    Says what is wrong and, where possible, on which page.
    """


Places = tuple[tuple[float, float], ...]
"""Where the baselines of lines begin, in points from the trimmed sheet's bottom left; one object for all like it."""


class Block(NamedTuple):
    """A text on a page."""

    face: str
    size: float
    lines: tuple[str, ...]
    places: Places  # of the lines
    text: str  # all of it; a line end reads as a space
    turned: bool  # it does not run from left to right: the mark of a proof
    shared: bool = False  # it stands in the file once, for many pages


class Rects(NamedTuple):
    """Black rectangles of a code.

    `scale` is the points in one module, or 0 where the rectangles are measured in points.
    """

    scale: float
    at: tuple[float, float]
    path: bytes


class Content(NamedTuple):
    """The content of one content stream, in its own order."""

    blocks: tuple[Block, ...]
    rects: tuple[Rects, ...]
    drawings: tuple[str, ...]  # the forms that hold only drawing


@dataclass
class ContentReader:
    """A reader of content streams that reads each form once.

    Attributes:
        forms: by name, each form's stream.
    """

    forms: dict[str, Any]
    _known: dict[str, Content] = field(default_factory=dict)

    def read(self, content: bytes) -> Content:
        """Read one content stream.

        Raises:
            Spoiled: it holds something that no page of ours may hold.
        """
        blocks: list[Block] = []
        rects: list[Rects] = []
        drawings: list[str] = []
        for found in _pieces(content):
            match found.lastgroup:
                case "lines":
                    blocks.append(_block(found))
                case "rects":
                    at = tuple(map(float, found["at"].split())) if found["at"] else (0.0, 0.0)
                    rects.append(Rects(float(found["scale"] or 0), (at[0], at[1]), found["rects"]))
                case "form":
                    name = found["form"].decode()
                    form = self._known.get(name) or self._form(name)
                    blocks += form.blocks
                    drawings += form.drawings
        return Content(tuple(blocks), tuple(rects), tuple(drawings))

    def _form(self, name: str) -> Content:
        if name not in self.forms:
            raise Spoiled(f"it asks for {name}, which is no form of this file")
        form = self.forms[name]
        if form.get("/Subtype") != "/Form":
            raise Spoiled(f"it shows {name}, which is an image or something else that is no form")
        content = bytes(form.read_bytes())
        if content.startswith(b"BT"):
            read = self.read(content)
            read = read._replace(blocks=tuple(block._replace(shared=True) for block in read.blocks))
        else:
            check_drawing(content, name)
            read = Content((), (), (name,))
        self._known[name] = read
        return read


def rectangle(line: bytes) -> tuple[float, float, float, float]:
    """Read one rectangle as left, bottom, width and height.

    Raises:
        Spoiled: it is none.
    """
    numbers, operator = line.split()[:-1], line[-3:]
    if operator != b" re" or len(numbers) != 4 or not all(map(_IS_NUMBER, numbers)):  # noqa: PLR2004  four numbers
        raise Spoiled(f"it holds what is no rectangle: {line[:24].decode('latin-1')!r}")
    left, bottom, width, height = map(float, numbers)
    return left, bottom, width, height


# every file of a run brings the same few drawings; a faulty one is never remembered
@lru_cache(maxsize=8)
def check_drawing(content: bytes, name: str) -> None:
    """Check that a drawing holds only paths in CMYK with no more ink than the paper takes.

    Raises:
        Spoiled: it holds another operator, or too much ink.
    """
    at = 0
    for found in _PATHS.finditer(content):
        if found.start() != at:
            break
        at = found.end()
    if rest := content[at:].strip():
        raise Spoiled(
            f"the drawing {name} holds what no press takes from us: {rest[:24].decode('latin-1')!r}"
        )
    for inked in _INKED.finditer(content):
        inks = tuple(map(float, inked[1].split()))
        if sum(inks) > MOST_INK + 1e-6:
            raise Spoiled(f"the drawing {name} puts more than {MOST_INK:.0%} of ink on the paper")
        if any(0 < each < LEAST_TINT for each in inks):
            raise Spoiled(f"the drawing {name} has a tint under {LEAST_TINT:.0%}, which is lost")


def _pieces(content: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the parts of a content stream.

    Every byte of it must belong to a part.
    """
    at = 0
    for found in _PIECES.finditer(content):
        if found.start() != at:
            break
        at = found.end()
        yield found
    if at != len(content):
        raise Spoiled(
            f"it holds what no page of ours holds: {content[at : at + 24].decode('latin-1')!r}"
        )


def _block(found: re.Match[bytes]) -> Block:
    face, size, ink, place, shown = found.group("face", "size", "ink", "place", "lines")
    _check_ink(ink)
    right, down, raw = zip(*_LINE.findall(shown), strict=True)
    places, turned = _placed(place, right, down)
    # all lines are decoded at once, parted by the line feed that none of them may hold
    whole = _text(_LINE_FEED.join([each[1:-1] for each in raw]))
    lines = whole.split("\n")
    if len(lines) != len(raw):
        raise Spoiled("a line of a text does not end where the next one begins")
    return Block(
        face=face.decode(),
        size=float(size),
        lines=tuple(lines),
        places=places,
        text=whole.replace("\n", " "),
        turned=turned,
    )


@lru_cache(maxsize=64)
def _check_ink(ink: bytes) -> None:
    inks = tuple(map(float, ink.split()))
    if sum(inks) > MOST_INK + 1e-6:
        raise Spoiled(f"a text asks for more than {MOST_INK:.0%} of ink")
    if any(0 < each < LEAST_TINT for each in inks):
        raise Spoiled(f"a text has a tint under {LEAST_TINT:.0%}, which is lost in print")


@lru_cache(maxsize=4096)  # texts broken alike begin alike: a run has a few dozen ways
def _placed(place: bytes, right: tuple[bytes, ...], down: tuple[bytes, ...]) -> tuple[Places, bool]:
    """Return the places of lines that follow each other, and whether they are turned."""
    *turn, x, y = place.split()
    across = accumulate((float(step or 0) for step in right), initial=float(x))
    up = accumulate((float(step or 0) for step in down), initial=float(y))
    return tuple(zip(across, up, strict=True))[1:], turn != [b"1", b"0", b"0", b"1"]


def _text(raw: bytes) -> str:
    r"""Return the text of a string.

    `\r` is the one escape that does not stand for the character after it.
    """
    if b"\\" in raw:
        raw = _ESCAPED.sub(lambda found: b"\r" if found[1] == b"r" else found[1], raw)
    return utf_16_be_decode(raw)[0]
