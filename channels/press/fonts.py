"""The typefaces of a card, Source Sans for everything that is read and Amatic SC for handwriting.

No person's name is set in Amatic SC. Both come from packages under the SIL Open Font License and
are embedded in every print run.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category

_LAST = 0xFFFF
_NEEDS_MORE = frozenset({"Mn", "Me", "Mc", "Cf", "Cc", "Cs", "Co", "Cn"})
_FROM_THE_RIGHT = frozenset(
    {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI"}
)

_FILES = {
    "text": ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    "italic": ("font_source_sans_pro", "SourceSansPro-It.ttf"),
    "semibold": ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    "bold": ("font_source_sans_pro", "SourceSansPro-Bold.ttf"),
    "black": ("font_source_sans_pro", "SourceSansPro-Black.ttf"),
    "hand": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
}


def path(face: str) -> Path:
    """Return the font file of a face."""
    package, file = _FILES[face]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} is not installed")
    return Path(spec.origin).parent / "files" / file


@cache
def font(face: str) -> Any:
    """Return ReportLab's font of a face, registered under the name of its file."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    file = path(face)
    made = TTFont(file.stem, str(file))
    registerFont(made)
    return made


@cache
def advances(face: str) -> dict[str, float]:
    """Return the width of each character that a face can draw by itself, in thousandths of the size.

    Left out, though the typeface has them, are marks that would land beside their letter without
    shaping, invisible characters (a soft hyphen, a change of direction), and characters beyond the
    first 65,536.
    """
    widths, default = font(face).face.charWidths, font(face).face.defaultWidth
    known = (
        code for code in font(face).face.charToGlyph if code <= _LAST and _stands_alone(chr(code))
    )
    return {chr(code): float(widths.get(code, default)) for code in known}


def width(text: str, face: str, size: float) -> float:
    """Return the width of a line of text in points.

    The face must be able to draw every character of it.
    """
    known = advances(face)
    return sum(known[char] for char in text) * size / 1000


def has(face: str, char: str) -> bool:
    """Say whether a face can draw a character by itself."""
    return char in advances(face)


def _stands_alone(char: str) -> bool:
    """Say whether a character needs neither shaping nor another direction to be printed right."""
    return category(char) not in _NEEDS_MORE and bidirectional(char) not in _FROM_THE_RIGHT
