"""Sentences in English that can be shown in another language."""

from collections.abc import Callable, Mapping
from typing import Any, Self

Translate = Callable[[str], str]
"""Turns an English text into another language, with its {names} left in it."""


class Sentence(str):
    """An English sentence that remembers its template and the values filled in.

    It is a plain string wherever a string is wanted: `Sentence("{seen!r} is not a date", seen="x")`
    equals "'x' is not a date". Without values the text is taken as it stands.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill the values in, and keep them."""
        sentence = super().__new__(cls, template.format_map(values) if values else template)
        sentence.template = template
        sentence.values = values
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Return what a copy of this sentence is made from."""
        return (self.template,), dict(self.values)


def translated(text: str, translate: Translate) -> str:
    """Return a text in another language, with the sentences among its values."""
    if not isinstance(text, Sentence):
        return translate(text)
    template = translate(text.template)
    if not text.values:
        return template
    values = {
        name: translated(value, translate) if isinstance(value, Sentence) else value
        for name, value in text.values.items()
    }
    return template.format_map(values)


def divided(text: str, mark: str) -> tuple[str, str]:
    """Return what stands before and after the first `mark` of a template.

    Without a mark, what stands after it is empty.
    """
    if not isinstance(text, Sentence):
        before, _, after = text.partition(mark)
        return before, after
    before, _, after = text.template.partition(mark)
    return Sentence(before, **text.values), Sentence(after, **text.values)


def in_english(text: str) -> str:
    """Return an English text as it stands."""
    return text
