"""One line for a command that was written wrongly, instead of the library's four."""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from typer.exceptions import TyperException

from store.errors import BadInput
from store.sentences import Sentence, Translate, in_english
from store.validation_words import in_words

_PATHS = {
    "does not exist.": ("is not there", "look at its name"),
    "is a file.": ("is a file, not a folder", "name a folder"),
    "is a directory.": ("is a folder, not a file", "name a file"),
    "is not readable.": ("may not be read by this user", "give this user the right to it"),
    "is not writable.": ("may not be written by this user", "give this user the right to it"),
}
_UNKNOWN_COMMAND = re.compile(r"No such command '(.*?)'")
_TOO_MANY = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)")
_CHOICES = re.compile(r"is not one of (.+?)\.?$")
_PATH = re.compile(r"(?:file|dir|directory|path) '(.*)' (does not exist\.|is .*\.)$", re.IGNORECASE)


def in_one_line(error: TyperException, translate: Translate = in_english) -> str:
    """Return what is wrong with a command and what to write instead."""
    return " ".join(_refused(error).lines(translate))


def _refused(error: Any) -> BadInput:
    """Return the complaint, by the name of the error's class, which the library keeps to itself."""
    match type(error).__name__:
        case "MissingParameter":
            remedy: str = Sentence("write it, see {help}", help=_help(error))
            return BadInput("is missing", remedy, field=_place(error))
        case "BadParameter":
            return BadInput(*_value(error), field=_place(error))
        case "NoSuchOption":
            problem = Sentence("is not an option of {command}", command=_command(error))
            meant = _meant(error.possibilities, error)
            return BadInput(problem, meant, field=error.option_name)
        case "BadOptionUsage":
            remedy = Sentence("see {help}", help=_help(error))
            return BadInput("has no value, or one too many", remedy, field=error.option_name)
        case _:
            return _words(error)


def _value(error: Any) -> tuple[str, str]:
    """Return what is wrong with a value, by our words or by the validator's kind of complaint."""
    if isinstance(error.__cause__, ValidationError):
        first: Any = error.__cause__.errors(include_url=False)[0]
        if first["type"] != "value_error":
            return in_words(first)
        return _ours(str(first.get("ctx", {}).get("error", error.message)))
    return _ours(error.message)


def _ours(message: str) -> tuple[str, str]:
    if found := _PATH.match(message):
        problem, remedy = _PATHS.get(found[2], (found[2], ""))
        return Sentence("{file} {problem}", file=found[1], problem=Sentence(problem)), remedy
    if found := _CHOICES.search(message):
        *first, last = re.findall(r"'([^']*)'", found[1])
        known = ", ".join(first)
        remedy = Sentence("write {known} or {last}", known=known, last=last)
        problem = Sentence("{seen} is not known", seen=message[: found.start()].strip())
        return problem, remedy if first else Sentence("write {known}", known=last)
    return message, ""


def _words(error: Any) -> BadInput:
    if found := _UNKNOWN_COMMAND.search(error.message):
        group: Any = getattr(error, "cmd", None)
        known = group.list_commands(error.ctx) if group else []
        problem = Sentence("is not a command of {command}", command=_command(error))
        remedy = _meant(get_close_matches(found[1], known, n=1), error)
        return BadInput(problem, remedy, field=found[1])
    if found := _TOO_MANY.search(error.message):
        return BadInput("is one word too many", "put a text with spaces in quotes", field=found[1])
    return BadInput(error.message)


def _meant(near: Any, error: TyperException) -> str:
    if near:
        return Sentence("did you mean {other}?", other=min(near))
    return Sentence("see {help}", help=_help(error))


def _place(error: Any) -> str:
    """Return how an option or an argument is written, as --now or FILE."""
    param: Any = error.param
    if error.param_hint or param is None:
        return str(error.param_hint) if error.param_hint else Sentence("the command")
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.display_name_raw)


def _command(error: TyperException) -> str:
    context: Any = getattr(error, "ctx", None)
    words = context.command_path.split()[1:] if context else []
    return " ".join(["kaartje", *(word for word in words if word.isascii())])


def _help(error: TyperException) -> str:
    return f"{_command(error)} --help"
