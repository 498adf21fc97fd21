"""QR codes of one web address followed by ten digits, from a table.

It makes half a million a second.

For one version, one level of error correction and one mask, every module is a sum modulo 2 of bits
of the text. So the symbol of any text is the symbol of one text, with for each bit in which the two
differ one fixed pattern added to it. The patterns are taken from symbols that segno makes, one for
each of the four bits of a digit that vary.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain
from math import ceil
from operator import getitem, itemgetter, or_, xor
from typing import Any

from store.errors import BadInput
from store.sentences import Sentence

SMALLEST_MODULE = 0.4
"""Millimetres of one module that a press holds and a telephone reads."""
_LEVEL = "m"
_DIGITS = 10
_BITS = (1, 2, 4, 8)  # of a digit that vary
_LONGEST = 90  # characters before the code: a larger symbol has modules too small to print


class ModulePaths(dict[int, bytes]):
    """Rectangles of the dark runs in eight modules, by their bits, made at first use."""

    def __init__(self, column: int, row: int) -> None:
        super().__init__()
        self._at = (column, row)

    def __missing__(self, bits: int) -> bytes:
        column, row = self._at
        runs = (
            b"%d %d %d 1 re\n" % (column + start, row, length)
            for start, length in _runs(f"{bits:08b}")
        )
        self[bits] = path = b"".join(runs)
        return path


@dataclass(frozen=True, kw_only=True)
class QrTable:
    """The QR codes of every text that begins with one prefix and ends with ten digits."""

    text: str  # what comes before the digits
    modules: int  # along one side
    _base: int  # the symbol of ten noughts, eight modules a byte, every row from a new byte
    _patterns: tuple[tuple[int, ...], ...]  # by the digit's place and its ASCII code
    _size: int  # of a symbol, in bytes
    _same: bytes  # the path of those bytes that are the same for every code
    _vary: Callable[[bytes], tuple[int, ...]]  # picks the others
    _paths: tuple[ModulePaths, ...]  # of those others

    def symbol(self, code: str) -> bytes:
        """Return the symbol of a code of ten digits, row by row from the top.

        Each row is padded to whole bytes.
        """
        laid = reduce(xor, map(getitem, self._patterns, code.encode()), self._base)
        return laid.to_bytes(self._size, "big")

    def path(self, code: str) -> bytes:
        """Return the dark modules as rectangles of one path.

        A module is one unit, the origin is the bottom left.
        """
        return self._same + b"".join(map(getitem, self._paths, self._vary(self.symbol(code))))


def check_site(site: str) -> None:
    """Check that QR codes can begin with the campaign's web address, or that there is none.

    Raises:
        BadInput: it is too long, or holds characters other than a plain web address has.
    """
    if not site.isascii() or not site.isprintable() or " " in site or len(site) > _LONGEST:
        remedy = Sentence(
            "write a plain web address of at most {longest} characters", longest=_LONGEST
        )
        raise BadInput(
            Sentence("{site!r} cannot be put in a QR code", site=site[:40]), remedy, field="qr_url"
        )


@lru_cache(maxsize=16)
def check_module(site: str, size: float) -> None:
    """Check that the modules of a campaign's QR codes are large enough to be printed and scanned.

    Args:
        site: The campaign's web address; none: there are no QR codes.
        size: Of the codes' dark part in the layout, in millimetres.

    Raises:
        BadInput: one module would be smaller than 0.4 mm.
    """
    if not site:
        return
    modules = len(_segno(qr_prefix(site) + "0" * _DIGITS).matrix)
    if size / modules < SMALLEST_MODULE:
        raise BadInput(
            Sentence(
                "a QR code of {site!r} has {modules} modules a side, of {module:.2f} mm in this layout",
                site=site[:40],
                modules=modules,
                module=size / modules,
            ),
            Sentence(
                "give a shorter address, or a QR code of {size:.0f} mm: a module has {least} mm at least",
                size=ceil(modules * SMALLEST_MODULE),
                least=SMALLEST_MODULE,
            ),
            field="qr_url",
        )


def qr_prefix(site: str) -> str:
    """Return the part of the QR code's text before the response code."""
    return site if site.endswith(("/", "=")) else f"{site}/"


@lru_cache(maxsize=16)
def qr_table(text: str) -> QrTable:
    """Return the table of all codes that begin with `text`.

    Raises:
        BadInput: it is too long, or holds characters other than a plain web address has.
    """
    check_site(text.removesuffix("/"))
    drawn = _segno(text + "0" * _DIGITS)
    fixed = {"version": drawn.version, "mask": drawn.mask}
    base, modules = _packed(drawn), len(drawn.matrix)
    patterns = tuple(_patterns(text, place, base, fixed) for place in range(_DIGITS))
    across = (modules + 7) // 8
    size = across * modules
    touched = reduce(or_, chain.from_iterable(patterns)).to_bytes(size, "big")
    paths = [
        ModulePaths(8 * byte, modules - 1 - row) for row in range(modules) for byte in range(across)
    ]
    vary = [at for at in range(size) if touched[at]]
    fixed_bytes = base.to_bytes(size, "big")
    same = b"".join(paths[at][fixed_bytes[at]] for at in range(size) if not touched[at])
    return QrTable(
        text=text,
        modules=modules,
        _base=base,
        _patterns=patterns,
        _size=size,
        _same=same,
        _vary=itemgetter(*vary),
        _paths=tuple(paths[at] for at in vary),
    )


def _patterns(text: str, place: int, base: int, fixed: dict[str, Any]) -> tuple[int, ...]:
    """Return what each digit in one place changes in the symbol, by its ASCII code."""
    by_bit = {}
    for bit in _BITS:
        digits = "0" * place + str(bit) + "0" * (_DIGITS - 1 - place)
        by_bit[bit] = _packed(_segno(text + digits, **fixed)) ^ base
    by_digit = (
        reduce(xor, (by_bit[bit] for bit in _BITS if digit & bit), 0) for digit in range(10)
    )
    return (*(0,) * ord("0"), *by_digit)


def _segno(text: str, **fixed: Any) -> Any:
    import segno

    return segno.make(
        text,
        error=_LEVEL,
        mode="byte",
        encoding="iso-8859-1",
        boost_error=False,
        micro=False,
        **fixed,
    )


def _packed(drawn: Any) -> int:
    across = (len(drawn.matrix) + 7) // 8 * 8
    bits = "".join("".join(map(str, row)).ljust(across, "0") for row in drawn.matrix)
    return int(bits, 2)


def _runs(bits: str) -> Iterator[tuple[int, int]]:
    """Yield the start and length of each run of ones."""
    start = bits.find("1")
    while start >= 0:
        end = bits.find("0", start)
        end = len(bits) if end < 0 else end
        yield start, end - start
        start = bits.find("1", end)
