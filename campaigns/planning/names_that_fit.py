"""People of a plan whose name or address has no place on the template that is meant for them."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, or_, select

from campaigns.planning.arm_allocation import Split
from campaigns.planning.campaign_checks import Checked
from campaigns.planning.draft_tables import units
from campaigns.touches.composing import (
    RECIPIENT,
    Addressed,
    Recipient,
    Script,
    campaign_context,
    compose_message,
    fault_of,
)
from channels import KINDS
from channels.codes import response_code
from channels.port import Channel, Refusal
from installation.installation import Installation
from store.sentences import Sentence
from store.tables import Person

LONG = 34
"""Letters of a name, a street or a town that surely fit in every layout."""
MOST = 1_000
"""So many people with long names or addresses are looked at."""
_CODE = response_code(0)  # the code of specimens


def too_long(
    installation: Installation, connection: Connection, checked: Checked, divided: Split
) -> list[str]:
    """Return a sentence for each printed template that some of the people do not fit on."""
    templates = {
        step.template: step.channel
        for arm in checked.campaign.arms
        for step in arm.steps
        if KINDS[step.channel].pages
    }
    people = list(_long_ones(connection, divided)) if templates else []
    found: list[str] = []
    for name, kind in templates.items():
        script = _script(checked, name)
        channel = installation.channels[kind]
        why = [fault for person in people if (fault := _fault(channel, script, person))]
        if why:
            found.append(
                Sentence(
                    "{count:,} of the people cannot be printed on {template}: {why}; they are held at delivery",
                    count=len(why),
                    template=name,
                    why=why[0].detail,
                )
            )
    return found


def _long_ones(connection: Connection, divided: Split) -> Iterator[Recipient]:
    """Yield the people of the draw whose name or address is long."""
    length = (
        func.length(Person.initials)
        + func.length(Person.prefix)
        + func.length(Person.family_name)
        + func.length(Person.partner_prefix)
        + func.length(Person.partner_name)
    )
    statement = (
        select(*RECIPIENT)
        .join(units, units.c.person_id == Person.id)
        .where(units.c.rank <= divided.enrolled, Person.household_key.is_not(None))
        .where(
            or_(length > LONG, func.length(Person.street) > LONG, func.length(Person.town) > LONG)
        )
        .order_by(units.c.rank)
        .limit(MOST)
    )
    for row in connection.execute(statement):
        yield Recipient(**row._asdict())


def _script(checked: Checked, name: str) -> Script:
    campaign = checked.campaign
    agent = campaign.phone_line.agent or campaign.sender.team
    context = campaign_context(campaign, agent, checked.brief.today)
    return Script(campaign, checked.templates[name], context)


def _fault(channel: Channel, script: Script, person: Recipient) -> Refusal | None:
    message = compose_message(channel, script, Addressed(person.id, _CODE, person))
    return message if isinstance(message, Refusal) else fault_of(channel, script, message)
