"""Hold a campaign file against the house: its templates, its channels, what was imported, and the day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, exists, select

from campaigns.audience_language.where_clause import Audience
from campaigns.planning.audiences import hold_necessity, parsed, quoted_below, written_out
from campaigns.planning.draft_decisions import Brief
from campaigns.touches.campaign_files import CampaignFile, StepFile, read_campaign
from campaigns.touches.composing import campaign_context
from campaigns.touches.occasions import occasion
from campaigns.touches.postponing import when
from campaigns.touches.sms_costs import TextWeight, weigh_text
from channels import KINDS
from channels.examples import example_batch
from channels.port import Refusal
from installation.installation import Installation
from people.numbers import PhoneNumber
from store.clock import local_date
from store.errors import BadInput, SeveralRefused
from store.facts import fact
from store.tables import Person
from store.yaml_lines import Lines
from suppression.judging import declared_facts
from suppression.occasions import Occasion
from suppression.rules import BY_REASON
from templates.guides import read_plan
from templates.lists import search
from templates.texts import Template, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A campaign file that holds together: read, its audience parsed, its templates found."""

    file: Path
    source: str
    campaign: CampaignFile
    brief: Brief
    templates: Mapping[str, Template]
    warnings: tuple[str, ...]
    weights: Mapping[StepFile, tuple[TextWeight, ...]]  # of the steps that are texts


def check(installation: Installation, file: Path, *, now: datetime) -> Checked:
    """Read a campaign file and hold it against templates, channels, facts and the day.

    Raises:
        BadInput: what cannot be taken, a line for each.
    """
    with installation.store.reading() as connection:
        return check_with(installation, connection, file, now=now)


def check_with(
    installation: Installation, connection: Connection, file: Path, *, now: datetime
) -> Checked:
    """Do what `check` does, on a connection that is already open."""
    campaign, source, lines = read_campaign(file)
    complaints = _Complaints(str(file), lines)
    _name_says_nothing(campaign, complaints)
    _line_number(campaign, complaints)
    _answered(installation, campaign, complaints, now=now)
    templates = _templates(installation, campaign, complaints, now=now)
    if campaign.dpia.valid_until < max(campaign.last_date, local_date(now)):
        complaints.add(
            ("dpia", "valid_until"),
            f"the DPIA ends on {campaign.dpia.valid_until}, before the last touch on {campaign.last_date}",
            "have it renewed, and write the new date",
        )
    facts = declared_facts(connection)
    campaign, audience = _audience(connection, campaign, complaints, today=local_date(now))
    first = campaign.waves[0].date
    occasions = tuple(
        occasion(
            installation,
            campaign,
            step,
            on=first,
            facts=facts,
            asked=audience.names,
            now=now,
            template=templates[step.template],
        )
        for step in (arm.steps[0] for arm in campaign.treated)
    )
    brief = Brief(
        campaign=campaign, audience=audience, occasions=occasions, today=local_date(now), now=now
    )
    weights = _weights(campaign, templates, price=installation.settings.sms_price)
    warnings = (*_unjudged(occasions), *_empty_facts(connection, audience, facts))
    return Checked(
        file=file,
        source=quoted_below(source, campaign.audience),
        campaign=campaign,
        brief=brief,
        templates=templates,
        warnings=warnings,
        weights=weights,
    )


def _audience(
    connection: Connection, campaign: CampaignFile, complaints: "_Complaints", *, today: date
) -> tuple[CampaignFile, Audience]:
    """Return the campaign with its audience written out, and the audience parsed."""
    try:
        spec = written_out(connection, campaign.audience, today=today)
        audience = parsed(connection, spec.where, today=today, seed=campaign.seed)
        hold_necessity(audience, spec.necessity)
    except BadInput as refused:
        complaints.add(("audience", refused.field or "where"), refused.problem, refused.remedy)
        raise complaints.error() from None
    complaints.raise_if_any()
    return campaign.model_copy(update={"audience": spec}), audience


def _empty_facts(
    connection: Connection, audience: Audience, facts: Mapping[str, str]
) -> tuple[str, ...]:
    """Say which facts the audience asks about are known of nobody; one look, that ends at the first who has it."""
    named = sorted(audience.names & facts.keys())
    if not named or connection.execute(select(Person.id).limit(1)).first() is None:
        return ()
    known = connection.execute(
        select(*(exists().where(fact(name, facts[name]).is_not(None)) for name in named))
    ).one()
    return tuple(
        f"the fact {name} is empty for everyone imported"
        for name, found in zip(named, known, strict=True)
        if not found
    )


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


def _name_says_nothing(campaign: CampaignFile, complaints: _Complaints) -> None:
    """Refuse a name that gives the subject away: it stands on print files and in the manifest."""
    for hit in search(campaign.campaign, "outside"):
        complaints.add(
            ("campaign",),
            f"{hit.word!r} {hit.why}, and a print shop reads this name",
            "choose a plain name",
        )


