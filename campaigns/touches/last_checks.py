"""Look once more, right before a batch leaves: whoever said no since it was claimed is taken out of it.

Between the claim and the hand-over lie seconds at a text's speed and minutes at a print run's. A death or an objection
that comes in meanwhile holds back its own touch; the others go.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Select, and_, select, update

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.occasions import Shard, occasion_of
from campaigns.touches.touch_states import move
from installation.installation import Installation
from store.states import AttemptState, TouchState
from store.tables import Attempt, Campaign, Person, Touch
from suppression.judging import first_reason, mask


def hold_back(
    installation: Installation, shard: Shard, delivery_id: int, *, now: datetime
) -> frozenset[int]:
    """Withhold the claimed touches of a delivery that somebody said no to since; return their ids.

    The caps are not asked again: these touches count for them themselves, and nobody else could claim these people.
    """
    with installation.store.writing() as connection:
        spec = connection.execute(
            select(Campaign.spec).where(Campaign.id == shard.campaign_id)
        ).scalar_one()
        campaign = CampaignFile.model_validate(spec)
        occasion = replace(occasion_of(installation, connection, campaign, shard, now=now), caps={})
        held = select(mask(occasion)).where(Person.id == Touch.person_id).scalar_subquery()
        claimed = and_(Touch.delivery_id == delivery_id, Touch.state == TouchState.CLAIMED)
        connection.execute(update(Touch).where(claimed).values(reasons=held))
        blocked = select(Touch.id).where(claimed, Touch.reasons != 0)
        found = frozenset(connection.execute(blocked).scalars())
        if found:
            _take_out(connection, delivery_id, select(Touch.id).where(Touch.id.in_(found)), now=now)
            which = and_(Touch.id.in_(found), Touch.reasons != 0)
            move(
                connection,
                which,
                TouchState.WITHHELD,
                origin=TouchState.PLANNED,
                now=now,
                delivery_id=None,
                reason=first_reason(Touch.reasons.expression, installation.policy),
            )
    return found


def _take_out(
    connection: Connection, delivery_id: int, which: Select[int], *, now: datetime
) -> None:
    """Undo the claim of touches that surely did not go: their attempt is taken back."""
    connection.execute(
        update(Attempt)
        .where(Attempt.delivery_id == delivery_id, Attempt.touch_id.in_(which))
        .values(state=AttemptState.TAKEN_BACK, finished_at=now)
    )
    move(connection, which, TouchState.PLANNED, origin=TouchState.CLAIMED, now=now)
