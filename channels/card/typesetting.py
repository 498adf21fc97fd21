"""Setting words in their frames: breaking lines, shrinking as far as the layout allows, and never clipping."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from channels.card.layout import ADDRESS, CODE, MM, Frame, Layout
from channels.codes import is_response_code, printed
from channels.port import Message
from channels.press import fonts

_STEP = 0.25  # points by which type shrinks
_WORDS = 4_000  # whose width is remembered; more are forgotten, so that a country takes no more memory than a town
_ONCE, _AGAIN = 250, 5_000  # texts of one frame that are remembered: those that came by once, and those that came back
_DRAWN_BY_US = frozenset({ADDRESS, CODE})
_ABOVE, _BELOW = 0.78, 0.22  # of the size: from the top of a line to its foot, and on to its bottom


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text cannot stand in its frame."""

    code: str  # MISSING_GLYPH, DOES_NOT_FIT, NO_FRAME, NO_CODE, EMPTY_LINE
    detail: str


class Line(NamedTuple):
    """One line as it is drawn: its text, and its baseline's start in points from the frame's top left, y downwards."""

    text: str
    x: float
    y: float


class Setting(NamedTuple):
    """A text set in its frame."""

    frame: Frame
    size: float
    lines: tuple[Line, ...]


class _Words(dict[str, float]):
    """How wide each word and the space after it are in one face, in thousandths of the size, reckoned once."""

    def __init__(self, face: str) -> None:
        super().__init__()
        self._known = fonts.advances(face)
        self.space = self._known[" "]
        self.wide = self._known.__getitem__  # of one character

    def __missing__(self, word: str) -> float:
        if len(self) > _WORDS:
            self.clear()
        self[word] = wide = sum(map(self.wide, word)) + self.space
        return wide


class _Paragraph(NamedTuple):
    """A paragraph taken apart, so that it can be tried at one size after another."""

    words: list[str]
    ends: list[float]  # where each word and its space end, from the beginning of the paragraph; the first is 0


class _Try(NamedTuple):
    """One way to set a text in a frame: a size, whether lines may be broken, and what follows from these in points."""

    size: float
    wrapping: bool
    room: float  # in thousandths of the size
    leading: float
    gap: float
    top: float  # the first baseline
    lowest: float  # the last baseline there may be
    shift: float  # by what the room that is left is moved: half of it in a frame that is centred

    @classmethod
    def of(cls, frame: Frame, size: float, *, wrapping: bool) -> "_Try":
        """Reckon what one size makes of a frame."""
        leading = frame.leading * size
        return cls(
            size,
            wrapping,
            room=frame.width * MM * 1000 / size,
            leading=leading,
            gap=frame.gap * leading if frame.wrap == "always" else 0.0,
            top=_ABOVE * size,
            lowest=frame.height * MM - _BELOW * size,
            shift=size / 2000 if frame.align == "centre" else 0.0,
        )


class _Place:
    """A frame, the words of its face, and the ways to set a text in it, the best first."""

    def __init__(self, frame: Frame, words: _Words) -> None:
        self.frame = frame
        self.words = words
        self.tries = [_Try.of(frame, size, wrapping=wrapping) for size, wrapping in _tries(frame)]
        self.again: dict[str, Setting | Fault] = {}  # texts that came back
        self._once: dict[str, Setting | Fault] = {}

    def set(self, text: str) -> Setting | Fault:
        """Set one text; what comes back is set once."""
        known = self.again.get(text) or self._once.pop(text, None)
        if known is None:
            if len(self._once) >= _ONCE:
                self._once.clear()
            composed = text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)
            known = self._once[text] = self._made(composed)
        elif text not in self.again:
            if len(self.again) >= _AGAIN:
                self.again.clear()
            self.again[text] = known
        return known

    def _made(self, text: str) -> Setting | Fault:
        try:
            return self._tried(text)
        except KeyError as lacking:  # a letter without a width is one that the face cannot draw
            return Fault("MISSING_GLYPH", f"the typeface has no U+{ord(lacking.args[0]):04X} ({self.frame.part})")

    def _tried(self, text: str) -> Setting | Fault:
        words, frame = self.words, self.frame
        lines, taken = text.split("\n"), list[_Paragraph]()
        for each in self.tries:
            if each.wrapping:
                taken = taken or [_take_apart(line, words) for line in lines]
                made = _break(taken, each, words.space)
            else:
                made = _keep(lines, [sum(map(words.wide, line)) for line in lines], each)
            if made is not None and (frame.wrap != "last" or made[-1].text == lines[-1]):
                return Setting(frame, each.size, tuple(made))
        return Fault("DOES_NOT_FIT", f"the text is too long for its place at {frame.floor:g} points ({frame.part})")


