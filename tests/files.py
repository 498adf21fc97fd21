"""Files as a source would send them, with only the columns filled that a test cares about."""

import csv
from pathlib import Path

from people.columns import COLUMNS

SOMEWHERE = {
    "street": "Verzonnenlaan",
    "house_number": "12",
    "postcode": "1234 AB",
    "town": "Nergenshuizen",
}


def people_file(folder: Path, *people: dict[str, str], name: str = "people.csv") -> Path:
    """Write people in our own columns; whoever has no address gets one."""
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"family_name": "Proef", **SOMEWHERE, **person} for person in people)
    return file
