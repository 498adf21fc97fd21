"""Appointment slots, each with room for a number of people at one place and time."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from desk.queue.appointment_overlaps import refuse_closed_day
from desk.queue.wrap_up import KINDS_OF_HELP
from store.clock import LOCAL
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.tables import Slot

LONGEST = 480  # minutes; a longer one would shut its place for whole days
_OPENS, _CLOSES = time(7), time(22)  # no counter receives anybody outside these


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSlot:
    """A slot to be opened."""

    location: str  # a street and a number: no office's name
    kind: str
    starts_at: datetime
    minutes: int
    capacity: int

    def __post_init__(self) -> None:
        """Refuse what nobody can keep.

        Raises:
            BadInput: names the field.
        """
        if not self.location.strip():
            raise BadInput("the location is empty", "write a street and a number", field="location")
        if self.kind not in KINDS_OF_HELP:
            raise BadInput(
                Sentence("{seen!r} is not a kind of help", seen=self.kind),
                Sentence("write {known}", known=", ".join(KINDS_OF_HELP)),
                field="kind",
            )
        if not 1 <= self.minutes <= LONGEST:
            raise BadInput(
                Sentence("an appointment cannot last {minutes:,} minutes", minutes=self.minutes),
                Sentence("write 1 to {longest}", longest=LONGEST),
                field="minutes",
            )
        if self.capacity < 1:
            raise BadInput("there is no room", "write at least one place", field="capacity")
        begins, ends = self.starts_at.astimezone(LOCAL), self.ends_at.astimezone(LOCAL)
        if begins.time() < _OPENS or ends.date() > begins.date() or ends.time() > _CLOSES:
            raise BadInput(
                Sentence("{at:%Y-%m-%d %H:%M} is in the night", at=begins),
                Sentence(
                    "choose a time from {opens:%H:%M} to {closes:%H:%M}",
                    opens=_OPENS,
                    closes=_CLOSES,
                ),
                field="at",
            )

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def as_row(self) -> dict[str, Any]:
        """Return the row to insert."""
        row = {
            "location": self.location.strip(),
            "kind": self.kind,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }
        return {**row, "capacity": self.capacity, "taken": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlot:
    """A slot that has room left."""

    id: int
    location: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    left: int

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def offer(
    store: Store,
    slots: Sequence[NewSlot],
    *,
    closed: Collection[date] = (),
    now: datetime | None = None,
) -> int:
    """Open slots for booking. Slots that exist already stay as they are. Return how many are new.

    Raises:
        BadInput: one began before `now`, is on a closed day, or at a place where another is open at that time.
    """
    for slot in slots:
        if now is not None and slot.starts_at <= now:
            raise BadInput(
                Sentence("{at:%Y-%m-%d %H:%M} is past", at=slot.starts_at.astimezone(LOCAL)),
                "choose a moment to come",
                field="at",
            )
        refuse_closed_day(slot.starts_at, closed)
    with store.writing() as connection:
        for number, slot in enumerate(slots):
            _refuse_double(connection, slot, slots[:number])
        return len(add_new(connection, Slot, [slot.as_row() for slot in slots], Slot.id))


def _refuse_double(connection: Connection, new: NewSlot, before: Sequence[NewSlot]) -> None:
    """Refuse a slot that overlaps another at the same place, as one counter helps nobody twice."""
    place = (Slot.location == new.location.strip(), Slot.kind == new.kind)
    meets = (Slot.starts_at < new.ends_at, Slot.ends_at > new.starts_at)
    same = select(Slot.starts_at).where(*place, *meets, Slot.starts_at != new.starts_at).limit(1)
    there = connection.execute(same).scalar() or next(
        (
            each.starts_at
            for each in before
            if (each.location.strip(), each.kind) == (new.location.strip(), new.kind)
            and each.starts_at != new.starts_at
            and each.starts_at < new.ends_at
            and each.ends_at > new.starts_at
        ),
        None,
    )
    if there is not None:
        raise BadInput(
            Sentence(
                "{place} is taken by the slot of {at:%Y-%m-%d %H:%M}",
                place=new.location.strip(),
                at=there.astimezone(LOCAL),
            ),
            "begin after it, or give that slot more places",
            field="at",
        )


def open_slots(
    store: Store, *, now: datetime, kind: str | None = None, location: str | None = None
) -> list[OpenSlot]:
    """Return the coming slots that have room, the earliest first."""
    left = (Slot.capacity - Slot.taken).label("left")
    query = (
        select(Slot.id, Slot.location, Slot.kind, Slot.starts_at, Slot.ends_at, left)
        .where(Slot.starts_at > now, Slot.taken < Slot.capacity)
        .order_by(Slot.starts_at, Slot.id)
    )
    if kind:
        query = query.where(Slot.kind == kind)
    if location:
        query = query.where(Slot.location == location)
    with store.reading() as connection:
        return [OpenSlot(**row._asdict()) for row in connection.execute(query)]
