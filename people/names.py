"""Names of people, with greetings, addressee lines and checks for damage by an export."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, Self

from people.cells.name_notes import not_a_name_alone
from people.cells.noble_titles import has_courtesy, is_predicate, title_form, title_greeting
from people.cells.nothings import has_nothing_beside
from people.cells.split_names import are_prefixes

MAN, WOMAN, UNKNOWN = "M", "V", "O"
OWN, PARTNER, PARTNER_OWN, OWN_PARTNER = "E", "P", "V", "N"
"""By which name somebody goes, in the register's letters: own, the partner's, or both in this order."""

# Dutch is the language of every greeting that has no words of its own here.
_FORMAL = {
    "nl": {MAN: "Geachte heer", WOMAN: "Geachte mevrouw", UNKNOWN: "Geachte"},
    "en": {MAN: "Dear Mr", WOMAN: "Dear Ms", UNKNOWN: "Dear"},
}
_INFORMAL = {
    "nl": {MAN: "Beste meneer", WOMAN: "Beste mevrouw", UNKNOWN: "Beste"},
    "en": {MAN: "Dear Mr", WOMAN: "Dear Ms", UNKNOWN: "Dear"},
}
# a greeting without a name, for where no form of it fits
_NAMELESS = {
    "nl": {MAN: "Beste meneer", WOMAN: "Beste mevrouw", UNKNOWN: "Goedendag"},
    "en": {MAN: "Dear Sir", WOMAN: "Dear Madam", UNKNOWN: "Hello"},
}
_NAME_LETTERS = 4  # as many make a name, not an initial such as Chr
_FORMULA_STARTS = ("=", "+", "@", "-", "\t", "\r")
_LOST = re.compile(r"[?¿\ufffd\u0080-\u009f]")
_TAG = re.compile(r"<[a-z/!]", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{2,8};")
# the first byte of a UTF-8 pair, shown as a letter
_SUSPECT = re.compile(r"[À-ßáâäåï][^\x00-\x7f]")


class NameColumns(Protocol):
    """The columns of a row of `people` that make up a name."""

    @property
    def initials(self) -> str:
        """Return the initials, with stops."""

    @property
    def given_name(self) -> str:
        """Return the given name, or nothing."""

    @property
    def prefix(self) -> str:
        """Return the prefix (`van der`), or nothing."""

    @property
    def family_name(self) -> str:
        """Return the family name."""

    @property
    def gender(self) -> str:
        """Return `M`, `V` or `O`."""

    @property
    def name_use(self) -> str:
        """Return the letter of the name use."""

    @property
    def partner_prefix(self) -> str:
        """Return the prefix of the partner's name, or nothing."""

    @property
    def partner_name(self) -> str:
        """Return the partner's name, or nothing."""

    @property
    def noble_title(self) -> str:
        """Return the code of a title or predicate of nobility, or nothing."""

    @property
    def partner_noble_title(self) -> str:
        """Return the code of the partner's, or nothing."""

    @property
    def partner_former(self) -> bool:
        """Whether the marriage or partnership has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A person's name as the source has it, with their name use.

    Attributes:
        initials: `R.M.`; may be empty where a given name is known.
        given_name: `Dirk-Willem`, or empty.
        prefix: `van der`, or empty.
        family_name: `Puffelen`; where the source joined a partner's name to it, as it stands (`Velzen-in het Veld`).
        gender: `M`, `V`, or `O` for unknown.
        use: `E` own, `P` the partner's, `V` the partner's before one's own, `N` after it.
        partner_prefix: `in het`, or empty.
        partner_name: `Veld`; without it everybody goes by their own name.
        noble_title: `JH`, or empty; partner_noble_title: the partner's.
        partner_former: Whether the marriage or partnership has ended.
    """

    initials: str
    given_name: str
    prefix: str
    family_name: str
    gender: str
    use: str = OWN
    partner_prefix: str = ""
    partner_name: str = ""
    noble_title: str = ""
    partner_noble_title: str = ""
    partner_former: bool = False

    @classmethod
    def of(cls, person: NameColumns) -> Self:
        """Return the name of a row of `people`."""
        return cls(
            initials=person.initials,
            given_name=person.given_name,
            prefix=person.prefix,
            family_name=person.family_name,
            gender=person.gender,
            use=person.name_use,
            partner_prefix=person.partner_prefix,
            partner_name=person.partner_name,
            noble_title=person.noble_title,
            partner_noble_title=person.partner_noble_title,
            partner_former=person.partner_former,
        )

    def salutation(self, language: str = "nl") -> str:
        """Return the formal greeting without a comma, as `Geachte mevrouw In het Veld`.

        In Dutch a title of nobility has a greeting of its own, as `Hoogwelgeboren heer`.
        """
        titled = self._titled() if language == "nl" or language not in _FORMAL else ""
        return titled or self._greeting(_FORMAL, language)

    def informal(self, language: str = "nl") -> str:
        """Return the warm greeting without a comma, as `Beste mevrouw Van Velzen` or `Dear Ms Van Velzen`."""
        return self._greeting(_INFORMAL, language)

    def greetings(self, language: str = "nl") -> tuple[str, ...]:
        """Return the warm greeting and what stands in its place where it does not fit, the longest first.

        Of two names the one that comes first is kept, as somebody goes by it. Last comes a greeting
        without a name: a name is never cut.
        """
        found = [self.informal(language)]
        if self._use() in (PARTNER_OWN, OWN_PARTNER):
            first = PARTNER if self._use() == PARTNER_OWN else OWN
            found.append(replace(self, use=first).informal(language))
        found.append(_NAMELESS.get(language, _NAMELESS["nl"])[self.gender])
        return tuple(found)

    def addressee(self) -> str:
        """Return the name as it is written on an envelope, as `B.P. van Groenen`.

        A title stands before its name (`A. barones van Aedel`), a predicate before the initials.
        """
        title, predicate = title_form(self._own_title(), self.gender), ""
        if is_predicate(self._own_title()) and self._use() != PARTNER_OWN:
            title, predicate = "", title
        courtesy = title_form(self.partner_noble_title, WOMAN) if self._has_courtesy() else ""
        initials, family = self._initials(), self._family(title, courtesy)
        written = " ".join(filter(None, (predicate, initials, family)))
        return _capital(written) if predicate or not initials else written

    def called(self) -> str:
        """Return the name as somebody would say it, as `Bram van Groenen`."""
        return " ".join(
            part
            for part in (self._before(self.given_name or self._initials()), self._family())
            if part
        )

    def _greeting(self, words: dict[str, dict[str, str]], language: str) -> str:
        by_gender = words.get(language, words["nl"])
        if not self.family_name and self._use() == OWN:
            return f"{by_gender[UNKNOWN]} {self.given_name or self._initials()}".rstrip()
        if self.gender in (MAN, WOMAN):
            return f"{by_gender[self.gender]} {_capital(self._family())}"
        initials = self._initials()
        return f"{by_gender[UNKNOWN]} {f'{initials} {self._family()}' if initials else _capital(self._family())}"

    def _titled(self) -> str:
        """Return the greeting of a title, where there is one that may be used."""
        if self._has_courtesy():
            return title_greeting(self.partner_noble_title, WOMAN)
        return title_greeting(self._own_title(), self.gender)

    def _has_courtesy(self) -> bool:
        """Whether she goes by a partner's name with the title that comes with it."""
        return self.gender == WOMAN and self.use != OWN and has_courtesy(self.partner_noble_title)

    def _own_title(self) -> str:
        """Return the code of one's own title or predicate, where it may be used beside the name."""
        if self._use() == PARTNER:
            return ""
        married = bool(self.partner_name) and not self.partner_former
        if self.gender == WOMAN and is_predicate(self.noble_title):
            return "" if married or self._use() != OWN else self.noble_title
        return self.noble_title

    def _use(self) -> str:
        return self.use if self.partner_name else OWN

    def _family(self, title: str = "", courtesy: str = "") -> str:
        """Return the names by which somebody goes, each after a title, if one is given."""
        own = _with_prefix(self.prefix, self.family_name) if self.family_name else self.given_name
        partner = _with_prefix(self.partner_prefix, self.partner_name)
        own, partner = f"{title} {own}".strip(), f"{courtesy} {partner}".strip()
        orders = {PARTNER: (partner,), PARTNER_OWN: (partner, own), OWN_PARTNER: (own, partner)}
        return "-".join(filter(None, orders.get(self._use(), (own,))))

    def _initials(self) -> str:
        if self.initials:
            return self._before(_with_dots(self.initials))
        return self._before(_initials_of(self.given_name))

    def _before(self, given: str) -> str:
        """Return the part before the family name, or nothing where the given name replaces it."""
        alone = not self.family_name and self.given_name and self._use() != PARTNER
        return "" if alone else given


