"""Names and codes of countries in exports, read as ISO 3166-1 alpha-2."""

import re
import unicodedata
from functools import cache, lru_cache

_LANGUAGES = ("de", "fr", "es", "it", "pt", "pl", "tr", "ar", "uk", "ro", "bg")
"""Languages in whose words sources name a country, besides Dutch and English."""
UNKNOWN = "ZZ"  # ISO keeps it free for a country that is not known
_CODES = (  # of two letters each, between spaces
    " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT"
    " BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH"
    " ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT"
    " HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS"
    " LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI"
    " NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG"
    " SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG"
    " UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)
# Names that neither language's table has. 6030 is the Netherlands in the table of the Dutch population register.
_NAMES: dict[str, str] = {
    "NL": (
        "Holland, Hollanda, Holandia, Holanda, Olanda, Nederl, Netherlands, The Netherlands,"
        " Koninkrijk der Nederlanden, 6030, 0031, Ned"
    ),
    "AT": "Österreich, Republik Österreich",
    "AE": "VAE, UAE, De Verenigde Arabische Emiraten",
    "BE": "Belgique, Belgien",
    "BQ": "Bonaire, Sint Eustatius, Saba",
    "BY": "Wit-Rusland, Witrusland",
    "CD": "Congo-Kinshasa, Democratische Republiek Congo, Zaïre, DRC",
    "CG": "Congo-Brazzaville, Republiek Congo",
    "CH": "Schweiz, Suisse",
    "CI": "Ivory Coast",
    "CN": "Volksrepubliek China, People's Republic of China",
    "CV": "Kaapverdische Eilanden",
    "CZ": "Czech Republic, Tsjechische Republiek",
    "DE": "Deutschland, BRD, West-Duitsland",
    "ES": "España, Espana",
    "GB": (
        "Groot-Brittannië, Grootbrittannië, Great Britain, Engeland, England, Schotland, Scotland, Wales,"
        " Noord-Ierland, Northern Ireland, UK, Britain, Verenigd Koninkrijk van Groot-Brittannië en Noord-Ierland"
    ),
    "HK": "Hongkong, Hong Kong",
    "IE": "Ierse Republiek",
    "IR": "Perzië, Islamitische Republiek Iran",
    "IT": "Italia",
    "KP": "Noord-Korea, Democratische Volksrepubliek Korea",
    "KR": "Zuid-Korea, Republiek Korea",
    "MA": "Maroc",
    "MD": "Moldova, Moldavië",
    "MK": "Macedonië, Macedonia",
    "MO": "Macau, Macao",
    "MM": "Birma, Burma",
    "PL": "Polska",
    "PS": "Palestina, Palestine",
    "RU": "Russische Federatie, Russian Federation",
    "SX": "St. Maarten, Sint Maarten",
    "SZ": "Swaziland",
    "SY": "Arabische Republiek Syrië",
    "TL": "Oost-Timor, East Timor",
    "TR": "Türkiye, Turkey",
    "US": "VS, VSA, USA, Verenigde Staten van Amerika, United States of America, Amerika",
}
# A state's full name is that of its country, except for those of which two countries have the same
_STATE = re.compile(
    r"(?:de |het |the )?(?:(?:federale |federal |islamitische |democratische |hellenic )?"
    r"(?:bondsrepubliek|republiek|koninkrijk|groothertogdom|vorstendom|sultanaat|emiraat|staat"
    r"|republic|kingdom|grand duchy|principality|state))(?: of| van)?(?: de| het| the)? +"
)
_TWO = frozenset({"china", "congo", "korea", "vietnam", "jemen", "yemen", "guinea"})


@cache
def _by_name() -> dict[str, str]:
    """Return the code of every plain name in Dutch and English.

    A name that two countries share is left out.
    """
    from babel import Locale

    found: dict[str, set[str]] = {}
    for language in ("nl", "en"):
        for code, name in Locale(language).territories.items():
            if f" {code} " in _CODES:
                for spelled in (name, re.sub(r"\(.*\)", "", name)):
                    found.setdefault(_plain(spelled), set()).add(code)
    names = {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
    return names | {
        _plain(name): code for code, said in _NAMES.items() for name in said.split(", ")
    }


def _plain(text: str) -> str:
    """Return the letters and digits of `text`, without accents, capitals and signs."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\b(?:and|en)\b", "", ascii_only.casefold()))


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Return the ISO code of a country: of its code, its Dutch or English name, or a state's full name.

    Empty means the Netherlands, None that the country is not known.
    """
    if not text or text == "NL":
        return "NL"
    short = text.replace(".", "").strip().upper()
    if len(short) == len("NL") and f" {short} " in _CODES:
        return short
    return (
        _by_name().get(_plain(text))
        or _of_code(short)
        or _of_state(text)
        or _by_foreign_name().get(_folded(text))
    )


@cache
def _by_foreign_name() -> dict[str, str]:
    """Return codes by the names of other languages, without those that mean two countries."""
    from babel import Locale

    found: dict[str, str] = {}
    twice: set[str] = set()
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if f" {code} " not in _CODES or _plain(name) in _TWO:
                continue
            if found.setdefault(_folded(name), code) != code:
                twice.add(_folded(name))
    return {name: code for name, code in found.items() if name not in twice}


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _of_code(short: str) -> str | None:
    """Return the code of a country's ISO code of three letters or digits."""
    from babel.core import get_global

    if len(short) != len("NLD") or not short.isascii():
        return None
    found = get_global("territory_aliases").get(short, ())
    return found[0] if len(found) == 1 and f" {found[0]} " in _CODES else None


def _of_state(text: str) -> str | None:
    folded = " ".join(text.casefold().split())
    name = _STATE.sub("", folded, count=1) if _STATE.match(folded) else ""
    return None if _plain(name) in _TWO else _by_name().get(_plain(name))


@cache
def country_name(code: str) -> str:
    """Return the Dutch name of a country, or its code where there is none."""
    from babel import Locale

    name = Locale("nl").territories.get(code, code) if f" {code} " in _CODES else code
    return re.sub(r" ?\(.*\)| SAR van China", "", name)
