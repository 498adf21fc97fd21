"""Plan a campaign as a dry run that writes nothing and shows what a submission would do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.planning.arm_allocation import Split, split
from campaigns.planning.campaign_checks import Checked, check_with
from campaigns.planning.cap_deviations import CapDeviation
from campaigns.planning.data_age import aged
from campaigns.planning.decision_files import write_decisions
from campaigns.planning.draft_decisions import (
    cluster_ranks,
    count_by_mask,
    count_deviating,
    count_same_number,
    count_units,
    draft,
)
from campaigns.planning.estimates import Estimate, estimate
from campaigns.planning.names_that_fit import address_troubles, too_long
from campaigns.planning.number_clusters import keep_together
from campaigns.planning.planned_pieces import Pieces, count_passing, planned_pieces
from campaigns.planning.reach_of_arms import OtherArm, lost_to_other_arms
from campaigns.planning.rule_counts import RuleCount, rule_counts
from campaigns.planning.trial_figures import Balance, Detectable, balance, detectable
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_reading import CampaignSource
from campaigns.touches.preregistration import PreRegistration, preregistration
from campaigns.touches.seed_pieces import NO_SEEDS, count_active
from channels.port import Watch, unwatched
from installation.installation import Installation
from store.sentences import Sentence
from store.tables import Person
from suppression.cap_floors import rule_name
from suppression.reasons import Reason

SUSPICIOUS_SHARE = 0.5
"""A reason that takes out more than this share of the audience gets a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan of a campaign, as shown to its manager and approver."""

    campaign: str
    title: str
    purpose: str
    today: date
    imported: int
    matched: int
    eligible: int  # no personal reason against them: before households, the limit and the hold-out
    rules: tuple[RuleCount, ...]
    household: int
    same_number: int
    over_limit: int
    hold_out: int
    selected: int
    arms: Mapping[str, int]  # people assigned, by arm
    pieces: tuple[Pieces, ...]
    budget: Decimal
    estimate: Estimate
    deviations: tuple[CapDeviation, ...]  # from the caps of the body
    lost: tuple[OtherArm, ...]  # people whom an arm loses to what another arm needs
    warnings: tuple[str, ...]
    sensitive: tuple[str, ...]  # columns that select people by who they are
    necessity: str | None  # why they must
    detectable: Detectable | None  # None: nobody is left out by lot
    registered: PreRegistration
    balance: tuple[Balance, ...]  # of the strata, where the file has them
    split: Split = field(repr=False)

    @property
    def left_out(self) -> dict[str, int]:
        """Number of people left out, by first reason, in the order of the rules."""
        counts = {rule.reason.value: rule.took_out for rule in self.rules}
        drawn = {
            Reason.HOUSEHOLD: self.household,
            Reason.SAME_NUMBER: self.same_number,
            Reason.LIMIT: self.over_limit,
            Reason.HOLD_OUT: self.hold_out,
        }
        counts.update({reason.value: count for reason, count in drawn.items()})
        return {reason: count for reason, count in counts.items() if count}

    @property
    def cost(self) -> Decimal:
        """Total cost in euros."""
        return sum((line.cost for line in self.pieces), Decimal(0))

    def as_data(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return {
            "campaign": self.campaign,
            "title": self.title,
            "purpose": self.purpose,
            "today": self.today,
            "imported": self.imported,
            "matched": self.matched,
            "eligible": self.eligible,
            "selected": self.selected,
            "left_out": self.left_out,
            "hold_out": self.hold_out,
            "arms": dict(self.arms),
            "rules": [
                {
                    "reason": r.reason.value,
                    "took_out": r.took_out,
                    "held": r.held,
                    "alone": r.alone,
                    "sample": list(r.sample),
                }
                for r in self.rules
            ],
            "waves": self._waves(),
            "pieces": sum(line.pieces for line in self.pieces),
            "pages": sum(line.pages for line in self.pieces),
            "cost": None if self.estimate.unpriced else self.cost,
            "estimate": self.estimate.as_data(),
            "budget": self.budget,
            "deviations": [each.as_data() for each in self.deviations],
            "lost_to_other_arms": [each.as_data() for each in self.lost],
            "detectable": self.detectable.as_data() if self.detectable else None,
            "preregistration": self.registered.as_data(),
            "balance": [each.as_data() for each in self.balance],
            "warnings": list(self.warnings),
            "sensitive": list(self.sensitive),
            "necessity": self.necessity,
        }

    def _waves(self) -> list[dict[str, Any]]:
        return [
            {
                "wave": line.wave,
                "arm": line.arm,
                "date": line.on,
                "channel": line.channel,
                "template": line.template,
                "pieces": line.pieces,
                "pages": line.pages,
                "cost": line.cost if line.priced else None,
                **({"texts": [asdict(weight) for weight in line.weights]} if line.weights else {}),
                **(
                    {"days": [{"date": day, "pieces": n} for day, n in line.bill.days]}
                    if line.bill.days
                    else {}
                ),
                **({"bill": line.bill.explanation} if line.bill.explanation else {}),
            }
            for line in self.pieces
        ]


def plan(
    installation: Installation,
    file: CampaignSource,
    *,
    now: datetime,
    decisions_file: Path | None = None,
    watch: Watch = unwatched,
) -> Plan:
    """Plan the campaign in `file`. Write nothing but a CSV of every decision, if one is asked for.

    Raises:
        BadInput: the file cannot be taken.
    """
    with installation.store.reading() as connection:
        checked = check_with(installation, connection, file, now=now)
        made = plan_with(installation, connection, checked, watch=watch)
        if decisions_file is not None:
            write_decisions(connection, checked.brief, made.split, decisions_file)
        return made


def plan_with(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    *,
    watch: Watch = unwatched,
) -> Plan:
    """Draft and count on an open connection. The draft stays in its temporary tables."""
    campaign, brief = checked.campaign, checked.brief
    imported = connection.execute(select(func.count()).select_from(Person)).scalar_one()
    draft(connection, brief)
    watch("draft", imported, imported)
    by_mask = count_by_mask(connection)
    available = count_units(connection)
    divided = keep_together(split(campaign, available), cluster_ranks(connection))
    same_number = count_same_number(connection)
    matched = sum(together.count for together in by_mask.values())
    eligible = by_mask[0].count if 0 in by_mask else 0
    reached = divided.treated()
    held_out = sum(piece.size for piece in divided.hold_out)
    watch("divide", available, available)
    pieces = planned_pieces(installation, connection, checked, divided)
    expected = estimate(pieces, brief.policy.work)
    lost = lost_to_other_arms(connection, brief, matched)
    sent = sum(line.pieces for line in pieces)
    watch("price", sent, sent)
    counts = rule_counts(by_mask, brief.policy)
    return Plan(
        campaign=campaign.campaign,
        title=campaign.title,
        purpose=campaign.purpose,
        today=brief.today,
        imported=imported,
        matched=matched,
        eligible=eligible,
        rules=counts,
        household=eligible - available - same_number,
        same_number=same_number,
        over_limit=available - divided.enrolled,
        hold_out=held_out,
        selected=reached,
        arms={
            arm.name: sum(piece.size for piece in divided.slices if piece.arm == at)
            for at, arm in enumerate(campaign.arms)
        },
        pieces=pieces,
        budget=campaign.budget,
        estimate=expected,
        deviations=_deviations(installation, connection, checked, divided),
        lost=lost,
        warnings=(
            *checked.warnings,
            *aged(connection, brief.policy, brief.now),
            *(each.sentence() for each in lost),
            *_warnings(campaign, counts, pieces, expected, matched=matched, reached=reached),
            *too_long(installation, connection, checked, divided),
            *address_troubles(connection, checked, divided),
            *(
                [NO_SEEDS]
                if any(line.pages for line in pieces) and not count_active(connection)
                else []
            ),
        ),
        sensitive=brief.audience.sensitive,
        necessity=campaign.audience.necessity,
        detectable=detectable(divided, available - divided.enrolled),
        registered=preregistration(
            campaign, held_out=held_out, over_limit=available - divided.enrolled
        ),
        balance=balance(connection, campaign, divided),
        split=divided,
    )


def _deviations(
    installation: Installation, connection: Connection, checked: Checked, divided: Split
) -> tuple[CapDeviation, ...]:
    campaign, policy = checked.campaign, checked.brief.policy
    floors = campaign.floors(policy)
    people = count_deviating(connection, divided) if floors else {}
    return tuple(
        CapDeviation(
            rule=rule_name(channel),
            own=campaign.own_caps[channel],
            floor=floor,
            reason=campaign.why_deviating(channel),
            people=people.get(rule_name(channel), 0),
            touches=count_passing(installation, connection, checked, divided, channel=channel),
        )
        for channel, floor in sorted(floors.items())
    )


def over_budget(expected: Estimate, budget: Decimal) -> Sentence:
    """Return a sentence about a budget that the estimate passes, surely or at most."""
    if expected.lowest > budget:
        return Sentence(
            "this costs at least € {lowest:,.2f}, more than the budget of € {budget:,.2f}",
            lowest=expected.lowest,
            budget=budget,
        )
    return Sentence(
        "this may cost € {highest:,.2f} (at least € {lowest:,.2f}), more than the budget of € {budget:,.2f}",
        highest=expected.highest,
        lowest=expected.lowest,
        budget=budget,
    )


def _warnings(
    campaign: CampaignFile,
    counts: tuple[RuleCount, ...],
    pieces: tuple[Pieces, ...],
    expected: Estimate,
    *,
    matched: int,
    reached: int,
) -> list[str]:
    found: list[str] = []
    if not matched:
        found.append(
            Sentence("the audience matches nobody: look at audience.where and at what was imported")
        )
    elif not reached:
        found.append(Sentence("nobody is left to reach: see the reasons above"))
    found.extend(
        Sentence(
            "one reason takes out {took_out:,} of {matched:,}: is that what you expect? ({reason})",
            took_out=each.took_out,
            matched=matched,
            reason=each.reason.as_sentence(),
        )
        for each in counts
        if each.took_out > matched * SUSPICIOUS_SHARE
    )
    found.extend(line.bill.warning for line in pieces if line.bill.warning)
    found.extend(
        Sentence(
            "price unknown: what {name} costs is in no price list; it cannot be submitted like this",
            name=name,
        )
        for name in expected.unpriced
    )
    if not campaign.budget:
        found.append(Sentence("the budget is € 0.00: it cannot be submitted like this"))
    if expected.highest > campaign.budget:
        found.append(over_budget(expected, campaign.budget))
    if any(arm.hold_out for arm in campaign.arms) is False:
        found.append(
            Sentence(
                "there is no hold-out: afterwards nobody can say what this campaign itself brought about"
            )
        )
    return found
