"""The manifest of a print run: one row a card, and nothing about a person but the postcode it is sorted by."""

import csv
import io
from collections.abc import Sequence

from channels.port import Message
from people.addresses import PostalAddress

COLUMNS = ("record", "response_code", "touch", "file", "page_front", "page_back", "postcode", "sort_key")


def write_manifest(messages: Sequence[Message], file: str, pages: int = 2) -> bytes:
    """Return the manifest as CSV in UTF-8: the cards in the order of the run, pages counted from 1.

    Args:
        messages: In the order of the run.
        file: The run's PDF.
        pages: Of one piece; a piece of one page has its front and its back on it.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for record, message in enumerate(messages, start=1):
        postcode = message.to.postcode if isinstance(message.to, PostalAddress) else ""
        key = "-".join(sort_key(message)[:4])
        first, last = pages * (record - 1) + 1, pages * record
        row = (record, message.code, message.touch_id, file, first, last, postcode, key)
        rows.writerow([harmless(str(cell)) for cell in row])
    return text.getvalue().encode()


def sort_key(message: Message) -> tuple[str, str, str, str, int]:
    """Return by what a run is sorted: country, postcode, house number, addition; then the touch."""
    to = message.to
    if not isinstance(to, PostalAddress):
        return ("", "", "", "", message.touch_id)
    addition = f"{to.house_letter}{to.house_addition}".casefold()
    return (to.country, to.postcode, f"{to.house_number:05}", addition, message.touch_id)


def harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
