"""Previews of words for invented people of several kinds, as text and as a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from campaigns.touches.sms_costs import TextWeight, weigh_text
from channels import KINDS
from channels.examples import example_batch
from channels.port import ChannelSettings, HandedFile
from store.errors import BadInput
from templates.readability import Readability, measure, prose
from templates.texts import Template

_LONG = {
    "salutation": {
        "nl": "Beste mevrouw Van Heerde-Oosterhuis tot Nijenrode",
        "en": "Dear Mrs Van Heerde-Oosterhuis tot Nijenrode",
    },
    "addressee": "M.A.W.F. van Heerde-Oosterhuis tot Nijenrode",
}
_SHORT = {"salutation": {"nl": "Beste heer El", "en": "Dear Mr El"}, "addressee": "Y. El"}
PEOPLE: dict[str, tuple[str, dict[str, Any] | None]] = {
    "usual": ("nl", None),
    "long": ("nl", _LONG),
    "english": ("en", _SHORT),
    "other": ("pl", None),
}
"""Kinds of people that a preview is made for: their language, and their name where it is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The words as one invented person gets them."""

    who: str
    language: str  # of the words
    parts: Mapping[str, str]
    readability: Readability | None


def previews(template: Template) -> tuple[Preview, ...]:
    """Return the words for each kind of person.

    Raises:
        BadInput: the words go wrong with some name.
    """
    found = []
    for who, (language, _) in PEOPLE.items():
        words = template.render(language, context_of(template, who))
        found.append(
            Preview(
                who=who,
                language=words.language,
                parts=words.parts,
                readability=measure(prose(words.parts), words.language),
            )
        )
    return tuple(found)


def context_of(template: Template, who: str) -> dict[str, Any]:
    """Return the values with which a template is filled in for one kind of person."""
    _, person = PEOPLE[who]
    context = dict(template.description.preview)
    if person and "person" in context:
        context["person"] = {**context["person"], **person}
    return context


def weights(template: Template, price: Decimal) -> tuple[TextWeight, ...]:
    """Return the segments and the price of a text, and nothing of another kind of words."""
    if template.description.reaches != "text":
        return ()
    return weigh_text(template, {}, price=price)


def picture(template: Template, who: str, *, now: datetime) -> bytes | None:
    """Return a PNG of a card or a letter, or None where its words have no paper or no place on it."""
    from channels.card.preview import preview

    if template.description.reaches != "post" or who not in PEOPLE:
        return None
    language, _ = PEOPLE[who]
    try:
        words = template.render(language, context_of(template, who))
    except BadInput:
        return None
    pages = min(KINDS[template.channel].pages, template.layout.get("card", {}).get("sides", 2))
    with TemporaryDirectory() as folder:
        outbox, png = Path(folder) / "outbox", Path(folder) / "piece.png"
        channel = KINDS[template.channel].open(ChannelSettings(outbox))
        example = example_batch(channel, "example", size=1)
        message = replace(example.messages[0], words=words.parts, language=words.language)
        batch = replace(
            example,
            made_at=now,
            messages=(message,),
            layout=template.layout,
            sender=template.description.preview.get("sender", example.sender),
        )
        if channel.check(message, batch) is not None:
            return None
        files = [
            each
            for each in channel.send(batch)
            if isinstance(each, HandedFile) and each.name.endswith(".pdf")
        ]
        if not files:
            return None
        preview(outbox / files[0].folder / files[0].name, png, pages=pages)
        return png.read_bytes()
