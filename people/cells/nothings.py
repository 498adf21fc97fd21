"""Words and signs that sources write where there is nothing, for each kind of field.

What means nothing in one field is a value in another: `0` is no telephone number but a good count,
`NA` is Namibia, `N.A.` are initials, Geen and Blank are families. So each kind of field has its own
words, and a word is compared without capitals, dots, spaces and brackets.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

# what programs write: databases, data frames, spreadsheets
_MACHINE = frozenset(
    {
        *("null", "nan", "none", "nat", "undefined", "nvt", "nietvantoepassing", "notapplicable"),
        *("notavailable", "nodata", "novalue", "nietingevuld", "nietbeschikbaar", "nietaanwezig"),
        *("geenwaarde", "geengegevens", "geenopgave", "nullnull", "nonenone", "nannan"),
    }
)
# what people write who do not know
_UNKNOWN = frozenset(
    {
        *(
            "onbekend",
            "onb",
            "unknown",
            "unk",
            "unbekannt",
            "inconnu",
            "nietbekend",
            "nietopgegeven",
        ),
        *("vow", "vertrokkenonbekendwaarheen", "zvwov", "zondervastewoonofverblijfplaats"),
        *("nietgeregistreerd", "notknown", "notprovided", "ontbreekt", "ontbrekend"),
        *("onbek", "nognietbekend", "nnb", "naderetebepalen", "nadertebepalen", "tebepalen"),
        *(
            "geennaam",
            "zondernaam",
            "naamonbekend",
            "naamloos",
            "noname",
            "geenadres",
            "zonderadres",
        ),
        *("geenvastadres", "adresonbekend", "geenstraat", "dakloos", "noaddress", "sinnombre"),
        *("anoniem", "anonymous", "weggelaten", "verwijderd", "redacted", "straatonbekend"),
        *("desconocido", "desconocida", "sconosciuto", "sconosciuta", "bilinmiyor", "nieznany"),
        *("nieznana", "nieznane", "inconnue", "keineangabe", "nichtbekannt", "невідомо"),
    }
)
# good words for nothing, and some of them good names too
_PLAIN = frozenset(
    {
        *("geen", "leeg", "blank", "empty", "missing", "na"),
    }
)
_FIELDS = (
    "achternaam|familienaam|geslachtsnaam|voornaam|voornamen|voorletters?|tussenvoegsels?|voorvoegsels?|partner"
    "|toevoeging|huisletter|letter|huisnummer|huisnr|nummer|straat|straatnaam|adres|woonplaats|plaats|postcode"
    "|vastadres|vastewoonplaats|vasteverblijfplaats|vastewoonofverblijfplaats|vastewoonenverblijfplaats"
)
# a sentence about the field itself: `geen achternaam`, `huisnummer onbekend`, `zie opmerkingen`
_SAYS_NONE = re.compile(
    rf"(?:geen|zonder|onbekende?)(?:{_FIELDS})|(?:{_FIELDS})(?:onbekend|ontbreekt|nietbekend)"
    r"|zie(?:opm|opmerking(?:en)?|notities?|bijlage|dossier|boven|onder|tekst|brief|anderveld)"
    r"|zwervend|rondtrekkend"
)
_IN_BRACKETS = re.compile(r"[(\[<{].*[)\]>}]")
_SHEET_ERROR = re.compile(r"#(?![0-9 ]+$)(?:[^\W_]|[/ _0-9])+[!?]?|#+|-?1\.#[a-z]+", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")
_XS = re.compile(r"x+", re.IGNORECASE)
_ZEROS = re.compile(r"0[0 .,]*")
_DATABASE_NULL = "\\N"


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    return _SIGNS.sub("", text.casefold())


def is_machine_nothing(text: str) -> bool:
    """Whether a program wrote this for nothing, as `NULL`, `nan`, `(leeg)`, `n.v.t.` or `#REF!`."""
    key = _key(text)
    return key in _MACHINE or (not text.isalnum() and _signs_nothing(text, key))


def _signs_nothing(text: str, key: str) -> bool:
    """Whether the signs of a text say that a program wrote it for nothing."""
    return (
        text == _DATABASE_NULL
        or bool(_SHEET_ERROR.fullmatch(text))
        or (bool(_IN_BRACKETS.fullmatch(text)) and (key in _PLAIN or key in _UNKNOWN))
        or text.casefold().replace(" ", "") in ("n/a", "n.a.", "<na>")
    )


def _says_none(text: str) -> bool:
    """Whether the cell says that there is nothing, as `geen achternaam` or `zie opmerkingen`."""
    return bool(_SAYS_NONE.fullmatch(_key(text)))


def _no_text(text: str) -> bool:
    """Whether there is no letter and no digit, or nothing but zeros."""
    return not any(sign.isalnum() for sign in text) or bool(_ZEROS.fullmatch(text))


def _no_words(text: str) -> bool:
    """Whether it is nothing in a street, a town, an addition or a postcode."""
    key = _key(text)
    return (
        is_machine_nothing(text)
        or key in _UNKNOWN
        or key in _PLAIN
        or _says_none(text)
        or key in ("nb", "ntb", "tbd", "geheim", "geheimadres", "afgeschermd", "rni", "briefadres")
        or _no_text(text)
        or (len(key) > 1 and bool(_XS.fullmatch(key)))
        or _says_nothing_twice(text)
    )


def _says_nothing_twice(text: str) -> bool:
    """Whether each of several words means nothing, as in `Onbekend Onbekend`."""
    words = text.split()
    return len(words) > 1 and all(
        _key(word) in _UNKNOWN or is_machine_nothing(word) for word in words
    )


def _no_family(text: str) -> bool:
    """Whether it is nothing as a family's name, where Nan, Na, Geen and Blank are people."""
    key = _key(text)
    if text.isalpha() and (key in _PLAIN or key in ("nan", "nat")):
        return text in ("NA", "nan", "NaN", "NAN", "NaT")
    return (
        is_machine_nothing(text)
        or key in _UNKNOWN
        or _says_none(text)
        or key in ("nn", "nomennescio", "nb", "ntb", "tbd")
        or not any(sign.isalpha() for sign in text)
        or bool(_XS.fullmatch(key))
        or _says_nothing_twice(text)
    )


