"""The output intent of a print file, for coated paper after FOGRA39.

`fogra39.icc` is our own profile, made with Argyll's `colprof -qm -cmt -dpp -l300 -L95 -kr` from the
characterisation data FOGRA39L (Kai-Uwe Behrmann, zlib licence). It carries 300 per cent of ink at
most.
"""

from functools import cache
from pathlib import Path

from channels.press.compression import THOROUGH, zlib_at
from channels.press.writer import PdfWriter

MOST_INK = 3.0
"""Cyan, magenta, yellow and black together, as parts of one each."""
LEAST_TINT = 0.03
"""A lighter tint than this is lost in print: a press cannot hold dots that small."""
CONDITION = "FOGRA39"
_FILE = Path(__file__).with_name("fogra39.icc")


def write_intent(writer: PdfWriter) -> bytes:
    """Write the profile into a file, and return its catalog entry."""
    packed = _packed()
    profile = writer.put(
        b"<</N 4/Alternate/DeviceCMYK/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
        % (len(packed), packed)
    )
    intent = writer.put(
        b"<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier(%b)/OutputCondition(Offset, coated paper)"
        b"/RegistryName(http://www.color.org)/Info(Coated FOGRA39, ISO 12647-2)/DestOutputProfile %d 0 R>>"
        % (CONDITION.encode(), profile)
    )
    return b"/OutputIntents[%d 0 R]" % intent


@cache
def _packed() -> bytes:
    return zlib_at(THOROUGH).deflate(_FILE.read_bytes())
