"""Compression of streams with libdeflate where it is installed, and with zlib otherwise.

Composing is mostly waiting for the compressor, so the choice is worth an optional dependency. The
same compressor gives the same bytes every time. Two compressors give two files with the same
content.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

QUICK = 1
"""For libdeflate: already as small as zlib's middle levels, in a third of the time."""
THOROUGH = 6
"""For zlib, and for what is written once and read often."""

_MOST_OF_A_PAGE = 1 << 15


@dataclass(frozen=True, slots=True)
class Deflater:
    """A compressor with its name."""

    name: str
    deflate: Callable[[bytes], bytes]


def inflate(data: bytes) -> bytes:
    """Decompress data, with libdeflate where it is installed, which takes half of zlib's time.

    Raises:
        zlib.error: it does not hold together.
    """
    return _inflater()(data)


@cache
def best_deflater() -> Deflater:
    """Return libdeflate at its quickest where it is installed, and zlib otherwise."""
    return libdeflate(QUICK) or zlib_at(THOROUGH)


def libdeflate(level: int) -> Deflater | None:
    """Return libdeflate at a level from 1 to 12, or None where it is not installed."""
    try:
        compress = import_module("deflate").zlib_compress
    except ImportError:
        return None
    return Deflater(f"libdeflate-{level}", lambda data: bytes(compress(data, level)))


@cache
def _inflater() -> Callable[[bytes], bytes]:
    """Return libdeflate's decompressor, with zlib for what exceeds its buffer, or zlib's alone."""
    try:
        module = import_module("deflate")
    except ImportError:
        return zlib.decompress

    def inflate_quickly(data: bytes) -> bytes:
        try:
            return bytes(module.zlib_decompress(data, _MOST_OF_A_PAGE))
        except module.DeflateError:
            # more than a page mostly has, or broken: then zlib says so
            return zlib.decompress(data)

    return inflate_quickly


def zlib_at(level: int) -> Deflater:
    """Return zlib at a level from 1 to 9."""
    return Deflater(f"zlib-{level}", lambda data: zlib.compress(data, level))
