"""The place of the header in a file that has titles above it, and columns without a name."""

import csv
from collections.abc import Iterable, Sequence

LOOKED_AT = 20
"""So many lines of a file may stand before its header ends."""
_TITLE = 2  # cells at most
_TABLE = 4  # columns at least, for a line before it to be a title


def lines_before_header(lines: Sequence[str], delimiters: Iterable[str]) -> int:
    """Return how many of a file's first lines are blank or titles, with `sep=;` among them.

    A title has at most two cells, while the table below it has more columns.
    """
    delimiter = max(delimiters, key=lambda sign: max(line.count(sign) for line in lines))
    filled = [_filled(line, delimiter) for line in lines]
    table = max(filled) >= _TABLE
    for index, line in enumerate(lines):
        title = not line.strip() or line.casefold().startswith("sep=")
        # a cell of the header that goes on in the next line looks like a title
        if not title and not (table and filled[index] <= _TITLE and not line.count('"') % 2):
            return index
    return 0


def _filled(line: str, delimiter: str) -> int:
    return sum(bool(cell.strip().strip('"')) for cell in line.split(delimiter))


def split_names(header: str, delimiter: str) -> list[str]:
    """Return the names of the columns, empty where a column has none."""
    record = next(csv.reader(header.splitlines(keepends=True), delimiter=delimiter))
    return [" ".join(name.split()) for name in record]


def without_unnamed(cells: list[str], unnamed: Sequence[int], width: int) -> list[str] | None:
    """Return a record without the cells of unnamed columns, or None where one of them is filled.

    `width` is the number of columns with and without a name. A record may end before the last
    unnamed ones.
    """
    inside = [index for index in unnamed if index < len(cells)]
    if any(cells[index].strip() for index in inside):
        return None
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    dropped = set(inside)
    return [cell for index, cell in enumerate(cells) if index not in dropped]
