"""Seed pieces. Every print run carries some for colleagues, as proof that it was posted.

A seed piece is composed from the same texts as all others and has a code of its own. It belongs to no
touch, so no cap counts it and no funnel shows it. A caller with its code is known to be a colleague.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, insert, select

from channels.codes import printed
from channels.port import Channel, Message, Seed
from people.addresses import PARTS, PostalAddress
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Delivery, SeedAddress, SeedCode

if TYPE_CHECKING:
    from campaigns.touches.composing import Script

_NOBODY = 0  # a seed belongs to no touch
_GREETINGS = {"nl": "Beste", "en": "Dear"}
NO_SEEDS = Sentence(
    "no colleague gets a piece of this: add a seed address, so that you see when it arrives"
)
"""The warning of a plan for a printed campaign without active seeds."""


@dataclass(frozen=True, slots=True)
class SeedPiece:
    """The addressee and the print run of a seed code."""

    addressee: str
    run: str


def give_seed_codes(
    connection: Connection, delivery_id: int, codes: Iterator[str], *, now: datetime
) -> None:
    """Assign a code of one run to each active seed address. `codes` yields unused codes."""
    seeds = connection.execute(_active().order_by(SeedAddress.id)).scalars().all()
    rows = [
        {"code": code, "seed_id": seed, "delivery_id": delivery_id, "given_at": now}
        for seed, code in zip(seeds, codes, strict=False)
    ]
    if rows:
        connection.execute(insert(SeedCode), rows)


def count_active(connection: Connection) -> int:
    """Return how many seed addresses are active."""
    return len(connection.execute(_active()).all())


def compose_seeds(
    connection: Connection, channel: Channel, script: "Script", delivery_id: int
) -> tuple[Seed, ...]:
    """Return the seed pieces of a run. One that cannot be composed is left out."""
    if not channel.pages:
        return ()
    rows = connection.execute(
        select(
            SeedAddress.id,
            SeedAddress.addressee,
            *(getattr(SeedAddress, part) for part in PARTS),
            SeedCode.code,
        )
        .join(SeedCode, SeedCode.seed_id == SeedAddress.id)
        .where(SeedCode.delivery_id == delivery_id)
        .order_by(SeedAddress.id)
    )
    found = []
    for row in rows:
        home = PostalAddress(**{part: getattr(row, part) for part in PARTS})
        if (message := _put_into_words(script, row.addressee, home, row.code)) is not None:
            found.append(Seed(row.id, message))
    return tuple(found)


def seed_of(connection: Connection, code: str) -> SeedPiece | None:
    """Return the seed that a code is printed on, or None if it is no seed's."""
    row = connection.execute(
        select(SeedAddress.addressee, Delivery.key)
        .join(SeedCode, SeedCode.seed_id == SeedAddress.id)
        .join(Delivery, Delivery.id == SeedCode.delivery_id)
        .where(SeedCode.code == code)
    ).one_or_none()
    return None if row is None else SeedPiece(row.addressee, row.key)


def _active() -> Select[int]:
    return select(SeedAddress.id).where(SeedAddress.active.is_(True))


def _put_into_words(
    script: "Script", addressee: str, home: PostalAddress, code: str
) -> Message | None:
    context = {
        **script.context,
        "person": {
            "salutation": {
                each: f"{_GREETINGS.get(each, 'Beste')} {addressee}"
                for each in script.template.languages
            },
            "addressee": addressee,
        },
        "code": printed(code),
    }
    try:
        words = script.template.render("nl", context)
    except BadInput:
        return None
    return Message(
        touch_id=_NOBODY,
        to=home,
        address_lines=(addressee, *home.lines()),
        words=words.parts,
        language=words.language,
        code=code,
    )
