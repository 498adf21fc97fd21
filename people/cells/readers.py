"""Readers of cells by the kind of their column, before anything is parsed.

Each returns the text that is parsed and the kind of finding, which is empty where the cell stands as
it was. Nothing is refused here: what cannot be read is left for the parser to refuse.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from people.cells.exact_numbers import house_digits, whole_number
from people.cells.findings import (
    LEFT_EMPTY,
    MASK,
    NAME_WITH_NOTE,
    NOT_A_NAME,
    NOTHING,
    SPREADSHEET_DATE,
    SPREADSHEET_NUMBER,
    UNKNOWN_TITLE,
    Finding,
)
from people.cells.name_notes import given_alone
from people.cells.noble_titles import title_code
from people.cells.nothings import NOTHING_IN, is_machine_nothing
from people.cells.spreadsheet_dates import is_naught, is_no_end, iso_day
from people.columns import ABROAD_LINES
from store.facts import FactType

Read = tuple[str, str]
"""The text to parse, and the kind of finding or nothing."""
_REMEMBERED = 50_000  # texts of one column; beyond it, we start anew
_WITH_NO_ADDITION = re.compile(r"([0-9]{1,5})[\s_-]*([^\W\d].*|[#<(].*)", re.ASCII)
_AS_IT_IS = {"postcode": re.compile(r"[1-9][0-9]{3} ?[A-Z]{2}", re.ASCII)}
"""How most cells of a column look of which almost every one is another."""
_NOTHING = re.compile(r"(?!)")
_UNDER_INVESTIGATION = re.compile(r"[0-9]{5}", re.ASCII)  # six digits, of which a zero was lost


class CellReader(dict[str, str]):
    """A cache of the cells of one column, each with the text that is parsed.

    Attributes:
        column: Our own name of the column.
        of_digits: Whether almost every cell is another number, so that they are not remembered.
    """

    def __init__(self, column: str, read: Callable[[str], Read]) -> None:
        super().__init__()
        self.column = column
        self.of_digits = column == "bsn"
        self._read = read
        self._reads_as_it_is = _AS_IT_IS.get(column, _NOTHING).fullmatch

    def __missing__(self, cell: str) -> str:
        if self._reads_as_it_is(cell):  # and few of these return
            return cell
        if len(self) >= _REMEMBERED:
            self.clear()
        text = self[cell] = self._read(cell)[0] if cell else ""
        return text

    def finding(self, name: str, cell: str, text: str) -> Finding:
        """Return the finding of a cell that is parsed as another text. No citizen number is shown."""
        kind = self._read(cell)[1]
        if self.of_digits:  # a citizen number
            return Finding(name, kind, MASK, "read as a number" if text else LEFT_EMPTY)
        return Finding(name, kind, cell, f"read as {text}" if text else LEFT_EMPTY)


def _words(cell: str, field: str) -> Read:
    return ("", NOTHING) if NOTHING_IN[field](cell) else (cell, "")


def _name(cell: str, field: str) -> Read:
    if not NOTHING_IN[field](cell):
        return cell, ""
    digits = any(map(str.isdigit, cell)) and cell.strip("0")
    return "", NOT_A_NAME if digits and not is_machine_nothing(cell) else NOTHING


def _given(cell: str, field: str) -> Read:
    """Read initials or given names, without a title or a note in brackets beside them."""
    text, kind = _name(cell, field)
    if kind or text.isalpha():
        return text, kind
    alone = given_alone(text)
    return (text, "") if alone == text else (alone, NAME_WITH_NOTE)


def _title(cell: str) -> Read:
    """Read a title or predicate of nobility. No other title is part of a name."""
    if NOTHING_IN["words"](cell):
        return "", NOTHING
    return (cell, "") if title_code(cell) else ("", UNKNOWN_TITLE)


def _number(cell: str, field: str) -> Read:
    text = whole_number(cell)
    if text != cell:
        return ("", NOTHING) if NOTHING_IN[field](text) else (text, SPREADSHEET_NUMBER)
    return _words(cell, field)


def _house(cell: str) -> Read:
    """Read a house number, perhaps with its letter or addition behind it, or a word for none."""
    text = house_digits(cell)
    if found := _WITH_NO_ADDITION.fullmatch(text):
        digits, rest = found.groups()
        if is_machine_nothing(rest) or NOTHING_IN["unknown"](rest):
            return digits, NOTHING
    if text != cell:
        return ("", NOTHING) if NOTHING_IN["words"](text) else (text, SPREADSHEET_NUMBER)
    return _words(cell, "words")


def _code(cell: str) -> Read:
    """Read a code of a table (`7.0` is 7), where an unknown one is for the parser to refuse."""
    return _number(cell, "event")


def _investigation(cell: str) -> Read:
    text, kind = _code(cell)
    if _UNDER_INVESTIGATION.fullmatch(text):
        return f"0{text}", SPREADSHEET_NUMBER
    return text, kind


def _date(cell: str, field: str) -> Read:
    if NOTHING_IN[field](cell):
        return "", NOTHING
    if is_naught(cell):
        return ("", NOTHING) if field == "value" else ("0", SPREADSHEET_DATE)
    if field == "event" and is_no_end(cell):
        return "", NOTHING
    text = whole_number(cell)
    day = iso_day(text)
    return (day, SPREADSHEET_DATE) if day else (text, SPREADSHEET_NUMBER if text != cell else "")


def _decimal(cell: str) -> Read:
    """Read an exact exponent. A float is what a decimal looks like."""
    text = whole_number(cell) if "e" in cell.casefold() else cell
    return (text, SPREADSHEET_NUMBER) if text != cell else _words(cell, "value")


_COLUMNS: Mapping[str, Callable[[str], Read]] = {
    "bsn": partial(_number, field="value"),
    "initials": partial(_given, field="initials"),
    "given_name": partial(_given, field="given_name"),
    "prefix": partial(_words, field="prefix"),
    "family_name": partial(_name, field="family_name"),
    "name_use": partial(_words, field="value"),
    "partner_prefix": partial(_words, field="prefix"),
    "partner_name": partial(_name, field="family_name"),
    "noble_title": _title,
    "partner_noble_title": _title,
    "partner_ended_on": partial(_words, field="event"),
    "birth_date": partial(_date, field="value"),
    "gender": partial(_number, field="value"),
    "language": partial(_words, field="value"),
    "street": partial(_words, field="words"),
    "house_number": _house,
    "house_letter": partial(_words, field="words"),
    "house_addition": _house,
    "house_designation": partial(_words, field="words"),
    "location_description": partial(_words, field="words"),
    **dict.fromkeys(ABROAD_LINES, partial(_words, field="words")),
    "postcode": partial(_number, field="words"),
    "town": partial(_words, field="words"),
    "country": partial(_number, field="country"),
    "deceased_on": partial(_date, field="event"),
    "moved_abroad_on": partial(_date, field="event"),
    "address_under_investigation": _investigation,
    "secret_address": _code,
    "guardian_ref": partial(_words, field="event"),
}
_FACTS: Mapping[FactType, Callable[[str], Read]] = {
    "int": partial(_number, field="value"),
    "date": partial(_date, field="value"),
    "bool": partial(_number, field="flag"),
    "text": partial(_words, field="machine"),
    "decimal": _decimal,
}


def column_reader(column: str) -> CellReader | None:
    """Return a new reader of one of our columns, or None where its parser reads each cell itself."""
    read = _COLUMNS.get(column)
    return CellReader(column, read) if read else None


def fact_reader(name: str, type_: FactType) -> CellReader:
    """Return a new reader of the cells of a fact."""
    return CellReader(name, _FACTS[type_])
