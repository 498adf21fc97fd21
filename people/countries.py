"""Names and codes of countries in exports, read as ISO 3166-1 alpha-2."""

import unicodedata

UNKNOWN = "ZZ"  # ISO keeps it free for a country that is not known
_CODES = (  # of two letters each, between spaces
    " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT"
    " BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH"
    " ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT"
    " HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS"
    " LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI"
    " NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG"
    " SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG"
    " UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)
# The first name is the Dutch one that is printed; the others are what sources write. 6030 is the Netherlands in the
# country table of the Dutch population register.
_NAMES: dict[str, tuple[str, ...]] = {
    "NL": ("Nederland", "The Netherlands", "Netherlands", "Holland", "NLD", "6030", "0031"),
    "AT": ("Oostenrijk", "Austria", "Österreich", "AUT"),
    "AW": ("Aruba", "ABW"),
    "BE": ("België", "Belgium", "Belgique", "BEL"),
    "BG": ("Bulgarije", "Bulgaria", "BGR"),
    "CH": ("Zwitserland", "Switzerland", "Schweiz", "CHE"),
    "CW": ("Curaçao", "CUW"),
    "CZ": ("Tsjechië", "Czechia", "Czech Republic", "CZE"),
    "DE": ("Duitsland", "Germany", "Deutschland", "DEU"),
    "DK": ("Denemarken", "Denmark", "DNK"),
    "ES": ("Spanje", "Spain", "España", "ESP"),
    "FI": ("Finland", "FIN"),
    "FR": ("Frankrijk", "France", "FRA"),
    "GB": (
        "Verenigd Koninkrijk",
        "United Kingdom",
        "Groot-Brittannië",
        "Great Britain",
        "Engeland",
        "UK",
        "GBR",
    ),
    "GR": ("Griekenland", "Greece", "GRC"),
    "HU": ("Hongarije", "Hungary", "HUN"),
    "IE": ("Ierland", "Ireland", "IRL"),
    "IT": ("Italië", "Italy", "Italia", "ITA"),
    "LU": ("Luxemburg", "Luxembourg", "LUX"),
    "MA": ("Marokko", "Morocco", "Maroc", "MAR"),
    "NO": ("Noorwegen", "Norway", "NOR"),
    "PL": ("Polen", "Poland", "Polska", "POL"),
    "PT": ("Portugal", "PRT"),
    "RO": ("Roemenië", "Romania", "ROU"),
    "SE": ("Zweden", "Sweden", "SWE"),
    "SR": ("Suriname", "SUR"),
    "SX": ("Sint Maarten", "SXM"),
    "TR": ("Turkije", "Turkey", "Türkiye", "TUR"),
    "UA": ("Oekraïne", "Ukraine", "UKR"),
    "US": ("Verenigde Staten", "United States", "USA", "VS"),
}


def _plain(text: str) -> str:
    """Return `text` without accents, capitals and spaces around it."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip().casefold()


_BY_NAME = {_plain(name): code for code, names in _NAMES.items() for name in names}


def country_code(text: str) -> str | None:
    """Return the ISO code of a country.

    Empty means the Netherlands, None that the country is not known.
    """
    if not text or text == "NL":
        return "NL"
    if len(text) == len("NL") and text.isalpha() and f" {text.upper()} " in _CODES:
        return text.upper()
    return _BY_NAME.get(_plain(text))


def country_name(code: str) -> str:
    """Return the Dutch name of a country, or its code where we have none."""
    return _NAMES[code][0] if code in _NAMES else code
