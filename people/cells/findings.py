"""Findings of an import, for each cell that was read in another way than it was written."""

from typing import NamedTuple

HEADER = ("line", "person_ref", "column", "kind", "seen", "done")
NOTHING = "nothing"
SPREADSHEET_NUMBER = "spreadsheet_number"
SPREADSHEET_DATE = "spreadsheet_date"
NOT_A_NAME = "not_a_name"
NUMBER_WITH_NOTE = "number_with_note"
UNKNOWN_TITLE = "unknown_title"
NAME_WITH_NOTE = "name_with_note"
MASK = "*********"
"""Replaces a citizen number, which never leaves the installation in a file."""
LEFT_EMPTY = "read as empty"


class Finding(NamedTuple):
    """One finding about one cell of a row that was taken.

    `column` is the file's own name, `seen` is the cell as it stood, `done` says what became of it.
    """

    column: str
    kind: str
    seen: str
    done: str