def _templates(
    installation: Installation, campaign: CampaignFile, complaints: _Complaints, *, now: datetime
) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for arm_at, arm in enumerate(campaign.arms):
        for step_at, step in enumerate(arm.steps):
            here = ("arms", arm_at, "steps", step_at)
            if step.channel not in KINDS:
                known = ", ".join(KINDS)
                complaints.add(
                    (*here, "channel"),
                    f"{step.channel} is no channel here",
                    f"write one of {known}",
                )
                continue
            try:
                template = load(step.template)
            except BadInput as refused:
                complaints.add((*here, "template"), refused.problem, refused.remedy)
                continue
            found[step.template] = template
            _fits(campaign, step, template, (*here, "template"), complaints)
            if not complaints.found:
                _is_sendable(
                    installation, campaign, step, template, (*here, "template"), complaints, now=now
                )
    return found


def _is_sendable(
    installation: Installation,
    campaign: CampaignFile,
    step: StepFile,
    template: Template,
    here: tuple[str | int, ...],
    complaints: _Complaints,
    *,
    now: datetime,
) -> None:
    """Try one message to nobody with the campaign's own words: what cannot fit on it would fit on none."""
    channel = installation.channels[step.channel]
    example = example_batch(channel, "example", size=1)
    names = {campaign.sender.team, campaign.phone_line.agent or campaign.sender.team}
    for language in template.languages:
        for agent in sorted(names):
            context = {**template.description.preview, **campaign_context(campaign, agent)}
            words = template.render(language, context)
            message = replace(example.messages[0], words=words.parts, language=words.language)
            batch = replace(example, made_at=now, messages=(message,), layout=template.layout)
            refusal = channel.check(message, batch)
            if refusal is not None:
                complaints.add(
                    here, f"{template.name} ({language}): {refusal.detail}", _remedy(refusal)
                )
                return


def _remedy(refusal: Refusal) -> str:
    if refusal.code == "CANNOT_BE_ANSWERED":
        return "set KAARTJE_SMS_FROM to a number, or let people object by calling"
    return "shorten the campaign's words"


def _fits(
    campaign: CampaignFile,
    step: StepFile,
    template: Template,
    here: tuple[str | int, ...],
    complaints: _Complaints,
) -> None:
    if template.channel != step.channel:
        complaints.add(
            here,
            f"{step.template} is written for {template.channel}, not for {step.channel}",
            "choose another",
        )
    if template.channel == "call":
        try:
            read_plan(template)
        except BadInput as refused:
            complaints.add(here, str(refused), "mend the guide")
    if campaign.purpose == "duty" and template.is_open and not campaign.open_card:
        complaints.add(
            ("open_card",),
            f"{step.template} is an open card: a housemate can read it",
            "write open_card: true where the DPIA allows it for this duty",
        )
    if campaign.to_representative and template.is_open:
        complaints.add(
            ("to_representative",),
            f"{step.template} is open: it would show a housemate that somebody has a guardian",
            "take a closed letter, or leave people with a guardian out",
        )
    if not complaints.found:
        context = campaign_context(campaign, campaign.phone_line.agent or campaign.sender.team)
        _lint(campaign, template, context, here, complaints)


def _lint(
    campaign: CampaignFile,
    template: Template,
    context: dict[str, Any],
    here: tuple[str | int, ...],
    complaints: _Complaints,
) -> None:
    for finding in template.lint(campaign.purpose, context, open_card=campaign.open_card):
        complaints.add(here, f"{finding.file}: {finding.word!r} {finding.why}", finding.remedy)


def _weights(
    campaign: CampaignFile, templates: Mapping[str, Template], *, price: Decimal
) -> dict[StepFile, tuple[TextWeight, ...]]:
    """Return what the text of each step comes to, with the longest name that may introduce itself in it."""
    agent = max(campaign.sender.team, campaign.phone_line.agent or "", key=len)
    context = campaign_context(campaign, agent)
    return {
        step: weigh_text(templates[step.template], context, price=step.price_with(price))
        for arm in campaign.arms
        for step in arm.steps
        if templates[step.template].description.reaches == "text"
    }


def _answered(
    installation: Installation, campaign: CampaignFile, complaints: _Complaints, *, now: datetime
) -> None:
    """Refuse a line that is open on no day on which post arrives: its cards would wait for ever."""
    if any(
        step.channel in KINDS and KINDS[step.channel].reaches == "post"
        for arm in campaign.arms
        for step in arm.steps
    ):
        try:
            when(installation.policy, installation.shop, campaign, channel="card", at=now)
        except BadInput as refused:
            complaints.add(("phone_line", "open_days"), refused.problem, refused.remedy)


def _line_number(campaign: CampaignFile, complaints: _Complaints) -> None:
    try:
        PhoneNumber.parse(campaign.phone_line.number)
    except BadInput as refused:
        complaints.add(("phone_line", "number"), refused.problem, refused.remedy)


def _unjudged(occasions: tuple[Occasion, ...]) -> tuple[str, ...]:
    """Say which rules could not be judged because no import declared the fact they need."""
    silent: dict[str, list[str]] = {}
    for rule in BY_REASON.values():
        for name in {rule.lacks(each) for each in occasions if rule.reason in each.policy.asked} - {
            None
        }:
            silent.setdefault(str(name), []).append(rule.reason.value)
    return tuple(
        f"{', '.join(reasons)} could not be judged: no import declared the fact {name}"
        for name, reasons in silent.items()
    )
