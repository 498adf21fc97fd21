"""`kaartje why REF`, every decision about one person with its reasons, in sentences."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from console.catalogues import chosen_language
from console.cli.options import AsJson, Now, emit, looker, open_installation, refusing, show
from store.written_dates import Language, written_moment

if TYPE_CHECKING:
    from outcomes.person_history import Explanation
    from outcomes.spoken import SpokenCampaign
    from outcomes.spoken_events import SpokenEvent

app = typer.Typer()
WIDTH = 100


@app.command()
@refusing
def why(
    ref: Annotated[str, typer.Argument(metavar="REF", help="The person_ref.")],
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="TEXT",
            help="Why you look. It is written down; a shared database asks for it.",
        ),
    ] = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print everything that was decided about one person and why, in sentences for them."""
    from installation.looks import look_at_own_machine
    from outcomes.explanations import is_known
    from outcomes.explanations import why as explain

    installation = open_installation(now)
    look_at_own_machine(
        installation.store,
        looker(),
        ref,
        reason=reason,
        known=is_known(installation, ref),
        now=installation.now(),
    )
    found = explain(installation, ref, now=installation.now())
    if as_json:
        emit(found.as_data())
        return
    for line in explanation_lines(found, chosen_language()):
        show(line)


def explanation_lines(found: "Explanation", language: Language) -> Iterator[str]:
    """Yield the lines of an explanation in this language."""
    from console.cli.people.consent import statement_line
    from outcomes.spoken import spoken_campaigns
    from outcomes.spoken_events import other_events
    from outcomes.spoken_records import spoken_list, spoken_obligation
    from outcomes.why_words import say

    yield from _person(found, language)
    campaigns = spoken_campaigns(found, language)
    if not campaigns:
        yield from ("", say(language, "heading.no_campaign"))
    for campaign in campaigns:
        yield ""
        yield from _campaign(campaign, language)
    sections = {
        "lists": [" ".join(spoken_list(each, language)) for each in found.suppressions],
        "consents": [statement_line(each.word, in_force=each.in_force) for each in found.consents],
        "obligations": [spoken_obligation(each, language) for each in found.obligations],
    }
    for key, lines in sections.items():
        if lines:
            yield from ("", say(language, f"heading.{key}"), *_bullets(lines))
    if events := other_events(found, language):
        yield from ("", say(language, "heading.since"), *_events(events))


def _person(found: "Explanation", language: Language) -> Iterator[str]:
    from outcomes.spoken_records import spoken_address, spoken_facts, spoken_remarks
    from outcomes.why_words import say

    person = found.person
    damaged = f"  {say(language, 'placed.name_damaged')}" if person.name_damaged else ""
    yield f"{person.person_ref}  {person.name}{damaged}"
    lines = {
        "address": spoken_address(found, language),
        "numbers": ", ".join(person.numbers) or say(language, "placed.none"),
        "imported": f"{written_moment(person.updated_at, language)} ({person.register})",
    }
    for key, text in lines.items():
        if text:
            yield f"  {say(language, f'heading.{key}') + ':':<12}{text}"
    yield from _bullets(spoken_remarks(person, language))
    if facts := spoken_facts(person, language):
        yield from (f"  {say(language, 'heading.facts')}", *_bullets(facts, indent=4))


def _campaign(campaign: "SpokenCampaign", language: Language) -> Iterator[str]:
    from outcomes.why_words import say

    yield f"{campaign.title} ({campaign.name})"
    yield from _wrapped(campaign.lead, indent=2)
    for reason in campaign.reasons:
        yield from _bullets([reason.sentence])
        for text in (reason.grounds, reason.change):
            yield from _wrapped(text, indent=6)
    if campaign.because:
        yield from _wrapped(campaign.because_heading, indent=2)
        yield from _bullets(f"{each.clause} ({each.source})" for each in campaign.because)
    for text in (*campaign.notes, *campaign.codes):
        yield from _wrapped(text, indent=2)
    if campaign.coming:
        yield f"  {say(language, 'heading.coming')}"
        yield from _wrapped(campaign.coming_note, indent=4)
        yield from _events(campaign.coming, indent=4)
    if campaign.past:
        yield f"  {say(language, 'heading.past')}"
        yield from _events(campaign.past, indent=4)


def _events(events: Iterable["SpokenEvent"], *, indent: int = 2) -> Iterator[str]:
    for event in events:
        quote = f" “{event.quote}”" if event.quote else ""
        yield from _bullets([f"{event.when}: {event.sentence}{quote}"], indent=indent)


def _bullets(texts: Iterable[str], *, indent: int = 4) -> Iterator[str]:
    for text in texts:
        first, *rest = _wrapped(text, indent=indent + 2)
        yield f"{' ' * indent}- {first.lstrip()}"
        yield from rest


def _wrapped(text: str, *, indent: int) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
