"""A streaming PDF writer that writes each object at once and keeps only its offset.

A hundred thousand cards take as much memory as one, but for eight bytes an object. Objects may be written in any
order; a number may be reserved before its object is known.
"""

from array import array
from collections.abc import Iterable
from typing import BinaryIO

from channels.press.compression import Deflater

_KIDS = 128  # pages below one node of the page tree
_STREAM_ENDS = b"\nendstream\nendobj\n"
_PAGE = b"%d 0 obj\n<</Type/Page/Parent %d 0 R/Contents %d 0 R%b>>\nendobj\n"
_HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"


class PdfWriter:
    """A PDF being written into a file that is open for writing in binary, at its start."""

    def __init__(self, file: BinaryIO, deflater: Deflater) -> None:
        self._file = file
        self._deflate = deflater.deflate
        self._at = len(_HEADER)
        self._places = array("Q", [0])  # by object number; 0 where nothing was written yet
        self._nodes: list[tuple[int, array[int]]] = []  # of the page tree: its number, its pages
        file.write(_HEADER)
        self.root = self.reserve()
        self.pages = self.reserve()

    def reserve(self) -> int:
        """Return the number of an object that is written later."""
        self._places.append(0)
        return len(self._places) - 1

    def put(self, body: bytes, number: int | None = None) -> int:
        """Write an object and return its number."""
        number = self.reserve() if number is None else number
        whole = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._places[number] = self._at
        self._at += len(whole)
        self._file.write(whole)
        return number

    def stream(self, data: bytes, dictionary: bytes = b"", number: int | None = None) -> int:
        """Compress and write a stream.

        `dictionary` holds its entries besides length and filter.
        """
        packed = self._deflate(data)
        number = self.reserve() if number is None else number
        head = b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d>>stream\n" % (
            number,
            dictionary,
            len(packed),
        )
        self._places[number] = self._at
        self._at += len(head) + len(packed) + len(_STREAM_ENDS)
        self._file.writelines((head, packed, _STREAM_ENDS))
        return number

    def page(self, dictionary: bytes, contents: int) -> None:
        """Write the next page, with the entries of its dictionary and the number of its content stream."""
        if not self._nodes or len(self._nodes[-1][1]) == _KIDS:
            self._nodes.append((self.reserve(), array("Q")))
        node, kids = self._nodes[-1]
        number = len(self._places)
        whole = _PAGE % (number, node, contents, dictionary)
        kids.append(number)
        self._places.append(self._at)
        self._at += len(whole)
        self._file.write(whole)

    def close(self, *, catalog: bytes, info: bytes, file_id: bytes) -> None:
        """Write the page tree, the catalog, the information dictionary and the cross-reference table.

        Args:
            catalog: what the catalog's dictionary says besides its pages.
            info: the whole information dictionary.
            file_id: sixteen bytes, the same for the same content.
        """
        self._put_pages()
        self.put(b"<</Type/Catalog/Pages %d 0 R%b>>" % (self.pages, catalog), self.root)
        about = self.put(info)
        start = self._at
        self._file.writelines(self._table())
        identity = file_id.hex().encode()
        self._file.write(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._places), self.root, about, identity, identity, start)
        )

    def _put_pages(self) -> None:
        count = 0
        for node, kids in self._nodes:
            listed = _references(kids)
            self.put(
                b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>"
                % (self.pages, len(kids), listed),
                number=node,
            )
            count += len(kids)
        nodes = _references(node for node, _ in self._nodes)
        self.put(b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, nodes), self.pages)

    def _table(self) -> Iterable[bytes]:
        """Yield the cross-reference table.

        A reserved number without an object is in it as free.
        """
        yield b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places)
        for place in self._places[1:]:
            yield b"%010d 00000 n \n" % place if place else b"0000000000 00000 f \n"


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def text_string(text: str) -> bytes:
    """Return text as a PDF string, in ASCII where possible and in UTF-16 otherwise."""
    raw = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    return literal(raw)


def literal(raw: bytes) -> bytes:
    """Return bytes as a PDF string."""
    return b"(%b)" % escaped(raw)


def escaped(raw: bytes) -> bytes:
    """Return bytes escaped for use inside a PDF string."""
    if b"\\" in raw:
        raw = raw.replace(b"\\", b"\\\\")
    if b"(" in raw:
        raw = raw.replace(b"(", b"\\(")
    if b")" in raw:
        raw = raw.replace(b")", b"\\)")
    if b"\r" in raw:
        raw = raw.replace(b"\r", b"\\r")
    return raw
