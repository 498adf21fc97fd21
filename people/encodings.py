"""Detection of a text file's encoding by the letters that it gives."""

import codecs
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from store.errors import BadInput

# A tie goes to the first: what Dutch systems write most.
_SINGLE_BYTE = ("cp1252", "iso-8859-15", "cp850", "cp1254", "cp1250", "mac-roman")
_COMMON = frozenset("éèëêïíìîöóòôüúùûäáàâçñåøæœßÉÈËÊÏÍÖÓÔÜÚÛÄÁÀÂÇÑÅØÆŠšŽž€")
_RARER = frozenset("łŁąĄęĘśŚżŻźŹćĆńŃıİşŞğĞčČřŘěĚůŮőŐűŰãõÃÕ")
_QUOTES = frozenset("\u2018\u2019\u201c\u201d\u2013\u2014\u00a0")
_LINES = 5_000
_CHUNK = 1 << 20


def detect(file: Path) -> str:
    """Return the encoding of a text file by its Python name.

    Raises:
        BadInput: no encoding we know gives text.
        OSError: it cannot be read.
    """
    with file.open("rb") as data:
        start = data.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        return _wide(file, start)
    if _is_utf8(file):
        return "utf-8"
    lines = list(islice(_lines_beyond_ascii(file), _LINES))
    scores = {encoding: _score(encoding, lines) for encoding in _SINGLE_BYTE}
    return max(scores, key=lambda encoding: scores[encoding])


def _wide(file: Path, start: bytes) -> str:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) // 4:
        raise BadInput("is not a text file", "export it as CSV", file=str(file))
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as data:
            while chunk := data.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines_beyond_ascii(file: Path) -> Iterator[bytes]:
    with file.open("rb") as data:
        for line in data:
            if not line.isascii():
                yield line


def _score(encoding: str, lines: list[bytes]) -> int:
    return sum(_score_line(line.decode(encoding, errors="replace")) for line in lines)


def _score_line(line: str) -> int:
    padded = f" {line} "
    score = 0
    for index, letter in enumerate(padded):
        if not letter.isascii():
            score += _score_letter(padded[index - 1], letter, padded[index + 1])
    return score


def _score_letter(before: str, letter: str, after: str) -> int:
    """Return how likely a letter is between its neighbours.

    Names are written in letters, and capitals come first.
    """
    if letter == "\ufffd" or "\x80" <= letter <= "\x9f":
        return -10
    if letter.isupper() and before.islower():
        return -3
    if letter in _COMMON:
        return 4
    if letter in _RARER:
        return 3
    if letter in _QUOTES:
        return 1
    in_word = before.isalpha() or after.isalpha()
    return 0 if letter.isalpha() else (-3 if in_word else -1)
