"""Data Matrix symbols from a table: the number on a piece of post, for the scanner of a press or of a mail room.

A telephone offers its owner what a QR code says; hardly any reads this one by itself, so a citizen has one code to
point at. The symbol has 14 modules a side (ISO/IEC 16022, ECC 200): eight bytes of data, in which two digits are one
byte, and ten to mend it with. The bytes that mend are sums modulo 2 of bits of the others, so the symbol of any number
is the sum of one pattern for each of its bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import getitem, xor

from channels.press.qr import ModulePaths

MODULES = 14
"""Along one side."""
DATA, MENDING = 8, 10
"""Bytes of a symbol that say something, and bytes that mend them."""
PAIR = 130
"""Two digits are this much more than their number."""
_PAD = 129
_INNER = MODULES - 2  # modules along one side within the border
_ACROSS = 16  # bits of a row, padded to whole bytes
_FIELD = 0x12D  # the polynomial of the field that the mending bytes are reckoned in


@dataclass(frozen=True)
class DataMatrices:
    """The symbols of all numbers of at most sixteen digits."""

    _border: int
    _patterns: tuple[tuple[int, ...], ...]  # by the place of a byte and its value
    _paths: tuple[ModulePaths, ...]

    def symbol(self, digits: str) -> int:
        """Return the modules of a number as bits, row by row from the top, each row padded to sixteen; dark is 1."""
        return reduce(xor, map(getitem, self._patterns, spelled(digits)), self._border)

    def path(self, digits: str) -> bytes:
        """Return the dark modules as rectangles of one path: a module is one unit, the origin is the bottom left."""
        return b"".join(map(getitem, self._paths, self.symbol(digits).to_bytes(MODULES * 2, "big")))


@cache
def data_matrices() -> DataMatrices:
    """Return the table, made once."""
    paths = (
        ModulePaths(8 * byte, MODULES - 1 - row) for row in range(MODULES) for byte in range(2)
    )
    return DataMatrices(_border(), tuple(map(_patterns, range(DATA))), tuple(paths))


def spelled(digits: str) -> bytes:
    """Return the eight bytes that say a number: two digits a byte, a last single one as itself, then padding.

    Raises:
        ValueError: it has more than sixteen digits, or something else than digits.
    """
    if len(digits) > 2 * DATA or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} is no number of at most {2 * DATA} digits")
    paired = [PAIR + int(digits[at : at + 2]) for at in range(0, len(digits) - 1, 2)]
    said = paired + [ord(digits[-1]) + 1] * (len(digits) % 2)
    return bytes([*said, *_padding(len(said))])


def mending(data: bytes) -> bytes:
    """Return the ten bytes that mend eight: the sum of what each of the eight, alone, would leave."""
    return reduce(xor, map(_left_by, range(DATA), data)).to_bytes(MENDING, "big")


@cache
def _left_by(place: int, byte: int) -> int:
    """Return what is left of one byte in its place after division by the polynomial of the standard."""
    rest = [0] * MENDING
    for each in (byte, *(0,) * (DATA - 1 - place)):
        lead = each ^ rest[0]
        rest = [
            was ^ _times(lead, by) for was, by in zip([*rest[1:], 0], _generator(), strict=True)
        ]
    return int.from_bytes(bytes(rest), "big")


@cache
def places() -> tuple[int, ...]:
    """Return where each bit of the eighteen bytes stands, from the first byte's highest bit on.

    A place counts bits of rows padded to sixteen, as `DataMatrices.symbol` does, border included.
    """
    found: dict[int, list[tuple[int, int]]] = dict(enumerate(_walk()))
    return tuple(
        (row + 1) * _ACROSS + column + 1 for byte in sorted(found) for row, column in found[byte]
    )


def _padding(used: int) -> Iterator[int]:
    """Yield what fills the places after the data: a stop, and then bytes that look like nothing."""
    if used < DATA:
        yield _PAD
    for place in range(used + 2, DATA + 1):
        byte = _PAD + 149 * place % 253 + 1
        yield byte - 254 if byte > 254 else byte  # noqa: PLR2004  the rule of the standard


def _patterns(place: int) -> tuple[int, ...]:
    """Return by each value of the byte in one place what it adds to the symbol."""
    by_bit = [
        _laid(bytes(1 << bit if at == place else 0 for at in range(DATA))) for bit in range(8)
    ]
    return tuple(
        reduce(xor, (by_bit[bit] for bit in range(8) if value >> bit & 1), 0)
        for value in range(256)
    )


def _laid(data: bytes) -> int:
    bits = "".join(f"{byte:08b}" for byte in data + mending(data))
    return sum(
        1 << (_ACROSS * MODULES - 1 - at)
        for at, bit in zip(places(), bits, strict=True)
        if bit == "1"
    )


def _border() -> int:
    """Return the solid edge at the left and the bottom, and the dashes at the top and the right."""
    edge = {(row, 0) for row in range(MODULES)} | {
        (MODULES - 1, column) for column in range(MODULES)
    }
    dashes = {(0, column) for column in range(0, MODULES, 2)} | {
        (row, MODULES - 1) for row in range(1, MODULES, 2)
    }
    return sum(1 << (_ACROSS * (MODULES - row) - 1 - column) for row, column in edge | dashes)


def _walk() -> Iterator[list[tuple[int, int]]]:
    """Yield for each byte the places of its bits: slanting up and down over the square, as the standard walks it."""
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
    """Return a byte that lies partly at the bottom left and partly at the top right."""
    right = _INNER - 1
    return [(row % _INNER, column) for row, column in low] + [
        (0, right - 1),
        *((row, right) for row in range(4)),
    ]


def _wrapped(row: int, column: int) -> tuple[int, int]:
    """Return where a module stands whose shape reaches over the top or the left edge."""
    shift = 4 - (_INNER + 4) % 8
    if row < 0:
        row, column = row + _INNER, column + shift
    if column < 0:
        row, column = row + shift, column + _INNER
    return row, column


@cache
def _generator() -> tuple[int, ...]:
    """Return the polynomial with the roots 2, 4, 8, ... 2^10, without its leading 1, the highest power first."""
    roots = [
        reduce(lambda power, _: _times(power, 2), range(nth), 1) for nth in range(1, MENDING + 1)
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
    """Multiply in the field."""
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(15, 7, -1):
        if product >> bit & 1:
            product ^= _FIELD << (bit - 8)
    return product
