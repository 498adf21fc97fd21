"""Reading of the cells of some records column by column, with what was found in each row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from people.cells.findings import Finding
from people.cells.readers import CellReader, column_reader, fact_reader
from people.columns import ALL_COLUMNS, FactDeclaration

Columns = list[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class CellColumns:
    """The readers of the cells of one file.

    Attributes:
        readers: The place of a column and its reader.
        names: What the file itself calls each of our columns.
    """

    readers: Sequence[tuple[int, CellReader]]
    names: Mapping[str, str]

    @classmethod
    def of(cls, names: Mapping[str, str], facts: Sequence[FactDeclaration]) -> "CellColumns":
        """Return the cell readers of our own columns, followed by those of the facts."""
        ours = [(place, column_reader(name)) for place, name in enumerate(ALL_COLUMNS)]
        readers = [(place, reader) for place, reader in ours if reader is not None]
        readers += [
            (place, fact_reader(fact.name, fact.type))
            for place, fact in enumerate(facts, start=len(ALL_COLUMNS))
        ]
        return cls(readers=readers, names=names)

    def read(self, columns: Columns) -> tuple[Columns, defaultdict[int, list[Finding]]]:
        """Return the columns as they are parsed, and the findings of each row that has any."""
        found = defaultdict[int, list[Finding]](list)
        for place, reader in self.readers:
            cells = columns[place]
            if not any(cells):
                continue
            if reader.of_digits and "".join(cells).isdecimal():
                continue
            read = tuple(map(reader.__getitem__, cells))
            if read != cells:
                columns[place] = read
                self._note(reader, cells, read, found)
        return columns, found

    def _note(
        self,
        reader: CellReader,
        cells: Sequence[str],
        read: Sequence[str],
        found: Mapping[int, list[Finding]],
    ) -> None:
        name = self.names.get(reader.column) or reader.column
        for index, (cell, text) in enumerate(zip(cells, read, strict=True)):
            if cell != text:
                found[index].append(reader.finding(name, cell, text))
