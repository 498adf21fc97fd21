"""Proposal of a map for a source's columns, by their names and by their values."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from people import citizen_numbers
from people.cells.splits import SPLITS
from people.columns import ALL_COLUMNS, is_forbidden
from people.dates import FORMATS, NotADate, parse_partial
from people.encodings import detect
from people.reading import Record, Source, open_source
from people.synonyms import COLUMN_NAMES, FACT_NAMES, fact_name, plain
from people.value_words import NO, YES
from store.errors import BadInput
from store.facts import FactType

MOST_RECORDS = 200_000
MOST_VALUES = 3_000
_DATE_COLUMNS = ("birth_date", "deceased_on", "moved_abroad_on")
_FLAG_COLUMNS = ("address_under_investigation", "secret_address")
_POSTCODE = re.compile(r"[1-9][0-9]{3} ?[A-Za-z]{2}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:\+31|0031|0)[ -]?[1-9][0-9 -]{7,12}", re.ASCII)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]{3})*[.,][0-9]{1,4}", re.ASCII)
_FLAG_NAME = re.compile(r"^(ind|indicatie|is|has|heeft|vlag|flag)_", re.ASCII)
_CODES = re.compile(r"0|[1-7]|[0-9]{6}", re.ASCII)
_PLAIN_YAML = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?: [A-Za-z0-9_.]+)*")
_YAML_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})
_MANY = 0.9
_MOSTLY = 0.75  # of the cells of a column can be split
_FREE_TEXT = 100  # distinct values; a code has fewer


@dataclass
class _Column:
    """Values found in one of the source's columns."""

    name: str
    filled: int = 0
    zeros: int = 0
    values: set[str] = field(default_factory=set)

    def note(self, value: str) -> None:
        if value:
            self.filled += 1
            self.zeros += not value.strip("0-")
            if len(self.values) < MOST_VALUES:
                self.values.add(value)

    def share(self, fits: Callable[[str], object]) -> float:
        """Return the share of distinct values that fits."""
        return (
            sum(bool(fits(value)) for value in self.values) / len(self.values)
            if self.values
            else 0.0
        )


@dataclass(kw_only=True)
class _Proposal:
    columns: dict[str, str] = field(default_factory=dict)
    facts: dict[str, tuple[FactType, str]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)  # the source's column and its split
    ignore: dict[str, str] = field(default_factory=dict)  # the column and why
    # the source's column and its order of dates
    orders: dict[str, str] = field(default_factory=dict)

    def gives(self, ours: str) -> bool:
        """Whether one of our columns comes from a split."""
        return any(ours in SPLITS[by].columns for by in self.splits.values())


def propose_map(file: Path) -> str:
    """Return the text of a proposed map for this file.

    It can be used as it is, and should be read first.

    Raises:
        BadInput: the file is no CSV, or no column tells the people apart.
        OSError: it cannot be read.
    """
    encoding = detect(file)
    source = open_source(file, encoding="utf-8-sig" if encoding == "utf-8" else encoding)
    rows, columns = _look(source)
    proposal = _Proposal()
    _by_name(columns, proposal)
    _by_value(columns, proposal)
    _by_splitting(columns, proposal)
    _person_ref(columns, proposal, rows)
    if "person_ref" not in proposal.columns:
        problem = "no column tells the people apart"
        raise BadInput(
            problem, "write a map by hand: columns: person_ref: ITS_NAME", file=str(file), line=1
        )
    _facts(columns, proposal, rows)
    _dates(columns, proposal)
    return _write(source, encoding=encoding, columns=columns, proposal=proposal, rows=rows)


def _look(source: Source) -> tuple[int, dict[str, _Column]]:
    columns = [_Column(name) for name in source.header]
    rows = 0
    for record in islice(source.records(), MOST_RECORDS):
        if isinstance(record, Record) and len(record.cells) >= len(columns):
            rows += 1
            for column, cell in zip(columns, record.cells, strict=False):
                column.note(cell.strip())
    return rows, {column.name: column for column in columns}


def _by_name(columns: dict[str, _Column], proposal: _Proposal) -> None:
    free = {plain(name): name for name in reversed(columns) if not is_forbidden(name)}
    for ours in ALL_COLUMNS:
        found = next((word for word in COLUMN_NAMES[ours] if word in free), None)
        if found:
            proposal.columns[ours] = free.pop(found)
    for name in columns:
        fact = FACT_NAMES.get(plain(name)) if name in free.values() else None
        if fact and fact[0] not in proposal.facts:
            proposal.facts[fact[0]] = (fact[1], name)


