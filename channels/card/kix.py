"""The KIX code: postcode and house number in bars of four heights, for the sorting machine.

Each character is four bars. Two of them rise and two of them descend; which two, its place in a square of six by six
says. A bar that does neither is the short tracker, one that does both is full.
"""

from people.addresses import PostalAddress

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TWO_OF_FOUR = ("0011", "0101", "0110", "1001", "1010", "1100")
PITCH = 25.4 / 22
"""Millimetres from one bar to the next: 22 to the inch."""


def kix_text(address: PostalAddress) -> str:
    """Return what the code says: `1231FZ13XHS`; empty for a foreign address or characters it cannot say."""
    addition = "".join(char for char in f"{address.house_letter}{address.house_addition}".upper() if char.isalnum())
    text = f"{address.postcode}{address.house_number}{'X' if addition else ''}{addition}"
    sayable = address.country == "NL" and len(addition) <= len("ABCDEF") and set(text) <= set(_CHARACTERS)
    return text if sayable else ""


def bars(text: str) -> list[tuple[bool, bool]]:
    """Return for each bar whether it rises and whether it descends."""
    rows = [divmod(_CHARACTERS.index(char), 6) for char in text]
    return [
        (rise == "1", fall == "1")
        for upper, lower in rows
        for rise, fall in zip(_TWO_OF_FOUR[upper], _TWO_OF_FOUR[lower], strict=True)
    ]
