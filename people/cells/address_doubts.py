"""Cells that are surely not the part of an address in whose column they stand."""

from collections.abc import Mapping

from people.addresses import NotAPostalAddress
from people.cells.spreadsheet_dates import is_made_a_date
from store.sentences import Sentence

_OF_A_HOUSE = ("house_number", "house_letter", "house_addition")


def refuse_doubtful(parts: Mapping[str, str]) -> None:
    """Refuse an address of which a part is surely another thing.

    A house number that a spreadsheet made a date of (`2-jan`, once `2-1`) is not turned back,
    because the door of somebody else must not be guessed.

    Raises:
        NotAPostalAddress: `field` is that part.
    """
    for name in _OF_A_HOUSE:
        text = parts.get(name, "")
        if text and not text.isdigit() and is_made_a_date(text):
            raise NotAPostalAddress(
                Sentence(
                    "{text!r} is a date that a spreadsheet made of a house number", text=text[:30]
                ),
                "format the column as text and export it again",
                field=name,
            )
    for name in ("street", "town"):
        text = parts.get(name, "")
        if text and not any(map(str.isalpha, text)):
            raise NotAPostalAddress(
                Sentence("{text!r} is not the name of a {name}", text=text[:30], name=name),
                "write its name",
                field=name,
            )
