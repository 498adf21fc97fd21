"""People of a plan whose name or address has no place on its template, or is read with trouble."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, String, cast, func, or_, select

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
from people.addresses import PostalAddress
from people.names import Name
from store.sentences import Sentence
from store.tables import Person

if TYPE_CHECKING:  # a layout brings pydantic, which a plan without paper need not wait for
    from channels.card.layout import Layout

LONG = 34
"""Letters of a name, a street or a town that surely fit in every layout."""
_LONGEST_TITLE = 9  # letters of `markiezin`; its code has at least one
MOST = 1_000
"""So many people with long names or addresses are looked at."""
LONG_LINE = 24
"""Letters of a line that fit in every address without a smaller size."""
MOST_LINES = 5_000
"""So many people with such lines are looked at."""
_LENGTH = (
    func.length(Person.initials)
    + func.length(Person.prefix)
    + func.length(Person.family_name)
    + func.length(Person.partner_prefix)
    + func.length(Person.partner_name)
    + _LONGEST_TITLE * (func.length(Person.noble_title) + func.length(Person.partner_noble_title))
)
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
    statement = (
        select(*RECIPIENT)
        .join(units, units.c.person_id == Person.id)
        .where(units.c.rank <= divided.enrolled, Person.household_key.is_not(None))
        .where(
            or_(_LENGTH > LONG, func.length(Person.street) > LONG, func.length(Person.town) > LONG)
        )
        .order_by(units.c.rank)
        .limit(MOST)
    )
    for row in connection.execute(statement):
        yield Recipient._make(row)


def _script(checked: Checked, name: str) -> Script:
    campaign = checked.campaign
    agent = campaign.phone_line.agent or campaign.sender.team
    context = campaign_context(campaign, agent, checked.brief.today)
    return Script(campaign, checked.templates[name], context)


def _fault(channel: Channel, script: Script, person: Recipient) -> Refusal | None:
    message = compose_message(channel, script, Addressed(person.id, _CODE, person))
    return message if isinstance(message, Refusal) else fault_of(channel, script, message)


def address_troubles(connection: Connection, checked: Checked, divided: Split) -> list[str]:
    """Return a sentence for each printed template and reason that some of its pieces have."""
    printed = _printed(checked, divided)
    if not printed:
        return []
    from channels.card.kix_counts import sentences
    from channels.card.layout import read_layout

    found: list[str] = []
    for template, ranks in printed.items():
        layout = read_layout(checked.templates[template].layout)
        counts = _without_code(connection, layout, ranks) + _set_oddly(connection, layout, ranks)
        found += sentences(counts, template)
    return found


def _printed(checked: Checked, divided: Split) -> Mapping[str, ColumnElement[bool]]:
    """Return the ranks in the draw of those who get each printed template."""
    ranges: dict[str, list[ColumnElement[bool]]] = {}
    for at, arm in enumerate(checked.campaign.arms):
        theirs = [
            units.c.rank.between(each.first, each.last)
            for each in divided.slices
            if each.arm == at and not each.hold_out and each.size > 0
        ]
        for step in arm.steps:
            if KINDS[step.channel].pages and theirs:
                ranges.setdefault(step.template, []).extend(theirs)
    return {template: or_(*those) for template, those in ranges.items()}


def _without_code(
    connection: Connection, layout: "Layout", ranks: ColumnElement[bool]
) -> Counter[str]:
    from channels.card.kix_counts import why_no_code

    digits = func.length(cast(Person.house_number, String))
    kinds = (Person.country, digits, Person.house_letter, Person.house_addition)
    statement = (
        select(*kinds, func.max(Person.postcode), func.count())
        .join(units, units.c.person_id == Person.id)
        .where(ranks, Person.household_key.is_not(None))
        .group_by(*kinds)
    )
    counts = Counter[str]()
    for country, long, letter, addition, postcode, pieces in connection.execute(statement):
        like = PostalAddress(
            street="",
            house_number=int("1" * long) if long else None,
            house_letter=letter or "",
            house_addition=addition or "",
            postcode=postcode or "",
            town="",
            country=country,
        )
        counts[why_no_code(layout, like)] += pieces
    del counts[""]
    return counts


def _set_oddly(
    connection: Connection, layout: "Layout", ranks: ColumnElement[bool]
) -> Counter[str]:
    """Count the ways in which long addresses are set."""
    from channels.card.kix_counts import how_set
    from channels.card.typesetting import Typesetter

    typesetter, counts = Typesetter(layout), Counter[str]()
    for person in _with_long_lines(connection, ranks):
        if (address := PostalAddress.stored(person)) is not None:
            lines = (Name.of(person).addressee(), *address.lines())
            counts.update(how_set(layout, typesetter, lines))
    return counts


def _with_long_lines(connection: Connection, ranks: ColumnElement[bool]) -> Iterator[Recipient]:
    street = func.length(Person.street) + func.length(Person.house_addition) + 6
    statement = (
        select(*RECIPIENT)
        .join(units, units.c.person_id == Person.id)
        .where(ranks, Person.household_key.is_not(None))
        .where(
            or_(_LENGTH > LONG_LINE, street > LONG_LINE, func.length(Person.town) > LONG_LINE - 9)
        )
        .order_by(units.c.rank)
        .limit(MOST_LINES)
    )
    for row in connection.execute(statement):
        yield Recipient._make(row)
