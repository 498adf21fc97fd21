"""Read a carrier's sort file, with the order of a run and the carrier's codes for each piece."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.card.frames import CARRIER, CARRIER_MARK
from channels.card.layout import Layout
from channels.pieces import MOST_RECORDS
from channels.press.data_matrix import DATA_CODEWORDS
from store.errors import BadInput
from store.sentences import Sentence

NEEDED, ADDED = ("piece_id", "sort_order"), ("code_line", "print_line", "code_2d")
_DIGITS = 2 * DATA_CODEWORDS  # that a Data Matrix of fourteen modules holds
# the characters of a carrier's codes, too few for a name with accents or a sentence
_LINE = re.compile(r"[A-Za-z0-9 .,:;/+*#()-]{0,60}")


@dataclass(frozen=True, slots=True)
class SortedPiece:
    """One piece in the carrier's order."""

    piece_id: str
    order: int
    line: int  # of the file
    words: Mapping[str, str]  # what is added to the words of its message


def read_carrier_file(file: Path, known: Collection[str], layout: Layout) -> list[SortedPiece]:
    """Read a carrier's sort file, and return its pieces in order.

    Args:
        file: CSV in UTF-8, with the columns `NEEDED` and any of `ADDED`.
        known: The pieces of the run: each must be in it once.
        layout: Where what it adds must have a place.

    Raises:
        BadInput: a column, a piece, an order or a code is not as it must be, or the layout has no room.
    """
    found, seen = list[SortedPiece](), dict[str, int]()
    for line, row in _rows(file):
        each = _sorted(row, str(file), line, layout)
        if each.piece_id not in known:
            raise BadInput(
                Sentence("{seen!r} is not a piece of this run", seen=each.piece_id[:40]),
                "ask the carrier",
                file=str(file),
                line=line,
            )
        for what in (f"piece {each.piece_id}", f"order {each.order}"):
            if (before := seen.setdefault(what, line)) != line:
                raise BadInput(
                    Sentence(
                        "the {what} stands on line {before} already", what=what, before=before
                    ),
                    "ask the carrier",
                    file=str(file),
                    line=line,
                )
        found.append(each)
    if missing := sorted(set(known) - {each.piece_id for each in found}):
        problem = Sentence(
            "{count} of {total} pieces are missing, {first} to begin with",
            count=len(missing),
            total=len(known),
            first=missing[0],
        )
        raise BadInput(problem, "every piece of the run must be in it once", file=str(file))
    return sorted(found, key=lambda each: each.order)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8", "save it as UTF-8", file=str(file)) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="", strict=True)
    try:
        _check_columns(reader.fieldnames or (), str(file))
        for row in reader:
            if "" in row:
                raise BadInput(
                    "has more cells than the first line",
                    "quote what has a comma in it",
                    file=str(file),
                    line=reader.line_num,
                )
            yield reader.line_num, row
    except csv.Error as error:
        raise BadInput(
            Sentence("is not CSV ({error})", error=error),
            "ask the carrier",
            file=str(file),
            line=reader.line_num,
        ) from None


def _check_columns(columns: Collection[str], file: str) -> None:
    if lacking := [name for name in NEEDED if name not in columns]:
        raise BadInput(
            Sentence("has no column {lacking}", lacking=lacking[0]),
            Sentence("its first line names {needed}", needed=", ".join(NEEDED)),
            file=file,
            line=1,
        )
    if odd := [name for name in columns if name not in (*NEEDED, *ADDED)]:
        raise BadInput(
            Sentence("has a column {odd!r} that is not known", odd=odd[0][:40]),
            Sentence("known are {added}", added=", ".join(ADDED)),
            file=file,
            line=1,
        )
    if len(set(columns)) < len(columns):
        raise BadInput("has a column twice", "name each column once", file=file, line=1)


def _sorted(row: Mapping[str, str], file: str, line: int, layout: Layout) -> SortedPiece:
    order = row["sort_order"].strip()
    if not (order.isascii() and order.isdigit() and len(order) <= len(str(MOST_RECORDS)) + 2):
        raise BadInput(
            Sentence("{seen!r} is not a place in an order", seen=order[:40]),
            "write a whole number",
            file=file,
            line=line,
            field="sort_order",
        )
    words = {CARRIER: _lines(row, file, line, layout), CARRIER_MARK: _mark(row, file, line, layout)}
    said = {part: text for part, text in words.items() if text}
    return SortedPiece("".join(row["piece_id"].split()), int(order), line, said)


def _lines(row: Mapping[str, str], file: str, line: int, layout: Layout) -> str:
    given = {name: " ".join(row.get(name, "").split()) for name in ("code_line", "print_line")}
    for name, text in given.items():
        if not _LINE.fullmatch(text):
            raise BadInput(
                "has characters that a carrier's line cannot have, or is too long",
                "ask the carrier",
                file=file,
                line=line,
                field=name,
            )
        if text and layout.carrier is None:
            raise BadInput(
                "the layout has no room for it",
                "it takes a [carrier] in layout.toml",
                file=file,
                line=line,
                field=name,
            )
    return "\n".join(filter(None, given.values()))


def _mark(row: Mapping[str, str], file: str, line: int, layout: Layout) -> str:
    said = row.get("code_2d", "").strip()
    if said and (layout.carrier is None or layout.carrier.mark is None):
        raise BadInput(
            "the layout has no room for it",
            "it takes a [carrier.mark] in layout.toml",
            file=file,
            line=line,
            field="code_2d",
        )
    if said and (len(said) > _DIGITS or not (said.isascii() and said.isdigit())):
        remedy = Sentence(
            "we draw Data Matrices of at most {digits} digits, and no others yet", digits=_DIGITS
        )
        raise BadInput("cannot be drawn", remedy, file=file, line=line, field="code_2d")
    return said
