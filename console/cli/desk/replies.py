"""The `kaartje replies` commands, for calls, texts, returned mail and visits."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from console.cli.people.import_kinds import Kind, Options, effect_lines
from console.cli.people.imports import run_import
from store.sentences import counted

app = typer.Typer(
    no_args_is_help=True, help="Calls, texts, returned mail and visits to the counter."
)


@app.command("import")
@refusing
def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV file: received_at, kind, response_code, number, person_ref, …"),
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import a file of replies. A second import changes nothing."""
    options = Options(file=file, refused=refused)
    run_import(Kind.REPLIES, options, now=now, as_json=as_json, instead="replies import")


@app.command("unmatched")
@refusing
def list_unmatched(as_json: AsJson = False) -> None:
    """List the replies of unknown people."""
    from inbound.replies import unmatched

    found = unmatched(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        known = " ".join(
            part for part in (each.response_code, each.from_number, each.person_ref) if part
        )
        known += (
            worded(" (perhaps {whom})", whom=", ".join(each.candidates)) if each.candidates else ""
        )
        objects = worded("  asks not to be reached") if each.objects else ""
        at = local_time(each.received_at)
        said = " ".join(each.text.split())[:60]
        show(f"{each.id:>7}  {at}  {term(each.kind):<8}  {known}{objects}  {said}".rstrip())
    say(counted(len(found), "{count} reply waits", "{count} replies wait"))


@app.command()
@refusing
def match(
    reply: Annotated[
        int, typer.Argument(metavar="ID", help="The number of the reply, from `replies unmatched`.")
    ],
    ref: Annotated[str, typer.Argument(metavar="REF", help="The person_ref of whom it is from.")],
    now: Now = None,
) -> None:
    """Match a reply to a person."""
    from inbound.replies import match_by_hand

    installation = open_installation(now)
    followed = match_by_hand(installation, reply, ref, now=installation.now())
    show("reply {reply} is from {ref}", reply=reply, ref=ref)
    for line in effect_lines(followed):
        show(line)