_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")  # J.P.


def _with_prefix(prefix: str, name: str) -> str:
    """Return the prefix and the name, also where the source put the prefix in the name's own field."""
    family, comma, behind = name.partition(", ")
    if not prefix:
        return f"{behind} {family}" if comma and are_prefixes(behind) else name
    if comma and behind.casefold() == prefix.casefold():
        name = family
    if name.casefold().startswith(f"{prefix.casefold()} "):
        return name
    if (
        prefix.isupper()
    ):  # a source that has capitals only; the register writes `Van Der` as it came
        prefix = prefix.lower()
    joined = prefix.replace("\u2019", "'").endswith(("d'", "D'", "l'", "L'"))
    return f"{prefix}{'' if joined else ' '}{name}"


def _capital(family: str) -> str:
    """Capitalise the first letter, except after an apostrophe as in 't Hart."""
    return family if family.startswith(("'", "\u2019")) else family[:1].upper() + family[1:]


def _with_dots(initials: str) -> str:
    """Write initials as `R.M.`, however the source has them (`R M`, `RM`, `r.m.`)."""
    if "." not in initials and _hold_names(initials):
        return _initials_of(initials)  # given names in the place of initials
    parts = [part for part in re.split(r"[.\s]+", initials) if part]
    if "." not in initials and len(parts) == 1 and parts[0].isupper() and parts[0] != "IJ":
        parts = list(parts[0])
    if initials.islower():
        parts = [f"{part[0].upper()}{part[1:]}" for part in parts]
    return "".join(f"{part}." for part in parts)


