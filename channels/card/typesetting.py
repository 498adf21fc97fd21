"""Setting words in their frames: breaking lines, shrinking as far as the layout allows, and never clipping."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.card import fonts
from channels.card.layout import ADDRESS, CODE, MM, Frame, Layout
from channels.codes import is_response_code, printed
from channels.port import Message

_STEP = 0.25  # points by which type shrinks


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text cannot stand in its frame."""

    code: str  # MISSING_GLYPH, DOES_NOT_FIT, NO_FRAME, NO_CODE
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn: its text, and its baseline's start in points from the frame's top left, y downwards."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A text set in its frame."""

    frame: Frame
    size: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Typesetter:
    """Sets texts in the frames of one layout, each text once."""

    layout: Layout
    _known: dict[tuple[str, str], Setting | Fault] = field(default_factory=dict, compare=False)

    def set_message(self, message: Message) -> tuple[Setting, ...] | Fault:
        """Return a setting for every frame that has something to say, or the first fault."""
        places = {frame.part: frame for frame in self.layout.frames}
        if missing := [part for part, text in message.words.items() if text and part not in places]:
            return Fault("NO_FRAME", f"the layout has no place for {missing[0]}")
        if not is_response_code(message.code):
            return Fault("NO_CODE", "a card goes out with a response code, and this is none")
        settings: list[Setting] = []
        for part, text in _texts(message):
            match self.set_text(places[part], text):
                case Fault() as fault:
                    return fault
                case setting:
                    settings.append(setting)
        return tuple(settings)

    def set_text(self, frame: Frame, text: str) -> Setting | Fault:
        """Set one text in one frame."""
        key = (frame.part, text)
        if key not in self._known:
            self._known[key] = _set(frame, unicodedata.normalize("NFC", text))
        return self._known[key]


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """Yield what is drawn: the words, the address lines, and the code in groups."""
    for part, text in message.words.items():
        if text and part not in {ADDRESS, CODE}:
            yield part, text
    yield ADDRESS, "\n".join(message.address_lines)
    yield CODE, printed(message.code)


def _set(frame: Frame, text: str) -> Setting | Fault:
    for char in text:
        if char != "\n" and not fonts.has(frame.font, char):
            return Fault("MISSING_GLYPH", f"the typeface has no U+{ord(char):04X} ({frame.part})")
    for size, wrapping in _tries(frame):
        if (lines := _lay_out(frame, text, size, wrapping=wrapping)) is not None:
            return Setting(frame, size, lines)
    return Fault("DOES_NOT_FIT", f"the text is too long for its place at {frame.floor:g} points ({frame.part})")


def _tries(frame: Frame) -> Iterator[tuple[float, bool]]:
    """Yield the sizes to try, and whether lines may be broken at that size."""
    size = frame.size
    while size >= frame.floor:
        yield size, frame.wrap == "always"
        size -= _STEP
    if frame.wrap == "last":
        yield frame.floor, True


def _lay_out(frame: Frame, text: str, size: float, *, wrapping: bool) -> tuple[Line, ...] | None:
    """Return the lines of `text` at a size, or None where they are too wide or too many."""
    leading, lines, y = frame.leading * size, [], 0.78 * size
    for paragraph in text.split("\n"):
        broken = _break(paragraph, frame, size) if wrapping else [paragraph]
        if any(fonts.width(line, frame.font, size) > frame.width * MM for line in broken):
            return None
        for line in broken:
            lines.append(Line(line, _start(line, frame, size), y))
            y += leading
        y += frame.gap * leading if frame.wrap == "always" else 0
    bottom = lines[-1].y + 0.22 * size
    return tuple(lines) if bottom <= frame.height * MM else None


def _break(paragraph: str, frame: Frame, size: float) -> list[str]:
    """Break a paragraph between words; a word that is wider than the frame gets a line of its own."""
    lines: list[str] = []
    for word in paragraph.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fonts.width(longer, frame.font, size) <= frame.width * MM:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _start(line: str, frame: Frame, size: float) -> float:
    if frame.align == "left":
        return 0.0
    return (frame.width * MM - fonts.width(line, frame.font, size)) / 2
