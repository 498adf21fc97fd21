"""Length (encoding, segments) and price of a campaign's texts, shown to the approver."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from channels.sms.channel import body_of
from channels.sms.segments import Letter, weigh
from store.sentences import Sentence, joined
from templates.texts import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWeight:
    """Length and price of a text in one language, for one person."""

    language: str
    encoding: str  # GSM-7 or UCS-2
    units: int
    segments: int
    forcing: tuple[Letter, ...]
    cost: Decimal  # euros
    body: str

    def summary(self) -> str:
        """Return length and price in one line, for the approver."""
        forced = (
            Sentence(
                "; UCS-2 because of {letters}",
                letters=joined(", ", (letter.described() for letter in self.forcing)),
            )
            if self.forcing
            else ""
        )
        return Sentence(
            "{language}: {segments} x {encoding}, € {cost:f} a person{forced}",
            language=self.language,
            segments=self.segments,
            encoding=self.encoding,
            cost=self.cost,
            forced=forced,
        )


def weigh_text(
    template: Template, context: Mapping[str, Any], *, price: Decimal
) -> tuple[TextWeight, ...]:
    """Return the length and price of a text in each language.

    Args:
        template: one that reaches people by text.
        context: the campaign's own values; what is missing is taken from the preview.
        price: euros for one segment.

    Raises:
        BadInput: the template goes wrong with these values.
    """
    filled = {**template.description.preview, **context}
    found = []
    for language in template.languages:
        body = body_of(template.render(language, filled).parts)
        weight = weigh(body)
        cost = weight.segments * price
        found.append(
            TextWeight(
                language=language,
                encoding=weight.encoding,
                units=weight.units,
                segments=weight.segments,
                forcing=weight.forcing,
                cost=cost,
                body=body,
            )
        )
    return tuple(found)
