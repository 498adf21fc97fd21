"""The conversation guide of a call, from the campaign as approved or the general one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.composing import campaign_context
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.clock import local_date
from store.engine import Store
from store.tables import Call, Campaign, FrozenText, PhoneLine, Step
from templates.guides import Guide, read_guide
from templates.texts import Template, load

CHANNEL = "call"
USUAL = "call-guide"
"""The general guide, for callers without a campaign or from its hold-out. All get the same help."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """A guide, with what the agent may say of the campaign."""

    guide: Guide
    campaign: str | None  # its title, as the agent may say it
    open_until: date | None


def guide_for(store: Store, call_id: int, *, agent: str, language: str, now: datetime) -> AtHand:
    """Return the guide of a call, in the agent's language.

    Raises:
        LookupError: there is no such call.
        BadInput: the guide does not hold together.
    """
    with store.reading() as connection:
        about = select(Call.campaign_id, PhoneLine.name, PhoneLine.number, PhoneLine.hours)
        call = connection.execute(about.join(PhoneLine).where(Call.id == call_id)).one_or_none()
        if call is None:
            raise LookupError(f"there is no call {call_id}")
        template = _template(connection, call.campaign_id) or load(USUAL)
        spec = connection.execute(
            select(Campaign.spec).where(Campaign.id == call.campaign_id)
        ).scalar_one_or_none()
    campaign = CampaignFile.model_validate(spec) if spec else None
    context = {
        "agent": agent,
        "line": {"name": call.name, "number": _printed(call.number), "hours": call.hours or "-"},
        "sender": {"team": call.name},
    }
    if campaign:
        context = campaign_context(campaign, agent)
    guide = read_guide(template, language, context, today=local_date(now))
    until = campaign.phone_line.open_until if campaign else None
    return AtHand(guide, campaign.title if campaign else None, until)


def _template(connection: Connection, campaign_id: int | None) -> Template | None:
    """Return the guide that was approved with the campaign, if there is one."""
    if campaign_id is None:
        return None
    name = (
        select(Step.template)
        .where(Step.campaign_id == campaign_id, Step.channel == CHANNEL)
        .order_by(Step.id)
    )
    found = connection.execute(name.limit(1)).scalar_one_or_none()
    texts = select(FrozenText.file, FrozenText.source).where(
        FrozenText.campaign_id == campaign_id, FrozenText.template == found
    )
    sources = {row.file: row.source for row in connection.execute(texts)} if found else {}
    return Template.from_sources(found, sources) if found and sources else None


def _printed(e164: str) -> str:
    try:
        return PhoneNumber.parse(e164).printed()
    except NotAPhoneNumber:
        return e164
