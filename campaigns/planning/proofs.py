"""Proofs of a campaign on a few real pieces, chosen to show what may go wrong in print.

For every printed step of every arm: somebody with the longest name, somebody with the longest address, somebody of
each language, somebody for each alphabet and for odd letters, an addition, a foreign address. Nothing is written to
the ledger; the code on a proof belongs to no touch, and every page is marked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unicodedata import name as letter_name

from sqlalchemy import ColumnElement, Connection, select

from campaigns.planning.arm_allocation import split
from campaigns.planning.campaign_checks import check_with
from campaigns.planning.draft_decisions import count_units, draft
from campaigns.planning.draft_tables import units
from campaigns.touches.composing import (
    RECIPIENT,
    Addressed,
    Recipient,
    Script,
    campaign_context,
    compose_message,
    read_script,
)
from channels.codes import response_code
from channels.port import Batch, Message, Refusal, Watch, unwatched
from installation.installation import Installation
from people.addresses import PostalAddress
from people.house_numbers import DESIGNATIONS
from people.names import Name
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Arm, Campaign, Person, Step, Touch
from templates.readability import Readability, measure, prose

MOST_PIECES = 12
"""Pieces on one proof. More than that nobody looks at."""
_CODE = response_code(0)  # the code of specimens: it says that nobody was sent this


@dataclass(frozen=True, slots=True)
class LanguageReadability:
    """Readability of a text in one language."""

    language: str
    readability: Readability


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof of one printed step of one arm."""

    arm: str
    step: int  # from 1
    channel: str
    template: str
    pieces: int
    pdf: Path | None  # none where nobody would get it, or every piece of it is held back
    sheet: Path | None
    postal: Path | None  # the address sides with the zones of the post over them
    held: tuple[tuple[str, str, str], ...]  # why it was taken, the reason's code, and what is wrong
    reads: tuple[LanguageReadability, ...]
    # why a sorting machine reads some of its addresses with trouble, a sentence each
    troubles: tuple[str, ...]
    people: tuple[int, ...]  # whose data stands on it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """One printed step, with a condition on the people who would get it."""

    arm: str
    step: int
    channel: str
    script: Script
    people: ColumnElement[bool]


def proof(
    installation: Installation,
    named: str,
    folder: Path,
    *,
    now: datetime,
    watch: Watch = unwatched,
) -> tuple[Proof, ...]:
    """Write the proofs of a campaign into a folder. Nothing is handed over or recorded.

    Args:
        installation: The installation.
        named: A campaign file, or the name of a campaign that was submitted.
        folder: Where the proofs go; made if it is not there. Never the outbox.
        now: The present moment.
        watch: Called with the proofs made so far.

    Raises:
        BadInput: there is no such file or campaign, nothing of it is printed, or the folder is the outbox.
    """
    outbox = installation.settings.outbox.resolve()
    if outbox == folder.resolve() or outbox in folder.resolve().parents:
        raise BadInput(
            "is the outbox, and a proof is never mailed", "choose another folder", file=str(folder)
        )
    with installation.store.reading() as connection:
        printed = list(
            _drafted(installation, connection, Path(named), now)
            if Path(named).is_file()
            else _submitted(installation, connection, named, now)
        )
        if not printed:
            raise BadInput(
                Sentence("nothing of {named} is printed", named=named),
                "proofs are for cards and letters",
            )
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for at, each in enumerate(printed, 1):
            made.append(_prove(installation, connection, each, folder=folder, now=now))
            watch("prove", at, len(printed))
        return tuple(made)


def _drafted(
    installation: Installation, connection: Connection, file: Path, now: datetime
) -> Iterator[_Printed]:
    """Yield the printed steps of a campaign file, with the people drawn for each arm now."""
    checked = check_with(installation, connection, file, now=now)
    draft(connection, checked.brief)
    campaign = checked.campaign
    slices = split(campaign, count_units(connection)).slices
    for at, arm in enumerate(campaign.arms):
        ranks = [piece for piece in slices if piece.arm == at]
        first, last = min(piece.first for piece in ranks), max(piece.last for piece in ranks)
        drawn = Person.id.in_(select(units.c.person_id).where(units.c.rank.between(first, last)))
        for number, step in enumerate(arm.steps, start=1):
            if installation.channels[step.channel].pages:
                line = campaign.phone_line
                context = campaign_context(
                    campaign, line.agent or campaign.sender.team, local_date(now)
                )
                script = Script(campaign, checked.templates[step.template], context)
                yield _Printed(
                    arm=arm.name, step=number, channel=step.channel, script=script, people=drawn
                )


def _submitted(
    installation: Installation, connection: Connection, name: str, now: datetime
) -> Iterator[_Printed]:
    """Yield the printed steps of a submitted campaign, with the people who have a touch of it."""
    found = connection.execute(
        select(Campaign.id).where(Campaign.name == name)
    ).scalar_one_or_none()
    if found is None:
        raise BadInput(
            Sentence("there is no campaign {name}, and no file of that name", name=name),
            "see kaartje campaign list",
        )
    steps = connection.execute(
        select(Step.id, Step.position, Step.channel, Arm.name)
        .join(Arm, Arm.id == Step.arm_id)
        .where(Step.campaign_id == found)
        .order_by(Arm.position, Step.position)
    )
    for step in steps.all():
        if installation.channels[step.channel].pages:
            script = read_script(connection, found, step.id, today=local_date(now))
            touched = Person.id.in_(select(Touch.person_id).where(Touch.step_id == step.id))
            yield _Printed(
                arm=step.name,
                step=step.position + 1,
                channel=step.channel,
                script=script,
                people=touched,
            )


