"""The conversation guide of a call, from the campaign as approved or the general one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.composing import campaign_context
from desk.entries.person_returns import PersonReturn, situations
from installation.accounts import called
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.clock import local_date
from store.engine import Store
from store.tables import Call, Campaign, FrozenText, PhoneLine
from templates.guides import Guide, read_guide
from templates.texts import Template, load

CHANNEL = "call"
USUAL = "call-guide"
"""The general guide, for callers without a campaign or from its hold-out. All get the same help."""
RIGHTS, VAT = "refund-guide", "vat-guide"


@dataclass(frozen=True, slots=True)
class AtHand:
    """A guide, with what the agent may say of the campaign."""

    guide: Guide
    campaign: str | None  # its title, as the agent may say it
    open_until: date | None


def guide_for(
    store: Store,
    call_id: int,
    *,
    agent: str,
    language: str,
    now: datetime,
    returns: Sequence[PersonReturn] = (),
) -> AtHand:
    """Return the guide of a call, in the agent's language.

    Args:
        store: The database.
        call_id: The call.
        agent: Who has it. The guide gives the name by which pages call them.
        language: Of the agent.
        now: Facts whose source must be read again by this day are left out.
        returns: The person's returns, once their identity was checked: the steps follow them.

    Raises:
        LookupError: there is no such call.
        BadInput: the guide does not hold together.
    """
    with store.reading() as connection:
        about = select(Call.campaign_id, PhoneLine.name, PhoneLine.number, PhoneLine.hours)
        call = connection.execute(about.join(PhoneLine).where(Call.id == call_id)).one_or_none()
        if call is None:
            raise LookupError(f"there is no call {call_id}")
        spec = connection.execute(
            select(Campaign.spec).where(Campaign.id == call.campaign_id)
        ).scalar_one_or_none()
        campaign = CampaignFile.model_validate(spec) if spec else None
        template = _template(connection, call.campaign_id, campaign)
    name = called(store, agent)
    context = {
        "agent": name,
        "line": {"name": call.name, "number": _printed(call.number), "hours": call.hours or "-"},
        "sender": {"team": call.name},
    }
    if campaign:
        context = campaign_context(campaign, name)
    taxes = {each.tax for each in campaign.about} if campaign else set()
    known = situations(returns, taxes)
    guide = read_guide(template, language, context, today=local_date(now), known=known)
    until = campaign.phone_line.open_until if campaign else None
    return AtHand(guide, campaign.title if campaign else None, until)


def _template(
    connection: Connection, campaign_id: int | None, campaign: CampaignFile | None
) -> Template:
    """Return the guide that was approved with the campaign, or the shipped one of its subject."""
    if campaign_id is None or campaign is None:
        return load(USUAL)
    steps = (step for arm in campaign.arms for step in arm.steps if step.channel == CHANNEL)
    called = next((step.template for step in steps), None)
    name = called or campaign.phone_line.guide or usual_guide(campaign)
    texts = select(FrozenText.file, FrozenText.source).where(
        FrozenText.campaign_id == campaign_id, FrozenText.template == name
    )
    sources = {row.file: row.source for row in connection.execute(texts)}
    return Template.from_sources(name, sources) if sources else load(name)


def usual_guide(campaign: CampaignFile) -> str:
    """Return the shipped guide of a campaign's subject, where the campaign names none."""
    if campaign.purpose == "rights":
        return RIGHTS
    taxes = {each.tax for each in campaign.about}
    return VAT if taxes == {"vat"} else USUAL


def _printed(e164: str) -> str:
    try:
        return PhoneNumber.parse(e164).printed()
    except NotAPhoneNumber:
        return e164
