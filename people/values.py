"""Readers of the values of one file, such as dates, flags, genders and facts, which a map can tune."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import TypeVar

from people.columns import FactDeclaration
from people.dates import FORMATS, NotADate, parse_day, parse_partial
from people.suspensions import FACT as SUSPENSION
from people.suspensions import UNKNOWN_REASON, suspension_code
from people.value_words import GENDERS, LANGUAGES, NAME_USES, NO, YES
from store.errors import BadInput
from store.facts import DECIMAL_SCALE
from store.sentences import Sentence

_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9-]+)?", re.ASCII)
_SECRECY_CODES = frozenset("1234567")
_INVESTIGATION_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"([+-]?)([0-9]{1,13})(?:[.,]([0-9]+))?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]+))?", re.ASCII)
_DECIMALS = 4
_REMEMBERED = 50_000  # texts of one column; beyond it, we start anew
UNKNOWN_DAY = "1850-01-01"
"""What is kept for an event that did happen on a day nobody knows."""

V = TypeVar("V")
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Readers of the values of one file.

    Attributes:
        dates: The orders in which dates are written, the first that fits is taken; `by_column` overrides it.
        by_column: The same for single columns, by our own name.
        yes: Words for yes, in small letters.
        no: Words for no, in small letters; empty is no.
        decimal_comma: Whether 1.234 is one thousand two hundred and thirty-four.
        zeros_are_nothing: Whether a date of death of all zeros means that the person lives. In the population register
            it means a death on an unknown day, so that is what it means unless a map says otherwise.
        suspended_means: The letter of a suspension for which a plain yes stands, where the source has a flag.
        declared: The facts, in the order in which their texts are handed over.
        today: No one is born after it (ISO).
    """

    dates: tuple[str, ...] = FORMATS[:2]
    by_column: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes: frozenset[str] = YES
    no: frozenset[str] = NO
    decimal_comma: bool = False
    zeros_are_nothing: bool = False
    suspended_means: str = UNKNOWN_REASON
    declared: tuple[FactDeclaration, ...] = ()
    today: str = "9999-12-31"

    def _orders(self, column: str) -> tuple[str, ...]:
        return self.by_column.get(column, self.dates)

    @cached_property
    def birth(self) -> "Remembered[tuple[str | None, str | None]]":
        """A birth date as its first and last possible day, in ISO form."""
        return Remembered(partial(_birth, orders=self._orders("birth_date"), today=self.today))

    @cached_property
    def event(self) -> "Remembered[str | None]":
        """The first possible day of a death or departure, in ISO form, or None where there was none."""
        orders = (*self._orders("deceased_on"), *self._orders("moved_abroad_on"))
        return Remembered(
            partial(_event, orders=tuple(dict.fromkeys(orders)), zeros=not self.zeros_are_nothing)
        )

    @cached_property
    def gender(self) -> "Remembered[str]":
        """A gender as M, V or O (unknown)."""
        return Remembered(_gender)

    @cached_property
    def name_use(self) -> "Remembered[str]":
        """The name use as E (own), P (partner's), V (partner's before own) or N (own before partner's)."""
        return Remembered(_name_use)

    @cached_property
    def language(self) -> "Remembered[str | None]":
        """A language in ISO 639-1, empty when it is not given, None when it is not known."""
        return Remembered(_language)

    @cached_property
    def flag(self) -> "Remembered[bool]":
        """Yes or no, where empty is no."""
        return Remembered(partial(_flag, yes=self.yes, no=self.no))

    @cached_property
    def secrecy(self) -> "Remembered[bool]":
        """A flag, or the register's code 0 to 7, where 1 to 7 are secret."""
        return Remembered(lambda text: text in _SECRECY_CODES or self.flag[text])

    @cached_property
    def investigation(self) -> "Remembered[bool]":
        """A flag, or the register's six-digit code of what is under investigation."""
        return Remembered(
            lambda text: (
                text != "000000"
                if _INVESTIGATION_CODE.fullmatch(text)
                else bool(text) and self.flag[text]
            )
        )

    def facts(self, columns: Sequence[Sequence[str]], rows: int) -> list[str]:
        """Read the facts' columns as one JSON object for each row, without empty facts.

        Raises:
            BadInput: one is not of its type; `field` is the fact's name.
        """
        if not self.declared:
            return ["{}"] * rows
        read = [
            map(reader.__getitem__, texts)
            for reader, texts in zip(self._fact_readers, columns, strict=True)
        ]
        return [f"{{{','.join(filter(None, members))}}}" for members in zip(*read, strict=True)]

    @cached_property
    def _fact_readers(self) -> tuple["Remembered[str]", ...]:
        return tuple(
            Remembered(partial(_fact, name=fact.name, read=self._fact_reader(fact)))
            for fact in self.declared
        )

    def signature(self) -> str:
        """Return a text of everything on which the reading of a value depends."""
        columns = sorted(self.by_column.items())
        words = (sorted(self.yes), sorted(self.no))
        return repr(
            (
                self.dates,
                columns,
                words,
                self.decimal_comma,
                self.zeros_are_nothing,
                self.suspended_means,
            )
        )

    def _fact_reader(self, fact: FactDeclaration) -> Callable[[str], object]:
        match fact.type:
            case "int":
                return _whole
            case "date":
                return partial(_day, orders=self._orders(fact.name))
            case "bool":
                return self.flag.__getitem__
            case "decimal":
                return partial(_decimal, comma=self.decimal_comma)
            case "text" if fact.name == SUSPENSION:
                return partial(
                    suspension_code, yes=self.yes, no=self.no, yes_means=self.suspended_means
                )
            case "text":
                return str


