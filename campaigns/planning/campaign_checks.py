"""Check a campaign file against this installation, the imported data and the date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, exists, select

from campaigns.audience_language.where_clause import Audience
from campaigns.planning.audiences import hold_necessity, parsed, quoted_below, written_out
from campaigns.planning.cap_checks import check_caps
from campaigns.planning.complaints import Complaints
from campaigns.planning.draft_decisions import Brief
from campaigns.planning.template_checks import find_templates
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_parts import StepFile
from campaigns.touches.campaign_reading import CampaignSource, read_campaign
from campaigns.touches.composing import Spoken, campaign_context
from campaigns.touches.occasions import occasion
from campaigns.touches.postponing import judge_moment
from campaigns.touches.sms_costs import TextWeight, weigh_text
from channels import KINDS
from installation.installation import Installation
from installation.retention_periods import periods_of
from people.numbers import PhoneNumber
from store.clock import local_date
from store.errors import BadInput
from store.facts import fact
from store.sentences import Sentence, joined
from store.tables import Person
from suppression.judging import declared_facts
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules import BY_REASON
from templates.lists import search
from templates.texts import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A campaign file that passed every check, with its parsed audience and its templates."""

    file: CampaignSource
    source: str
    campaign: CampaignFile
    brief: Brief
    templates: Mapping[str, Template]
    warnings: tuple[str, ...]
    weights: Mapping[StepFile, tuple[TextWeight, ...]]  # of the steps that are texts


def check(installation: Installation, file: CampaignSource, *, now: datetime) -> Checked:
    """Read a campaign file, and check it against templates, channels, facts and the date.

    Raises:
        BadInput: what cannot be taken, a line for each.
    """
    with installation.store.reading() as connection:
        return check_with(installation, connection, file, now=now)


def check_with(
    installation: Installation, connection: Connection, file: CampaignSource, *, now: datetime
) -> Checked:
    """Check a campaign file on an open connection, as `check` does."""
    campaign, source, lines = read_campaign(file)
    complaints = Complaints(str(file), lines)
    _name_says_nothing(campaign, complaints)
    _line_number(campaign, complaints)
    check_caps(campaign, installation.policy, complaints)
    _answered(installation, campaign, complaints, now=now)
    templates = find_templates(installation, connection, campaign, complaints, now=now)
    _dpia(campaign, complaints, today=local_date(now))
    _retention(installation, campaign, complaints)
    facts = declared_facts(connection)
    strata = _strata(connection, campaign, complaints, today=local_date(now))
    campaign, audience = _audience(connection, campaign, complaints, today=local_date(now))
    _describes_known_facts(campaign, facts, complaints)
    first = campaign.waves[0].date

    def judged_on(step: StepFile) -> Occasion:
        return occasion(
            installation,
            campaign,
            step,
            on=first,
            facts=facts,
            asked=audience.names,
            now=now,
            template=templates[step.template],
        )

    occasions = tuple(judged_on(arm.steps[0]) for arm in campaign.treated)
    instead = tuple(
        next((judged_on(step) for step in arm.steps if step.instead), None)
        for arm in campaign.treated
    )
    every = (judged_on(step) for arm in campaign.treated for step in arm.steps)
    brief = Brief(
        campaign=campaign,
        audience=audience,
        occasions=occasions,
        by_phone=tuple(each for each in every if each.reaches != "post"),
        today=local_date(now),
        now=now,
        strata=tuple(each.condition for each in strata),
        instead=instead,
    )
    weights = _weights(campaign, templates, price=installation.settings.sms_price)
    warnings = (
        *_past(campaign, local_date(now)),
        *_unjudged(occasions),
        *_empty_facts(connection, audience, facts),
    )
    return Checked(
        file=file,
        source=quoted_below(source, campaign.audience),
        campaign=campaign,
        brief=brief,
        templates=templates,
        warnings=warnings,
        weights=weights,
    )


def _dpia(campaign: CampaignFile, complaints: Complaints, *, today: date) -> None:
    """Refuse a DPIA that has ended, or that ends before the last touch."""
    until = campaign.dpia.valid_until
    if until < today:
        problem = Sentence("the DPIA has ended on {until}", until=until)
    elif until < campaign.last_date:
        problem = Sentence(
            "the DPIA ends on {until}, before the last touch on {last_date}",
            until=until,
            last_date=campaign.last_date,
        )
    else:
        return
    complaints.add(("dpia", "valid_until"), problem, "have it renewed, and write the new date")


def _retention(installation: Installation, campaign: CampaignFile, complaints: Complaints) -> None:
    """Refuse a retention class that the body's file of periods does not know."""
    periods = periods_of(installation.settings)
    if periods.days and campaign.retention not in periods.days:
        problem = Sentence("{seen!r} is not a known retention class", seen=campaign.retention)
        known = ", ".join(sorted(periods.days))
        complaints.add(("retention",), problem, Sentence("write {known}", known=known))


