"""Plan a campaign: a dry run that writes nothing and says all that a submission would do."""

import csv
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, select

from campaigns.planning.arm_allocation import Slice, Split, split
from campaigns.planning.campaign_checks import Checked, check_with
from campaigns.planning.data_age import aged
from campaigns.planning.draft_decisions import (
    Brief,
    count_by_mask,
    count_units,
    decisions,
    draft,
    units,
)
from campaigns.planning.post_prices import NO_BILL, Bill, Wanted, bills
from campaigns.planning.rule_counts import RuleCount, rule_counts
from campaigns.touches.campaign_files import CampaignFile, StepFile
from campaigns.touches.occasions import occasion
from campaigns.touches.seed_pieces import NO_SEEDS, count_active
from campaigns.touches.sms_costs import TextWeight
from channels import KINDS
from installation.installation import Installation
from store.tables import Person
from suppression.judging import mask
from suppression.reasons import Reason, named

SUSPICIOUS_SHARE = 0.5
"""One reason that takes out more than this share of the audience is worth a second look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What one step of one wave sends."""

    arm: str
    wave: int
    on: date
    channel: str
    template: str
    pieces: int
    pages: int
    cost: Decimal  # euros; of texts at most: in the language that takes the most segments
    weights: tuple[TextWeight, ...] = ()  # of a text: what each language comes to
    bill: Bill = NO_BILL  # of post: when the print shop takes it, and what it asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a manager and an approver look at."""

    campaign: str
    title: str
    purpose: str
    today: date
    imported: int
    matched: int
    eligible: int  # no personal reason against them: before households, the limit and the hold-out
    rules: tuple[RuleCount, ...]
    household: int
    over_limit: int
    hold_out: int
    selected: int
    arms: Mapping[str, int]  # people assigned, by arm
    pieces: tuple[Pieces, ...]
    budget: Decimal
    warnings: tuple[str, ...]
    sensitive: tuple[str, ...]  # columns that select people by who they are
    necessity: str | None  # why they must
    split: Split = field(repr=False)

    @property
    def left_out(self) -> dict[str, int]:
        """How many of the audience are left out, by first reason, in the order of the rules."""
        counts = {rule.reason.value: rule.took_out for rule in self.rules}
        drawn = {
            Reason.HOUSEHOLD: self.household,
            Reason.LIMIT: self.over_limit,
            Reason.HOLD_OUT: self.hold_out,
        }
        counts.update({reason.value: count for reason, count in drawn.items()})
        return {reason: count for reason, count in counts.items() if count}

    @property
    def cost(self) -> Decimal:
        """Euros for all pieces."""
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
            "cost": self.cost,
            "budget": self.budget,
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
                "cost": line.cost,
                **({"texts": [asdict(weight) for weight in line.weights]} if line.weights else {}),
                **(
                    {"days": [{"date": day, "pieces": n} for day, n in line.bill.days]}
                    if line.bill.days
                    else {}
                ),
                **({"bill": line.bill.said} if line.bill.said else {}),
            }
            for line in self.pieces
        ]


def plan(
    installation: Installation, file: Path, *, now: datetime, decisions_file: Path | None = None
) -> Plan:
    """Plan the campaign in `file`; write nothing, but a CSV of every decision where one is asked for.

    Raises:
        BadInput: the file cannot be taken.
    """
    with installation.store.reading() as connection:
        checked = check_with(installation, connection, file, now=now)
        made = plan_with(installation, connection, checked)
        if decisions_file is not None:
            write_decisions(connection, checked.brief, made.split, decisions_file)
        return made


def plan_with(installation: Installation, connection: Connection, checked: Checked) -> Plan:
    """Draft on this connection and count; the draft stays in its temporary tables."""
    campaign, brief = checked.campaign, checked.brief
    draft(connection, brief)
    by_mask = count_by_mask(connection)
    available = count_units(connection)
    divided = split(campaign, available)
    matched = sum(together.count for together in by_mask.values())
    eligible = by_mask[0].count if 0 in by_mask else 0
    reached = divided.treated()
    held_out = sum(piece.size for piece in divided.hold_out)
    pieces = _pieces(installation, connection, checked, divided)
    counts = rule_counts(by_mask, brief.policy)
    return Plan(
        campaign=campaign.campaign,
        title=campaign.title,
        purpose=campaign.purpose,
        today=brief.today,
        imported=connection.execute(select(func.count()).select_from(Person)).scalar_one(),
        matched=matched,
        eligible=eligible,
        rules=counts,
        household=eligible - available,
        over_limit=available - divided.enrolled,
        hold_out=held_out,
        selected=reached,
        arms={
            arm.name: sum(piece.size for piece in divided.slices if piece.arm == at)
            for at, arm in enumerate(campaign.arms)
        },
        pieces=pieces,
        budget=campaign.budget,
        warnings=(
            *checked.warnings,
            *aged(connection, brief.policy, brief.now),
            *_warnings(campaign, counts, pieces, matched=matched, reached=reached),
            *(
                [NO_SEEDS]
                if any(line.pages for line in pieces) and not count_active(connection)
                else []
            ),
        ),
        sensitive=brief.audience.sensitive,
        necessity=campaign.audience.necessity,
        split=divided,
    )


