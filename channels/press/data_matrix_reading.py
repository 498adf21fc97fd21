"""Reading Data Matrix symbols back from their modules by the standard, without our own table."""

from functools import cache, reduce
from operator import itemgetter, or_
from typing import Any

from channels.press.data_matrix import DATA_CODEWORDS, MODULES, PAIR, error_codewords, places
from channels.press.page_reading import Rects, Spoiled, rectangle

_BITS = 16 * MODULES  # rows padded to whole bytes
_PAD = 129


class _Modules(dict[bytes, int]):
    """Rectangles of a symbol as bits, each rectangle computed once."""

    def __missing__(self, rect: bytes) -> int:
        column, up, length, high = map(int, rectangle(rect))
        if not (
            column >= 0 < length and column + length <= MODULES and 0 <= up < MODULES and high == 1
        ):
            raise Spoiled("a Data Matrix has a module outside its square")
        first = (MODULES - 1 - up) * 16 + column
        self[rect] = bits = ((1 << length) - 1) << (_BITS - first - length)
        return bits


_KNOWN = _Modules()


def read_matrix(rects: Rects) -> str:
    """Return the digits of a symbol.

    Raises:
        Spoiled: it is no symbol of ours, or one of its bytes is wrong: what is printed need not be mended.
    """
    bits = reduce(or_, map(_KNOWN.__getitem__, rects.path.splitlines()), 0)
    modules = f"{bits:0{_BITS}b}"
    codewords = int("".join(_codeword_bits()(modules)), 2).to_bytes(DATA_CODEWORDS + 10, "big")
    if (
        _edge()(modules) != _WHOLE
        or error_codewords(codewords[:DATA_CODEWORDS]) != codewords[DATA_CODEWORDS:]
    ):
        raise Spoiled("a Data Matrix does not hold together")
    return _digits(codewords[:DATA_CODEWORDS])


def _digits(data: bytes) -> str:
    codewords = data.split(bytes([_PAD]), 1)[0]
    if any(
        byte < ord("1") or byte >= PAIR + 100 or ord("9") + 1 < byte < PAIR for byte in codewords
    ):
        raise Spoiled("a Data Matrix holds something else than digits")
    return "".join([f"{byte - PAIR:02}" if byte >= PAIR else chr(byte - 1) for byte in codewords])


@cache
def _codeword_bits() -> Any:
    return itemgetter(*places())


@cache
def _edge() -> Any:
    """Return a getter of the finder pattern.

    Left and bottom come first, then the dashes at the top and the right.
    """
    left = [16 * row for row in range(MODULES)]
    bottom = [16 * (MODULES - 1) + column for column in range(MODULES)]
    top = list(range(MODULES))
    right = [16 * row + MODULES - 1 for row in range(MODULES)]
    return itemgetter(*left, *bottom, *top, *right)


_WHOLE = tuple("1" * (2 * MODULES) + "10" * (MODULES // 2) + "01" * (MODULES // 2))
