"""Somebody who has done what the campaign asks for, by the body's registers."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_

from store.states import OutcomeKind
from store.tables import Outcome, Person
from suppression.obligations import Stage, stops_at
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    rests = occasion.policy.rests
    if not occasion.about:
        return _filed_within(occasion, rests.done)
    # the obligations say which return was filed; an outcome only fills the days by which their import lags behind
    return or_(stops_at(occasion, Stage.FILED), _filed_within(occasion, rests.done_lately))


def _filed_within(occasion: Occasion, days: int) -> ColumnElement[bool]:
    return exists().where(
        Outcome.person_ref == Person.person_ref,
        Outcome.kind.in_((OutcomeKind.FILED, OutcomeKind.NOT_LIABLE)),
        Outcome.happened_on > occasion.on - timedelta(days=days),
        Outcome.happened_on <= occasion.on,
        Outcome.withdrawn_on.is_(None),
    )


RULE = Rule(
    reason=Reason.ALREADY_DONE,
    holds=_holds,
)
