"""Typesetting of texts in frames, with line breaking, at most one smaller size, and no clipping."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple
from unicodedata import bidirectional, category, is_normalized, normalize
from unicodedata import name as letter_name

from channels.card.frames import ADDRESS, CARRIER_MARK, CODE, LINE_END, MM, Frame
from channels.card.layout import Layout
from channels.codes import is_response_code, printed
from channels.port import Message
from channels.press import fonts

_WORDS = 4_000  # whose width is remembered; more are forgotten, so that a country takes no more memory than a town
# texts of one frame that are remembered: those that came by once, and those that came back
_ONCE, _AGAIN = (250, 5_000)
_DRAWN_BY_US = frozenset({ADDRESS, CODE, CARRIER_MARK})
# as Unicode calls the direction of Hebrew, Arabic, and Arabic digits
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})
# a space, but not one between groups of digits, as in a telephone number
_WHERE_IT_BREAKS = re.compile(r"(?<!\d) | (?!\d)")
_ABOVE, _BELOW = 0.78, 0.22  # of the size: from the top of a line to its foot, and on to its bottom


Places = tuple[tuple[float, float], ...]
"""Where lines begin, in points from the frame's top left, y downwards."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The reason why a text cannot be set in its frame."""

    code: str  # RIGHT_TO_LEFT, HIDDEN_SIGN, MISSING_GLYPH, DOES_NOT_FIT, NO_FRAME, NO_CODE, EMPTY_LINE
    detail: str


class Line(NamedTuple):
    """A line as it is drawn, with the start of its baseline.

    In points from the frame's top left, y downwards.
    """

    text: str
    x: float
    y: float


class Setting(NamedTuple):
    """A text set in its frame."""

    frame: Frame
    size: float
    texts: tuple[str, ...]  # line by line
    places: Places  # where each line begins; the same object for all texts that are broken alike

    @property
    def lines(self) -> list[Line]:
        """The lines, each with its place."""
        return [Line(text, x, y) for text, (x, y) in zip(self.texts, self.places, strict=True)]


class _Words(dict[str, float]):
    """Widths of the words of one face, each with the space after it.

    In thousandths of the size, computed once.
    """

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


_Paragraph = tuple[list[str], list[float], bool]
"""A paragraph, or a line of one, taken apart.

Its words, where each of them and its space end from the beginning (the first is 0), and whether it
goes on with the paragraph before it.
"""


class _Try:
    """One way to set a text in a frame, with a size and whether lines may be broken."""

    def __init__(self, frame: Frame, size: float, space: float, *, wrapping: bool) -> None:
        self.size = size
        self.wrapping = wrapping
        self._room = frame.width * MM * 1000 / size  # in thousandths of the size, like every width
        self._space = space
        self._leading = frame.leading * size  # from here on in points
        self._gap = frame.gap * self._leading if frame.wrap == "always" else 0.0
        self._top = _ABOVE * size
        self._lowest = frame.height * MM - _BELOW * size
        # what is left of a line, halved
        self._shift = size / 2000 if frame.align == "centre" else 0.0
        self._known: dict[tuple[int, ...], Places | None] = {}

    def broken(self, paragraphs: list[_Paragraph]) -> tuple[list[str], Places] | None:
        """Return lines broken between words, or None where they are too wide or too many."""
        space, reach = self._space, self._room + self._space
        texts: list[str] = []
        counts: list[int] = []
        wide: list[float] = []
        centred = self._shift != 0
        for words, ends, goes_on in paragraphs:
            first, last, before = 0, len(words), len(texts)
            while first < last:
                after = bisect_right(ends, ends[first] + reach, first) - 1
                if after == first:
                    return None
                texts.append(" ".join(words[first:after]))
                if centred:
                    wide.append(ends[after] - ends[first] - space)
                first = after
            if goes_on:
                counts[-1] += len(texts) - before
            else:
                counts.append(len(texts) - before)
        return self._placed(texts, tuple(counts), wide)

    def kept(self, lines: list[str], wide: list[float]) -> tuple[list[str], Places] | None:
        """Return the lines as they are, or None where one is too wide or they are too many."""
        if max(wide) > self._room:
            return None
        return self._placed(lines, (1,) * len(lines), wide)

    def _placed(
        self, texts: list[str], counts: tuple[int, ...], wide: list[float]
    ) -> tuple[list[str], Places] | None:
        """Place the lines of paragraphs with these line counts, or return None where the last is too low."""
        if counts not in self._known:
            if len(self._known) >= _AGAIN:
                self._known.clear()
            self._known[counts] = self._ladder(counts)
        places = self._known[counts]
        if places is None:
            return None
        if self._shift:
            places = tuple(
                ((self._room - each) * self._shift, y)
                for each, (_, y) in zip(wide, places, strict=True)
            )
        return texts, places

    def _ladder(self, counts: tuple[int, ...]) -> Places | None:
        if self._bottom(sum(counts), len(counts)) > self._lowest:
            return None
        places, y = [], self._top
        for count in counts:
            places += [(0.0, y + self._leading * number) for number in range(count)]
            y += self._leading * count + self._gap
        return tuple(places)

    def _bottom(self, lines: int, paragraphs: int) -> float:
        return self._top + self._leading * (lines - 1) + self._gap * (paragraphs - 1)


