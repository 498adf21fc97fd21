"""Seed addresses of colleagues who get a piece of every print run."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from installation.installation import Installation
from people.addresses import PARTS, PostalAddress
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import SeedAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLine:
    """One seed address."""

    id: int
    addressee: str
    lines: tuple[str, ...]
    active: bool
    added_at: datetime
    added_by: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def add(
    installation: Installation,
    addressee: str,
    address: PostalAddress,
    *,
    by: Decider,
    now: datetime,
) -> int:
    """Add a seed address, and return its number.

    Raises:
        BadInput: there is no addressee or house number, or this one stands on the list already.
    """
    if not addressee.strip() or not addressee.isprintable():
        raise BadInput(
            "is not a name", "write who gets it, as it must be printed", field="addressee"
        )
    if address.house_number is None:
        raise BadInput("is missing", "write the house number of the seed", field="house_number")
    values = {
        "addressee": " ".join(addressee.split()),
        **{part: getattr(address, part) for part in PARTS},
    }
    with installation.store.writing() as connection:
        same = [getattr(SeedAddress, name) == value for name, value in values.items()]
        if (
            connection.execute(
                select(SeedAddress.id).where(*same, SeedAddress.active.is_(True))
            ).first()
            is not None
        ):
            raise BadInput(
                Sentence("{addressee} stands on the list already", addressee=values["addressee"]),
                "once is enough",
                field="addressee",
            )
        made = insert(SeedAddress).values(**values, active=True, added_at=now, added_by=by.name)
        number = connection.execute(made.returning(SeedAddress.id)).scalar_one()
        record(connection, by, "add seed address", About(Kind.SEED_ADDRESS, number), now=now)
        return int(number)


def stop(installation: Installation, number: int, *, by: Decider, now: datetime) -> None:
    """Deactivate a seed address. What was printed for it stays recorded.

    Raises:
        BadInput: there is no such address, or it was stopped already.
    """
    with installation.store.writing() as connection:
        mine = (SeedAddress.id == number) & SeedAddress.active.is_(True)
        if not connection.execute(update(SeedAddress).where(mine).values(active=False)).rowcount:
            raise BadInput(
                Sentence("{number} is not an active seed address", number=number),
                "see kaartje post seed list",
                field="seed",
            )
        record(connection, by, "stop seed address", About(Kind.SEED_ADDRESS, number), now=now)


def seeds(installation: Installation) -> list[SeedLine]:
    """Return every seed address, those in use first."""
    query = select(SeedAddress.__table__).order_by(SeedAddress.active.desc(), SeedAddress.id)
    with installation.store.reading() as connection:
        return [
            SeedLine(
                id=row.id,
                addressee=row.addressee,
                lines=PostalAddress(**{part: getattr(row, part) for part in PARTS}).lines(),
                active=bool(row.active),
                added_at=row.added_at,
                added_by=row.added_by,
            )
            for row in connection.execute(query)
        ]
