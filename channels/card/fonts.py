"""The typefaces of a card: Source Sans for all that is read, Amatic SC (a hand) for what holds no person's name.

Both come from packages under the SIL Open Font License and are embedded in every print run.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_FILES = {
    "text": ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    "italic": ("font_source_sans_pro", "SourceSansPro-It.ttf"),
    "semibold": ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    "bold": ("font_source_sans_pro", "SourceSansPro-Bold.ttf"),
    "black": ("font_source_sans_pro", "SourceSansPro-Black.ttf"),
    "hand": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
}


def _path(face: str) -> Path:
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

    path = _path(face)
    made = TTFont(path.stem, str(path))
    registerFont(made)
    return made


def width(text: str, face: str, size: float) -> float:
    """Return how wide a line of text is, in points."""
    return float(font(face).stringWidth(text, size))


@cache
def has(face: str, char: str) -> bool:
    """Say whether a face can draw a character by itself.

    A combining mark that is left after normalising is refused: without shaping it would land beside its letter.
    """
    import unicodedata

    return ord(char) in font(face).face.charToGlyph and not unicodedata.combining(char)
