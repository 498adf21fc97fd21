"""Splitting of a cell that holds a street with its number, a postcode with its town, or all of these.

Only what can be split in one way is split. Anything else stays whole in the first part, so that the
parser says what is missing, because a door or a town must not be guessed.
"""

import re
from collections.abc import Sequence

_NEAR = re.compile(r"by|bij|to|t/o|tegenover", re.IGNORECASE)
_NUMBER = re.compile(
    r"0*[1-9][0-9]{0,4}(?:\.0+)?(?:[a-z]{1,5}[0-9]{0,3})?(?:[-/][a-z0-9]{1,6}\.?){0,3}",
    re.IGNORECASE | re.ASCII,
)
# what may stand behind a number, apart from it
_PIECE = re.compile(
    r"[a-z](?:[-/]?[0-9]{1,3}[a-z]?)?|[a-z]?toe|x{0,3}(?:ix|iv|vi{0,3}|i{1,3}|x)|[0-9]{1,3}[a-z]?|[0-9](?:e|hoog|hg)"
    r"|hs|huis|phs|bis|ter|rood|rd|zwart|zw|wit|bg|hoog|hg|boven|bov|beneden|ben|voor|achter|links|rechts"
    r"|souterrain|sous|zolder|kelder|by|bij|to|t/o|tegenover",
    re.IGNORECASE | re.ASCII,
)
_FLOOR = re.compile(r"(?:[0-9]e? ?)(?:hoog|hg|etage|et|verdieping|verd)\b\.?", re.IGNORECASE)
_ROOM = re.compile(
    r"\b(?:kamer|kmr|k|appartement|app|apt|flat|unit|etage|verdieping)\.? [0-9]{1,4}[a-z]?(?= |$)",
    re.IGNORECASE,
)
_MONTHS = r"jan(?:uari)?|feb(?:ruari)?|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_MONTH = re.compile(_MONTHS, re.IGNORECASE)
_COUNT = re.compile(r"'?[0-9]+(?:[-/]'?[0-9]+)?")
# words that are a street's whole name before a number of its own, as in Plein 1813 or Rijksweg 12
_BARE = re.compile(
    r"laan|plein|weg|straat|park|kade|dijk|singel|square|hof|pad|wijk|zone|sector|blok|veld|haven|kanaal|kavel|object"
    r"|havennummer|perceel|gebouw|toren|hal|lijn|rijksweg|rijksstraatweg|provinciale|provincialeweg|terrein",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"'?(?:1[5-9]|20)?[0-9]{2}[-/]'?(?:1[5-9]|20)?[0-9]{2}|1[5-9][0-9]{2}|20[0-9]{2}"
)
_POSTCODE = re.compile(r"(?<![\w-])(?:NL[- ]?)?([1-9][0-9]{3})[ -]?([A-Z]{2})(?!\w)", re.IGNORECASE)
_HOME = re.compile(r"[ ,;-]+(?:NL|Nederland|The Netherlands)", re.IGNORECASE)
# not every compatible sign: a superscript or a half would become a digit of the number
_FULL_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_EDGE = " ,;/|-"


def street_and_number(text: str) -> tuple[str, str]:
    """Return a street and the house number behind it, with its letter and addition.

    The number is empty where there is none, or more than one way to take the two apart.
    """
    typed = _typed(text)
    words = [word for word in re.split(r"[ ,;]+", _joined(typed)) if word]
    ways = [way for at in range(1, len(words)) if (way := _split_at(words, at))]
    return ways[0] if len(ways) == 1 else (typed, "")


def without_number(street: str, number: str) -> str:
    """Return a street without the house number, where its own field holds the same."""
    found, own = street_and_number(street)
    named = _BARE.fullmatch(found.rsplit(" ", 1)[-1])  # `Wijk 12` is a street
    return found if own and own == number and not named else street


def without_postcode(town: str, postcode: str) -> str:
    """Return a town without the postcode, where its own field holds the same."""
    own, found = postcode_and_town(town)
    return found if own and own == postcode.replace(" ", "").upper() else town