class Remembered(dict[str, V]):
    """A cache of read texts, because the same few days, words and codes return in a million rows.

    Raises:
        BadInput: the text cannot be read; it is not remembered.
    """

    def __init__(self, read: Callable[[str], V]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> V:
        value = self._read(text)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = value
        return value


def _fact(text: str, name: str, read: Callable[[str], object]) -> str:
    """Return a fact as a member of a JSON object, or empty where there is none."""
    try:
        value = read(text) if text else None
    except BadInput as error:
        error.field = name
        raise
    return "" if value is None else f"{_write(name)}:{_write(value)}"


def _gender(text: str) -> str:
    found = GENDERS.get(text.casefold())
    if found is None:
        raise BadInput(
            Sentence("{seen!r} is not a known gender", seen=text[:20]), "write M, V or O (unknown)"
        )
    return found


def _name_use(text: str) -> str:
    found = NAME_USES.get(text.casefold())
    if found is None:
        remedy = "write E (own name), P (the partner's), V (the partner's, then their own) or N (their own first)"
        raise BadInput(Sentence("{seen!r} is not a known name use", seen=text[:20]), remedy)
    return found


def _birth(text: str, orders: tuple[str, ...], today: str) -> tuple[str | None, str | None]:
    found = parse_partial(text, *orders)
    if found is None:
        return (None, None)
    if found.first.isoformat() > today:
        raise NotADate(
            Sentence("{text!r} is in the future", text=text), "correct the date of birth"
        )
    return (found.first.isoformat(), found.last.isoformat())


def _event(text: str, orders: tuple[str, ...], zeros: bool) -> str | None:  # noqa: FBT001  always named by partial
    found = parse_partial(text, *orders)
    if found is None:
        return UNKNOWN_DAY if text and zeros else None
    return found.first.isoformat()


def _day(text: str, orders: tuple[str, ...]) -> str | None:
    found: date | None = parse_day(text, *orders)
    return found.isoformat() if found else None


def _language(text: str) -> str | None:
    word = text.casefold()
    if word in LANGUAGES:
        return LANGUAGES[word]
    found = _LANGUAGE.fullmatch(word)
    return found[1] if found else None


def _flag(text: str, yes: frozenset[str], no: frozenset[str]) -> bool:
    word = text.casefold()
    if word in yes:
        return True
    if word in no:
        return False
    raise BadInput(
        Sentence("{seen!r} is neither yes nor no", seen=text[:20]),
        Sentence("write {yes} or {no}", yes=_some(yes), no=_some(no)),
    )


def _some(words: Iterable[str]) -> str:
    return "/".join(sorted(filter(None, words))[:4])


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise BadInput(
            Sentence("{seen!r} is not a whole number", seen=text[:30]),
            "write it in digits, without points or spaces",
        )
    return int(text)


def _decimal(text: str, comma: bool) -> int:  # noqa: FBT001  always named by partial
    """Return a decimal number in ten-thousandths."""
    found = (comma and _GROUPED.fullmatch(text)) or _NUMBER.fullmatch(text)
    if not found:
        raise BadInput(
            Sentence("{seen!r} is not a decimal number", seen=text[:30]), "write it as 1234.56"
        )
    decimals = (found[3] or "").rstrip("0")
    if len(decimals) > _DECIMALS:
        raise BadInput(
            Sentence(
                "{text!r} has more than {decimals} decimals", text=text[:30], decimals=_DECIMALS
            ),
            Sentence("round it to {decimals} decimals", decimals=_DECIMALS),
        )
    parts = int(found[2].replace(".", "")) * DECIMAL_SCALE + int(
        decimals.ljust(_DECIMALS, "0") or 0
    )
    return -parts if found[1] == "-" else parts
