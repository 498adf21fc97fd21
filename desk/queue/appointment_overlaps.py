"""Two appointments of one person at one time, and two slots at one counter."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import AppointmentState
from store.tables import Appointment, Person, Slot
from suppression.days import holiday

USUAL = timedelta(minutes=30)
"""How long an appointment outside any slot counts as taking."""
SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, the end not included."""

    begins: datetime
    ends: datetime

    def meets(self, other: "Span") -> bool:
        """Say whether the two share any time."""
        return self.begins < other.ends and other.begins < self.ends


def refuse_overlap(
    connection: Connection, person_id: int, span: Span, *, but_not: int | None = None
) -> None:
    """Refuse a second appointment of one person at the same time, in a slot or not.

    The person's row is locked, so that of two bookings at one moment one waits for the other.

    Args:
        connection: a transaction.
        person_id: whose.
        span: of the new appointment.
        but_not: a slot whose appointment is refused elsewhere, as it is the same one.

    Raises:
        BadInput: they have one at that time.
    """
    # a key share, for rows that refer to the person may be written meanwhile: to wait for these too was a deadlock
    mine = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    connection.execute(mine)
    for number, other in _agreed(connection, person_id, but_not):
        if span.meets(other):
            raise BadInput(
                Sentence(
                    "they have appointment {number} at that time, on {at:%Y-%m-%d %H:%M}",
                    number=number,
                    at=other.begins.astimezone(LOCAL),
                ),
                "move that one, or take another moment",
                field="overlap",
            )


def _agreed(
    connection: Connection, person_id: int, but_not: int | None
) -> Iterator[tuple[int, Span]]:
    query = (
        select(Appointment.id, Appointment.at, func.coalesce(Slot.ends_at, None), Slot.id)
        .outerjoin(Slot, Slot.id == Appointment.slot_id)
        .where(Appointment.person_id == person_id, Appointment.state == AppointmentState.AGREED)
    )
    for number, begins, ends, slot in connection.execute(query):
        if slot is None or slot != but_not:
            yield number, Span(begins, ends or begins + USUAL)


def refuse_closed_day(moment: datetime, closed: Collection[date] = ()) -> None:
    """Refuse an appointment on a Sunday, a public holiday or a day on which the house is closed.

    Raises:
        BadInput: says which of them it is.
    """
    day = local_date(moment)
    name = holiday(day)
    if day.isoweekday() != SUNDAY and name is None and day not in closed:
        return
    problem = (
        Sentence("{day} is a holiday: {name}", day=day, name=name)
        if name and day.isoweekday() != SUNDAY
        else Sentence("nobody is there on {day}: the house is closed", day=day)
        if day in closed
        else Sentence("{day} is a Sunday", day=day)
    )
    raise BadInput(problem, "take another day", field="at")
