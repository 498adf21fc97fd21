"""Telephone numbers and mail addresses of a record, with what was found in their cells."""

import re

from people.cells.exact_numbers import whole_number
from people.cells.findings import (
    LEFT_EMPTY,
    NOTHING,
    NUMBER_WITH_NOTE,
    SPREADSHEET_NUMBER,
    Finding,
)
from people.cells.nothings import NOTHING_IN
from people.numbers import NotAPhoneNumber, PhoneNumber

# without one of these signs there is neither a note nor a float
_LETTER_OR_POINT = re.compile(r"[^\W\d_]|[.,]")
_EMAIL = re.compile(r"[^@\s,;:<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")


def read_email(column: str, cell: str) -> tuple[str | None, Finding | None]:
    """Return a mail address, or None with why there is none."""
    if _EMAIL.fullmatch(cell):
        return cell, None
    kind = NOTHING if NOTHING_IN["value"](cell) else "bad_email"
    return None, Finding(column, kind, cell, LEFT_EMPTY)


def read_number(column: str, cell: str) -> tuple[PhoneNumber | None, Finding | None]:
    """Return a telephone number, or None with why there is none.

    A number that can be neither called nor texted is returned with a finding that says so.
    """
    common = PhoneNumber.common(cell)
    if common is not None and common.may_call:
        return common, None
    try:
        number = PhoneNumber.parse(cell)
    except NotAPhoneNumber as error:
        if NOTHING_IN["phone"](cell):
            return None, Finding(column, NOTHING, cell, LEFT_EMPTY)
        return None, Finding(column, "unusable_number", cell, f"left out: {error.problem}")
    if not (number.may_text or number.may_call):
        done = f"neither called nor texted: {'; '.join(number.refusals())}"
        return number, Finding(column, "unusable_number", cell, done)
    kind = _way_of_writing(cell) if _LETTER_OR_POINT.search(cell) else ""
    return number, Finding(column, kind, cell, f"read as {number.e164}") if kind else None


def _way_of_writing(cell: str) -> str:
    if whole_number(cell) != cell:
        return SPREADSHEET_NUMBER
    return NUMBER_WITH_NOTE if any(map(str.isalpha, cell.removeprefix("tel:"))) else ""
