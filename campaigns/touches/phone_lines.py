"""Phone lines by their number."""

from sqlalchemy import Connection, insert, select, update

from store.tables import PhoneLine


def ensure_line(connection: Connection, number: str, name: str, hours: str) -> int:
    """Return the id of the line with this number (E.164), creating or updating it."""
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
