"""Fields of the forms in which a campaign is made, and how what was typed becomes a value of the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from campaigns.drafts.document_edits import Location, value_at
from console.web.words import Language, known, say

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = ("day", "month", "year")
_GROUPED = re.compile(r"[0-9]{1,3}([.,][0-9]{3})+")
_DIGITS = re.compile(r"-?[0-9]{1,15}")
_AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]{1,4})?")


class Input(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES = "yes"
    CHOICE = "choice"
    SPOKEN = "spoken"  # in Dutch, and in English where that differs
    WEEKDAYS = "weekdays"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        place: Where its value stands in the campaign file.
        input: How it is asked for.
        needed: Whether the campaign file cannot do without it.
        options: Each choice and its words, where one is chosen.
        label: The key of its label.
        number: Which of several it is, for the label.
        channel: The channel that it is about, for the label.
        short: Whether a short box will do.
    """

    place: Location
    input: Input = Input.TEXT
    needed: bool = True
    options: tuple[tuple[str, str], ...] = ()
    label: str = ""
    number: int = 0
    channel: str = ""
    short: bool = False

    @property
    def name(self) -> str:
        """The name of the field in a form, as "sender.name"."""
        return ".".join(map(str, self.place))

    @property
    def key(self) -> str:
        """The last part of the keys of its label and its hint."""
        return self.label or ".".join(str(part) for part in self.place if isinstance(part, str))

    def asked(self, language: Language) -> str:
        """Return the words of its label."""
        channel = f"channel.{self.channel}"
        named = say(language, channel) if known(channel) else self.channel
        return say(language, f"making.f.{self.key}", n=self.number, channel=named)

    def shown(self, document: Any) -> dict[str, str]:
        """Return the texts of its boxes by their names, as the document has them."""
        return self._shown(value_at(document, self.place))

    def _shown(self, value: Any) -> dict[str, str]:
        match self.input:
            case Input.DATE:
                year, month, day = (*_text(value).split("-", 2), "", "", "")[:3]
                texts = dict(zip(_PARTS, (day, month, year), strict=True))
                return {f"{self.name}.{part}": text for part, text in texts.items()}
            case Input.SPOKEN:
                said = value if isinstance(value, dict) else {"nl": value}
                return {f"{self.name}.{each}": _text(said.get(each)) for each in ("nl", "en")}
            case Input.WEEKDAYS:
                chosen = value if isinstance(value, list) else []
                return {f"{self.name}.{day}": "yes" if day in chosen else "" for day in DAYS}
            case Input.YES:
                return {self.name: "yes" if value is True else ""}
            case Input.YEARS:
                years = value if isinstance(value, list) else [value]
                return {self.name: ", ".join(_text(year) for year in years)}
            case _:
                return {self.name: _text(value)}

    def read(self, form: Mapping[str, str]) -> Any:
        """Return the value that was typed, or the text itself where it is no such value."""
        text = form.get(self.name, "").replace("\r\n", "\n")
        match self.input:
            case Input.DATE:
                return _date(*(form.get(f"{self.name}.{part}", "") for part in _PARTS))
            case Input.SPOKEN:
                dutch, english = (form.get(f"{self.name}.{each}", "") for each in ("nl", "en"))
                return {"nl": dutch, "en": english} if english else dutch or None
            case Input.WEEKDAYS:
                return [day for day in DAYS if form.get(f"{self.name}.{day}")] or None
            case Input.YES:
                return True if text else None
            case Input.NUMBER:
                return _number(text) if text else None
            case Input.MONEY:
                return _money(text) if text else None
            case Input.YEARS:
                return [_number(year) for year in re.split(r"[,\s]+", text) if year] or None
            case _:
                return text or None

    def change(self, document: Any, form: Mapping[str, str]) -> dict[Location, Any]:
        """Return what the form changes in the document: nothing where nothing else was typed."""
        shown = self.shown(document)
        if not any(name in form for name in shown) and self.input not in _UNTICKED:
            return {}
        same = all(form.get(name, "").replace("\r\n", "\n") == shown[name] for name in shown)
        return {} if same else {self.place: self.read(form)}


_UNTICKED = frozenset({Input.YES, Input.WEEKDAYS})
"""Of these nothing at all is sent where nothing is ticked."""


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value).strip()


def _date(day: str, month: str, year: str) -> date | str | None:
    if not (day or month or year):
        return None
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return f"{year}-{month}-{day}"


def _number(text: str) -> int | str:
    bare = re.sub(r"[.,]", "", text) if _GROUPED.fullmatch(text) else text
    return int(bare) if _DIGITS.fullmatch(bare) else text


def _money(text: str) -> int | float | str:
    """Return an amount that is written as 1.234,50 or as 1,234.50 or as 1234.5."""
    bare = text.replace("€", "").replace(" ", "")
    if _GROUPED.fullmatch(bare):
        return int(re.sub(r"[.,]", "", bare))
    if match := re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{3})+)([.,])([0-9]{1,2})", bare):
        bare = f"{re.sub(r'[.,]', '', match[1])}.{match[3]}"
    if not _AMOUNT.fullmatch(bare):
        return text
    amount = float(bare.replace(",", "."))
    return int(amount) if amount.is_integer() else amount