class _Place:
    """A frame, the words of its face, and the ways to set a text in it, the best first."""

    def __init__(self, frame: Frame, words: _Words) -> None:
        self.frame = frame
        self.words = words
        self.tries = [
            _Try(frame, size, words.space, wrapping=wrapping) for size, wrapping in _tries(frame)
        ]
        self.again: dict[str, Setting | Fault] = {}  # texts that came back
        self._once: dict[str, Setting | Fault] = {}

    def set(self, text: str) -> Setting | Fault:
        """Set one text, from the cache if it was set before."""
        known = self.again.get(text) or self._once.pop(text, None)
        if known is None:
            if len(self._once) >= _ONCE:
                self._once.clear()
            composed = (
                text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)
            )
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
            return _fault_of(lacking.args[0], self.frame.part)

    def _tried(self, text: str) -> Setting | Fault:
        words, frame = self.words, self.frame
        pieces = [
            (line, at > 0)
            for paragraph in text.split("\n")
            for at, line in enumerate(paragraph.split(LINE_END))
        ]
        lines = [line for line, _ in pieces]
        taken: list[_Paragraph] = []
        widths: list[float] = []
        for each in self.tries:
            if each.wrapping:
                taken = taken or [_take_apart(piece, words) for piece in pieces]
                made = each.broken(taken)
            else:
                widths = widths or [sum(map(words.wide, line)) for line in lines]
                made = each.kept(lines, widths)
            if made is not None and (frame.wrap != "last" or made[0][-1] == lines[-1]):
                return Setting(frame, each.size, tuple(made[0]), made[1])
        return Fault(
            "DOES_NOT_FIT",
            f"the text is too long for its place at {frame.sizes[-1]:g} points ({frame.part})",
        )


@dataclass(frozen=True)
class Typesetter:
    """Sets texts in the frames of one layout, each text once."""

    layout: Layout
    _places: dict[str, _Place] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the places of all frames, where frames of one face share its words."""
        words = {face: _Words(face) for face in {frame.font for frame in self.layout.texts}}
        places = {frame.part: _Place(frame, words[frame.font]) for frame in self.layout.texts}
        object.__setattr__(self, "_places", places)

    def set_message(self, message: Message) -> tuple[Setting, ...] | Fault:
        """Return a setting for every frame that has a text, or the first fault."""
        if not is_response_code(message.code):
            return Fault("NO_CODE", "a card goes out with a response code, and this is none")
        if not all(map(str.strip, message.address_lines)):
            return Fault(
                "EMPTY_LINE", "a line of the address is empty: there is no name to write on it"
            )
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
    """Return the texts to draw in order, namely the words, the address lines and the code in groups."""
    texts = [
        part_text
        for part_text in message.words.items()
        if part_text[1] and part_text[0] not in _DRAWN_BY_US
    ]
    texts += ((ADDRESS, "\n".join(message.address_lines)), (CODE, printed(message.code)))
    return texts


def _take_apart(piece: tuple[str, bool], words: _Words) -> _Paragraph:
    line, goes_on = piece
    parts = _WHERE_IT_BREAKS.split(line)
    return parts, list(accumulate(map(words.__getitem__, parts), initial=0.0)), goes_on


def _fault_of(letter: str, part: str) -> Fault:
    """Return why a letter cannot be printed, without the name it is part of."""
    sign = f"U+{ord(letter):04X} {letter_name(letter, '')}".rstrip()
    if bidirectional(letter) in _FROM_THE_RIGHT:
        script = letter_name(letter, "These").split(" ")[0].capitalize()
        remedy = "reach this person in another way, or ask for the name in Latin letters"
        return Fault(
            "RIGHT_TO_LEFT",
            f"{script} is written from right to left, which we cannot print yet: {remedy} ({part})",
        )
    if category(letter) == "Cf":
        return Fault(
            "HIDDEN_SIGN",
            f"an invisible sign stands in it ({sign}): take it out in the source ({part})",
        )
    return Fault("MISSING_GLYPH", f"the typeface cannot draw {sign} ({part})")


def _tries(frame: Frame) -> Iterator[tuple[float, bool]]:
    """Yield the sizes to try, and whether lines may be broken at that size."""
    for size in frame.sizes:
        yield size, frame.wrap == "always"
    if frame.wrap == "last":
        yield frame.sizes[-1], True