def _past(campaign: CampaignFile, today: date) -> tuple[str, ...]:
    """Return a warning for each wave and phone line that lies in the past."""
    waves = (
        Sentence(
            "wave {number} is on {day}, which is past: its messages would go at once",
            number=number,
            day=wave.date,
        )
        for number, wave in enumerate(campaign.waves, 1)
        if wave.date < today
    )
    until = campaign.phone_line.open_until
    if until >= today:
        return tuple(waves)
    closed = Sentence("the phone line has closed on {until}: nobody would answer", until=until)
    return (*waves, closed)


def _audience(
    connection: Connection, campaign: CampaignFile, complaints: Complaints, *, today: date
) -> tuple[CampaignFile, Audience]:
    """Return the campaign with its saved audience written out, and the parsed audience."""
    try:
        spec = written_out(connection, campaign.audience, today=today)
        audience = parsed(connection, spec.where, today=today, seed=campaign.seed)
        hold_necessity(audience, spec.necessity)
    except BadInput as refused:
        complaints.add(("audience", refused.field or "where"), refused.problem, refused.remedy)
        raise complaints.error() from None
    complaints.raise_if_any()
    return campaign.model_copy(update={"audience": spec}), audience


def _strata(
    connection: Connection, campaign: CampaignFile, complaints: Complaints, *, today: date
) -> tuple[Audience, ...]:
    """Parse the condition of every stratum."""
    found = []
    for name, where in campaign.trial.strata.items():
        try:
            found.append(parsed(connection, where, today=today, seed=campaign.seed))
            hold_necessity(found[-1], campaign.audience.necessity)
        except BadInput as refused:
            complaints.add(("trial", "strata", name), refused.problem, refused.remedy)
    return tuple(found)


def _describes_known_facts(
    campaign: CampaignFile, facts: Mapping[str, str], complaints: Complaints
) -> None:
    """Refuse words for a fact that nobody imported."""
    for name in campaign.audience.words:
        if name not in facts:
            complaints.add(
                ("audience", "words", name),
                Sentence("{name} is not a known fact", name=name),
                Sentence("use one of {facts}", facts=", ".join(sorted(facts)))
                if facts
                else "import people first",
            )
    complaints.raise_if_any()


def _empty_facts(
    connection: Connection, audience: Audience, facts: Mapping[str, str]
) -> tuple[str, ...]:
    """Return a warning for each fact in the audience that nobody has a value for.

    Each look ends at the first person with a value.
    """
    named = sorted(audience.names & facts.keys())
    if not named or connection.execute(select(Person.id).limit(1)).first() is None:
        return ()
    known = connection.execute(
        select(*(exists().where(fact(name, facts[name]).is_not(None)) for name in named))
    ).one()
    return tuple(
        Sentence("the fact {name} is empty for everyone imported", name=name)
        for name, found in zip(named, known, strict=True)
        if not found
    )


def _name_says_nothing(campaign: CampaignFile, complaints: Complaints) -> None:
    """Refuse a name that gives the subject away. It appears on print files and in the manifest."""
    for hit in search(campaign.campaign, "outside"):
        complaints.add(
            ("campaign",),
            Sentence(
                "{word!r} {why}, and a print shop reads this name", word=hit.word, why=hit.why
            ),
            "choose a plain name",
        )


def _weights(
    campaign: CampaignFile, templates: Mapping[str, Template], *, price: Decimal
) -> dict[StepFile, tuple[TextWeight, ...]]:
    """Return the length and price of each text step, with the longest agent name that may appear in it."""
    team, named = campaign.sender.team, campaign.phone_line.agent or ""
    agent: Spoken = (
        max(team, named, key=len)
        if isinstance(team, str)
        else {language: max(said, named, key=len) for language, said in team.items()}
    )
    context = campaign_context(campaign, agent)
    return {
        step: weigh_text(templates[step.template], context, price=step.price_with(price))
        for arm in campaign.arms
        for step in arm.steps
        if templates[step.template].description.reaches == "text"
    }


def _answered(
    installation: Installation, campaign: CampaignFile, complaints: Complaints, *, now: datetime
) -> None:
    """Refuse a line that is closed on every day on which post arrives. Its cards would never go."""
    if any(
        step.channel in KINDS and KINDS[step.channel].reaches == "post"
        for arm in campaign.arms
        for step in arm.steps
    ):
        try:
            judge_moment(installation.policy, installation.shop, campaign, channel="card", at=now)
        except BadInput as refused:
            complaints.add(("phone_line", "open_days"), refused.problem, refused.remedy)


def _line_number(campaign: CampaignFile, complaints: Complaints) -> None:
    try:
        PhoneNumber.parse(campaign.phone_line.number)
    except BadInput as refused:
        complaints.add(("phone_line", "number"), refused.problem, refused.remedy)


def _unjudged(occasions: tuple[Occasion, ...]) -> tuple[str, ...]:
    """Return a warning for each rule that lacks a fact that no import declared."""
    silent: dict[str, list[Reason]] = {}
    for rule in BY_REASON.values():
        for name in {rule.lacks(each) for each in occasions if rule.reason in each.policy.asked} - {
            None
        }:
            silent.setdefault(str(name), []).append(rule.reason)
    return tuple(
        Sentence(
            "no import declared the fact {name}, so nobody is left out for this: {reasons}",
            name=name,
            reasons=joined(" ", (each.as_sentence() for each in reasons)),
        )
        for name, reasons in silent.items()
    )
