"""Words that exports write for yes, no, genders, name uses and languages."""

from collections.abc import Mapping

from people.names import MAN, OWN, OWN_PARTNER, PARTNER, PARTNER_OWN, UNKNOWN, WOMAN

YES = frozenset({"j", "ja", "y", "yes", "1", "true", "waar", "t"})

NO = frozenset({"n", "nee", "no", "0", "false", "onwaar", "f", ""})

GENDERS: Mapping[str, str] = {
    **dict.fromkeys(
        ("m", "man", "male", "mannelijk", "1", "dhr", "dhr.", "de heer", "mr", "mr."), MAN
    ),
    **dict.fromkeys(
        ("v", "vrouw", "f", "female", "vrouwelijk", "2", "mevr", "mevr.", "mevrouw", "mw", "mw."),
        WOMAN,
    ),
    **dict.fromkeys(
        ("o", "onbekend", "x", "unknown", "u", "0", "9", "", "-", "?", "anders", "other"), UNKNOWN
    ),
}
"""ISO 5218 and the words that sources write."""

NAME_USES: Mapping[str, str] = {
    **dict.fromkeys(("e", "eigen", "own", ""), OWN),
    **dict.fromkeys(("p", "partner"), PARTNER),
    **dict.fromkeys(
        ("v", "partner-eigen", "partner_eigen", "partnereigen", "partner-own"), PARTNER_OWN
    ),
    **dict.fromkeys(
        ("n", "eigen-partner", "eigen_partner", "eigenpartner", "own-partner"), OWN_PARTNER
    ),
}
"""The register's letters, and the words that sources write: whose name comes first."""

LANGUAGES: Mapping[str, str] = {
    "nederlands": "nl",
    "dutch": "nl",
    "nld": "nl",
    "dut": "nl",
    "engels": "en",
    "english": "en",
    "eng": "en",
    "turks": "tr",
    "turkish": "tr",
    "tur": "tr",
    "arabisch": "ar",
    "arabic": "ar",
    "ara": "ar",
    "pools": "pl",
    "polish": "pl",
    "pol": "pl",
    "duits": "de",
    "german": "de",
    "deu": "de",
    "ger": "de",
    "frans": "fr",
    "french": "fr",
    "fra": "fr",
    "fre": "fr",
    "spaans": "es",
    "spanish": "es",
    "spa": "es",
    "oekraïens": "uk",
    "ukrainian": "uk",
    "ukr": "uk",
    "fries": "fy",
    "fry": "fy",
    "tigrinya": "ti",
    "onbekend": "",
    "unknown": "",
    "-": "",
    "": "",
}
