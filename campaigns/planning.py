"""Plan a campaign: a dry run that writes nothing and says all that a submission would do."""

import csv
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, select

from campaigns.drafting import Brief, count_by_mask, count_units, decisions, draft, units
from campaigns.files import CampaignFile, StepFile, read_campaign
from campaigns.house import House
from campaigns.splitting import Split, split
from campaigns.where import SENSITIVE, AudienceRefused, parse
from campaigns.yaml_lines import Lines
from channels import KINDS
from people.numbers import PhoneNumber
from store.clock import local_date
from store.errors import BadInput, SeveralRefused
from store.tables import Person
from suppression.judging import ORDER, declared_facts, first_of, mask
from suppression.reasons import Reason, named
from suppression.rules import RULES, Occasion
from templates.texts import Template, load

SUSPICIOUS_SHARE = 0.5
"""One reason that takes out more than this share of the audience is worth a second look."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule did: how many it took out as the first, held at all, and would alone have taken out."""

    reason: Reason
    took_out: int
    held: int
    alone: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """What one step of one wave sends."""

    arm: str
    wave: int
    on: date
    channel: str
    template: str
    pieces: int
    pages: int
    cost: Decimal  # euros


@dataclass(frozen=True, slots=True)
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
    split: Split = field(repr=False)

    @property
    def left_out(self) -> dict[str, int]:
        """How many of the audience are left out, by first reason, in the order of the rules."""
        counts = {rule.reason.value: rule.took_out for rule in self.rules}
        drawn = {Reason.HOUSEHOLD: self.household, Reason.LIMIT: self.over_limit, Reason.HOLD_OUT: self.hold_out}
        counts.update({reason.value: count for reason, count in drawn.items()})
        return {reason: count for reason, count in counts.items() if count}

    @property
    def cost(self) -> Decimal:
        """Euros for all pieces."""
        return sum((line.cost for line in self.pieces), Decimal(0))

    def as_data(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return {
            "campaign": self.campaign, "title": self.title, "purpose": self.purpose, "today": self.today,
            "imported": self.imported, "matched": self.matched, "eligible": self.eligible, "selected": self.selected,
            "left_out": self.left_out, "hold_out": self.hold_out, "arms": dict(self.arms),
            "rules": [
                {"reason": r.reason.value, "took_out": r.took_out, "held": r.held, "alone": r.alone} for r in self.rules
            ],
            "waves": self._waves(),
            "pieces": sum(line.pieces for line in self.pieces),
            "pages": sum(line.pages for line in self.pieces),
            "cost": self.cost, "budget": self.budget, "warnings": list(self.warnings),
        }  # fmt: skip

    def _waves(self) -> list[dict[str, Any]]:
        return [
            {
                "wave": line.wave, "arm": line.arm, "date": line.on, "channel": line.channel,
                "template": line.template, "pieces": line.pieces, "pages": line.pages, "cost": line.cost,
            }
            for line in self.pieces
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """A campaign file that holds together: read, its audience parsed, its templates found."""

    file: Path
    source: str
    campaign: CampaignFile
    brief: Brief
    templates: Mapping[str, Template]
    warnings: tuple[str, ...]


def check(house: House, file: Path, *, now: datetime) -> Checked:
    """Read a campaign file and hold it against templates, channels, facts and the day.

    Raises:
        BadInput: what cannot be taken, a line for each.
    """
    with house.store.reading() as connection:
        return check_with(connection, file, now=now)


def check_with(connection: Connection, file: Path, *, now: datetime) -> Checked:
    """Do what `check` does, on a connection that is already open."""
    campaign, source, lines = read_campaign(file)
    complaints = _Complaints(str(file), lines)
    templates = _templates(campaign, complaints)
    _line_number(campaign, complaints)
    if campaign.dpia.valid_until < max(campaign.last_date, local_date(now)):
        complaints.add(
            ("dpia", "valid_until"),
            f"the DPIA ends on {campaign.dpia.valid_until}, before the last touch on {campaign.last_date}",
            "have it renewed, and write the new date",
        )
    facts = declared_facts(connection)
    try:
        audience = parse(campaign.audience.where, facts=facts, today=local_date(now))
    except AudienceRefused as refused:
        complaints.add(("audience", "where"), refused.problem, refused.remedy)
        raise complaints.error() from None
    sensitive = sorted(audience.names & SENSITIVE)
    if sensitive and not campaign.audience.necessity:
        complaints.add(
            ("audience", "where"),
            f"{', '.join(sensitive)} selects people by who they are",
            "write audience.necessity: why this campaign must; the approver will read it",
        )
    complaints.raise_if_any()
    occasions = tuple(
        occasion(campaign, arm.steps[0], campaign.waves[0].date, facts, audience.names, now=now)
        for arm in campaign.treated
    )
    brief = Brief(campaign, audience, occasions, local_date(now), now)
    return Checked(file, source, campaign, brief, templates, _unjudged(campaign, occasions))


class _Complaints:
    """What is wrong with one file, gathered so that a person mends it in one go."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file = file
        self.lines = lines
        self.found: list[BadInput] = []

    def add(self, location: tuple[str | int, ...], problem: str, remedy: str) -> None:
        place = ".".join(map(str, location))
        self.found.append(BadInput(problem, remedy, self.file, self.lines.of(location), place))

    def error(self) -> BadInput:
        return SeveralRefused.of(self.found)

    def raise_if_any(self) -> None:
        if self.found:
            raise self.error()


def _templates(campaign: CampaignFile, complaints: _Complaints) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for arm_at, arm in enumerate(campaign.arms):
        for step_at, step in enumerate(arm.steps):
            here = ("arms", arm_at, "steps", step_at)
            if step.channel not in KINDS:
                known = ", ".join(KINDS)
                complaints.add((*here, "channel"), f"{step.channel} is no channel here", f"write one of {known}")
                continue
            try:
                template = load(step.template)
            except BadInput as refused:
                complaints.add((*here, "template"), refused.problem, refused.remedy)
                continue
            found[step.template] = template
            _fits(campaign, step, template, (*here, "template"), complaints)
    return found


def _fits(
    campaign: CampaignFile, step: StepFile, template: Template, here: tuple[str | int, ...], complaints: _Complaints
) -> None:
    if template.channel != step.channel:
        complaints.add(
            here, f"{step.template} is written for {template.channel}, not for {step.channel}", "choose another"
        )
    if campaign.purpose == "duty" and template.is_open and not campaign.open_card:
        complaints.add(
            ("open_card",),
            f"{step.template} is an open card: a housemate can read it",
            "write open_card: true where the DPIA allows it for this duty",
        )
    context = {"sender": campaign.sender.model_dump(), "campaign": {"title": campaign.title}}
    for finding in template.lint(campaign.purpose, context, open_card=campaign.open_card):
        complaints.add(here, f"{finding.file}: {finding.word!r} {finding.why}", finding.remedy)


def _line_number(campaign: CampaignFile, complaints: _Complaints) -> None:
    try:
        PhoneNumber.parse(campaign.phone_line.number)
    except BadInput as refused:
        complaints.add(("phone_line", "number"), refused.problem, refused.remedy)


def occasion(
    campaign: CampaignFile,
    step: StepFile,
    on: date,
    facts: Mapping[str, str],
    asked: frozenset[str],
    *,
    now: datetime,
) -> Occasion:
    """Return the occasion on which the rules judge one step that is due on the day `on`."""
    return Occasion(
        channel=step.channel,
        reaches=KINDS[step.channel].reaches,
        purpose=campaign.purpose,
        on=on,
        at=max(now, now + (on - local_date(now))),
        declared=frozenset(facts),
        asked=asked,
        caps=campaign.all_caps(),
    )


def _unjudged(campaign: CampaignFile, occasions: tuple[Occasion, ...]) -> tuple[str, ...]:
    """Say which rules could not be judged because no import declared the fact they need."""
    silent = {
        rule.needs_fact: rule.reason.value
        for rule in RULES
        for each in occasions
        if rule.needs_fact
        and rule.needs_fact not in each.declared
        and (rule.purposes is None or campaign.purpose in rule.purposes)
    }
    return tuple(f"{reason} could not be judged: no import declared the fact {name}" for name, reason in silent.items())


def plan(house: House, file: Path, *, now: datetime, decisions_file: Path | None = None) -> Plan:
    """Plan the campaign in `file`; write nothing, but a CSV of every decision where one is asked for.

    Raises:
        BadInput: the file cannot be taken.
    """
    with house.store.reading() as connection:
        checked = check_with(connection, file, now=now)
        made = plan_with(connection, checked)
        if decisions_file is not None:
            write_decisions(connection, checked.campaign, made.split, decisions_file)
        return made


def plan_with(connection: Connection, checked: Checked) -> Plan:
    """Draft on this connection and count; the draft stays in its temporary tables."""
    campaign, brief = checked.campaign, checked.brief
    draft(connection, brief)
    by_mask = count_by_mask(connection)
    available = count_units(connection)
    divided = split(campaign, available)
    matched = sum(by_mask.values())
    eligible = by_mask.get(0, 0)
    reached = divided.treated()
    held_out = sum(piece.size for piece in divided.hold_out)
    pieces = _pieces(connection, checked, divided)
    counts = _rule_counts(by_mask)
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
        warnings=(*checked.warnings, *_warnings(matched, reached, counts, pieces, campaign)),
        split=divided,
    )


def _rule_counts(by_mask: Mapping[int, int]) -> tuple[RuleCount, ...]:
    took: dict[Reason, int] = {}
    held: dict[Reason, int] = {}
    alone: dict[Reason, int] = {}
    for together, count in by_mask.items():
        reasons = named(together)
        for reason in reasons:
            held[reason] = held.get(reason, 0) + count
        if (first := first_of(together)) is not None:
            took[first] = took.get(first, 0) + count
        if len(reasons) == 1:
            alone[reasons[0]] = alone.get(reasons[0], 0) + count
    return tuple(RuleCount(r, took.get(r, 0), held[r], alone.get(r, 0)) for r in ORDER if r in held)


def _pieces(connection: Connection, checked: Checked, divided: Split) -> tuple[Pieces, ...]:
    campaign = checked.campaign
    lines = []
    for piece in divided.slices:
        arm = campaign.arms[piece.arm]
        for at, step in enumerate(arm.steps):
            on = campaign.waves[piece.wave].date + timedelta(days=step.delay)
            count = piece.size
            if count and (at or on != campaign.waves[0].date):
                count -= _blocked_then(connection, checked, step, on, piece.first, piece.last)
            pages = count * KINDS[step.channel].pages
            lines.append(
                Pieces(
                    arm.name, piece.wave + 1, on, step.channel, step.template, count, pages, step.price * count
                )
            )  # fmt: skip
    return tuple(lines)


def _blocked_then(connection: Connection, checked: Checked, step: StepFile, on: date, first: int, last: int) -> int:
    """Count who, by what is known now, could not be reached on the later day of this step."""
    brief = checked.brief
    facts = dict.fromkeys(brief.occasions[0].declared, "")
    then = occasion(checked.campaign, step, on, facts, brief.audience.names, now=brief.now)
    statement = (
        select(func.count())
        .select_from(units.join(Person.__table__, Person.id == units.c.person_id))
        .where(and_(units.c.rank.between(first, last), mask(then) != 0))
    )
    return connection.execute(statement).scalar_one()


def _warnings(
    matched: int, reached: int, counts: tuple[RuleCount, ...], pieces: tuple[Pieces, ...], campaign: CampaignFile
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
    cost = sum((line.cost for line in pieces), Decimal(0))
    if cost > campaign.budget:
        found.append(f"this costs € {cost:,.2f}, more than the budget of € {campaign.budget:,.2f}")
    if any(arm.hold_out for arm in campaign.arms) is False:
        found.append("there is no hold-out: afterwards nobody can say what this campaign itself brought about")
    return found


DECISION_COLUMNS = ("person_ref", "matched", "selected", "reason", "reasons", "household", "arm", "wave")


def write_decisions(connection: Connection, campaign: CampaignFile, divided: Split, path: Path) -> None:
    """Write one row for everyone imported: matched or not, chosen or not, and why. Draft first."""
    places = tuple(range(len(campaign.arms))), tuple(range(len(campaign.waves)))
    columns = decisions(divided, arm_ids=places[0], wave_ids=places[1])
    drafted = select(*(column.label(f"c{at}") for at, column in enumerate(columns.all()))).select_from(columns.source)
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
