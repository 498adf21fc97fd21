"""The map of a source, with its column names and how it writes values.

With it an export of the source can be read as people.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from people.cells.splits import SPLITS
from people.columns import (
    ALL_COLUMNS,
    OPTIONAL_COLUMNS,
    REFUSED_PREFIX,
    FactDeclaration,
    refuse_forbidden,
)
from people.reading import Source
from people.rows import RowParser, picker
from people.shared_keys import JointKey
from people.suspensions import FACT as SUSPENSION
from people.suspensions import UNKNOWN_REASON, UNKNOWN_RESIDENCE
from people.synonyms import tells_unknown_residence
from people.value_words import NO, YES
from people.values import Readers
from store.errors import BadInput
from store.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class SourceMap:
    """Map of one source's columns and values.

    Attributes:
        columns: Our column: the source's column.
        facts: The facts, each with the source's column it stands in.
        constants: Our column: the value that everybody gets.
        splits: The source's columns that hold several of ours, each with the name of its split.
        ignore: The source's columns that are not kept.
        descriptions: How a citizen is told of a fact, by its name and by language (see store.fact_words).
        source: The name of the register that the file comes from.
        encoding: As Python names it.
        delimiter: One character, or None to see for ourselves.
        dates: The orders in which dates are written; `dates_by_column` overrides it by the source's column.
        yes: Words for yes; `no`: words for no.
        decimal_comma: Whether the comma is the decimal sign.
        reference_width: How many digits a reference has; 0 where that differs; None to see for ourselves.
        zeros_are_nothing: Whether a date of death or departure of all zeros means that there is none.
        file: Where the map stands, for the errors.
        lines: The line of each key, for the errors.
    """

    columns: Mapping[str, str]
    facts: Mapping[FactDeclaration, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    descriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    dates: tuple[str, ...] = Readers.dates
    dates_by_column: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes: frozenset[str] = YES
    no: frozenset[str] = NO
    decimal_comma: bool = False
    zeros_are_nothing: bool = False
    reference_width: int | None = None
    file: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def layout(self, source: Source) -> "Layout":
        """Find the columns in a source's header.

        Raises:
            BadInput: a column that the map names is not there, or one that is there is not in the map.
        """
        places = {name.casefold(): index for index, name in enumerate(source.header)}
        split = {ours: theirs for theirs, by in self.splits.items() for ours in SPLITS[by].columns}
        wanted = {
            **self.columns,
            **{fact.name: column for fact, column in self.facts.items()},
            **split,
        }
        self._check(source, places, wanted)
        absent = [name for name in ALL_COLUMNS if name not in self.columns and name not in split]
        constants = [self.constants.get(name, "") for name in absent]
        indexes = {name: places[column.casefold()] for name, column in self.columns.items()}
        added = (*absent, *split)
        indexes |= {name: len(source.header) + offset for offset, name in enumerate(added)}
        facts = [places[column.casefold()] for column in self.facts.values()]
        by_column = {
            ours: self.dates_by_column[theirs]
            for ours, theirs in wanted.items()
            if theirs in self.dates_by_column
        }
        readers = Readers(
            dates=self.dates,
            by_column=by_column,
            yes=self.yes,
            no=self.no | {""},
            decimal_comma=self.decimal_comma,
            zeros_are_nothing=self.zeros_are_nothing,
            suspended_means=UNKNOWN_RESIDENCE
            if tells_unknown_residence(wanted.get(SUSPENSION, ""))
            else UNKNOWN_REASON,
            declared=tuple(self.facts),
        )
        names = {**{name: name for name in ALL_COLUMNS}, **wanted}
        return Layout(
            facts=tuple(self.facts),
            indexes=indexes,
            fact_indexes=facts,
            readers=readers,
            names=names,
            constants=constants,
            reference_width=self.reference_width,
            splits=[
                (places[theirs.casefold()], SPLITS[by].parts) for theirs, by in self.splits.items()
            ],
        )

    def _check(self, source: Source, places: Mapping[str, int], wanted: Mapping[str, str]) -> None:
        header = ", ".join(source.header)
        for ours, theirs in wanted.items():
            if theirs.casefold() not in places:
                remedy: str = Sentence(
                    "the columns of {name} are: {header}", name=source.file.name, header=header
                )
                raise self._error(
                    Sentence("{name} has no column {theirs}", name=source.file.name, theirs=theirs),
                    remedy,
                    ours,
                )
        taken = {theirs.casefold() for theirs in (*wanted.values(), *self.ignore)}
        for name in source.header:
            if name.casefold() not in taken and not name.startswith(REFUSED_PREFIX):
                refuse_forbidden(name, file=str(source.file), line=1)
                remedy = "name it under columns or facts, or list it under ignore"
                raise self._error(
                    Sentence("says nothing of the column {name}", name=name), remedy, None
                )

    def _error(self, problem: str, remedy: str, key: str | None) -> BadInput:
        return BadInput(problem, remedy, file=self.file, line=self.lines.get(key or ""), field=key)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Places and formats of the columns of one file."""

    facts: tuple[FactDeclaration, ...]
    indexes: Mapping[str, int]
    fact_indexes: Sequence[int]
    readers: Readers
    names: Mapping[str, str]
    constants: list[str]
    splits: Sequence[tuple[int, Callable[[str], tuple[str, ...]]]] = ()
    reference_width: int | None = None

    def parser(
        self, source: Source, key: bytes, today: str, joint: JointKey | None = None
    ) -> RowParser:
        """Return a parser for the records of the file."""
        return RowParser(
            pick=picker(self.indexes, self.fact_indexes),
            readers=replace(self.readers, today=today),
            key=key,
            width=len(source.header),
            header=source.header,
            names=self.names,
            constants=self.constants,
            joint=joint,
            splits=self.splits,
        )

    def bsn_index(self) -> int:
        """Return the index of the citizen number in a record.

        It may lie beyond the record's end.
        """
        return self.indexes["bsn"]


def own_map(source: Source) -> SourceMap:
    """Return the map of a file in our own columns.

    Some columns may be missing, and facts are declared as `name:type`.

    Raises:
        BadInput: a column is missing or unknown, or holds what must not be kept.
    """
    place: dict[str, Any] = {"file": str(source.file), "line": 1}
    named = {name.casefold(): name for name in source.header}
    if missing := [
        name for name in ALL_COLUMNS if name not in named and name not in OPTIONAL_COLUMNS
    ]:
        remedy = "add it, empty where you do not know it, or import with a map (`kaartje people map FILE` proposes one)"
        raise BadInput(
            Sentence("there is no column {missing}", missing=", ".join(missing)), remedy, **place
        )
    facts: dict[FactDeclaration, str] = {}
    ignore = []
    for folded, name in named.items():
        if folded in ALL_COLUMNS:
            continue
        if folded.startswith(REFUSED_PREFIX):
            ignore.append(name)
            continue
        refuse_forbidden(name, **place)
        fact = FactDeclaration.parse(name, **place)
        if fact.name in {known.name for known in facts}:
            raise BadInput("is declared twice", "keep one of the two", field=fact.name, **place)
        facts[fact] = name
    return SourceMap(
        columns={name: named[name] for name in ALL_COLUMNS if name in named},
        facts=facts,
        ignore=tuple(ignore),
    )
