"""The roster of agents on each phone line. Only a name on the roster may be printed on a card."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select, update

from campaigns.touches.composing import on_roster
from campaigns.touches.phone_lines import ensure_line
from desk.entries.queue_entries import Lines, line_id_of
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.tables import PhoneLine, RosterEntry

__all__ = ["OnRoster", "add", "entries", "is_on_roster", "leave"]

is_on_roster = on_roster
LONGEST_NAME = 30  # characters: it stands on a card


@dataclass(frozen=True, slots=True)
class OnRoster:
    """One agent on one line."""

    line: str  # E.164
    first_name: str
    on_from: date
    on_until: date | None  # inclusive; None: no end is planned

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def add(
    store: Store, line_number: str, first_name: str, *, on_from: date, on_until: date | None
) -> bool:
    """Put an agent on a line's roster, creating the line where no campaign has named it yet.

    Returns:
        False when exactly this stood there already; an entry with another end gets the new one.

    Raises:
        BadInput: the name is empty, too long or holds anything but letters, or the days are the wrong way round.
    """
    name = " ".join(first_name.split())
    if not name or len(name) > LONGEST_NAME or not all(c.isalpha() or c in " '’-." for c in name):  # noqa: RUF001
        raise BadInput(
            Sentence("{seen!r} is not a first name", seen=first_name[:40]),
            Sentence("at most {longest} letters", longest=LONGEST_NAME),
            field="first_name",
        )
    if on_until is not None and on_until < on_from:
        raise BadInput(
            Sentence("{on_until} lies before {on_from}", on_until=on_until, on_from=on_from),
            "name a later day",
            field="until",
        )
    with store.writing() as connection:
        known = Lines.read(connection).by_number.get(line_number)
        line_id = known or ensure_line(connection, line_number, line_number, "")
        row = {"line_id": line_id, "first_name": name, "on_from": on_from, "on_until": on_until}
        if add_new(connection, RosterEntry, [row], RosterEntry.id):
            return True
        same = (
            RosterEntry.line_id == line_id,
            RosterEntry.first_name == name,
            RosterEntry.on_from == on_from,
        )
        other_end = RosterEntry.on_until.is_distinct_from(on_until)
        return (
            connection.execute(
                update(RosterEntry).where(*same, other_end).values(on_until=on_until)
            ).rowcount
            > 0
        )


def leave(store: Store, line_number: str, first_name: str, last_day: date) -> int:
    """Take an agent off a line's roster after `last_day`. Return how many entries end.

    Raises:
        BadInput: there is no such line, or no such agent on it by then.
    """
    with store.writing() as connection:
        here = (
            RosterEntry.line_id == line_id_of(connection, line_number),
            RosterEntry.first_name == first_name,
            RosterEntry.on_from <= last_day,
            or_(RosterEntry.on_until.is_(None), RosterEntry.on_until > last_day),
        )
        ended = connection.execute(
            update(RosterEntry).where(*here).values(on_until=last_day)
        ).rowcount
    if not ended:
        raise BadInput(
            Sentence(
                "is not on the roster of {line_number} on {last_day}",
                line_number=line_number,
                last_day=last_day,
            ),
            "see kaartje roster list",
            field=first_name,
        )
    return ended


def entries(store: Store, line_number: str | None = None) -> list[OnRoster]:
    """Return the roster by line, name and day, of every line or of one."""
    query = (
        select(PhoneLine.number, RosterEntry.first_name, RosterEntry.on_from, RosterEntry.on_until)
        .join(PhoneLine, PhoneLine.id == RosterEntry.line_id)
        .order_by(PhoneLine.number, RosterEntry.first_name, RosterEntry.on_from)
    )
    with store.reading() as connection:
        if line_number is not None:
            query = query.where(RosterEntry.line_id == line_id_of(connection, line_number))
        return [OnRoster(*row) for row in connection.execute(query)]
