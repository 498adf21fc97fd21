"""Data Matrix symbols of piece numbers, from a table, for the scanners of a press or a mail room.

A telephone offers its owner the text of a QR code. Hardly any reads a Data Matrix by itself, so a
citizen has one code to point at.

The symbol has 14 modules a side (ISO/IEC 16022, ECC 200), with eight data codewords, in which two
digits are one codeword, and ten error correction codewords. Each bit of the error correction
codewords is a sum modulo 2 of bits of the data codewords. So the symbol of any number is the sum of
one pattern for each of its data codewords.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import getitem, xor

from channels.press.qr import ModulePaths

MODULES = 14
"""Along one side."""
DATA_CODEWORDS, ERROR_CODEWORDS = 8, 10
"""Data codewords of a symbol, and its error correction codewords."""
PAIR = 130
"""Two digits are this much more than their number."""
_PAD = 129
_INNER = MODULES - 2  # modules along one side within the border
_ACROSS = 16  # bits of a row, padded to whole bytes
_FIELD = 0x12D  # primitive polynomial of the Galois field of the error correction codewords


@dataclass(frozen=True)
class DataMatrices:
    """The symbols of all numbers of at most sixteen digits."""

    _border: int
    _patterns: tuple[tuple[int, ...], ...]  # by the place of a byte and its value
    _paths: tuple[ModulePaths, ...]

    def symbol(self, digits: str) -> int:
        """Return the modules of a number as bits, row by row from the top, where 1 is dark.

        Each row is padded to sixteen bits.
        """
        return reduce(xor, map(getitem, self._patterns, spelled(digits)), self._border)

    def path(self, digits: str) -> bytes:
        """Return the dark modules as rectangles of one path.

        A module is one unit, the origin is the bottom left.
        """
        return b"".join(map(getitem, self._paths, self.symbol(digits).to_bytes(MODULES * 2, "big")))


@cache
def data_matrices() -> DataMatrices:
    """Return the table, made once."""
    paths = (
        ModulePaths(8 * byte, MODULES - 1 - row) for row in range(MODULES) for byte in range(2)
    )
    return DataMatrices(_border(), tuple(map(_patterns, range(DATA_CODEWORDS))), tuple(paths))


def spelled(digits: str) -> bytes:
    """Return the eight data codewords of a number.

    Two digits are one codeword, a last single digit is one by itself, and the rest is padding.

    Raises:
        ValueError: it has more than sixteen digits, or something else than digits.
    """
    if len(digits) > 2 * DATA_CODEWORDS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} is no number of at most {2 * DATA_CODEWORDS} digits")
    paired = [PAIR + int(digits[at : at + 2]) for at in range(0, len(digits) - 1, 2)]
    codewords = paired + [ord(digits[-1]) + 1] * (len(digits) % 2)
    return bytes([*codewords, *_padding(len(codewords))])


def error_codewords(data: bytes) -> bytes:
    """Return the ten error correction codewords of eight data codewords.

    They are the sum of what each of the eight, alone, would give.
    """
    return reduce(xor, map(_remainder, range(DATA_CODEWORDS), data)).to_bytes(
        ERROR_CODEWORDS, "big"
    )


@cache
def _remainder(place: int, byte: int) -> int:
    """Return the remainder of one codeword at its place after division by the generator polynomial."""
    rest = [0] * ERROR_CODEWORDS
    for each in (byte, *(0,) * (DATA_CODEWORDS - 1 - place)):
        lead = each ^ rest[0]
        rest = [
            was ^ _times(lead, by) for was, by in zip([*rest[1:], 0], _generator(), strict=True)
        ]
    return int.from_bytes(bytes(rest), "big")


@cache
def places() -> tuple[int, ...]:
    """Return the place of each bit of the eighteen codewords, from the first codeword's highest bit on.

    A place counts bits of rows padded to sixteen, as `DataMatrices.symbol` does, border included.
    """
    found: dict[int, list[tuple[int, int]]] = dict(enumerate(_walk()))
    return tuple(
        (row + 1) * _ACROSS + column + 1 for byte in sorted(found) for row, column in found[byte]
    )


def _padding(used: int) -> Iterator[int]:
    """Yield the padding after the data, namely an end mark and pseudo-random codewords."""
    if used < DATA_CODEWORDS:
        yield _PAD
    for place in range(used + 2, DATA_CODEWORDS + 1):
        byte = _PAD + 149 * place % 253 + 1
        yield byte - 254 if byte > 254 else byte  # noqa: PLR2004  the rule of the standard


def _patterns(place: int) -> tuple[int, ...]:
    """Return what each value of the codeword in one place adds to the symbol."""
    by_bit = [
        _modules_of(bytes(1 << bit if at == place else 0 for at in range(DATA_CODEWORDS)))
        for bit in range(8)
    ]
    return tuple(
        reduce(xor, (by_bit[bit] for bit in range(8) if value >> bit & 1), 0)
        for value in range(256)
    )


def _modules_of(data: bytes) -> int:
    bits = "".join(f"{byte:08b}" for byte in data + error_codewords(data))
    return sum(
        1 << (_ACROSS * MODULES - 1 - at)
        for at, bit in zip(places(), bits, strict=True)
        if bit == "1"
    )


def _border() -> int:
    """Return the finder pattern, solid at the left and the bottom, dashed at the top and the right."""
    edge = {(row, 0) for row in range(MODULES)} | {
        (MODULES - 1, column) for column in range(MODULES)
    }
    dashes = {(0, column) for column in range(0, MODULES, 2)} | {
        (row, MODULES - 1) for row in range(1, MODULES, 2)
    }
    return sum(1 << (_ACROSS * (MODULES - row) - 1 - column) for row, column in edge | dashes)


def _walk() -> Iterator[list[tuple[int, int]]]:
    """Yield the places of the bits of each codeword, in the diagonal order of the standard."""
    row, column, taken = 4, 0, set[tuple[int, int]]()
    while row < _INNER or column < _INNER:
        if (row, column) == (_INNER, 0):
            yield _in_the_corner(((-1, 0), (-1, 1), (-1, 2)))
        if (row, column) == (_INNER - 2, 0):
            yield _in_the_corner(((-3, 0), (-2, 0), (-1, 0)))
        for step, begin in ((-2, (row, column)), (2, None)):
            row, column = begin or (row + 1, column + 3)
            while (row >= 0 and column < _INNER) if step < 0 else (row < _INNER and column >= 0):
                if row in range(_INNER) and column in range(_INNER) and (row, column) not in taken:
                    byte = [_wrapped(row + down, column + right) for down, right in _SHAPE]
                    taken.update(byte)
                    yield byte
                row, column = row + step, column - step
        row, column = row + 3, column + 1


_SHAPE = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))


def _in_the_corner(low: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Return a codeword that lies partly at the bottom left and partly at the top right."""
    right = _INNER - 1
    return [(row % _INNER, column) for row, column in low] + [
        (0, right - 1),
        *((row, right) for row in range(4)),
    ]


def _wrapped(row: int, column: int) -> tuple[int, int]:
    """Return the place of a module whose shape crosses the top or the left edge."""
    shift = 4 - (_INNER + 4) % 8
    if row < 0:
        row, column = row + _INNER, column + shift
    if column < 0:
        row, column = row + shift, column + _INNER
    return row, column


@cache
def _generator() -> tuple[int, ...]:
    """Return the generator polynomial, the highest power first, without its leading 1.

    Its roots are 2, 4, 8, ... 2^10.
    """
    roots = [
        reduce(lambda power, _: _times(power, 2), range(nth), 1)
        for nth in range(1, ERROR_CODEWORDS + 1)
    ]
    whole: tuple[int, ...] = (1,)
    for root in roots:
        whole = _by_root(whole, root)
    return whole[1:]


def _by_root(polynomial: tuple[int, ...], root: int) -> tuple[int, ...]:
    shifted = (*polynomial, 0)
    return tuple(
        high ^ _times(low, root) for high, low in zip(shifted, (0, *polynomial), strict=True)
    )


@cache
def _times(one: int, other: int) -> int:
    """Multiply in the Galois field GF(256)."""
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(15, 7, -1):
        if product >> bit & 1:
            product ^= _FIELD << (bit - 8)
    return product