def _by_value(columns: dict[str, _Column], proposal: _Proposal) -> None:
    """Find columns by their values where no name was known.

    These are citizen numbers, postcodes, mail, telephone numbers and the person's reference.
    """
    tests: dict[str, Callable[[str], object]] = {
        "bsn": lambda text: (
            len(text) == citizen_numbers.DIGITS and text.isdigit() and citizen_numbers.passes(text)
        ),
        "postcode": _POSTCODE.fullmatch,
        "email": _EMAIL.fullmatch,
        "phone": _PHONE.fullmatch,
    }
    for ours, fits in tests.items():
        if ours in proposal.columns:
            continue
        found = next(
            (column for column in _rest(columns, proposal) if column.share(fits) > _MANY), None
        )
        if found:
            proposal.columns[ours] = found.name


def _by_splitting(columns: dict[str, _Column], proposal: _Proposal) -> None:
    """Find columns that hold several of ours, where the others of them are not in the file."""
    for name, split in SPLITS.items():
        missing = [ours for ours in split.columns if ours not in proposal.columns]
        named = {proposal.columns[ours] for ours in split.columns if ours in proposal.columns}
        if len(named) > 1 or not missing or any(map(proposal.gives, split.columns)):
            continue
        free = [columns[each] for each in named]
        if proposal.columns.get("family_name") not in named:  # a family's own column is surer
            free += [each for each in _rest(columns, proposal) if split.may_be_called(each.name)]
        found = next((each for each in free if each.share(split.fits) > _MOSTLY), None)
        if found:
            _take_split(proposal, found.name, name)


def _take_split(proposal: _Proposal, found: str, by: str) -> None:
    """Split a column, instead of keeping it whole or taking one of its parts from another column."""
    given = SPLITS[by].columns
    for ours, theirs in list(proposal.columns.items()):
        if theirs == found or ours in given:
            del proposal.columns[ours]
            if theirs != found:
                proposal.ignore[theirs] = f"stands in {found} too"
    proposal.splits[found] = by


def _person_ref(columns: dict[str, _Column], proposal: _Proposal, rows: int) -> None:
    """Take the first column that tells the people apart for their reference."""
    if "person_ref" not in proposal.columns:
        wanted = min(rows, MOST_VALUES) * _MANY
        for column in _rest(columns, proposal):
            if (
                column.filled == rows
                and len(column.values) >= max(wanted, 1)
                and not column.share(_DECIMAL.fullmatch)
            ):
                proposal.columns["person_ref"] = column.name
                return


def _rest(columns: dict[str, _Column], proposal: _Proposal) -> list[_Column]:
    taken = {
        *proposal.columns.values(),
        *(name for _, name in proposal.facts.values()),
        *proposal.splits,
        *proposal.ignore,
    }
    return [
        column
        for column in columns.values()
        if column.name not in taken and not is_forbidden(column.name)
    ]


def _facts(columns: dict[str, _Column], proposal: _Proposal, rows: int) -> None:
    for name in columns:
        if is_forbidden(name):
            proposal.ignore[name] = "nobody may be selected by nationality, origin or belief"
    for column in _rest(columns, proposal):
        name = fact_name(column.name)
        kind = _kind(column, rows)
        if kind in ("int", "date", "bool", "decimal", "text") and name not in (
            *ALL_COLUMNS,
            *proposal.facts,
        ):
            proposal.facts[name] = (kind, column.name)  # type: ignore[assignment]
        else:
            proposal.ignore[column.name] = kind


def _kind(column: _Column, rows: int) -> str:
    """Return the type of fact that a column holds, or why it should not be kept."""
    if not column.values:
        return "empty"
    if (
        len(column.values) > _MANY * min(rows, MOST_VALUES)
        and rows > _FREE_TEXT
        and not _order(column.values)
    ):
        return "different for almost everybody"
    words = {value.casefold() for value in column.values}
    if words <= YES | NO and (not words <= {"0", "1"} or _FLAG_NAME.search(fact_name(column.name))):
        return "bool"
    if _order(column.values):
        return "date"
    if column.share(_WHOLE.fullmatch) == 1:
        return "int"
    if column.share(lambda text: _WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text)) == 1:
        return "decimal"
    return "text" if len(column.values) <= _FREE_TEXT else "free text"


