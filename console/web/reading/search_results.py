"""Search results that show which cards were sent and no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from installation.installation import Installation
from store.states import CallState
from store.tables import Call, Campaign, Person, Touch


@dataclass(frozen=True, slots=True)
class SentCard:
    """One message that was sent."""

    title: str
    channel: str
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """A person who may be meant. Their reference is for the audit log only."""

    person_id: int
    person_ref: str
    sent: tuple[SentCard, ...]


def found(installation: Installation, people: Sequence[int]) -> list[Found]:
    """Return what was sent to these people."""
    sent = (
        select(Touch.person_id, Campaign.title, Touch.channel, Touch.handed_over_at)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(Touch.person_id.in_(people), Touch.handed_over_at.is_not(None))
        .order_by(Touch.handed_over_at.desc())
    )
    with installation.store.reading() as connection:
        went = connection.execute(sent).all()
        refs = connection.execute(
            select(Person.id, Person.person_ref).where(Person.id.in_(people)).order_by(Person.id)
        )
        return [
            Found(
                who.id,
                who.person_ref,
                tuple(SentCard(*row[1:]) for row in went if row.person_id == who.id),
            )
            for who in refs
        ]


def unmatched_call(installation: Installation, agent: str) -> int | None:
    """Return the last call this agent took that is about no known person yet, if any."""
    query = select(Call.id).where(
        Call.taken_by == agent,
        Call.state == CallState.TAKEN,
        Call.touch_id.is_(None),
        Call.person_id.is_(None),
    )
    with installation.store.reading() as connection:
        return connection.execute(
            query.order_by(Call.taken_at.desc(), Call.id.desc()).limit(1)
        ).scalar()
