"""Occasions on which a touch is judged, with its step, channel, day and campaign rules."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_parts import REPLY, StepFile
from campaigns.touches.composing import read_script
from channels import KINDS
from installation.installation import Installation
from store.clock import local_date
from store.tables import Arm, Campaign, Delivery, Step, Wave
from suppression.judging import declared_facts
from suppression.occasions import About, Occasion
from templates.texts import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The due touches of one step of one wave."""

    campaign_id: int
    step_id: int
    wave_id: int
    channel: str
    size: int


def name_of_shard(connection: Connection, shard: Shard) -> str:
    """Return what a shard is called, such as "autumn-cards: card of arm main, wave 2"."""
    campaign, wave, arm = connection.execute(
        select(Campaign.name, Wave.number, Arm.name)
        .join(Wave, Wave.campaign_id == Campaign.id)
        .join(Arm, Arm.campaign_id == Campaign.id)
        .join(Step, Step.arm_id == Arm.id)
        .where(Wave.id == shard.wave_id, Step.id == shard.step_id)
    ).one()
    return f"{campaign}: {shard.channel} of arm {arm}, wave {wave}"


def shard_of(connection: Connection, delivery_id: int) -> Shard:
    """Return a delivery as a shard."""
    columns = (
        Delivery.campaign_id,
        Delivery.step_id,
        Delivery.wave_id,
        Delivery.channel,
        Delivery.size,
    )
    row = connection.execute(select(*columns).where(Delivery.id == delivery_id)).one()
    return Shard(**row._asdict())


def occasion(
    installation: Installation,
    campaign: CampaignFile,
    step: StepFile,
    *,
    on: date,
    facts: Collection[str],
    asked: frozenset[str],
    now: datetime,
    template: Template,
) -> Occasion:
    """Return the occasion for one step on the day `on`."""
    return Occasion(
        channel=step.channel,
        reaches=KINDS[step.channel].reaches,
        purpose=campaign.purpose,
        on=on,
        at=max(now, now + (on - local_date(now))),
        declared=frozenset(facts),
        asked=asked,
        policy=installation.policy,
        caps=campaign.all_caps(installation.policy),
        floors=campaign.floors(installation.policy),
        subject=campaign.subject,
        stops=campaign.stop_outcomes,
        stops_at_reply=REPLY in campaign.stop_when,
        about=tuple(About(each.tax, each.years) for each in campaign.about),
        closed=not template.is_open,
        names_whom=template.names_whom,
        to_representative=campaign.to_representative,
        after_assessment=template.description.after_assessment,
        asked_on=campaign.asked_on,
    )


def occasion_of(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    shard: Shard,
    *,
    now: datetime,
) -> Occasion:
    """Return the occasion for handing over the touches of a shard now."""
    from campaigns.audience_language.syntax import names  # it brings a parser of SQL

    facts, today = declared_facts(connection), local_date(now)
    arm, position = connection.execute(
        select(Arm.position, Step.position)
        .join(Arm, Arm.id == Step.arm_id)
        .where(Step.id == shard.step_id)
    ).one()
    asked = names(campaign.audience.where)
    step = campaign.arms[arm].steps[position]
    template = read_script(connection, shard.campaign_id, shard.step_id, today=today).template
    then = occasion(
        installation,
        campaign,
        step,
        on=today,
        facts=facts,
        asked=asked,
        now=now,
        template=template,
    )
    return replace(then, campaign_id=shard.campaign_id, handing_over=True)
