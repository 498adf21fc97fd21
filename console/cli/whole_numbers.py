"""Whole numbers on the command line, where a sign between the thousands is refused.

The library reads `--people 4.000` as four. To whoever typed it, it is four thousand.
"""

import re
from typing import Any

import typer

from store.sentences import Sentence

_THOUSANDS = re.compile(r"[+-]?\d[\d._]*[._][\d._]*")


def refuse_thousands(command: Any) -> None:
    """Let a command and its subcommands refuse a whole number with a point or an underscore in it."""
    for each in getattr(command, "commands", {}).values():
        refuse_thousands(each)
    for param in command.params:
        described = getattr(param, "type_descriptor", None)
        if described is not None and described.annotation in (int, int | None):
            _refuse(param)


def _refuse(param: Any) -> None:
    process = param.process_value

    def checked(ctx: Any, value: Any) -> Any:
        if isinstance(value, str) and _THOUSANDS.fullmatch(value.strip()):
            raise typer.BadParameter(
                Sentence(
                    "{seen!r} can be read in two ways; write a whole number in digits alone, as 1500",
                    seen=value[:20],
                ),
                ctx=ctx,
                param=param,
            )
        return process(ctx, value)

    param.process_value = checked
