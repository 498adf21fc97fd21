"""Names: how a person is greeted and addressed, and whether a name survived its export."""

import re
from dataclasses import dataclass
from functools import lru_cache

MAN, WOMAN, UNKNOWN = "M", "V", "O"
GENDERS = frozenset({MAN, WOMAN, UNKNOWN})

# Dutch is the language of every greeting that has no words of its own here.
_FORMAL = {
    "nl": {MAN: "Geachte heer", WOMAN: "Geachte mevrouw", UNKNOWN: "Geachte"},
    "en": {MAN: "Dear Mr", WOMAN: "Dear Ms", UNKNOWN: "Dear"},
}
_INFORMAL = {
    "nl": {MAN: "Beste meneer", WOMAN: "Beste mevrouw", UNKNOWN: "Beste"},
    "en": {MAN: "Dear Mr", WOMAN: "Dear Ms", UNKNOWN: "Dear"},
}
_FORMULA_STARTS = ("=", "+", "@", "-", "\t", "\r")
_LOST = re.compile(r"[?¿\ufffd\u0080-\u009f]")
_ENTITY = re.compile(r"&#?\w{2,8};")
_SUSPECT = re.compile(r"[À-ßáâäåï][^\x00-\x7f]")  # the first byte of a UTF-8 pair, shown as a letter


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as the source has it.

    Attributes:
        initials: `R.M.`; may be empty where a given name is known.
        given_name: `Dirk-Willem`, or empty.
        prefix: `van der`, or empty.
        family_name: `Puffelen`; a partner's name stands in it as the source joined it (`Velzen-in het Veld`).
        gender: `M`, `V`, or `O` for unknown.
    """

    initials: str
    given_name: str
    prefix: str
    family_name: str
    gender: str

    def salutation(self, language: str = "nl") -> str:
        """Return the formal greeting, without a comma: `Geachte mevrouw In het Veld`."""
        return self._greeting(_FORMAL, language)

    def informal(self, language: str = "nl") -> str:
        """Return the warm greeting, without a comma: `Beste mevrouw Van Velzen`, `Dear Ms Van Velzen`."""
        return self._greeting(_INFORMAL, language)

    def addressee(self) -> str:
        """Return the name as it stands on an envelope: `B.P. van Groenen`."""
        return " ".join(part for part in (self._initials(), self._family()) if part)

    def _greeting(self, words: dict[str, dict[str, str]], language: str) -> str:
        by_gender = words.get(language, words["nl"])
        if self.gender in (MAN, WOMAN) and self.family_name:
            return f"{by_gender[self.gender]} {_capital(self._family())}"
        if self.family_name:
            initials = self._initials()
            return f"{by_gender[UNKNOWN]} {initials} {self._family()}" if initials else self._nobody(by_gender)
        return f"{by_gender[UNKNOWN]} {self.given_name or self._initials()}".rstrip()

    def _nobody(self, by_gender: dict[str, str]) -> str:
        return f"{by_gender[UNKNOWN]} {_capital(self._family())}"

    def _family(self) -> str:
        if not self.prefix:
            return self.family_name or self.given_name
        joined = self.prefix.replace("\u2019", "'").endswith(("d'", "D'", "l'", "L'"))
        return f"{self.prefix}{'' if joined else ' '}{self.family_name}"

    def _initials(self) -> str:
        if self.initials:
            return _with_dots(self.initials)
        return _initials_of(self.given_name) if self.family_name else ""


def _capital(family: str) -> str:
    """Capitalise the first letter; after an apostrophe it stays small, as Dutch has it ('t Hart)."""
    return family if family.startswith(("'", "\u2019")) else family[:1].upper() + family[1:]


def _with_dots(initials: str) -> str:
    """Write initials as `R.M.`, however the source has them (`R M`, `RM`, `r.m.`)."""
    parts = [part for part in re.split(r"[.\s]+", initials) if part]
    if "." not in initials and len(parts) == 1 and parts[0].isupper() and parts[0] != "IJ":
        parts = list(parts[0])
    return "".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def _initials_of(given_name: str) -> str:
    """Return `D.` for Dirk-Willem; a name of one letter keeps itself and takes no dot, as the register writes it."""
    return "".join(part[0].upper() if len(part) == 1 else f"{part[0].upper()}." for part in given_name.split())


@lru_cache(maxsize=65536)
def damaged(text: str) -> str | None:
    """Say why a name or a street cannot be printed as it stands, or None when it can.

    Damage is what exports and spreadsheets do to letters: a question mark in place of one, UTF-8 read as something
    else, a formula.
    """
    if not text:
        return None
    if text.startswith(_FORMULA_STARTS):
        return "starts like a spreadsheet formula"
    if text.isascii() and "?" not in text and "&" not in text:
        return None
    if _LOST.search(text):
        return "lost letters in the export"
    if _ENTITY.search(text):
        return "holds letters in the code of a web page"
    return "was read in the wrong encoding" if _SUSPECT.search(text) and _twice_encoded(text) else None


def _twice_encoded(text: str) -> bool:
    """Whether the text is UTF-8 that somebody read as a single-byte encoding (`MÃ¼ller`)."""
    for encoding in ("cp1252", "latin-1", "iso-8859-15"):
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
