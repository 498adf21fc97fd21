"""Check that each step of a campaign has a template that fits its channel and can be sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from campaigns.planning.complaints import Complaints, Place
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_parts import StepFile
from campaigns.touches.composing import campaign_context
from campaigns.touches.saved_words import load_words
from channels import KINDS
from channels.examples import example_batch
from channels.port import Refusal
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence, as_sentence
from templates.guide_plans import FILE, read_plan
from templates.texts import Template

_PLACES: dict[str, Place] = {
    "line": ("phone_line",),
    "agent": ("phone_line", "agent"),
    "campaign": (),
}
"""Values of a template's context that are called otherwise in a campaign file."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One step of a campaign, and the template that it names."""

    step: StepFile
    template: Template
    place: Place  # of the template's name in the campaign file


def find_templates(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    complaints: Complaints,
    *,
    now: datetime,
) -> dict[str, Template]:
    """Return the templates of a campaign by name, and complain about every one that cannot be used."""
    found: dict[str, Template] = {}
    for arm_at, arm in enumerate(campaign.arms):
        for step_at, step in enumerate(arm.steps):
            place = ("arms", arm_at, "steps", step_at)
            if step.channel not in KINDS:
                complaints.add(
                    (*place, "channel"),
                    Sentence(
                        "{channel} is not a channel of this installation", channel=step.channel
                    ),
                    Sentence("write one of {known}", known=", ".join(KINDS)),
                )
                continue
            try:
                template = load_words(connection, step.template)
            except BadInput as refused:
                complaints.add((*place, "template"), refused.problem, refused.remedy)
                continue
            found[step.template] = template
            use = _Use(step, template, (*place, "template"))
            own_name = installation.policy.open_cards.own_name
            _fits(campaign, use, complaints, own_name=own_name, today=local_date(now))
            if not complaints.found:
                _is_sendable(installation, campaign, use, complaints, now=now)
    if guide := campaign.phone_line.guide:
        _find_guide(
            installation, connection, campaign, guide, found, complaints, today=local_date(now)
        )
    return found


def _find_guide(
    installation: Installation,
    connection: Connection,
    campaign: CampaignFile,
    name: str,
    found: dict[str, Template],
    complaints: Complaints,
    *,
    today: date,
) -> None:
    """Add the guide of the campaign's line, and complain where its callers cannot have it."""
    place = ("phone_line", "guide")
    try:
        found[name] = load_words(connection, name)
    except BadInput as refused:
        complaints.add(place, refused.problem, refused.remedy)
        return
    use = _Use(StepFile.model_validate({"channel": "call", "template": name}), found[name], place)
    own_name = installation.policy.open_cards.own_name
    _fits(campaign, use, complaints, own_name=own_name, today=today)


def _is_sendable(
    installation: Installation,
    campaign: CampaignFile,
    use: _Use,
    complaints: Complaints,
    *,
    now: datetime,
) -> None:
    """Check an example message with the campaign's own words.

    What does not fit on the example fits on no message.
    """
    channel, template = installation.channels[use.step.channel], use.template
    example = example_batch(channel, "example", size=1)
    named = campaign.phone_line.agent
    for language in template.languages:
        for agent in (campaign.sender.team, *([named] if named else [])):
            context = {**template.description.preview, **campaign_context(campaign, agent)}
            words = template.render(language, context)
            message = replace(example.messages[0], words=words.parts, language=words.language)
            batch = replace(example, made_at=now, messages=(message,), layout=template.layout)
            refusal = channel.check(message, batch)
            if refusal is not None:
                problem = Sentence(
                    "{template} ({language}): {detail}",
                    template=template.name,
                    language=language,
                    detail=as_sentence(refusal.detail),
                )
                complaints.add(use.place, problem, _remedy(refusal))
                return


def _remedy(refusal: Refusal) -> str:
    if refusal.code == "CANNOT_BE_ANSWERED":
        return "set KAARTJE_SMS_FROM to a number, or let people object by calling"
    return "shorten the campaign's words"


def _fits(
    campaign: CampaignFile, use: _Use, complaints: Complaints, *, own_name: str, today: date
) -> None:
    step, template = use.step, use.template
    if template.channel != step.channel:
        complaints.add(
            use.place,
            Sentence(
                "{template} is written for {channel}, not for {other}",
                template=step.template,
                channel=template.channel,
                other=step.channel,
            ),
            "choose another",
        )
    if template.channel == "call":
        _is_up_to_date(use, complaints, today=today)
    if campaign.purpose == "duty" and template.is_open and not campaign.open_card:
        complaints.add(
            ("open_card",),
            Sentence("{template} is an open card: a housemate can read it", template=step.template),
            "write open_card: true where the DPIA allows it for this duty",
        )
    if campaign.to_representative and template.is_open:
        complaints.add(
            ("to_representative",),
            Sentence(
                "{template} is open: it would show a housemate that somebody has a guardian",
                template=step.template,
            ),
            "take a closed letter, or leave people with a guardian out",
        )
    if not complaints.found:
        _lint(campaign, use, complaints, own_name=own_name)


def _is_up_to_date(use: _Use, complaints: Complaints, *, today: date) -> None:
    """Complain about a call guide that contradicts itself, or has a source to be read again."""
    try:
        overdue = read_plan(use.template).overdue(today)
    except BadInput as refused:
        complaints.add(use.place, str(refused), "correct the call guide")
        return
    for said in overdue[:1]:  # one line a guide: its sources are read together
        complaints.add(
            use.place,
            Sentence(
                "{template}: {part} was last read in its source on {day}, over a year ago",
                template=use.template.name,
                part=said.part,
                day=said.day_read,
            ),
            Sentence(
                "read {source} again, correct the words, and write the new read_on in {file}",
                source=said.source,
                file=f"templates/{use.template.name}/{FILE}",
            ),
        )


def _lint(campaign: CampaignFile, use: _Use, complaints: Complaints, *, own_name: str) -> None:
    context = campaign_context(campaign, campaign.phone_line.agent or campaign.sender.team)
    said: set[tuple[str, str]] = set()
    for finding in use.template.lint(
        campaign.purpose, context, open_card=campaign.open_card, own_name=own_name
    ):
        if not finding.source:
            problem = Sentence(
                "{file}: {word!r} {why}", file=finding.file, word=finding.word, why=finding.why
            )
            complaints.add(use.place, problem, finding.remedy)
        elif (finding.source, finding.word) not in said:  # each language has it, one line causes it
            said.add((finding.source, finding.word))
            problem = Sentence("{word!r} {why}", word=finding.word, why=finding.bare_why)
            complaints.add(_place_of(finding.source), problem, finding.remedy)


def _place_of(source: str) -> Place:
    """Return where a value of the context stands in the campaign file."""
    first, *rest = source.split(".")
    return (*_PLACES.get(first, (first,)), *rest)