def _prove(
    installation: Installation,
    connection: Connection,
    printed: _Printed,
    *,
    folder: Path,
    now: datetime,
) -> Proof:
    from channels.card.kix_counts import count_troubles, sentences
    from channels.card.layout import read_layout
    from channels.card.proofs import Exhibit, draw_proof

    script, channel = printed.script, installation.channels[printed.channel]
    key = f"{script.campaign.campaign}-{printed.arm}-{printed.step}"
    batch = Batch(
        key=key, made_at=now, messages=(), layout=script.template.layout, sender=script.sender
    )
    exhibits, held = list[Exhibit](), list[tuple[str, str, str]]()
    sample = _sample(connection, printed.people)
    for person, why in sample:
        match compose_message(channel, script, Addressed(person.id, _CODE, person)):
            case Message() as message:
                exhibits.append(Exhibit(message, why))
            case Refusal() as refusal:
                held.append((why, refusal.code, refusal.detail))
    pdf, sheet, postal = (folder / f"{key}{end}" for end in (".pdf", ".png", "-postal.pdf"))
    shown_messages = (exhibit.message for exhibit in exhibits)
    counts = count_troubles(read_layout(script.template.layout), shown_messages)
    unprintable = draw_proof(exhibits, batch, pdf, sheet, postal)
    held += [(each.why, each.code, each.detail) for each in unprintable]
    shown = len(exhibits) - len(unprintable)
    return Proof(
        arm=printed.arm,
        step=printed.step,
        channel=printed.channel,
        template=script.template.name,
        pieces=shown,
        pdf=pdf if shown else None,
        sheet=sheet if shown else None,
        postal=postal if shown else None,
        held=tuple(held),
        reads=tuple(_reads(script)),
        troubles=tuple(sentences(counts, script.template.name)),
        people=tuple(person.id for person, _ in sample),
    )


def _reads(script: Script) -> Iterator[LanguageReadability]:
    template = script.template
    for language in template.languages:
        words = template.render(language, {**template.description.preview, **script.context})
        if (measured := measure(prose(words.parts), language)) is not None:
            yield LanguageReadability(language, measured)


def _sample(connection: Connection, people: ColumnElement[bool]) -> list[tuple[Recipient, str]]:
    """Return at most twelve different people, the worst cases first, with why they were chosen."""
    chosen: dict[str, Recipient] = {}
    longest: dict[str, int] = {}
    statement = (
        select(*RECIPIENT)
        .where(people, Person.household_key.is_not(None))
        .order_by(Person.id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(statement):
        person = Recipient._make(row)
        for trait, length in _lengths(person).items():
            if length > longest.get(trait, 0):
                chosen[trait], longest[trait] = person, length
        for trait in _traits(person):
            chosen.setdefault(trait, person)
    return _by_person(chosen)[:MOST_PIECES]


def _by_person(chosen: Mapping[str, Recipient]) -> list[tuple[Recipient, str]]:
    traits: dict[int, list[str]] = {}
    people = {person.id: person for person in chosen.values()}
    for trait, person in sorted(chosen.items(), key=lambda each: _how_bad(each[0])):
        traits.setdefault(person.id, []).append(trait)
    return [(people[id_], ", ".join(theirs)) for id_, theirs in traits.items()]


_WORST = (
    *("longest", "language nl", "language en", "odd", "letters"),
    *("address abroad", "place without", "house number", "name use"),
)
"""Beginnings or parts of traits, from what goes wrong most often to what hardly does."""


def _how_bad(trait: str) -> int:
    """Return the place of a trait among the proofs, the worst first and languages last."""
    found = (place for place, word in enumerate(_WORST) if word in trait)
    return next(found, len(_WORST))


def _lengths(person: Recipient) -> dict[str, int]:
    name = Name.of(person).addressee()
    address = PostalAddress.stored(person)
    lines = address.lines() if address else ("",)
    return {"longest name": len(name), "longest address": max(map(len, lines))}


def _traits(person: Recipient) -> Iterator[str]:
    yield f"language {person.language or 'unknown'}"
    yield from _alphabets(f"{person.given_name}{Name.of(person).addressee()}")
    if person.partner_name:
        yield f"name use {person.name_use}"
    if person.noble_title or person.partner_noble_title:
        yield "title of nobility"
    if person.house_addition:
        yield "house number with an addition"
    if person.house_designation:
        yield f"house number with {DESIGNATIONS[person.house_designation]}"
    if person.house_number is None:
        yield "place without a house number"
    if person.country != "NL":
        yield "address abroad"


def _alphabets(text: str) -> Iterable[str]:
    """Return the alphabets, besides plain letters, that a name is written in."""
    return {_alphabet(char) for char in text if not char.isascii()}


def _alphabet(char: str) -> str:
    alphabet = letter_name(char, "odd").split(" ")[0].lower()
    return {"latin": "letters with accents", "odd": "odd characters"}.get(
        alphabet, f"{alphabet} letters"
    )