def _hold_names(initials: str) -> bool:
    """Whether there are given names, which are longer than initials and not in capitals (`JPMG`)."""
    return any(len(part) >= _NAME_LETTERS and not part.isupper() for part in initials.split())


def _initials_of(given_name: str) -> str:
    """Return `D.` for Dirk-Willem and `A.b.M.` for Ali bin Mohammed, as the register derives them.

    A name of one letter has no dot, and a space before the next one (`J P`, `Q S.`). Initials in the place of names
    (`J.P.`) stay, and what has no letter is no name.
    """
    written = given_name.upper() if given_name.islower() else given_name
    names = [name for name in written.split() if any(map(str.isalpha, name))]
    return "".join(map(_initial_of, names)).rstrip()


def _initial_of(name: str) -> str:
    if _DOTTED.fullmatch(name):
        return name
    return f"{name[0]} " if len(name) == 1 else f"{name[0]}."


@lru_cache(maxsize=65536)
def damaged(text: str) -> str | None:
    """Return why a name or a street cannot be printed as it is, or None when it can.

    Damage is what exports and spreadsheets do to letters, such as a question mark in place of one,
    UTF-8 read as another encoding, or a formula.
    """
    if not text:
        return None
    if text.startswith(_FORMULA_STARTS):
        return "starts like a spreadsheet formula"
    if text.isascii() and "?" not in text and "&" not in text and "<" not in text:
        return None
    if _TAG.search(text):
        return "holds the code of a web page"
    if _LOST.search(text):
        return "lost letters in the export"
    if _ENTITY.search(text):
        return "holds letters in the code of a web page"
    return (
        "was read in the wrong encoding" if _SUSPECT.search(text) and _twice_encoded(text) else None
    )


@lru_cache(maxsize=65536)
def damaged_name(text: str) -> str | None:
    """Return why a part of a name cannot be printed as it is, or nothing. A digit is never right."""
    if not text or text.isalpha():
        return None if text.isascii() else damaged(text)
    if any(map(str.isdigit, text)):
        return "holds a digit"
    if has_nothing_beside(text):
        return "holds a word for nothing"
    return damaged(text) or not_a_name_alone(text)


def _twice_encoded(text: str) -> bool:
    """Whether the text is UTF-8 that was read as a single-byte encoding (`MÃ¼ller`)."""
    for encoding in ("cp1252", "latin-1", "iso-8859-15"):
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
