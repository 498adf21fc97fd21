"""Embedding of a typeface so that the text can be read back from the page.

The code of a character is its place in Unicode. The font is of the type that takes two bytes a
character. Its map from codes to glyphs is a table over all 65,536 codes, nearly empty, which
compresses to almost nothing. So the page holds `text.encode("utf-16-be")`, and a reader of the page
reads the text.
"""

import re
import struct
from hashlib import sha256
from itertools import groupby
from typing import Any

from channels.press import fonts
from channels.press.compression import THOROUGH, zlib_at
from channels.press.writer import PdfWriter

_CODES = 0x10000
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_PER_BLOCK = 100  # ranges in one block of a map, at most


class EmbeddedFace:
    """A face in one file, with the number of its font and the characters used.

    The letters, digits and signs of ASCII are always in it, so that most texts need not be
    examined.
    """

    def __init__(self, face: str, writer: PdfWriter) -> None:
        self.face = face
        self.number = writer.reserve()
        self._used = {chr(code) for code in range(32, 127)} & fonts.advances(face).keys()

    def use(self, text: str) -> None:
        """Mark the characters of a text as used."""
        self._used.update(*_BEYOND_ASCII.findall(text))

    def write(self, writer: PdfWriter) -> None:
        """Write the font with the glyphs of the characters used, and no others."""
        codes = sorted(map(ord, self._used))
        loaded = fonts.font(self.face).face
        name = _tagged(
            loaded.name.decode() if isinstance(loaded.name, bytes) else loaded.name, codes
        )
        below = _descendant(
            writer, loaded, name=name, codes=codes, widths=fonts.advances(self.face)
        )
        unicode_map = writer.stream(_unicode_map(codes))
        writer.put(
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, below, unicode_map),
            self.number,
        )


def _tagged(name: str, codes: list[int]) -> bytes:
    """Return the font's name with a tag of six letters that belongs to this choice of characters."""
    digest = sha256(struct.pack(f">{len(codes)}H", *codes)).digest()
    return bytes(65 + byte % 26 for byte in digest[:6]) + b"+" + name.encode()


def _descendant(
    writer: PdfWriter, loaded: Any, *, name: bytes, codes: list[int], widths: dict[str, float]
) -> int:
    glyphs = writer.stream(_glyph_map(codes, loaded))
    file = loaded.makeSubset(codes)
    packed = zlib_at(THOROUGH).deflate(file)
    program = writer.put(
        b"<</Length1 %d/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
        % (len(file), len(packed), packed)
    )
    box = b" ".join(b"%d" % round(edge) for edge in loaded.bbox)
    descriptor = writer.put(
        b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[%b]/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d"
        b"/StemV %d/FontFile2 %d 0 R>>"
        % (
            name,
            box,
            loaded.italicAngle,
            loaded.ascent,
            loaded.descent,
            loaded.capHeight,
            loaded.stemV,
            program,
        )
    )
    return writer.put(
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor %d 0 R/CIDToGIDMap %d 0 R/DW 1000/W[%b]>>"
        % (name, descriptor, glyphs, _widths(codes, widths))
    )


def _glyph_map(codes: list[int], loaded: Any) -> bytes:
    """Return the glyph of every code, as ReportLab's subset numbers them.

    They are numbered from 1, in order of first appearance.
    """
    numbers: dict[int, int] = {}
    table = [0] * _CODES
    for code in codes:
        table[code] = numbers.setdefault(loaded.charToGlyph[code], len(numbers) + 1)
    return struct.pack(f">{_CODES}H", *table)


def _widths(codes: list[int], widths: dict[str, float]) -> bytes:
    """Return the widths, each run of neighbours under the first of them."""
    runs = groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0])
    parts = ([code for _, code in run] for _, run in runs)
    return b" ".join(
        b"%d[%b]" % (run[0], b" ".join(_number(widths[chr(code)]) for code in run)) for run in parts
    )


def _number(value: float) -> bytes:
    return b"%d" % value if value == int(value) else b"%.3f" % value


def _unicode_map(codes: list[int]) -> bytes:
    """Return the map from codes to text, the identity over every block of 256 that was used."""
    blocks = sorted({code >> 8 for code in codes})
    ranges = [
        b"<%04X><%04X><%04X>" % (block << 8, block << 8 | 0xFF, block << 8) for block in blocks
    ]
    groups = [ranges[at : at + _PER_BLOCK] for at in range(0, len(ranges), _PER_BLOCK)]
    listed = b"".join(
        b"%d beginbfrange\n%b\nendbfrange\n" % (len(group), b"\n".join(group)) for group in groups
    )
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n"
        b"/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        + listed
        + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
