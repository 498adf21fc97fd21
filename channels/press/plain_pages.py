"""A fast reader of the pages of a file that is byte for byte as `PdfWriter` writes it.

Half of the gate's time went into asking a library for the same dictionary, page after page. Our own
writer's files have one shape, and this reader knows only that shape: one cross-reference table, one
level of page tree, and pages that differ only in their numbers. A file that is not exactly so is
read by pikepdf instead. The first page, which all others are like, is always checked by pikepdf.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.press.compression import inflate
from channels.press.page_reading import Spoiled

_NUMBERS = rb"[-\d. ]+"
_END = re.compile(
    rb"trailer\n<</Size (\d+)/Root (\d+) 0 R/Info \d+ 0 R/ID\[<[0-9a-f]+><[0-9a-f]+>\]>>\nstartxref\n(\d+)\n%%EOF\n\Z"
)
_ROOT = re.compile(rb"(\d+) 0 obj\n<</Type/Catalog/Pages (\d+) 0 R")
_TREE = re.compile(rb"(\d+) 0 obj\n<</Type/Pages/Count (\d+)/Kids\[((?:\d+ 0 R ?)*+)\]>>\nendobj\n")
_NODE = re.compile(
    rb"(\d+) 0 obj\n<</Type/Pages/Parent (\d+) 0 R/Count (\d+)/Kids\[((?:\d+ 0 R ?)++)\]>>\nendobj\n"
)
_PAGE = re.compile(
    rb"(\d+) 0 obj\n<</Type/Page/Parent (\d+) 0 R/Contents (\d+) 0 R"
    rb"(/Resources \d+ 0 R/MediaBox\[%b\]/BleedBox\[%b\]/TrimBox\[%b\])>>\nendobj\n"
    % ((_NUMBERS,) * 3)
)
_STREAM = re.compile(rb"(\d+) 0 obj\n<</Filter/FlateDecode/Length (\d+)>>stream\n")
_STREAM_ENDS = b"\nendstream\nendobj\n"
_KID = re.compile(rb"(\d+) 0 R ?")
_ENTRY = 20  # bytes of one place in the table
_TAIL = 300  # bytes in which the trailer stands


class _NotPlain(Exception):
    """Something in the file is not as our writer writes it."""


@dataclass(frozen=True, kw_only=True)
class PlainPages:
    """The pages of a plain file in order.

    Each has the dictionary of the first, but for its content stream.
    """

    tree: int  # the number of the page tree
    first: int  # the number of the first page
    contents: Sequence[int]  # the number of each page's content stream
    _data: bytes
    _places: bytes  # the table of places, as it stands in the file

    def content(self, number: int) -> bytes:
        """Return a content stream.

        Raises:
            Spoiled: it is none, or does not hold together.
        """
        try:
            found = _object(_STREAM, self._data, self._places, number)
        except _NotPlain:
            raise Spoiled("its content is not where the file says") from None
        start, length = found.end(), int(found[2])
        if not self._data.startswith(_STREAM_ENDS, start + length):
            raise Spoiled("its content does not end where the file says")
        try:
            return inflate(self._data[start : start + length])
        except zlib.error as error:
            raise Spoiled(f"its content cannot be read: {error}") from None


def plain_pages(data: bytes) -> PlainPages | None:
    """Return the pages of a file, or None where it is not exactly as our writer writes it."""
    try:
        places, root = _table(data)
        tree = int(_object(_ROOT, data, places, root)[2])
        pages = list(_pages(data, places, tree))
    except _NotPlain:
        return None
    # one of them says something of its own, or there is none
    if len({page[4] for page in pages}) != 1:
        return None
    return PlainPages(
        tree=tree,
        first=int(pages[0][1]),
        contents=[int(page[3]) for page in pages],
        _data=data,
        _places=places,
    )


def _table(data: bytes) -> tuple[bytes, int]:
    """Return the cross-reference table and the number of the catalog."""
    end = _END.search(data, max(0, len(data) - _TAIL))
    if end is None:
        raise _NotPlain
    size, start = int(end[1]), int(end[3])
    head = b"xref\n0 %d\n" % size
    begins = start + len(head)
    if data[start:begins] != head or begins + size * _ENTRY != end.start():
        raise _NotPlain
    return data[begins : end.start()], int(end[2])


def _place(places: bytes, number: int) -> int:
    """Return the offset of an object."""
    entry = places[number * _ENTRY : (number + 1) * _ENTRY]
    if entry[10:] != b" 00000 n \n" or not entry[:10].isdigit():
        raise _NotPlain
    return int(entry[:10])


def _pages(data: bytes, places: bytes, tree: int) -> Iterator[re.Match[bytes]]:
    """Yield the pages in order, as matches of number, parent, content stream and other entries."""
    top = _object(_TREE, data, places, tree)
    count = 0
    for number in _listed(top[3]):
        node = _object(_NODE, data, places, number)
        kids = _listed(node[4])
        if node[2] != top[1] or int(node[3]) != len(kids):
            raise _NotPlain
        count += len(kids)
        for kid in kids:
            page = _object(_PAGE, data, places, kid)
            if page[2] != node[1]:
                raise _NotPlain
            yield page
    if int(top[2]) != count:
        raise _NotPlain


def _object(shape: re.Pattern[bytes], data: bytes, places: bytes, number: int) -> re.Match[bytes]:
    found = shape.match(data, _place(places, number))
    if found is None or int(found[1]) != number:
        raise _NotPlain
    return found


def _listed(kids: bytes) -> list[int]:
    return [int(number) for number in _KID.findall(kids)]