def _pieces(
    installation: Installation, connection: Connection, checked: Checked, divided: Split
) -> tuple[Pieces, ...]:
    campaign = checked.campaign
    lines: list[tuple[StepFile, Pieces]] = []
    for piece in divided.slices:
        arm = campaign.arms[piece.arm]
        for at, step in enumerate(arm.steps):
            on = campaign.waves[piece.wave].date + timedelta(days=step.delay)
            count = piece.size
            if count and (at or on != campaign.waves[0].date):
                count -= _blocked_then(installation, connection, checked, step, piece, on=on)
            sheet = checked.templates[step.template].layout.get(
                "card", {}
            )  # a letter may be printed on one side
            pages = count * min(KINDS[step.channel].pages, sheet.get("sides", 2))
            weights = checked.weights.get(step, ())
            each = max((weight.cost for weight in weights), default=step.price)
            line = Pieces(
                arm=arm.name,
                wave=piece.wave + 1,
                on=on,
                channel=step.channel,
                template=step.template,
                pieces=count,
                pages=pages,
                cost=each * count,
                weights=weights,
            )
            lines.append((step, line))
    return _billed(installation, connection, checked, lines)


def _billed(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    lines: Sequence[tuple[StepFile, Pieces]],
) -> tuple[Pieces, ...]:
    """Put on each line of post when the print shop takes it, and its price where the step says none itself."""
    mailed = [KINDS[step.channel].reaches == "post" for step, _ in lines]
    wanted = [
        Wanted(step, line.on, line.pieces)
        for (step, line), by_post in zip(lines, mailed, strict=True)
        if by_post
    ]
    found = iter(bills(installation, connection, checked, wanted))
    return tuple(
        _with_bill(line, next(found)) if by_post else line
        for (_, line), by_post in zip(lines, mailed, strict=True)
    )


def _with_bill(line: Pieces, bill: Bill) -> Pieces:
    return replace(line, bill=bill, cost=line.cost if bill.cost is None else bill.cost)


def _blocked_then(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    step: StepFile,
    piece: Slice,
    *,
    on: date,
) -> int:
    """Count who, by what is known now, could not be reached on the later day of this step."""
    brief = checked.brief
    then = occasion(
        installation,
        checked.campaign,
        step,
        on=on,
        facts=brief.occasions[0].declared,
        asked=brief.audience.names,
        now=brief.now,
        template=checked.templates[step.template],
    )
    statement = (
        select(func.count())
        .select_from(units.join(Person.__table__, Person.id == units.c.person_id))
        .where(and_(units.c.rank.between(piece.first, piece.last), mask(then) != 0))
    )
    return connection.execute(statement).scalar_one()


def _warnings(
    campaign: CampaignFile,
    counts: tuple[RuleCount, ...],
    pieces: tuple[Pieces, ...],
    *,
    matched: int,
    reached: int,
) -> list[str]:
    found = []
    if not matched:
        found.append("the audience matches nobody: look at audience.where and at what was imported")
    elif not reached:
        found.append("nobody is left to reach: see the reasons above")
    found.extend(
        f"{each.reason.value} takes out {each.took_out:,} of {matched:,}: is that what you expect?"
        for each in counts
        if each.took_out > matched * SUSPICIOUS_SHARE
    )
    found.extend(line.bill.warning for line in pieces if line.bill.warning)
    cost = sum((line.cost for line in pieces), Decimal(0))
    if cost > campaign.budget:
        found.append(f"this costs € {cost:,.2f}, more than the budget of € {campaign.budget:,.2f}")
    if any(arm.hold_out for arm in campaign.arms) is False:
        found.append(
            "there is no hold-out: afterwards nobody can say what this campaign itself brought about"
        )
    return found


DECISION_COLUMNS = (
    "person_ref",
    "matched",
    "selected",
    "reason",
    "reasons",
    "household",
    "arm",
    "wave",
)


def write_decisions(connection: Connection, brief: Brief, divided: Split, path: Path) -> None:
    """Write one row for everyone imported: matched or not, chosen or not, and why. Draft first."""
    campaign = brief.campaign
    places = tuple(range(len(campaign.arms))), tuple(range(len(campaign.waves)))
    columns = decisions(divided, brief.policy, arm_ids=places[0], wave_ids=places[1])
    drafted = select(
        *(column.label(f"c{at}") for at, column in enumerate(columns.all()))
    ).select_from(columns.source)
    inner = drafted.subquery()
    statement = (
        select(Person.person_ref, *inner.c)
        .select_from(Person.__table__.outerjoin(inner, inner.c.c0 == Person.id))
        .order_by(Person.person_ref)
        .execution_options(yield_per=10_000)
    )
    arms = [arm.name for arm in campaign.arms]
    draft_path = path.with_name(f".{path.name}.{os.getpid()}")
    with draft_path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(DECISION_COLUMNS)
        with closing(connection.execute(statement)) as rows:
            for ref, person, selected, reason, held, household, arm, wave in rows:
                writer.writerow(
                    (
                        ref,
                        "false" if person is None else "true",
                        "true" if selected else "false",
                        reason or ("" if person is not None else Reason.NOT_IN_AUDIENCE.value),
                        " ".join(each.value for each in named(held or 0)),
                        "" if household is None else household,
                        "" if arm is None else arms[arm],
                        "" if wave is None else wave + 1,
                    )
                )
    draft_path.replace(path)
