"""The carrier's order: by country, postcode, house number and addition; a run ends where the postcode changes.

Runs that follow each other then follow each other on the carrier's round too, and a street is not on two of them.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, update

from store.tables import Person, Touch

_PLACE: tuple[ColumnElement[Any], ...] = (
    func.coalesce(Person.country, ""),
    func.coalesce(Person.postcode, ""),
)
"""What changes where a run may end."""
CARRIER_ORDER: tuple[ColumnElement[Any], ...] = (
    *_PLACE,
    func.coalesce(Person.house_number, 0),
    func.coalesce(Person.house_letter, ""),
    func.coalesce(Person.house_addition, ""),
    Touch.id.expression,
)


def in_carrier_order(touches: Select[int]) -> Select[int]:
    """Return a select of touches in the order in which their post is delivered."""
    return (
        touches.join(Person, Person.id == Touch.person_id).order_by(None).order_by(*CARRIER_ORDER)
    )


def leave_last_postcode(connection: Connection, delivery_id: int, due: Select[int]) -> None:
    """Leave the last postcode of a full run for the next one, unless all of it is in this one, or nothing else is.

    Args:
        connection: An open transaction.
        delivery_id: The run; its touches bear this number.
        due: The touches that were due before it took its own.
    """
    last = connection.execute(
        _mine(delivery_id).order_by(*(each.desc() for each in CARRIER_ORDER)).limit(1)
    ).one()
    there = and_(*(column == value for column, value in zip(_PLACE, last, strict=True)))
    others = due.join(Person, Person.id == Touch.person_id).order_by(None)
    more = others.where(there, Touch.delivery_id.is_distinct_from(delivery_id)).limit(1)
    before = _mine(delivery_id).where(~there).limit(1)
    if connection.execute(more).first() is None or connection.execute(before).first() is None:
        return
    tail = (
        select(Touch.id)
        .join(Person, Person.id == Touch.person_id)
        .where(Touch.delivery_id == delivery_id, there)
    )
    connection.execute(update(Touch).where(Touch.id.in_(tail)).values(delivery_id=None))


def _mine(delivery_id: int) -> Select[Any]:
    return (
        select(*_PLACE)
        .join(Touch, Touch.person_id == Person.id)
        .where(Touch.delivery_id == delivery_id)
    )
