"""Somebody without the consent that this purpose needs on this channel, or who took a consent back."""

from sqlalchemy import ColumnElement, or_

from suppression.consents import has_consent, has_withdrawn
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    withdrawn = has_withdrawn(occasion.channel, occasion.purpose, occasion.at)
    if not occasion.policy.needs_consent(occasion.purpose, occasion.channel):
        return withdrawn
    return or_(~has_consent(occasion.channel, occasion.purpose, occasion.at), withdrawn)


RULE = Rule(
    reason=Reason.NO_CONSENT,
    holds=_holds,
)
