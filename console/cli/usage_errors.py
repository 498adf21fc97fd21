"""One line for a command that was written wrongly, instead of the library's four."""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from typer import BadParameter
from typer._click.exceptions import (
    BadOptionUsage,
    ClickException,
    MissingParameter,
    NoSuchOption,
)

from store.sentences import Sentence
from store.validation_words import in_words

_PATHS = {
    "does not exist.": "is not there; look at its name",
    "is a file.": "is a file, not a folder; name a folder",
    "is a directory.": "is a folder, not a file; name a file",
    "is not readable.": "may not be read by this user; give this user the right to it",
    "is not writable.": "may not be written by this user; give this user the right to it",
}
_UNKNOWN_COMMAND = re.compile(r"No such command '(.*?)'")
_TOO_MANY = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)")
_CHOICES = re.compile(r"is not one of (.+?)\.?$")
_PATH = re.compile(r"(?:file|dir|directory|path) '(.*)' (does not exist\.|is .*\.)$", re.IGNORECASE)


def in_one_line(error: ClickException) -> str:
    """Return what is wrong with a command and what to write instead."""
    match error:
        case MissingParameter():
            return f"{_place(error)}: is missing; write it, see {_help(error)}"
        case BadParameter():
            return f"{_place(error)}: {_value(error)}"
        case NoSuchOption():
            return _unknown(error.option_name, "option", error.possibilities, error)
        case BadOptionUsage():
            return f"{error.option_name}: has no value, or one too many; see {_help(error)}"
        case _:
            return _words(error)


def _value(error: BadParameter) -> str:
    """Return what is wrong with a value, by our words or by the validator's kind of complaint."""
    if isinstance(error.__cause__, ValidationError):
        first: Any = error.__cause__.errors(include_url=False)[0]
        if first["type"] == "value_error":
            return _ours(str(first.get("ctx", {}).get("error", error.message)))
        return "; ".join(filter(None, in_words(first)))
    return _ours(error.message)


def _ours(message: str) -> str:
    if found := _PATH.match(message):
        return f"{found[1]} {_PATHS.get(found[2], found[2])}"
    if found := _CHOICES.search(message):
        *first, last = re.findall(r"'([^']*)'", found[1])
        known = f"{', '.join(first)} or {last}" if first else last
        return f"{message[: found.start()]}is not known; write {known}"
    return message


def _words(error: ClickException) -> str:
    if found := _UNKNOWN_COMMAND.search(error.message):
        group: Any = getattr(error, "cmd", None)
        known = group.list_commands(error.ctx) if group else []  # type: ignore[attr-defined]  # of a usage error
        return _unknown(found[1], "command", get_close_matches(found[1], known, n=1), error)
    if found := _TOO_MANY.search(error.message):
        return f"{found[1]}: is one word too many; put a text with spaces in quotes"
    return error.message


def _unknown(word: str, kind: str, near: Any, error: ClickException) -> str:
    remedy = (
        Sentence("did you mean {min}?", min=min(near))
        if near
        else Sentence("see {help}", help=_help(error))
    )
    article = "an" if kind == "option" else "a"
    return f"{word}: is not {article} {kind} of {_command(error)}; {remedy}"


def _place(error: BadParameter) -> str:
    """Return how an option or an argument is written, as --now or FILE."""
    param: Any = error.param
    if error.param_hint or param is None:
        return str(error.param_hint or "the command")
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.display_name_raw)


def _command(error: ClickException) -> str:
    context: Any = getattr(error, "ctx", None)
    words = context.command_path.split()[1:] if context else []
    return " ".join(["kaartje", *(word for word in words if word.isascii())])


def _help(error: ClickException) -> str:
    return f"{_command(error)} --help"
