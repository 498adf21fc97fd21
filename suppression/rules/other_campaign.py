"""Somebody in another running campaign about the same subject, treated or held out.

Of two campaigns the one that was submitted first keeps them; a campaign that is only planned comes after all of them.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, true

from store.states import CampaignState
from store.tables import Campaign, Decision, Person
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_ALIVE = (
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
)


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    earlier = Campaign.id < occasion.campaign_id if occasion.campaign_id is not None else true()
    return exists().where(
        Decision.person_id == Person.id,
        or_(Decision.selected.is_(True), _held_out(occasion)),
        Campaign.id == Decision.campaign_id,
        Campaign.subject == occasion.subject,
        Campaign.state.in_(_ALIVE),
        earlier,
    )


def _held_out(occasion: Occasion) -> ColumnElement[bool]:
    """Match who is held out, until the day on which that was signed to end."""
    until = Campaign.signed_plan["preregistration"]["hold_out_until"].as_string()
    still = or_(until.is_(None), until >= occasion.on.isoformat())
    return and_(Decision.reason == Reason.HOLD_OUT.value, still)


RULE = Rule(
    reason=Reason.OTHER_CAMPAIGN,
    holds=_holds,
    asks=lambda occasion: occasion.subject is not None,
)
