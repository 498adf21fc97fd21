"""Find the line of a key in a TOML text, which the standard library does not tell."""

import re
from collections.abc import Iterator

_TABLE = re.compile(r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"\s*((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*="
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)")

Location = tuple[str | int, ...]


def line_of(source: str, location: Location) -> int | None:
    """Return the line (1 is the first) of the deepest part of `location` that the text has.

    None where it has none.

    Good for the files people write: a table or a key a line. What stands inside an inline table is found by its key.
    """
    best, line = 0, None
    for number, place in _places(source):
        depth = min(
            len(place), len(location)
        )  # a table may only be there through the tables below it
        if place[:depth] == location[:depth] and depth > best:
            best, line = depth, number
    return line


def line_in(complaint: str) -> int | None:
    """Return the line that a complaint of the standard library's reader names."""
    found = _WHERE.search(complaint)
    return int(found[1]) if found else None


def _places(source: str) -> Iterator[tuple[int, Location]]:
    """Yield where each table and each key of the text stands."""
    table: Location = ()
    times: dict[Location, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if found := _TABLE.match(line):
            table = _parts(found[1])
            if line.lstrip().startswith("[["):
                times[table] = times.get(table, -1) + 1
                table = (*table, times[table])
            yield number, table
        elif found := _KEY.match(line):
            yield number, (*table, *_parts(found[1]))


def _parts(text: str) -> Location:
    return tuple(next(filter(None, found), "") for found in _PART.findall(text))
