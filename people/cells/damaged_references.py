"""References of people that a spreadsheet damaged, to which an objection could no longer be tied."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from people.cells.nothings import is_machine_nothing
from people.cells.spreadsheet_dates import is_made_a_date
from people.synonyms import plain
from store.errors import BadInput
from store.sentences import Sentence

SAMPLE = 20_000
"""So many references of a file are looked at to see whether they have one width."""
_EXPONENT = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+|[0-9]+[eE]\+[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[0-9]+[.,]0+", re.ASCII)
_LETTERS_FIRST = re.compile(r"[A-Za-z]+[0-9]+", re.ASCII)  # no spreadsheet touches these
_EXACT = 15  # digits that a spreadsheet keeps of a number
_TOTALS = frozenset({"totaal", "totalen", "total", "totals", "subtotaal", "subtotal", "eindtotaal"})
_TOTALS |= frozenset({"grandtotal", "aantal", "som", "sum", "count"})
# what may follow it: `Totaal: 29`, `Aantal records = 29`, `Totaal 29 klanten`
_FIRST_WORDS = re.compile(r"(?<=[^\W\d_])(?:[\s:=(].*)", re.DOTALL)
_MOST, _ALMOST_ALL, _ENOUGH, _LONG = 0.5, 0.95, 20, 8
_REMEDY = "format the column as text and export it again"


def fixed_width(refs: Iterable[str]) -> int | None:
    """Return the number of digits that references have, or None where they have no fixed width.

    Leading zeros show that there is one. Without any, almost all of many long ones must agree.
    """
    digits = [ref for ref in refs if ref.isascii() and ref.isdigit()]
    if not digits:
        return None
    widths = Counter(map(len, digits))
    width, count = widths.most_common(1)[0]
    padded = any(len(ref) == width and ref[0] == "0" for ref in digits)
    if padded and count > _MOST * len(digits):
        return width
    long = width >= _LONG and len(digits) >= _ENOUGH
    return width if long and count >= _ALMOST_ALL * len(digits) else None


@dataclass(frozen=True, kw_only=True)
class References:
    """Check of the references of one file against their common width.

    Attributes:
        width: The digits that a reference of digits only has; None where that differs.
    """

    width: int | None = None

    def refuse_damaged(self, refs: Sequence[str]) -> None:
        """Refuse references of which one is damaged.

        Raises:
            BadInput: with the remedy.
        """
        joined = "".join(refs)
        short = len(joined) <= _EXACT * len(refs)
        even = not self.width or set(map(len, refs)) <= {self.width}
        if joined.isdecimal() and short and even:
            return
        if all(map(_LETTERS_FIRST.fullmatch, refs)):
            return
        for ref in refs:
            if found := self._damage(ref):
                raise BadInput(*found)

    def _damage(self, ref: str) -> tuple[str, str] | None:
        if _EXPONENT.fullmatch(ref):
            return Sentence("{seen!r} lost digits in a spreadsheet", seen=ref), _REMEDY
        if _FLOAT.fullmatch(ref):
            return Sentence(
                "{seen!r} is a number of a spreadsheet, not a reference", seen=ref
            ), _REMEDY
        if is_made_a_date(ref) and any(map(str.isalpha, ref)):
            return Sentence("{seen!r} is a date that a spreadsheet made", seen=ref), _REMEDY
        if is_machine_nothing(ref):
            return Sentence("{seen!r} is no reference", seen=ref), Sentence(
                "give every person one of their own"
            )
        if plain(ref) in _TOTALS or plain(_FIRST_WORDS.sub("", ref)) in _TOTALS:
            return Sentence("{seen!r} is a line of totals, not a person", seen=ref), "leave it out"
        if not (ref.isascii() and ref.isdigit()):
            return None
        if self.width and len(ref) < self.width:
            problem = "{seen!r} lost its first zeros: the others have {width} digits"
            remedy = (
                "format the column as text and export it again, or write `reference_width: any` in the map "
                "if it is right so"
            )
            return Sentence(problem, seen=ref, width=self.width), remedy
        if len(ref) > _EXACT + 1 and not ref[_EXACT:].strip("0"):
            return Sentence("{seen!r} lost its last digits in a spreadsheet", seen=ref), _REMEDY
        return None
