"""Read a carrier's sort file, with the order of a run and the carrier's codes for each piece."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from channels.answer_words import NEAR, plain
from channels.card.frames import CARRIER, CARRIER_MARK
from channels.card.layout import Layout
from channels.pieces import MOST_RECORDS, padded_piece_id
from channels.press.data_matrix import DATA_CODEWORDS
from people import encodings
from people.sheets import Refused, Sheet, read_sheet
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


@dataclass(frozen=True, slots=True)
class CarrierFile:
    """A carrier's sort file as it was read."""

    pieces: Sequence[SortedPiece]  # in the carrier's order
    ignored: tuple[str, ...]  # columns that say nothing to us


def read_carrier_file(
    file: Path,
    known: Collection[str],
    layout: Layout,
    *,
    names: Mapping[str, str] | None = None,
) -> CarrierFile:
    """Read a carrier's sort file.

    Args:
        file: CSV with the columns `NEEDED`, any of `ADDED`, and any of the carrier's own.
        names: How the carrier calls these columns, by our names, where it has others.
        known: The pieces of the run: each must be in it once.
        layout: Where what it adds must have a place.

    Raises:
        BadInput: a column, a piece, an order or a code is not as it must be, or the layout has no room.
    """
    found, seen = list[SortedPiece](), dict[str, int]()
    sheet, ignored = _open(file, names or {})
    for line, row in _rows(sheet):
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
    return CarrierFile(sorted(found, key=lambda each: each.order), ignored)


def _open(file: Path, names: Mapping[str, str]) -> tuple[Sheet, tuple[str, ...]]:
    """Return the file under our names of columns, and the columns that are ignored."""
    found = encodings.detect(file)
    sheet = read_sheet(file, encoding="utf-8-sig" if found == "utf-8" else found)
    columns = _columns(sheet.columns, names, str(file))
    ours = {*NEEDED, *ADDED}
    ignored = [
        theirs
        for theirs, name in zip(sheet.columns, columns, strict=True)
        if theirs and name not in ours
    ]
    return replace(sheet, columns=columns), tuple(ignored)


def _rows(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    for row in sheet.rows():
        if isinstance(row, Refused):
            raise BadInput(row.problem, "ask the carrier", file=str(sheet.file), line=row.line)
        yield row.line, {name: row[name] for name in (*NEEDED, *ADDED)}


def _columns(columns: Sequence[str], names: Mapping[str, str], file: str) -> tuple[str, ...]:
    """Return the columns under our names. What is the carrier's own keeps its name and is ignored."""
    ours = {plain(names.get(name, name)): name for name in (*NEEDED, *ADDED)}
    found = [ours.get(plain(column)) for column in columns]
    for name in (*NEEDED, *ADDED):
        if found.count(name) > 1:
            raise BadInput(
                "stands twice in the header", "name each column once", file=file, line=1, field=name
            )
    if lacking := [name for name in NEEDED if name not in found]:
        raise BadInput(
            Sentence("has no column {lacking}", lacking=names.get(lacking[0], lacking[0])),
            "say in the shop's file, under [carrier_map], how the carrier calls it",
            file=file,
            line=1,
        )
    _refuse_near_names(columns, found, ours, file)
    return tuple(name or f"({place})" for place, name in enumerate(found, 1))


def _refuse_near_names(
    columns: Sequence[str], found: Sequence[str | None], ours: Mapping[str, str], file: str
) -> None:
    # a code line spelled wrong would be left off every piece in silence
    for column, name in zip(columns, found, strict=True):
        close = [] if name else get_close_matches(plain(column), ours, n=1, cutoff=NEAR)
        if close and ours[close[0]] not in found:
            raise BadInput(
                "is not a column of a carrier's file",
                Sentence("write {ours}, or take it out", ours=ours[close[0]]),
                file=file,
                line=1,
                field=column[:40],
            )


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
    return SortedPiece(padded_piece_id(row["piece_id"]), int(order), line, said)


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
