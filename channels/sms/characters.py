"""The GSM 7-bit alphabet of text messages, and replacements for letters outside it.

Source: 3GPP TS 23.038, the default alphabet and its extension table. National shift tables are left
out, since the networks' gateways do not use them. A text with such letters goes out as UCS-2.
"""

import string
import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
    + string.digits
    + string.ascii_letters
)
"""Letters of one septet."""
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Letters of two septets: an escape and a letter, which are never parted."""

_INSTEAD = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "·": "-",
    "\t": " ", "\u2028": "\n", "\u2029": "\n", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "",
    "\u2060": "", "\ufe0f": "", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h",
    "×": "x", "÷": ":", "©": "(c)", "®": "(r)", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ŀ": "l",
}  # fmt: skip


def septets(letter: str) -> int | None:
    """Return how many septets a letter takes (1 or 2), or None where seven bits cannot write it."""
    if letter in BASIC:
        return 1
    return 2 if letter in EXTENDED else None


def instead(letter: str) -> str | None:
    """Return a replacement of a letter (a whole grapheme) with which a text fits in seven bits.

    An empty replacement says that it can be left out, as a picture or an invisible character can.
    None says that there is no replacement, as for another script.
    """
    whole = unicodedata.normalize("NFC", letter)
    if all(septets(char) for char in whole):
        return whole
    written = [_one(char) for char in whole]
    return None if None in written else "".join(filter(None, written))


def _one(char: str) -> str | None:
    if septets(char):
        return char
    if char in _INSTEAD:
        return _INSTEAD[char]
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", char) if not unicodedata.combining(each)
    )
    plain = "".join(_INSTEAD.get(each, each) for each in plain)
    if plain and plain != char and all(septets(each) for each in plain):
        return plain
    return "" if unicodedata.category(char) in {"So", "Sk", "Cf", "Mn", "Me", "Cc"} else None
