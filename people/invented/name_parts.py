"""Parts of invented names, and the damage that a bad export does to them."""

# ruff: noqa: PLR2004  shares of damaged names

import unicodedata
from functools import cache


def parted(family: str) -> tuple[str, str]:
    """Return a family's prefix and name."""
    prefix, bar, name = family.partition("|")
    return (prefix, name) if bar else ("", family)


def broken(name: str, how: float) -> str:
    """Return a name as a bad export leaves it."""
    if how < 0.1:
        return f"=HYPERLINK({name})"
    middle = len(name) // 2
    if how < 0.7 or name.isascii():
        return f"{name[:middle]}?{name[middle + 1 :]}"
    return name.encode().decode("cp1252", errors="replace")


@cache
def ascii_of(name: str) -> str:
    """Return the letters and digits of a name in ASCII, for a mail address."""
    plain = (
        unicodedata.normalize("NFKD", name.translate(_NO_MARK))
        .encode("ascii", "ignore")
        .decode()
        .casefold()
    )
    return "".join(letter for letter in plain if letter.isalnum())


_NO_MARK = str.maketrans("łŁıđĐøß", "lLidDos")