def _typed(text: str) -> str:
    return " ".join(text.translate(_FULL_WIDTH).split()).strip(_EDGE)


def _joined(typed: str) -> str:
    """Join a dash or slash to its numbers, and part an abbreviated street from its number."""
    dashed = re.sub(r"(?<=[0-9]) ?([-/]) ?(?=['0-9a-zA-Z])", r"\1", typed)
    return re.sub(r"(?<=[a-z]\.)(?=[0-9])", " ", dashed)


def _split_at(words: Sequence[str], at: int) -> tuple[str, str] | None:
    """Return street and number if the number may start at this word."""
    if not _NUMBER.fullmatch(words[at]):
        return None
    street, number = list(words[:at]), list(words[at:])
    if _NEAR.fullmatch(street[-1]):
        number.insert(0, street.pop())
    elif street[-1].casefold().rstrip(".") in ("nr", "no", "nummer", "huisnr", "huisnummer"):
        street.pop()
    if not street or not _is_street(street) or not _are_pieces(words[at + 1 :]):
        return None
    if _may_go_on(street, words[at:]):
        return None
    return " ".join(street), " ".join(number)


def _may_go_on(street: Sequence[str], behind: Sequence[str]) -> bool:
    """Whether the number may be the end of the street's name, as in Plein 1813 and Rijksweg 12."""
    named = [word for word in street if len(word) > 1][-1:]
    if not (named and _BARE.fullmatch(named[0])):
        return False
    return bool(_YEARS.fullmatch(behind[0])) or (len(behind) > 1 and behind[1].isdigit())


def _is_street(words: Sequence[str]) -> bool:
    """Whether these words may be a street, of which a number is a part only where streets have one."""
    if not any(len(word) > 1 and any(map(str.isalpha, word)) for word in words):
        return False
    return all(_may_stand(words, at) for at, word in enumerate(words) if word[-1].isdigit())


def _may_stand(words: Sequence[str], at: int) -> bool:
    if not _COUNT.fullmatch(words[at]):
        return False
    if at + 1 < len(words):  # `5 Meiplein`, `Plein 5 mei`
        return bool(_MONTH.match(words[at + 1]))
    return at > 0 and bool(_BARE.fullmatch(words[at - 1]) and _YEARS.fullmatch(words[at]))


def _are_pieces(words: Sequence[str]) -> bool:
    rest = _ROOM.sub(" ", _FLOOR.sub(" ", " ".join(words))).split()
    counts = sum(word.isdigit() for word in rest)
    return counts <= 1 and all(_PIECE.fullmatch(word.rstrip(".")) for word in rest)


def postcode_and_town(text: str) -> tuple[str, str]:
    """Return a Dutch postcode and the town beside it.

    Without exactly one such postcode everything stays in the town.
    """
    typed = _typed(text)
    found = list(_POSTCODE.finditer(typed))
    if len(found) != 1:
        return "", typed
    before, after = typed[: found[0].start()].strip(_EDGE), _town(typed[found[0].end() :])
    town = before or after
    if (before and after) or not _is_town(town):
        return "", typed
    return f"{found[0][1]}{found[0][2].upper()}", town


def _town(text: str) -> str:
    found = text.strip(_EDGE)
    home = _HOME.search(found)
    return found[: home.start()] if home and home.end() == len(found) else found


def _is_town(text: str) -> bool:
    return not any(sign.isdigit() or sign in ",;" for sign in text)


def whole_address(text: str) -> tuple[str, str, str, str]:
    """Return street, number, postcode and town of a Dutch address in one cell."""
    typed = _typed(text)
    found = list(_POSTCODE.finditer(typed))
    if not found:
        return (*street_and_number(typed), "", "")
    last = found[-1]
    town = _town(typed[last.end() :])
    if not _is_town(town):
        return typed, "", "", ""
    street, number = street_and_number(typed[: last.start()])
    return street, number, f"{last[1]}{last[2].upper()}", town
