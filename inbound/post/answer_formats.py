"""Read the rows of an answer from CSV or JSON, each with its line number.

    {"run": "cards-w1-000001", "kind": "printed", "rows": [{"file": "cards-w1-000001-001.pdf", "pieces": 2500}]}

Fields beside `rows` apply to every row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from people.sheets import LONGEST_FIELD, Refused, Row, Sheet, not_utf8, open_sheet
from store.errors import BadInput
from store.sentences import Sentence

REQUIRED = ("kind",)
OPTIONAL = (
    "run",
    "file",
    "piece_id",
    "status",
    "pieces",
    "sha256",
    "grams",
    "carrier_order",
    "date",
    "by",
    "certificate",
    "reason",
)
COLUMNS = (*REQUIRED, *OPTIONAL)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Source:
    """One answer file, with its rows and its text."""

    sheet: Sheet
    rows: tuple[Row | Refused, ...]
    content: str


def open_source(file: Path) -> Source:
    """Read an answer file. A name that ends in `.json` is JSON, anything else CSV.

    Raises:
        BadInput: it is empty, not UTF-8, no JSON, or has the wrong columns.
        OSError: it cannot be read.
    """
    if file.suffix.lower() == ".json":
        return _from_json(file)
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)
    return Source(sheet, tuple(sheet.rows()), file.read_text(encoding="utf-8-sig"))


def _from_json(file: Path) -> Source:
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
        columns=COLUMNS,
        delimiter=",",
        sha256=sha256(data).hexdigest(),
        lines=text.count("\n"),
    )
    return Source(sheet, tuple(_row(line, {**shared, **row}) for line, row in rows), text)


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
    found, at = list[tuple[int, dict[str, Any]]](), _skip(text, at + 1)
    while text[at] != "]":
        line = text.count("\n", 0, at) + 1
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


def _row(line: int, values: Mapping[str, Any]) -> Row | Refused:
    fields: dict[str, str] = {}
    for name, value in values.items():
        if name not in COLUMNS:
            return _refused(
                line,
                values,
                Sentence(
                    "{name}: is no field of an answer; fields: {columns}",
                    name=name[:40],
                    columns=", ".join(COLUMNS),
                ),
            )
        if isinstance(value, bool | dict | list | float) or len(str(value)) > LONGEST_FIELD:
            return _refused(
                line,
                values,
                Sentence(
                    "{name}: is neither words nor a whole number; write one of the two", name=name
                ),
            )
        fields[name] = "" if value is None else str(value).strip()
    if odd := next((name for name, text in fields.items() if not text.isprintable()), None):
        return _refused(
            line, values, Sentence("{odd}: holds a control character; take it out", odd=odd)
        )
    return Row(line, fields)


def _refused(line: int, values: Mapping[str, Any], problem: str) -> Refused:
    return Refused(line, problem, tuple(str(values.get(name, "")) for name in COLUMNS))
