"""Vocabulary of a print shop's answers, in English and Dutch, and a shop's own words for it.

A shop that writes other names than these says so in its file, under `[answer_map]`
(docs/print-shop-answers.md).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from store.sentences import Sentence
from store.states import ShopAnswerKind

_K = ShopAnswerKind
NEAR = 0.8  # share of letters from which a name is likely one of ours, spelled wrong

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("soort", "type", "melding", "soort melding"),
    "run": ("order", "opdracht", "batch", "partij", "printrun", "run id"),
    "file": ("bestand", "bestandsnaam", "filename", "file name"),
    "piece_id": ("stuk", "stuknummer", "stuk id", "piece", "piece number", "poststuk"),
    "status": ("staat", "toestand"),
    "pieces": ("stuks", "aantal", "aantal stuks", "count", "quantity"),
    "sha256": ("checksum", "controlegetal", "sha 256"),
    "grams": ("gram", "gewicht", "gewicht in gram", "weight"),
    "carrier_order": ("postorder", "vervoerdersorder", "ordernummer vervoerder"),
    "date": ("datum", "dag", "day"),
    "by": ("door", "wie"),
    "certificate": ("certificaat", "certificaatnummer"),
    "reason": ("reden", "oorzaak", "toelichting"),
}
"""The columns of an answer, each with other names that it may have."""

_KINDS: Mapping[str, tuple[str, ...]] = {
    _K.RECEIPT: ("ontvangst", "ontvangen", "received"),
    _K.PROOF: ("proef", "drukproef", "proefdruk"),
    _K.PRINTED: ("gedrukt", "geprint", "productie", "print"),
    _K.POSTED: ("gepost", "verzonden", "aangeleverd", "afgeleverd bij vervoerder", "mailed"),
    _K.RETURNED: ("retour", "teruggekomen", "return", "onbestelbaar"),
    _K.PULLED: ("getrokken", "uitgehaald", "verwijderd", "pull"),
    _K.DESTROYED: ("vernietigd", "vernietiging", "destruction"),
}
STATUSES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    _K.RECEIPT: {
        "accepted": ("akkoord", "goed", "ok", "goedgekeurd", "aanvaard"),
        "rejected": ("afgekeurd", "geweigerd", "fout", "niet akkoord"),
    },
    _K.PROOF: {"signed": ("getekend", "ondertekend", "akkoord", "goedgekeurd")},
    _K.PRINTED: {
        "printed": ("gedrukt", "geprint", "goed", "ok"),
        "spoiled": ("misdruk", "afgekeurd", "beschadigd", "uitval", "damaged"),
        "reprinted": ("herdrukt", "herdruk", "opnieuw gedrukt"),
        "missing": ("ontbreekt", "vermist", "zoek", "kwijt"),
        "doubled": ("dubbel", "duplicaat", "tweemaal", "duplicate"),
    },
    _K.POSTED: {
        "posted": ("gepost", "verzonden", "aangeleverd", "ok"),
        "spoiled": ("misdruk", "afgekeurd", "beschadigd", "uitval", "damaged"),
        "missing": ("ontbreekt", "vermist", "zoek", "kwijt"),
        "doubled": ("dubbel", "duplicaat", "tweemaal", "duplicate"),
    },
    _K.PULLED: {
        "pulled": ("getrokken", "uitgehaald", "verwijderd"),
        "too_late": ("te laat", "al gepost", "al verzonden"),
    },
}
"""The statuses of each kind of answer, the usual one first, with other words for them."""

RETURN_REASONS: Mapping[str, tuple[str, ...]] = {
    "moved": ("verhuisd", "vertrokken", "niet meer op dit adres"),
    "unknown": ("onbekend", "adres onbekend", "geadresseerde onbekend", "onbestelbaar"),
    "refused": ("geweigerd", "weigering", "niet aangenomen"),
    "deceased": ("overleden",),
}
"""The reasons for which mail comes back, with other words for them."""

DateOrder = Literal["dd-mm-yyyy", "mm-dd-yyyy", "ddmmyyyy"]


def plain(text: str) -> str:
    """Return a word without capitals, accents, signs and needless spaces, to compare it."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.split(r"[\W_]+", letters)).strip()


