"""Reading of a map (a source's column names and values) from YAML, with errors that name the line."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from people.cells.splits import SPLITS
from people.columns import ALL_COLUMNS, FactDeclaration, is_forbidden
from people.dates import FORMATS
from people.reading import DELIMITERS
from people.sources import SourceMap
from people.value_words import NO, YES
from people.values import Readers
from store.errors import BadInput
from store.fact_words import check_words
from store.sentences import Sentence
from store.yaml_lines import Keys, parse_yaml, read_yaml_text

KEYS = (
    *("encoding", "delimiter", "dates", "dates_by_column", "flags", "decimal_comma", "zero_dates"),
    "reference_width",
    *("columns", "split", "facts", "constants", "ignore", "descriptions", "source"),
)
_ZERO_DATES = {"nothing": True, "unknown day": False}
_DELIMITER_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}


def read_map(file: Path) -> SourceMap:
    """Read a map.

    Raises:
        BadInput: it is not YAML, has an unknown key, or a value that cannot be.
        OSError: it cannot be read.
    """
    return parse_map(read_yaml_text(file), str(file))


def parse_map(text: str, name: str = "map") -> SourceMap:
    """Read a map from its text.

    `name` is used in the errors.

    Raises:
        BadInput: see `read_map`.
    """
    return _MapReader(name, _load(text, name)).read()


def _load(text: str, name: str) -> Any:
    document = parse_yaml(text, name)
    if not isinstance(document, dict):
        raise BadInput(
            "is not a map", "let `kaartje people map FILE` propose one", file=name, line=1
        )
    return document


@dataclass
class _MapReader:
    name: str
    document: Any

    def read(self) -> SourceMap:
        for key in self.document:
            if key not in KEYS:
                raise self._error(
                    self.document,
                    key,
                    "is not a known key of a map",
                    Sentence("write one of {known}", known=", ".join(KEYS)),
                )
        columns = self._columns("columns", ALL_COLUMNS)
        if "person_ref" not in columns:
            raise BadInput(
                "no column is named for person_ref",
                "every person needs one",
                file=self.name,
                field="columns",
            )
        constants = self._columns("constants", ALL_COLUMNS)
        for key in constants:
            if key in columns or key in ("person_ref", "bsn"):
                raise self._error(
                    self.document["constants"], key, "cannot be a constant", "take it out"
                )
        facts = self._facts()
        splits = self._splits({**columns, **constants})
        self._once(columns, facts, splits)
        flags = self._section("flags", ("yes", "no"))
        return SourceMap(
            columns=columns,
            facts=facts,
            constants=constants,
            splits=splits,
            ignore=self._words(self.document, "ignore"),
            descriptions=self._descriptions(facts),
            source=self._text(self.document, "source") if "source" in self.document else None,
            encoding=self._encoding(),
            delimiter=self._delimiter(),
            dates=self._orders(self.document, "dates") or Readers.dates,
            dates_by_column={
                key: self._orders(self._section("dates_by_column"), key)
                for key in self._section("dates_by_column")
            },
            yes=frozenset(word.casefold() for word in self._words(flags, "yes")) or YES,
            no=frozenset(word.casefold() for word in self._words(flags, "no")) or NO,
            decimal_comma=self._flag("decimal_comma"),
            zeros_are_nothing=self._zero_dates(),
            reference_width=self._reference_width(),
            file=self.name,
            lines=self._lines(),
        )

    def _error(self, node: Any, key: Any, problem: str, remedy: str) -> BadInput:
        return BadInput(problem, remedy, file=self.name, line=_line(node, key), field=str(key))

    def _section(self, key: str, known: tuple[str, ...] = ()) -> Any:
        node = self.document.get(key)
        if node is None:
            return {}
        if not isinstance(node, dict):
            raise self._error(
                self.document,
                key,
                "is not a list of names and values",
                "write `ours: THEIRS`, one a line",
            )
        for name in node:
            if known and name not in known:
                raise self._error(
                    node,
                    name,
                    Sentence("is not a known key of {key}", key=key),
                    Sentence("write one of {known}", known=", ".join(known)),
                )
        return node

    def _columns(self, key: str, known: tuple[str, ...]) -> dict[str, str]:
        node = self._section(key, known)
        found = {name: self._text(node, name) for name in node}
        if key == "columns":
            self._hold(node, found)
        return found

    def _hold(self, node: Any, named: Mapping[str, str]) -> None:
        """Refuse columns that must not be kept, whatever they would be called here."""
        for ours, theirs in named.items():
            if is_forbidden(theirs):
                problem = Sentence(
                    "{theirs}: nobody may be selected by nationality, origin or belief",
                    theirs=theirs,
                )
                raise self._error(node, ours, problem, "list the column under ignore")

    def _text(self, node: Any, key: Any) -> str:
        value = node[key]
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise self._error(
                node, key, Sentence("{seen!r} is not text", seen=value), "put it in quotes"
            )
        return " ".join(str(value).split())

    def _words(self, node: Any, key: str) -> tuple[str, ...]:
        value = node.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            value = [value]
        if any(isinstance(word, bool) or not isinstance(word, str | int) for word in value):
            raise self._error(
                node, key, "holds something that is not a word", "put every word in quotes"
            )
        return tuple(" ".join(str(word).split()) for word in value)

    def _facts(self) -> dict[FactDeclaration, str]:
        node = self._section("facts")
        found: dict[FactDeclaration, str] = {}
        for key in node:
            fact = FactDeclaration.parse(str(key), file=self.name, line=_line(node, key))
            column = self._text(node, key)
            if is_forbidden(column) or is_forbidden(fact.name):
                problem = "nobody may be selected by nationality, origin or belief"
                raise self._error(node, key, problem, "list the column under ignore")
            if fact.name in {known.name for known in found}:
                raise self._error(node, key, "is declared twice", "keep one of the two")
            found[fact] = column
        return found

    def _splits(self, known: Mapping[str, str]) -> dict[str, str]:
        """Read which columns are split, and how. No two columns may give one of ours."""
        node = self._section("split")
        found: dict[str, str] = {}
        taken = set(known)
        for theirs in node:
            by = self._text(node, theirs)
            if by not in SPLITS:
                remedy = Sentence("write one of {known}", known=", ".join(SPLITS))
                raise self._error(
                    node, theirs, Sentence("{seen!r} is not a known split", seen=by), remedy
                )
            if twice := [ours for ours in SPLITS[by].columns if ours in taken]:
                problem = Sentence("gives {ours}, which another column gives", ours=twice[0])
                raise self._error(node, theirs, problem, "keep one of the two")
            taken.update(SPLITS[by].columns)
            found[" ".join(str(theirs).split())] = by
        self._hold(node, {theirs: theirs for theirs in node})
        return found

    def _descriptions(self, facts: Mapping[FactDeclaration, str]) -> dict[str, Mapping[str, str]]:
        """Read the descriptions of the facts."""
        node = self._section("descriptions", tuple(fact.name for fact in facts))
        known: dict[str, Mapping[str, str]] = {}
        for name in node:
            if not isinstance(node[name], dict):
                raise self._error(
                    node, name, "is not described by language", "write nl: … and en: … below it"
                )
            known[name] = {str(key): self._text(node[name], key) for key in node[name]}
            try:
                check_words(name, known[name])
            except BadInput as refused:
                raise self._error(node, name, refused.problem, refused.remedy) from None
        return known

    def _once(
        self,
        columns: Mapping[str, str],
        facts: Mapping[FactDeclaration, str],
        splits: Mapping[str, str],
    ) -> None:
        seen: set[str] = set()
        named = (*columns.values(), *facts.values(), *splits)
        for column in (*named, *self._words(self.document, "ignore")):
            if column.casefold() in seen:
                raise BadInput(
                    Sentence("the column {column} is named twice", column=column),
                    "use it once",
                    file=self.name,
                )
            seen.add(column.casefold())

    def _encoding(self) -> str:
        if "encoding" not in self.document:
            return "utf-8-sig"
        name = self._text(self.document, "encoding")
        try:
            found = codecs.lookup(name).name
            "".encode(found)
        except (LookupError, TypeError):
            remedy = "write utf-8, cp1252, iso-8859-15, cp850 or utf-16"
            raise self._error(
                self.document,
                "encoding",
                Sentence("{seen!r} is not a known encoding", seen=name),
                remedy,
            ) from None
        return "utf-8-sig" if found == "utf-8" else found

    def _delimiter(self) -> str | None:
        if "delimiter" not in self.document:
            return None
        value = self.document["delimiter"]
        found = _DELIMITER_NAMES.get(value, value)
        if found not in DELIMITERS:
            raise self._error(
                self.document,
                "delimiter",
                Sentence("{seen!r} is not a delimiter", seen=value),
                'write ";", ",", "|" or tab',
            )
        return str(found)

    def _orders(self, node: Any, key: str) -> tuple[str, ...]:
        orders = self._words(node, key)
        for order in orders:
            if order not in FORMATS:
                raise self._error(
                    node,
                    key,
                    Sentence("{seen!r} is not an order of dates", seen=order),
                    Sentence("write one of {known}", known=", ".join(FORMATS)),
                )
        return orders

    def _flag(self, key: str) -> bool:
        value = self.document.get(key, False)
        if not isinstance(value, bool):
            raise self._error(
                self.document,
                key,
                Sentence("{seen!r} is neither true nor false", seen=value),
                "write true or false",
            )
        return value

    def _reference_width(self) -> int | None:
        """Return the digits of a reference, 0 for any number of them."""
        value = self.document.get("reference_width")
        if value is None or value == "any":
            return None if value is None else 0
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        problem = Sentence("{seen!r} is not a number of digits", seen=value)
        key, remedy = "reference_width", "write how many digits, or any"
        raise self._error(self.document, key, problem, remedy)

    def _zero_dates(self) -> bool:
        value = self.document.get("zero_dates", "unknown day")
        if value not in _ZERO_DATES:
            raise self._error(
                self.document,
                "zero_dates",
                Sentence("{seen!r} is not known", seen=value),
                "write nothing or unknown day",
            )
        return _ZERO_DATES[value]

    def _lines(self) -> dict[str, int]:
        found = {}
        for section in ("columns", "facts"):
            node = self._section(section)
            for key in node:
                line = _line(node, key)
                if line is not None:
                    found[str(key).partition(":")[0].strip()] = line
        return found


def _line(node: Any, key: Any) -> int | None:
    return node.lines.get(key) if isinstance(node, Keys) else None
