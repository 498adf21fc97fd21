"""Sentences in English that can be shown in another language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

Translate = Callable[[str], str]
"""Turns an English text into another language, with its {names} left in it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A language that writes numbers and dates in a way of its own, too.

    Attributes:
        of: turns an English text into the language.
        fill: fills values into a text, written as that language writes them.
    """

    of: Translate
    fill: Callable[[str, Mapping[str, object]], str]

    def __call__(self, text: str) -> str:
        """Return a text in this language, with its {names} left in it."""
        return self.of(text)


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
    if isinstance(translate, Translation):
        return translate.fill(template, values)
    return template.format_map(values)


def as_sentence(text: str) -> "Sentence":
    """Return a text as a sentence, so that it is translated within another one too."""
    return text if isinstance(text, Sentence) else Sentence(text)


def counted(count: int, one: str, many: str) -> Sentence:
    """Return the text for one or for many, with the number as its {count}."""
    return Sentence(one if count == 1 else many, count=count)


def joined(mark: str, parts: Iterable[str]) -> Sentence:
    """Return texts in a row with `mark` between them, each still to be translated."""
    named = {f"part_{at}": part for at, part in enumerate(parts)}
    return Sentence(mark.join(f"{{{name}}}" for name in named), **named)


def in_terms(code: str) -> Sentence:
    """Return a code such as `handed_over` as the words of the trade, "handed over"."""
    return Sentence(str(code).replace("_", " "))


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
