"""Differences between two versions of a draft, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher

_AROUND = 2
"""Lines that stayed, shown around those that changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and whether it was taken away, added or stayed."""

    change: str  # "away", "new", "same", or "gap" where lines that stayed are left out
    text: str


def differences(older: str, newer: str) -> list[Line]:
    """Return the lines that differ with a few around them, or nothing where none does."""
    before, after = older.splitlines(), newer.splitlines()
    found: list[Line] = []
    for number, group in enumerate(
        SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND)
    ):
        found += [Line("gap", "")] if number else []
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                found += [Line("same", line) for line in before[old_from:old_to]]
                continue
            found += [Line("away", line) for line in before[old_from:old_to]]
            found += [Line("new", line) for line in after[new_from:new_to]]
    return found
