"""Phone lines, and who picks up on them: what a campaign must know before it prints a number or a name."""

from datetime import date

from sqlalchemy import Connection, func, insert, or_, select, update

from store.tables import PhoneLine, RosterEntry


def ensure_line(connection: Connection, number: str, name: str, hours: str) -> int:
    """Return the id of the line with this number (E.164), made or brought up to date."""
    found = connection.execute(
        select(PhoneLine.id).where(PhoneLine.number == number)
    ).scalar_one_or_none()
    if found is None:
        made = connection.execute(
            insert(PhoneLine).values(number=number, name=name, hours=hours).returning(PhoneLine.id)
        )
        return int(made.scalar_one())
    connection.execute(
        update(PhoneLine).where(PhoneLine.id == found).values(name=name, hours=hours)
    )
    return int(found)


def on_roster(connection: Connection, line_id: int, first_name: str, day: date) -> bool:
    """Say whether somebody of this first name is on the line's roster on that day."""
    found = connection.execute(
        select(RosterEntry.id)
        .where(
            RosterEntry.line_id == line_id,
            func.lower(RosterEntry.first_name) == first_name.strip().lower(),
            RosterEntry.on_from <= day,
            or_(RosterEntry.on_until.is_(None), RosterEntry.on_until >= day),
        )
        .limit(1)
    )
    return found.first() is not None
