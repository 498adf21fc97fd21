"""Rendering of one template for many people, where what is the same for all is rendered once."""

from collections.abc import Mapping
from typing import Any

from templates.language_scripts import PartFilled
from templates.texts import Template, Words, spoken_in


class WordSet:
    """A template with the part of the context that is the same for everyone."""

    def __init__(self, template: Template, shared: Mapping[str, Any]) -> None:
        """Make it of a context that does not change afterwards."""
        self._template, self._shared = template, shared
        self._filled: dict[str, PartFilled] = {}  # by language of the words

    def render(self, language: str, own: Mapping[str, Any]) -> Words:
        """Render the template for one person, as `Template.render` does.

        Args:
            language: ISO 639-1, as the person's.
            own: names that the shared part of the context lacks.

        Raises:
            BadInput: a name has no value; says the file, the line and the name.
        """
        template = self._template
        spoken, known = template.spoken(language), language in template.scripts
        filled = self._filled.get(spoken)
        if filled is None:
            filled = PartFilled(template.scripts[spoken], spoken_in(self._shared, spoken))
            self._filled[spoken] = filled
        parts = filled.render(
            spoken_in(own, spoken), without=template.for_others if known else frozenset()
        )
        return Words(parts, spoken)
