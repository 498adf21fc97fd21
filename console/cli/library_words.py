"""Help pages of commands in another language, with the words that the command-line library adds."""

import re
from collections.abc import Iterator
from typing import Any

from store.sentences import Sentence, Translate

USAGE = Sentence("Usage: ")
PARTS = (
    Sentence("[OPTIONS]"),
    Sentence("COMMAND [ARGS]..."),
    Sentence("[default: "),
    Sentence("required]"),
)
"""What the library adds to a usage line and to the help of an option."""
HEADINGS = (Sentence("Options"), Sentence("Arguments"), Sentence("Commands"))
SHOW_HELP = Sentence("Show this message and exit.")
"""What the library says of --help."""


def translate_command(command: Any, translate: Translate) -> None:
    """Put the help of a command, its options and its subcommands into another language."""
    command.rich_markup_mode = None  # its boxes have English headings
    command.context_class = _context_class(command.context_class, translate)
    command.help = _paragraphs(command.help, translate)
    command.short_help = _paragraphs(command.short_help, translate)
    for parameter in command.params:
        parameter.help = _paragraphs(getattr(parameter, "help", None), translate)
    for inner in getattr(command, "commands", {}).values():
        translate_command(inner, translate)


def _paragraphs(said: str | None, translate: Translate) -> str | None:
    return said and "\n\n".join(map(translate, paragraphs(said)))


def paragraphs(said: str | None) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", said or "")]


def _context_class(original: Any, translate: Translate) -> Any:
    """Return a context whose help pages have the library's own words in another language."""

    class Help(original.formatter_class):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, _parts(args, translate), prefix or translate(USAGE.template))

        def write_heading(self, heading: str) -> None:
            super().write_heading(translate(heading))

        def write_dl(self, terms: Any, *args: Any, **kwargs: Any) -> None:
            super().write_dl(list(_described(terms, translate)), *args, **kwargs)

    return type("Context", (original,), {"formatter_class": Help})


def _described(terms: Any, translate: Translate) -> Iterator[tuple[str, str]]:
    for term, said in terms:
        yield term, _parts(translate(said), translate)


def _parts(text: str, translate: Translate) -> str:
    for part in PARTS:
        text = text.replace(part.template, translate(part.template))
    return text