@dataclass(frozen=True)
class Typesetter:
    """Sets texts in the frames of one layout, each text once."""

    layout: Layout
    _places: dict[str, _Place] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Make the places of all frames ready; frames of one face share its words."""
        words = {face: _Words(face) for face in {frame.font for frame in self.layout.frames}}
        places = {frame.part: _Place(frame, words[frame.font]) for frame in self.layout.frames}
        object.__setattr__(self, "_places", places)

    def set_message(self, message: Message) -> tuple[Setting, ...] | Fault:
        """Return a setting for every frame that has something to say, or the first fault."""
        if not is_response_code(message.code):
            return Fault("NO_CODE", "a card goes out with a response code, and this is none")
        if not all(map(str.strip, message.address_lines)):
            return Fault("EMPTY_LINE", "a line of the address is empty: there is no name to write on it")
        settings: list[Setting] = []
        for part, text in drawn_texts(message):
            place = self._places.get(part)
            if place is None:
                return Fault("NO_FRAME", f"the layout has no place for {part}")
            known = place.again.get(text) or place.set(text)
            if isinstance(known, Fault):
                return known
            settings.append(known)
        return tuple(settings)

    def set_text(self, frame: Frame, text: str) -> Setting | Fault:
        """Set one text in one frame."""
        return self._places[frame.part].set(text)


def drawn_texts(message: Message) -> list[tuple[str, str]]:
    """Return what is drawn, in order: the words, the address lines, and the code in groups."""
    texts = [(part, text) for part, text in message.words.items() if text and part not in _DRAWN_BY_US]
    texts += ((ADDRESS, "\n".join(message.address_lines)), (CODE, printed(message.code)))
    return texts


def _take_apart(paragraph: str, words: _Words) -> _Paragraph:
    parts = paragraph.split(" ")
    return _Paragraph(parts, list(accumulate(map(words.__getitem__, parts), initial=0.0)))


def _tries(frame: Frame) -> Iterator[tuple[float, bool]]:
    """Yield the sizes to try, and whether lines may be broken at that size."""
    size, floor = frame.size, frame.floor
    while size >= floor:
        yield size, frame.wrap == "always"
        size -= _STEP
    if frame.wrap == "last":
        yield floor, True


def _break(paragraphs: list[_Paragraph], by: _Try, space: float) -> list[Line] | None:
    """Return lines broken between words, or None where they are too wide or too many."""
    _, _, room, leading, gap, y, lowest, shift = by
    least = sum(ends[-1] // (room + space) for _, ends in paragraphs)  # lines, however it is broken
    if y + leading * (least - 1) + gap * (len(paragraphs) - 1) > lowest:
        return None
    lines: list[Line] = []
    for words, ends in paragraphs:
        first, last = 0, len(words)
        while first < last:
            start = ends[first]
            after = bisect_right(ends, start + room + space, first) - 1
            if after == first or y > lowest:
                return None
            x = (room - ends[after] + start + space) * shift if shift else 0.0
            lines.append(Line(" ".join(words[first:after]), x, y))
            y += leading
            first = after
        y += gap
    return lines


def _keep(lines: list[str], widths: list[float], by: _Try) -> list[Line] | None:
    """Return the lines as they are, or None where one is too wide or they are too many."""
    y, leading, room = by.top, by.leading + by.gap, by.room
    if max(widths) > room or y + leading * (len(lines) - 1) > by.lowest:
        return None
    return [
        Line(line, (room - wide) * by.shift, y + leading * number)
        for number, (line, wide) in enumerate(zip(lines, widths, strict=True))
    ]
