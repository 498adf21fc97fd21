"""Freeze a campaign by writing its texts, its decisions and every touch."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, literal, select, update

from campaigns.planning.audience_words import in_words
from campaigns.planning.campaign_checks import Checked
from campaigns.planning.draft_decisions import decisions
from campaigns.planning.plans import Plan, over_budget, plan_with
from campaigns.planning.signed_plans import signed_plan
from campaigns.planning.trial_figures import hash_of_assignment
from campaigns.touches.judging import judge_touches
from campaigns.touches.occasions import occasion
from campaigns.touches.phone_lines import ensure_line
from campaigns.touches.postponing import first_moment
from campaigns.touches.shop_days import day_begins
from channels.shops import Shop
from installation.installation import Installation
from people.numbers import PhoneNumber
from store.audit_log import Decider
from store.base import UtcDateTime
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CampaignState, TouchState
from store.tables import Arm, Campaign, Decision, FrozenText, Person, Step, Touch, Wave


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen campaign, with its plan."""

    campaign_id: int
    plan: Plan
    withheld: int  # steps whose own day already has a reason against them


def freeze(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    *,
    by: Decider,
    now: datetime,
    version: int = 1,
) -> Frozen:
    """Plan once more, and write the campaign with its decisions and touches on this connection.

    Raises:
        BadInput: the budget is exceeded, or nobody would be reached; nothing is written.
    """
    made = plan_with(installation, connection, checked)
    _is_worth_it(checked, made)
    campaign_id = _write_campaign(connection, checked, made, by=by, now=now, version=version)
    rows = _write_parts(connection, checked, campaign_id)
    _write_decisions(connection, checked, made, rows, now=now)
    _sign_assignment(connection, campaign_id)
    _write_touches(connection, checked, rows, shop=installation.shop, now=now)
    withheld = _judge_later_days(installation, connection, checked, rows, now=now)
    return Frozen(campaign_id, made, withheld)


def _is_worth_it(checked: Checked, made: Plan) -> None:
    file = str(checked.file)
    if not made.selected:
        raise BadInput(
            "nobody would be reached",
            "see kaartje campaign plan for the reasons",
            file=file,
            field="audience",
        )
    if made.estimate.unpriced:
        raise BadInput(
            Sentence(
                "price unknown: what {names} costs is in no price list",
                names=", ".join(made.estimate.unpriced),
            ),
            "write the price of the step, or name the print shop's file (KAARTJE_PRINT_SHOP; texts: KAARTJE_SMS_PRICE)",
            file=file,
            field="arms",
        )
    if not made.budget:
        raise BadInput(
            "the budget is € 0.00",
            "write what the campaign may cost, so that somebody can sign for it",
            file=file,
            field="budget",
        )
    if made.estimate.highest > made.budget:
        raise BadInput(
            over_budget(made.estimate, made.budget),
            "raise the budget or lower the limit",
            file=file,
            field="budget",
        )


def _write_campaign(
    connection: Connection,
    checked: Checked,
    made: Plan,
    *,
    by: Decider,
    now: datetime,
    version: int,
) -> int:
    campaign = checked.campaign
    line = campaign.phone_line
    hours = line.hours if isinstance(line.hours, str) else line.hours["nl"]
    line_id = ensure_line(connection, PhoneNumber.parse(line.number).e164, line.name, hours)
    row = connection.execute(
        insert(Campaign)
        .values(
            name=campaign.campaign,
            title=campaign.title,
            purpose=campaign.purpose,
            subject=campaign.subject,
            state=CampaignState.SUBMITTED,
            spec=campaign.model_dump(mode="json"),
            source=checked.source,
            conditions=_conditions(connection, checked),
            line_id=line_id,
            line_open_until=line.open_until,
            deviations=[each.as_data() for each in made.deviations] or None,
            signed_plan=signed_plan(made),
            first_date=campaign.waves[0].date,
            frozen_hash="",
            version=version,
            submitted_at=now,
            submitted_by=by.name,
        )
        .returning(Campaign.id)
    )
    campaign_id = row.scalar_one()
    texts = [
        {"campaign_id": campaign_id, "template": name, "file": part, "source": source}
        for name, template in checked.templates.items()
        for part, source in template.sources.items()
    ]
    connection.execute(insert(FrozenText), texts)
    return int(campaign_id)


def _conditions(connection: Connection, checked: Checked) -> list[dict[str, Any]]:
    """Return each condition of the audience in words, to be read to a citizen."""
    said = in_words(connection, checked.campaign.audience, today=checked.brief.today)
    return [each.as_data() for each in said]


@dataclass(frozen=True, slots=True, kw_only=True)
class _StepRow:
    id: int
    arm_id: int
    arm: int  # positions in the file, from 0
    at: int
    channel: str
    delay: int


