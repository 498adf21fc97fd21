"""Find the line a dialled number leads to, and when it is open."""

from datetime import datetime

from sqlalchemy import Connection, select

from desk.entries.line_hours import hours_of_line
from desk.entries.queue_entries import line_id_of
from installation.installation import Installation
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.tables import LineRoute, PhoneLine
from suppression.contact_hours import is_open, next_open


def read_number(text: str) -> str | None:
    """Return a number as networks write it, or None where it is withheld, a browser or not a number."""
    try:
        return PhoneNumber.parse(text).e164
    except NotAPhoneNumber:
        return None


def line_at(connection: Connection, dialled: str) -> int | None:
    """Return the line a dialled number leads to, or None.

    A route comes first, then the printed number itself. Where there is one line only, every number leads to it.
    """
    number = read_number(dialled)
    if number is not None:
        route = select(LineRoute.line_id).where(LineRoute.number == number)
        own = select(PhoneLine.id).where(PhoneLine.number == number)
        for query in (route, own):
            if (found := connection.execute(query).scalar_one_or_none()) is not None:
                return int(found)
    lines = connection.execute(select(PhoneLine.id).limit(2)).scalars().all()
    return int(lines[0]) if len(lines) == 1 else None


def add_route(store: Store, number: str, line: str, *, by: str, now: datetime) -> bool:
    """Add a number that leads to a line. Return whether it is new.

    Raises:
        BadInput: one of them is no number, there is no such line, or the number is printed for another line.
    """
    dialled, printed = PhoneNumber.parse(number).e164, PhoneNumber.parse(line).e164
    with store.writing() as connection:
        line_id = line_id_of(connection, printed)
        own = connection.execute(
            select(PhoneLine.id).where(PhoneLine.number == dialled)
        ).scalar_one_or_none()
        if own is not None and own != line_id:
            raise BadInput("is printed for another line", "add it to that line", field=number)
        row = {"number": dialled, "line_id": line_id, "added_at": now, "added_by": by}
        if add_new(connection, LineRoute, [row], LineRoute.number):
            return True
        known = connection.execute(
            select(LineRoute.line_id).where(LineRoute.number == dialled)
        ).scalar_one()
    if known != line_id:
        raise BadInput("leads to another line already", "see kaartje line list", field=number)
    return False


def caller_id(connection: Connection, line_id: int) -> str:
    """Return the number (E.164) shown when this line calls out.

    It is the provider's number behind the line, else the printed number.
    """
    route = (
        select(LineRoute.number)
        .where(LineRoute.line_id == line_id)
        .order_by(LineRoute.number)
        .limit(1)
    )
    found = connection.execute(route).scalar_one_or_none()
    return (
        found
        or connection.execute(select(PhoneLine.number).where(PhoneLine.id == line_id)).scalar_one()
    )


def is_staffed(
    installation: Installation, connection: Connection, line_id: int, now: datetime
) -> bool:
    """Return whether a line is open now."""
    policy = installation.policy.hours
    return is_open(now, hours_of_line(connection, line_id, policy, today=local_date(now)))


def next_staffed(
    installation: Installation, connection: Connection, line_id: int, now: datetime
) -> datetime:
    """Return when a line is open next, which may be now."""
    policy = installation.policy.hours
    return next_open(now, hours_of_line(connection, line_id, policy, today=local_date(now)))
