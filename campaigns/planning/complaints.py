"""Complaints about one campaign file, collected so that all of them are shown at once."""

from store.errors import BadInput, SeveralRefused
from store.yaml_lines import Lines

Place = tuple[str | int, ...]
"""The path of a value in the file, as keys and positions."""


class Complaints:
    """The errors found in one campaign file, each with its line and a remedy."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file = file
        self.lines = lines
        self.found: list[BadInput] = []

    def add(self, place: Place, problem: str, remedy: str) -> None:
        """Add a complaint about the value at `place`."""
        self.found.append(
            BadInput(
                problem,
                remedy,
                file=self.file,
                line=self.lines.of(place),
                field=".".join(map(str, place)),
            )
        )

    def error(self) -> BadInput:
        """Return all complaints as one error."""
        return SeveralRefused.of(self.found)

    def raise_if_any(self) -> None:
        """Raise all complaints as one error, if there are any.

        Raises:
            BadInput: something is wrong with the file.
        """
        if self.found:
            raise self.error()
