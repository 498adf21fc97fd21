"""The report of an effect as PDF, with its sentences on top and every outcome beside the control."""

from datetime import date

from channels.press.drawings import Drawing
from channels.press.report_pages import Grid, Heading, Part, Sentences, pages
from outcomes.effect_drawings import SHARE, differences, flow, shares
from outcomes.effect_words import deviations, did, said
from outcomes.effects import Effect, OfOutcome, Share
from store.sentences import Sentence, Translate, translated

_HEAD = (
    Sentence("Group"),
    Sentence("People"),
    Sentence("Reached"),
    Sentence("Number"),
    Sentence("Share"),
    Sentence("95 % interval"),
)

_ON_A_PAGE = Sentence(
    "For a screen reader, or larger: the same report is the page “Did it help?” of this campaign in Kaartje."
)


def report(effect: Effect, say: Translate, *, language: str) -> bytes:
    """Return the PDF in one language, the same bytes for the same effect."""

    def words(sentence: str) -> str:
        return translated(sentence, say)

    known, sure, unknown = (words(line) for line in said(effect).lines())
    period = Sentence(
        "{title}, from {first} up to and including {day}",
        title=effect.title,
        first=date.fromisoformat(effect.first_date),
        day=date.fromisoformat(effect.counted_until),
    )
    drawings: list[Drawing] = [flow(effect, say), shares(effect, say)]
    if effect.main.differences:
        drawings.append(differences(effect, say))
    parts: list[Part] = [
        Sentences(known, large=True),
        Sentences(sure),
        Sentences(unknown),
        *(Sentences(words(each)) for each in deviations(effect)),
        Sentences(words(period)),
        *drawings,
        Heading(words(Sentence("Every outcome, with the control beside it"))),
    ]
    for each in effect.outcomes:
        parts += _of(each, words)
    parts += _signed(effect, words)
    parts.append(Sentences(words(_ON_A_PAGE)))
    title = words(Sentence("Did it help? {title}", title=effect.title))
    return pages(title, parts, language=language)


def _of(found: OfOutcome, words: Translate) -> list[Part]:
    """Return the table of one outcome, or one line where nobody in any group has it."""
    if not found.known:
        nobody = Sentence("{did}: nobody in any group", did=did(found.kind))
        return [Sentences(words(nobody))]
    return [Sentences(words(did(found.kind)) + ":", with_next=True), _grid(found, words)]


def _grid(found: OfOutcome, words: Translate) -> Grid:
    groups = [*([found.control] if found.control else []), *found.arms]
    return Grid(
        tuple(words(each) for each in _HEAD), tuple(_row(each, found, words) for each in groups)
    )


def _row(share: Share, found: OfOutcome, words: Translate) -> tuple[str, ...]:
    name = share.group
    if found.control and name == found.control.group:
        name = words(Sentence("{group} (control)", group=name))
    part = "" if share.share is None else words(Sentence(SHARE, value=share.share))
    low, high = (words(Sentence(SHARE, value=each)) for each in (share.low, share.high))
    between = words(Sentence("{low} to {high}", low=low, high=high))
    return name, str(share.people), str(share.reached), str(share.hits), part, between


def _signed(effect: Effect, words: Translate) -> list[Part]:
    """Return what was registered, and the hashes of it."""
    registered = effect.registered
    if registered is None:
        return []
    rows = (
        (words(Sentence("Outcome")), words(did(registered["outcome"]))),
        (words(Sentence("Counted from")), registered["counted_from"]),
        (words(Sentence("To be looked at on")), ", ".join(registered["looks"])),
        (words(Sentence("Population")), registered["population"]),
        (words(Sentence("Hash that was signed")), effect.approved_hash or ""),
        (words(Sentence("Hash of the assignment")), effect.assignment_hash or ""),
    )
    head = (words(Sentence("Fixed before it went out")), "")
    return [Heading(words(Sentence("Pre-registration"))), Grid(head, rows)]
