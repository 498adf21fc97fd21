"""Reading QR codes back from their modules by the standard, without our own table.

It reads only what we print, which are versions 1 to 6, level M, in bytes.
"""

from collections.abc import Iterator
from functools import cache, lru_cache, reduce
from operator import itemgetter, or_
from typing import Any, NamedTuple

from channels.press.page_reading import Rects, Spoiled, rectangle

_BLOCKS_M = {21: (16,), 25: (28,), 29: (44,), 33: (32, 32), 37: (43, 43), 41: (27, 27, 27, 27)}
"""By modules a side: how many bytes of data each block has (ISO/IEC 18004, level M)."""
_MASKS = (
    lambda row, column: (row + column) % 2,
    lambda row, _column: row % 2,
    lambda _row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
)
_LEVEL_M, _FORMAT_MASK = 0b00, 0b101010000010010
_BYTES = 0b0100
# bytes of a symbol's path that are looked up whole, and how many are remembered
_BEGINNING, _BEGINNINGS = (1_024, 16)


class _Modules(dict[bytes, int]):
    """Rectangles of a symbol as bits, each rectangle computed once."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self._begun: dict[bytes, int] = {}

    def symbol(self, path: bytes) -> int:
        """Return the modules of a whole symbol.

        Its beginning is the same for most of a run, and read once.
        """
        cut = path.rfind(b"\n", 0, _BEGINNING) + 1
        begins = self._begun.get(path[:cut])
        if begins is None:
            if len(self._begun) >= _BEGINNINGS:
                self._begun.clear()
            self._begun[path[:cut]] = begins = self._as_bits(path[:cut])
        return begins | self._as_bits(path[cut:])

    def _as_bits(self, path: bytes) -> int:
        return reduce(or_, map(self.__getitem__, path.splitlines()), 0)

    def __missing__(self, rect: bytes) -> int:
        side = self._side
        column, up, length, high = map(int, rectangle(rect))
        if not (column >= 0 < length and column + length <= side and 0 <= up < side and high == 1):
            raise Spoiled("a QR code has a module outside its square")
        if len(self) > side * side * 8:
            self.clear()
        first = (side - 1 - up) * side + column
        self[rect] = bits = ((1 << length) - 1) << (side * side - first - length)
        return bits


class Symbol(NamedTuple):
    """A symbol with its modules a side, and all modules from the top left as bits, where 1 is dark."""

    side: int
    bits: int

    def text(self) -> str:
        """Return the text of the symbol.

        Raises:
            Spoiled: it is no symbol of ours.
        """
        modules = f"{self.bits:0{self.side**2}b}"
        plan = _plan(self.side, _mask_of(modules, self.side))
        raw = int("".join(plan.pick(modules)), 2) ^ plan.mask
        header = (raw >> (plan.bits - 4), raw >> (plan.bits - 12) & 0xFF)
        if header[0] != _BYTES:
            raise Spoiled("a QR code does not hold bytes")
        length = header[1]
        body = raw >> (plan.bits - 12 - 8 * length) & ((1 << 8 * length) - 1)
        return body.to_bytes(length, "big").decode("latin-1")


class _Plan(NamedTuple):
    """The places of a symbol's data bits and their mask."""

    pick: Any  # the modules of the data, in order
    mask: int
    bits: int


def read_symbol(rects: Rects, size: float) -> Symbol:
    """Return the symbol that rectangles make, `size` points wide.

    Raises:
        Spoiled: it has a size that no symbol has.
    """
    side = round(size / rects.scale)
    if side not in _BLOCKS_M:
        raise Spoiled(f"a QR code has {side} modules a side")
    return Symbol(side, _modules(side).symbol(rects.path))


@cache
def _modules(side: int) -> _Modules:
    return _Modules(side)


def _mask_of(modules: str, side: int) -> int:
    """Return the mask named by the format information, which must be of level M."""
    row = 8 * side
    places = [*range(row, row + 6), row + 7, row + 8, row - side + 8]
    places += [line * side + 8 for line in range(5, -1, -1)]
    format_bits = int("".join(modules[place] for place in places), 2) ^ _FORMAT_MASK
    if format_bits >> 13 != _LEVEL_M:
        raise Spoiled("a QR code is not of level M")
    return format_bits >> 10 & 0b111


@lru_cache(maxsize=64)
def _plan(side: int, mask: int) -> _Plan:
    """Return the places of a symbol's data bits, in the order of the data."""
    path = list(_zigzag(side))
    blocks = _BLOCKS_M[side]
    count = sum(blocks)
    order: list[int] = []
    for block in range(len(blocks)):
        order += [word * len(blocks) + block for word in range(blocks[block])]
    assert len(order) == count  # noqa: S101  blocks of one symbol are equally long
    places = [path[8 * word + bit] for word in order for bit in range(8)]
    masked = "".join("1" if _MASKS[mask](row, column) == 0 else "0" for row, column in places)
    return _Plan(
        itemgetter(*(row * side + column for row, column in places)), int(masked, 2), 8 * count
    )


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Yield the modules that carry data, two columns at a time, up and down from the bottom right."""
    upwards = True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        rows = range(side - 1, -1, -1) if upwards else range(side)
        for row in rows:
            for column in (right, right - 1):
                if not _is_fixed(row, column, side):
                    yield row, column
        upwards = not upwards


def _is_fixed(row: int, column: int, side: int) -> bool:
    """Say whether a module belongs to a finder, timing or alignment pattern or the format information."""
    finder, far = 9, side - 8
    corner = (row < finder or row >= far) and (column < finder or column >= far)
    corner = corner and (row < finder or column < finder)
    centre = side - 7
    aligned = side > 21 and abs(row - centre) <= 2 and abs(column - centre) <= 2  # noqa: PLR2004
    return corner or aligned or row == 6 or column == 6  # noqa: PLR2004  the timing patterns
