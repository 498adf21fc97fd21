"""Encoding and number of segments of a text, counted as the network counts them.

One segment holds 160 septets, or 153 where there are more; in UCS-2 it holds 70 units of UTF-16, or 67. What belongs
together goes to the next segment together: an escape and its letter, a surrogate pair, a whole grapheme (a letter with
its accents, a family of emoji, a flag). That is how Twilio bills it; 3GPP itself only protects the first two.

Source: 3GPP TS 23.038 and 23.040; graphemes are those of Unicode's annex 29.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from channels.sms.characters import instead, septets
from store.sentences import Sentence

Encoding = Literal["GSM-7", "UCS-2"]
_ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""Units that fit in the only segment, and in each of several."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter outside the 7-bit alphabet, which makes the whole text UCS-2."""

    letter: str  # a whole grapheme
    times: int
    instead: str | None  # what to write; empty: leave it out; None: nothing stands for it

    def described(self) -> str:
        """Return the letter and its replacement, for a person to read."""
        shown = (
            self.letter
            if self.letter.isprintable()
            else "+".join(f"U+{ord(char):04X}" for char in self.letter)
        )
        match self.instead:
            case None:
                return Sentence("{shown} (no letter stands for it)", shown=shown)
            case "":
                return Sentence("{shown} (leave it out)", shown=shown)
            case _:
                return Sentence("{shown} (write {instead!r})", shown=shown, instead=self.instead)


@dataclass(frozen=True, slots=True)
class Weight:
    """Encoding, size and segments of a text."""

    encoding: Encoding
    units: int  # septets, or units of UTF-16
    segments: int
    forcing: tuple[Letter, ...]  # each letter once, in the order of the text


@lru_cache(maxsize=512)  # the texts of a campaign are mostly the same
def weigh(text: str) -> Weight:
    """Return the encoding, size and segments of a text.

    Every character counts, line ends as they are. An empty text is one segment.
    """
    graphemes = _graphemes(text)
    forcing = _forcing(graphemes)
    encoding: Encoding = "UCS-2" if forcing else "GSM-7"
    sizes = [_units(grapheme) if forcing else septets(grapheme) or 0 for grapheme in graphemes]
    one, each = _ROOM[encoding]
    total = sum(sizes)
    return Weight(
        encoding,
        total,
        1 if total <= one else _cut(_at_most(each, graphemes, sizes), each),
        forcing,
    )


def _graphemes(text: str) -> list[str]:
    """Return the graphemes of a text, where a line end of two characters is two letters."""
    if text.isascii():
        return list(text)
    import regex

    found: list[str] = regex.findall(r"\r|\n|\X", text, flags=regex.VERSION1)
    return found


def _forcing(graphemes: Iterable[str]) -> tuple[Letter, ...]:
    times: dict[str, int] = {}
    for grapheme in graphemes:
        if len(grapheme) > 1 or septets(grapheme) is None:
            times[grapheme] = times.get(grapheme, 0) + 1
    return tuple(Letter(letter, count, instead(letter)) for letter, count in times.items())


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _at_most(room: int, graphemes: list[str], sizes: list[int]) -> Iterator[int]:
    """Yield the sizes of parts that stay together.

    A grapheme that fits in no segment is split into characters.
    """
    for grapheme, size in zip(graphemes, sizes, strict=True):
        if size <= room:
            yield size
        else:
            yield from map(_units, grapheme)


def _cut(sizes: Iterable[int], room: int) -> int:
    """Return the number of segments that parts of these sizes take, none of them cut."""
    segments, left = 1, room
    for size in sizes:
        if size > left:
            segments, left = segments + 1, room
        left -= size
    return segments