def _no_given(text: str) -> bool:
    """Whether it is nothing as a given name, which may be one letter."""
    return text not in ("X", "x", "X.") and _no_family(text)


def _no_initials(text: str) -> bool:
    """Whether it is nothing as initials, where N.A., N.N. and X.X. are people."""
    key = _key(text)
    if key in ("na", "nn", "x", "xx", "nat"):
        return text in ("NA", "NaT") or (is_machine_nothing(text) and text not in ("N.A.", "N. A."))
    return _no_family(text)


def _no_prefix(text: str) -> bool:
    return text == "NA" or _no_words(text) or _key(text) == "x"


def _no_country(text: str) -> bool:
    """Whether no country was given at all. An unknown one is no reason to think of the Netherlands."""
    return is_machine_nothing(text) or (bool(text.strip(".?")) and not _key(text))


def _no_event(text: str) -> bool:
    """Whether there was no death or departure. Zeros and unknown days are for the reader of dates."""
    return (
        is_machine_nothing(text)
        or (_key(text) in _PLAIN)
        or (not _key(text) and not text.strip("-\u2013\u2014_ "))
    )


def _no_value(text: str) -> bool:
    """Whether it is nothing as a number, a date, a code or a mail address."""
    key = _key(text)
    masked = len(key) > 1 and bool(_XS.fullmatch(key))
    return is_machine_nothing(text) or key in _UNKNOWN or key in _PLAIN or not key or masked


def _no_phone(text: str) -> bool:
    key = _key(text)
    return (
        _no_value(text)
        or _no_text(text)
        or bool(_XS.fullmatch(key))
        or (key.startswith("geen") and not any(sign.isdigit() for sign in key))
    )


_BESIDE = frozenset(
    {
        *(
            "NULL",
            "null",
            "nan",
            "NaN",
            "NAN",
            "<NA>",
            "None",
            "undefined",
            "n.v.t.",
            "N.v.t.",
            "N/A",
            "n/a",
        ),
        *(
            "#N/A",
            "#N/B",
            "#REF!",
            "#VALUE!",
            "#WAARDE!",
            "#VERW!",
            "(null)",
            "(leeg)",
            "(onbekend)",
            "(blank)",
        ),
    }
)
"""What programs write, spelled as nobody's name is: Null and Nan are families, NULL and nan are not."""
_BETWEEN = re.compile(r"[\s,;_]+|-(?!$)")


@lru_cache(maxsize=65_536)
def has_nothing_beside(text: str) -> bool:
    """Whether a word for nothing stands beside another word, as in `Vries NULL` or `Jansen-NULL`."""
    return not text.isalpha() and any(part in _BESIDE for part in _BETWEEN.split(text))


NOTHING_IN: Mapping[str, Callable[[str], bool]] = {
    "initials": _no_initials,
    "given_name": _no_given,
    "family_name": _no_family,
    "prefix": _no_prefix,
    "words": _no_words,
    "country": _no_country,
    "event": _no_event,
    "value": _no_value,
    "machine": is_machine_nothing,
    "flag": lambda text: is_machine_nothing(text) or _key(text) in _UNKNOWN or not _key(text),
    "phone": _no_phone,
    "unknown": lambda text: _key(text) in _UNKNOWN,
}
"""For each kind of field, whether a text that is not empty stands for nothing."""
