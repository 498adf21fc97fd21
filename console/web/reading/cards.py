"""Find the card on which a response code is printed.

A card is never found by who calls.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select

from campaigns.touches.seed_pieces import seed_of
from console.web.reading.campaigns import TextLine, texts
from installation.installation import Installation
from store.clock import local_date
from store.states import TouchState
from store.tables import Campaign, PhoneLine, ResponseCode, Step, Touch, Wave


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A card that was sent, without personal data of its recipient."""

    code: str
    touch_id: int
    campaign: str
    title: str
    wave_date: date
    state: TouchState
    handed_over_at: datetime | None
    line: str
    line_open: bool
    texts: tuple[TextLine, ...]


def card_of(installation: Installation, code: str) -> Card | None:
    """Return the card with this code, or None for a code that was never issued."""
    with installation.store.reading() as connection:
        return _found(connection, local_date(installation.now()), ResponseCode.code == code)


def is_seed(installation: Installation, code: str) -> bool:
    """Say whether this code is printed on a seed piece, which goes to a colleague."""
    with installation.store.reading() as connection:
        return seed_of(connection, code) is not None


def card_of_touch(installation: Installation, touch_id: int) -> Card | None:
    """Return the card of this touch, or None where it carries no code."""
    with installation.store.reading() as connection:
        return _found(connection, local_date(installation.now()), ResponseCode.touch_id == touch_id)


def _found(connection: Connection, today: date, which: ColumnElement[bool]) -> Card | None:
    row = connection.execute(
        select(
            ResponseCode.code,
            Touch.id.label("touch_id"),
            Touch.campaign_id,
            Touch.state,
            Touch.handed_over_at,
            Campaign.name,
            Campaign.title,
            Campaign.line_open_until,
            Wave.date,
            Step.template,
            PhoneLine.name.label("line"),
        )
        .join(Touch, Touch.id == ResponseCode.touch_id)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .join(Wave, Wave.id == Touch.wave_id)
        .join(Step, Step.id == Touch.step_id)
        .join(PhoneLine, PhoneLine.id == Campaign.line_id)
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    return Card(
        code=row.code,
        touch_id=row.touch_id,
        campaign=row.name,
        title=row.title,
        wave_date=row.date,
        state=row.state,
        handed_over_at=row.handed_over_at,
        line=row.line,
        line_open=today <= row.line_open_until,
        texts=texts(connection, row.campaign_id, row.template),
    )
