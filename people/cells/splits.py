"""Splits of a source's column that holds more than one of our columns, as a map declares them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from people.cells.split_addresses import postcode_and_town, street_and_number, whole_address
from people.cells.split_names import whole_name


@dataclass(frozen=True)
class Split:
    """A way to split a cell.

    Attributes:
        columns: Our columns, in the order of the parts.
        parts: Takes a cell apart. What it cannot split stays whole in one of the parts.
        needs: The places of parts that are never empty where a cell was split.
        called: Words in the name of such a column; without any, its values alone say what it is.
    """

    columns: tuple[str, ...]
    parts: Callable[[str], tuple[str, ...]]
    needs: tuple[int, ...]
    called: tuple[str, ...] = ()

    def fits(self, cell: str) -> bool:
        """Whether a cell can surely be split."""
        parts = self.parts(cell)
        others = [part for place, part in enumerate(parts) if place not in self.needs]
        return all(parts[place] for place in self.needs) and (not others or any(others))

    def may_be_called(self, name: str) -> bool:
        """Whether a column of this name may hold it."""
        return not self.called or any(word in name.casefold() for word in self.called)


SPLITS: dict[str, Split] = {
    "address": Split(("street", "house_number", "postcode", "town"), whole_address, (0, 1, 2, 3)),
    "street and number": Split(
        ("street", "house_number"),
        street_and_number,
        (0, 1),
        ("adres", "address", "straat", "street"),
    ),
    "postcode and town": Split(("postcode", "town"), postcode_and_town, (0, 1)),
    "initials and name": Split(
        ("initials", "given_name", "prefix", "family_name"), whole_name, (3,), ("naam", "name")
    ),
}
"""The splits that a map may name, the widest first."""


def split_cells(
    cells: list[str], splits: Iterable[tuple[int, Callable[[str], tuple[str, ...]]]]
) -> list[str]:
    """Return a record with the parts of its split cells behind it."""
    for place, parts in splits:
        cells += parts(cells[place])
    return cells
