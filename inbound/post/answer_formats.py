"""Read the rows of an answer from CSV or JSON, each with its line number.

    {"run": "cards-w1-000001", "kind": "printed", "rows": [{"file": "cards-w1-000001-001.pdf", "pieces": 2500}]}

Fields beside `rows` apply to every row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from channels.answer_words import COLUMNS, AnswerWords, Heading
from people import encodings
from people.sheets import (
    LONGEST_FIELD,
    MOST_COLUMNS,
    REFUSED_COLUMNS,
    Refused,
    Row,
    Sheet,
    not_utf8,
    read_sheet,
)
from store.errors import BadInput
from store.sentences import Sentence

_NEEDED = "kind"
_SHOWN = 40  # letters of a column's name that a report shows
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Source:
    """One answer file, with its rows and its text."""

    sheet: Sheet
    rows: tuple[Row | Refused, ...]
    content: str
    ignored: tuple[str, ...] = ()  # columns that say nothing to us


def open_source(file: Path, words: AnswerWords | None = None) -> Source:
    """Read an answer file. A name that ends in `.json` is JSON, anything else CSV.

    A CSV file may be in any encoding that Dutch systems write, and JSON is UTF-8.

    Args:
        file: The file as the shop gave it.
        words: The shop's words for our columns. Rows come back under our names.

    Raises:
        BadInput: it is empty, no text, no JSON, or has the wrong columns.
        OSError: it cannot be read.
    """
    words = words or AnswerWords()
    return _from_json(file, words) if file.suffix.lower() == ".json" else _from_csv(file, words)


def _from_csv(file: Path, words: AnswerWords) -> Source:
    found = encodings.detect(file)
    encoding = "utf-8-sig" if found == "utf-8" else found
    sheet = read_sheet(file, encoding=encoding)
    heading = words.heading(name for name in sheet.columns if name not in REFUSED_COLUMNS)
    names = iter(heading.names)
    columns = tuple(name if name in REFUSED_COLUMNS else next(names) for name in sheet.columns)
    _check_columns(heading, columns, str(file))
    # columns without a name are told apart by their place, since a spreadsheet leaves many
    unnamed = tuple(name or f"({place})" for place, name in enumerate(columns, 1))
    renamed = replace(sheet, columns=unnamed)
    ignored = tuple(_shown(name) for name in heading.ignored if name)
    return Source(renamed, tuple(renamed.rows()), file.read_text(encoding=encoding), ignored)


def _check_columns(heading: Heading, columns: Sequence[str], file: str) -> None:
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice is not None:
        raise BadInput(
            "stands twice in the header", "keep one of the two", file=file, line=1, field=twice
        )
    if heading.near is not None:
        raise _misspelled(heading.near, file, 1)
    if _NEEDED not in columns:
        raise BadInput(
            Sentence("there is no column {missing}", missing=_NEEDED),
            Sentence(
                "columns: {known}; or say under [answer_map] how the shop calls it",
                known=", ".join(COLUMNS),
            ),
            file=file,
            line=1,
        )


def _misspelled(near: tuple[str, str], file: str | None, line: int | None) -> BadInput:
    """Return the error for a column that is likely one of ours, spelled wrong.

    Passed over in silence it would take, say, every spoiled piece with it.
    """
    theirs, ours = near
    return BadInput(
        "is not a column of an answer",
        Sentence(
            "write {ours} if that is meant, or name it in the shop's file, under "
            "[answer_map] columns or ignore",
            ours=ours,
        ),
        file=file,
        line=line,
        field=theirs[:40],
    )


def _shown(column: str) -> str:
    """Return the name of a column as it can be shown, also where it holds half a letter."""
    return "".join(each if each.isprintable() else "?" for each in column[:_SHOWN])


def _from_json(file: Path, words: AnswerWords) -> Source:
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8(file, data.count(b"\n", 0, error.start) + 1) from error
    try:
        json.loads(text)
        shared, rows = _parts(text, file)
    except BadInput:
        raise
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BadInput(
            "is not JSON", "see docs/print-shop-answers.md", file=str(file), line=line
        ) from error
    sheet = Sheet(
        file=file,
        columns=tuple(COLUMNS),
        delimiter=",",
        sha256=sha256(data).hexdigest(),
        lines=text.count("\n"),
    )
    ignored: dict[str, None] = {}
    read = list[Row | Refused]()
    for line, row in rows:
        read.append(_row(line, {**shared, **row}, words, ignored))
        if len(ignored) > MOST_COLUMNS:
            raise BadInput(
                Sentence("has more than {most} columns", most=MOST_COLUMNS),
                "keep those that are asked for",
                file=str(file),
                line=line,
            )
    return Source(sheet, tuple(read), text, tuple(ignored))


def _parts(text: str, file: Path) -> tuple[dict[str, Any], list[tuple[int, dict[str, Any]]]]:
    """Split a document into the fields of every row, and the rows with their line numbers."""
    at, shared, rows = _skip(text, 0), dict[str, Any](), list[tuple[int, dict[str, Any]]]()
    if text[at] != "{":
        raise _shapeless(file, 1)
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == "rows" and text[at] == "[":
            rows, at = _rows(text, at, file)
        else:
            shared[name], at = _DECODER.raw_decode(text, at)
        at = _skip(text, at, ",")
    return shared, rows or [(1, {})]


def _rows(text: str, at: int, file: Path) -> tuple[list[tuple[int, dict[str, Any]]], int]:
    found, line, counted = list[tuple[int, dict[str, Any]]](), 1, 0
    at = _skip(text, at + 1)
    while text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        row, at = _DECODER.raw_decode(text, at)
        if not isinstance(row, dict):
            raise _shapeless(file, line)
        found.append((line, row))
        at = _skip(text, at, ",")
    return found, at + 1


def _shapeless(file: Path, line: int) -> BadInput:
    return BadInput(
        "is not a row of an answer",
        'write {"run": …, "kind": …, "rows": [{…}]}',
        file=str(file),
        line=line,
    )


def _skip(text: str, at: int, also: str = "") -> int:
    while at < len(text) and text[at] in " \t\r\n" + also:
        at += 1
    return at


def _row(
    line: int, values: Mapping[str, Any], words: AnswerWords, ignored: dict[str, None]
) -> Row | Refused:
    heading = words.heading(values)
    by_name = dict(zip(heading.names, values.values(), strict=True))
    if heading.near is not None:
        return _refused(line, by_name, str(_misspelled(heading.near, None, None)))
    ignored.update(dict.fromkeys(_shown(name) for name in heading.ignored))
    fields: dict[str, str] = {}
    for name in COLUMNS:
        value = by_name.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool | dict | list | float) or len(str(value)) > LONGEST_FIELD:
            return _refused(
                line,
                by_name,
                Sentence(
                    "{name}: is neither words nor a whole number; write one of the two", name=name
                ),
            )
        fields[name] = "" if value is None else str(value).strip()
    if odd := next((name for name, text in fields.items() if not text.isprintable()), None):
        return _refused(
            line, by_name, Sentence("{odd}: holds a control character; take it out", odd=odd)
        )
    return Row(line, fields)


def _refused(line: int, values: Mapping[str, Any], problem: str) -> Refused:
    return Refused(line, problem, tuple(str(values.get(name, "")) for name in COLUMNS))