class AnswerMap(BaseModel):
    """A print shop's own names for columns, kinds, statuses and reasons, and how it writes dates."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    columns: Mapping[str, Annotated[str, Field(min_length=1)]] = {}  # ours = theirs
    kinds: Mapping[str, str] = {}  # theirs = ours, as the two below
    statuses: Mapping[str, str] = {}
    reasons: Mapping[str, str] = {}
    ignore: tuple[str, ...] = ()  # columns of theirs that say nothing to us
    dates: DateOrder = "dd-mm-yyyy"  # a year in front is read whatever this says

    @field_validator("columns")
    @classmethod
    def _our_columns(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return _known(value, value, COLUMNS)

    @field_validator("kinds")
    @classmethod
    def _our_kinds(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return _known(value, value.values(), _KINDS)

    @field_validator("statuses")
    @classmethod
    def _our_statuses(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return _known(value, value.values(), {name for each in STATUSES.values() for name in each})

    @field_validator("reasons")
    @classmethod
    def _our_reasons(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return _known(value, value.values(), RETURN_REASONS)


def _known(
    value: Mapping[str, str], named: Iterable[str], known: Iterable[str]
) -> Mapping[str, str]:
    names = [str(name) for name in known]
    for name in named:
        if name not in names:
            raise ValueError(
                Sentence(
                    "{seen!r} is no word of an answer; write one of {known}",
                    seen=str(name)[:40],
                    known=", ".join(names),
                )
            )
    return value


@dataclass(frozen=True, slots=True)
class Heading:
    """The columns of an answer under our names, and those that say nothing to us."""

    names: tuple[str, ...]  # ours, or the shop's own where it is ignored
    ignored: tuple[str, ...]
    near: tuple[str, str] | None  # a column that is likely one of ours, spelled wrong; and ours


class AnswerWords:
    """Translation of a shop's words into ours."""

    def __init__(self, own: AnswerMap | None = None) -> None:
        self.map = own or AnswerMap()
        # a column that the shop calls by another name is not found under ours as well
        rest = {name: also for name, also in COLUMNS.items() if name not in self.map.columns}
        own_columns = {plain(theirs): name for name, theirs in self.map.columns.items()}
        self._columns = _by_word(rest, {}) | own_columns
        self._kinds = _by_word(_KINDS, self.map.kinds)
        self._statuses = {
            kind: _by_word(known, self.map.statuses) for kind, known in STATUSES.items()
        }
        self._reasons = _by_word(RETURN_REASONS, self.map.reasons)
        self._ignored = {plain(name) for name in self.map.ignore}
        self._near: dict[str, str | None] = {}  # by a word of theirs, since every row asks again

    def heading(self, columns: Iterable[str]) -> Heading:
        """Return the columns of a file under our names."""
        names, ignored, near = list[str](), list[str](), None
        for column in columns:
            word = plain(column)
            name = None if word in self._ignored else self._columns.get(word)
            names.append(name or column)
            if name is not None:
                continue
            ignored.append(column)
            if word not in self._ignored and near is None:
                ours = self._meant_by(word)
                near = (column, ours) if ours else None
        return Heading(tuple(names), tuple(ignored), near)

    def _meant_by(self, word: str) -> str | None:
        """Return the column of ours that a word is likely meant for, spelled wrong."""
        if word not in self._near:
            close = get_close_matches(word, self._columns, n=1, cutoff=NEAR)
            self._near[word] = self._columns[close[0]] if close else None
        return self._near[word]

    def kind(self, text: str) -> ShopAnswerKind | None:
        """Return the kind of answer that a word stands for."""
        found = self._kinds.get(plain(text))
        return ShopAnswerKind(found) if found else None

    def status(self, kind: ShopAnswerKind, text: str) -> str | None:
        """Return the status of a kind of answer that a word stands for."""
        return self._statuses.get(kind, {}).get(plain(text))

    def reason(self, text: str) -> str | None:
        """Return the reason of a return that a word stands for."""
        return self._reasons.get(plain(text))


def _by_word(known: Mapping[str, tuple[str, ...]], own: Mapping[str, str]) -> dict[str, str]:
    """Return our names by every word that stands for one. The shop's own words win."""
    found = {plain(word): str(name) for name, also in known.items() for word in (name, *also)}
    return found | {plain(word): name for word, name in own.items() if name in known}
