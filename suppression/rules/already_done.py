"""Somebody who has done what the campaign asks for, by the body's registers."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_

from store.states import OutcomeKind, ReplyKind
from store.tables import Outcome, Person, Reply
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    found = [_filed(occasion)]
    if occasion.stops:
        found.append(_became(occasion, occasion.stops, occasion.policy.rests.done))
    if occasion.stops_at_reply and occasion.campaign_id is not None:
        found.append(replied(occasion.campaign_id))
    return or_(*found)


def _filed(occasion: Occasion) -> ColumnElement[bool]:
    rests = occasion.policy.rests
    if not occasion.about:
        return _filed_within(occasion, rests.done)
    # the obligations say which return was filed; an outcome only fills the days by which their import lags behind
    return or_(stops_at(occasion, Stage.FILED), _filed_within(occasion, rests.done_lately))


def _filed_within(occasion: Occasion, days: int) -> ColumnElement[bool]:
    return _became(occasion, (OutcomeKind.FILED, OutcomeKind.NOT_LIABLE), days)


def replied(campaign_id: int) -> ColumnElement[bool]:
    """Match people who answered a campaign. Mail that came back is no answer."""
    return exists().where(
        Reply.person_id == Person.id,
        Reply.campaign_id == campaign_id,
        Reply.kind != ReplyKind.RETURNED,
    )


def _became(occasion: Occasion, kinds: Collection[OutcomeKind], days: int) -> ColumnElement[bool]:
    return exists().where(
        Outcome.person_ref == Person.person_ref,
        Outcome.kind.in_(kinds),
        Outcome.happened_on > occasion.on - timedelta(days=days),
        Outcome.happened_on <= occasion.on,
        Outcome.withdrawn_on.is_(None),
    )


RULE = Rule(
    reason=Reason.ALREADY_DONE,
    holds=_holds,
)