def _order(values: Iterable[str]) -> str | None:
    """Return the order of dates that fits (almost) every value, or None."""
    known = [value for value in values if value.strip("0-/. ")]
    if not known:
        return None
    fits = {order: sum(_is_date(value, order) for value in known) for order in FORMATS}
    best = max(fits, key=lambda order: fits[order])
    return best if fits[best] > _MANY * len(known) else None


def _is_date(text: str, order: str) -> bool:
    try:
        return len(text) > len("yyyy-mm") and parse_partial(text, order) is not None
    except NotADate:
        return False


def _dates(columns: dict[str, _Column], proposal: _Proposal) -> None:
    named = [proposal.columns[ours] for ours in _DATE_COLUMNS if ours in proposal.columns]
    named += [name for kind, name in proposal.facts.values() if kind == "date"]
    for name in named:
        if order := _order(columns[name].values):
            proposal.orders[name] = order


def _flag_words(columns: dict[str, _Column], proposal: _Proposal) -> tuple[list[str], list[str]]:
    """Return the words for yes and no, where the file has any that are not known."""
    named = [proposal.columns[ours] for ours in _FLAG_COLUMNS if ours in proposal.columns]
    named += [name for kind, name in proposal.facts.values() if kind == "bool"]
    found = [
        {value.casefold() for value in columns[name].values if not _CODES.fullmatch(value)}
        for name in named
    ]
    words = set().union(*found) if found else set()
    # a flag column with one word beside nothing (an X, a star) says yes with it
    new = {word for single in found if len(single) == 1 for word in single} - YES - NO
    return (
        (sorted((words & YES) | new | YES), sorted((words & NO) | (NO - {""}))) if new else ([], [])
    )


def _write(
    source: Source, *, encoding: str, columns: dict[str, _Column], proposal: _Proposal, rows: int
) -> str:
    shown = {"\t": "tab"}.get(source.delimiter, source.delimiter)
    lines = [
        f"# A map for {source.file.name}: ours on the left, the source's own column on the right.",
        "# Proposed by `kaartje people map`; read it, correct it, then: kaartje import FILE --map THIS",
        *(f"# {note}" for note in source.notes()),
        f"encoding: {encoding}",
        f"delimiter: {_quoted(shown)}",
    ]
    lines += _write_dates(columns, proposal, rows)
    yes, no = _flag_words(columns, proposal)
    if yes:
        lines += ["flags:", f"  {_quoted('yes')}: {_list(yes)}", f"  {_quoted('no')}: {_list(no)}"]
    decimals = [columns[name].values for kind, name in proposal.facts.values() if kind == "decimal"]
    if any("," in value for values in decimals for value in values):
        lines.append("decimal_comma: true")
    lines += ["columns:"]
    lines += [
        f"  {ours}: {_quoted(proposal.columns[ours])}"
        for ours in ALL_COLUMNS
        if ours in proposal.columns
    ]
    absent = [name for name in ALL_COLUMNS if name not in proposal.columns]
    if absent := [name for name in absent if not proposal.gives(name)]:
        lines.append(f"  # not found in this file: {', '.join(absent)}")
    if proposal.splits:
        lines += ["split:", *(f"  {_quoted(name)}: {by}" for name, by in proposal.splits.items())]
    if proposal.facts:
        lines += [
            "facts:",
            *(
                f"  {name}:{kind}: {_quoted(theirs)}"
                for name, (kind, theirs) in proposal.facts.items()
            ),
        ]
    if proposal.ignore:
        lines += [
            "ignore:",
            *(f"  - {_quoted(name)}  # {why}" for name, why in proposal.ignore.items()),
        ]
    return "\n".join(lines) + "\n"


def _write_dates(columns: dict[str, _Column], proposal: _Proposal, rows: int) -> list[str]:
    orders = list(proposal.orders.values())
    lines = []
    if orders:
        usual = max(FORMATS, key=orders.count)
        lines.append(f"dates: {usual}")
        others = {name: order for name, order in proposal.orders.items() if order != usual}
        if others:
            lines += [
                "dates_by_column:",
                *(f"  {_quoted(name)}: {order}" for name, order in others.items()),
            ]
    events = [
        columns[proposal.columns[ours]] for ours in _DATE_COLUMNS[1:] if ours in proposal.columns
    ]
    if any(column.zeros > rows / 2 for column in events):
        lines.append(
            "zero_dates: nothing  # nearly everybody's day of death or departure is all zeros"
        )
    return lines


def _quoted(text: str) -> str:
    if _PLAIN_YAML.fullmatch(text) and text.casefold() not in _YAML_WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _list(words: list[str]) -> str:
    return f"[{', '.join(_quoted(word) for word in words)}]"