@dataclass(frozen=True, slots=True)
class _WaveRow:
    id: int
    date: date


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a campaign that its decisions and touches refer to."""

    campaign_id: int
    steps: list[_StepRow]
    waves: list[_WaveRow]


def _write_parts(connection: Connection, checked: Checked, campaign_id: int) -> _Rows:
    steps = []
    for at, arm in enumerate(checked.campaign.arms):
        arm_id = connection.execute(
            insert(Arm)
            .values(
                campaign_id=campaign_id,
                position=at,
                name=arm.name,
                share=arm.share,
                hold_out=arm.hold_out,
            )
            .returning(Arm.id)
        ).scalar_one()
        for position, step in enumerate(arm.steps):
            step_id = connection.execute(
                insert(Step)
                .values(
                    campaign_id=campaign_id,
                    arm_id=arm_id,
                    position=position,
                    channel=step.channel,
                    template=step.template,
                    delay_days=step.delay,
                    condition=step.condition,
                )
                .returning(Step.id)
            ).scalar_one()
            steps.append(
                _StepRow(
                    id=step_id,
                    arm_id=arm_id,
                    arm=at,
                    at=position,
                    channel=step.channel,
                    delay=step.delay,
                )
            )
    waves = [
        _WaveRow(
            connection.execute(
                insert(Wave)
                .values(campaign_id=campaign_id, number=number, date=wave.date)
                .returning(Wave.id)
            ).scalar_one(),
            wave.date,
        )
        for number, wave in enumerate(checked.campaign.waves, 1)
    ]
    return _Rows(campaign_id, steps, waves)


_LEDGER = (
    "campaign_id",
    "person_id",
    "selected",
    "reason",
    "reasons",
    "household_key",
    "arm_id",
    "wave_id",
    "deviation",
    "stratum",
    "cluster",
    "decided_at",
)


def _write_decisions(
    connection: Connection,
    checked: Checked,
    made: Plan,
    rows: _Rows,
    *,
    now: datetime,
) -> None:
    arm_ids = connection.execute(
        select(Arm.id).where(Arm.campaign_id == rows.campaign_id).order_by(Arm.position)
    ).scalars()
    columns = decisions(
        made.split,
        checked.brief.policy,
        arm_ids=tuple(arm_ids),
        wave_ids=tuple(wave.id for wave in rows.waves),
    )
    person, *rest = columns.all()
    decided_at = literal(now, UtcDateTime())
    ledger = select(literal(rows.campaign_id), person, *rest, decided_at).select_from(
        columns.source
    )
    connection.execute(insert(Decision).from_select(list(_LEDGER), ledger))


def _sign_assignment(connection: Connection, campaign_id: int) -> None:
    """Keep the hash of the assignment with what is signed, so that nobody can be moved afterwards."""
    mine = Campaign.id == campaign_id
    signed = connection.execute(select(Campaign.signed_plan).where(mine)).scalar_one() or {}
    assigned = {"assignment_hash": hash_of_assignment(connection, campaign_id)}
    connection.execute(update(Campaign).where(mine).values(signed_plan={**signed, **assigned}))


def _write_touches(
    connection: Connection,
    checked: Checked,
    rows: _Rows,
    *,
    shop: Shop | None,
    now: datetime,
) -> None:
    moment = UtcDateTime()
    policy, campaign = checked.brief.policy, checked.campaign
    for step in rows.steps:
        for wave in rows.waves:
            due = wave.date + timedelta(days=step.delay)
            opens = first_moment(policy, shop, campaign, channel=step.channel, at=day_begins(due))
            values = {
                "campaign_id": literal(rows.campaign_id),
                "person_id": Decision.person_id,
                "step_id": literal(step.id),
                "wave_id": literal(wave.id),
                "channel": literal(step.channel),
                "state": literal(TouchState.PLANNED, Touch.state.type),
                "reasons": literal(0),
                "due_on": literal(due),
                "not_before": literal(opens, moment),
                "updated_at": literal(now, moment),
            }
            chosen = select(*values.values()).where(
                Decision.campaign_id == rows.campaign_id,
                Decision.selected,
                Decision.arm_id == step.arm_id,
                Decision.wave_id == wave.id,
            )
            if (whose := checked.brief.whose(step.arm, step.at)) is not None:
                # who gets the other channel is decided now, once, so that what was approved is what goes
                theirs = select(Person.id).where(Person.id == Decision.person_id, whose)
                chosen = chosen.where(theirs.exists())
            connection.execute(
                insert(Touch).from_select(list(values), chosen.order_by(Decision.person_id))
            )


def _judge_later_days(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    rows: _Rows,
    *,
    now: datetime,
) -> int:
    """Judge each later touch for its own day, and withhold those with a reason.

    Return how many were withheld.
    """
    withheld = 0
    for step in rows.steps:
        for wave in rows.waves:
            on = wave.date + timedelta(days=step.delay)
            if step.at == 0 and on == checked.campaign.waves[0].date:
                continue
            spec = checked.campaign.arms[step.arm].steps[step.at]
            then = occasion(
                installation,
                checked.campaign,
                spec,
                on=on,
                facts=checked.brief.occasions[0].declared,
                asked=checked.brief.audience.names,
                now=now,
                template=checked.templates[spec.template],
            )
            then = replace(then, campaign_id=rows.campaign_id)
            which = and_(
                Touch.step_id == step.id,
                Touch.wave_id == wave.id,
                Touch.campaign_id == rows.campaign_id,
            )
            withheld += judge_touches(connection, which, then, now=now)
    return withheld
