"""`kaartje number`, whether a telephone number may be texted and called."""

from typing import Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
    emit,
    moment_of,
    refusing,
    show,
    term,
    worded,
)

app = typer.Typer(no_args_is_help=True, help="What may be done with a telephone number.")


@app.callback()
def number() -> None:
    """Look at telephone numbers."""


@app.command(context_settings={"ignore_unknown_options": True})
@refusing
def check(
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="As somebody typed it: 06-12345678, +31 6 …")
    ],
    region: Annotated[
        str, typer.Option(help="The country of a number without a country code.")
    ] = "NL",
    look_up: Annotated[
        bool,
        typer.Option(
            "--look-up",
            help="Ask the provider of texts what answers it: costs money, kept 90 days.",
        ),
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a number may be texted and called, and why not. Any text is taken."""
    from installation.settings import Settings
    from people.numbers import check as look

    found, at = look(number, region.upper()), moment_of(now)
    if look_up and found["text"]:
        from campaigns.touches.trial_texts import look_up_number

        found["answers"] = look_up_number(Settings(), found["e164"], now=at)
    if as_json:
        emit(found)
        return
    words = {True: worded("yes"), False: worded("no")}
    show(f"{found['e164'] or repr(number)}: {_kind(found['type'])}")
    show("text: {words}", words=words[found["text"]])
    show("call: {words}", words=words[found["call"]])
    if "answers" in found:
        show("answers: {answers}", answers=found["answers"])
    for reason in found["reasons"]:
        show("  {reason}", reason=reason)


def _kind(code: str) -> str:
    """Return what sort of number it is, in words."""
    return worded("of no known kind") if code == "UNKNOWN" else term(code.lower())
