"""The file of a print run's addresses that the carrier enriches with its order and codes.

It stands below `outbox/carrier/` for as long as the carrier's answer is awaited, readable by us
alone. It goes when the run is composed in the carrier's order, leaves without it, or is recalled.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.post.carrier_composing import made_run, messages_of_run, printing_channel
from campaigns.post.outbox_runs import announcement_of
from channels.card.manifest import harmless
from channels.outbox import write_synced
from channels.port import Watch, unwatched
from installation.installation import Installation
from people.addresses import PostalAddress
from store.audit_log import About, Decider, Kind, record

ANNOUNCED = "announce"
COLUMNS = ("piece_id", "street", "house_number", "addition", "postcode", "town", "country")


@dataclass(frozen=True, slots=True)
class Announced:
    """The file that the carrier is given."""

    path: Path
    pieces: int


def announce(
    installation: Installation,
    key: str,
    *,
    by: Decider,
    now: datetime,
    watch: Watch = unwatched,
) -> Announced:
    """Write the addresses of a run for the carrier, with the number of each piece and no name.

    Raises:
        BadInput: the run is not made, is at the shop already, or a piece cannot be composed any more.
    """
    with installation.store.reading() as connection:
        run = made_run(connection, key)
        _, found = messages_of_run(
            installation,
            connection,
            run,
            printing_channel(installation, run),
            now=now,
            watch=watch,
        )
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for piece, (message, _) in sorted(found.items()):
        rows.writerow([harmless(str(cell)) for cell in (piece, *_cells(message.to))])
    path = announcement_of(installation, key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    write_synced(draft, text.getvalue().encode())
    draft.chmod(0o600)
    draft.replace(path)
    with installation.store.writing() as connection:
        about = About(Kind.PRINT_RUN, key)
        record(connection, by, ANNOUNCED, about, now=now, file=path.name, pieces=len(found))
    return Announced(path, len(found))


def _cells(to: object) -> tuple[object, ...]:
    if not isinstance(to, PostalAddress):
        return ("",) * (len(COLUMNS) - 1)
    addition = " ".join(filter(None, (to.house_letter, to.house_addition)))
    number = "" if to.house_number is None else to.house_number
    return (to.street, number, addition, to.postcode, to.town, to.country)
