"""The `kaartje privacy` commands, for requests of citizens about their own data."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.catalogues import chosen_language
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    local_day,
    moment_option,
    open_installation,
    refusing,
    say,
    show,
    term,
)
from console.cli.privacy import breaches, privacy_register
from store.states import RequestKind, RequestOutcome

if TYPE_CHECKING:
    from privacy.requests import Request

app = typer.Typer(
    no_args_is_help=True,
    help="Requests of citizens about their own data, and what became of them.",
)
app.add_typer(privacy_register.app)
app.add_typer(breaches.app)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the request.")]


@app.command()
@refusing
def request(  # noqa: PLR0913, PLR0917  what must be known before anything is answered
    ref: Annotated[str, typer.Argument(metavar="REF", help="The person_ref of who asks.")],
    kind: Annotated[RequestKind, typer.Option("--kind", help="What they ask for.")],
    by: Decides,
    identity: Annotated[
        str,
        typer.Option("--identity", metavar="TEXT", help="How you know that it is their request."),
    ],
    asked: Annotated[str, typer.Option("--words", metavar="TEXT", help="What they asked.")] = "",
    road: Annotated[
        str, typer.Option("--road", help="How it came: letter, call, counter, page, email.")
    ] = "letter",
    received: Annotated[
        datetime | None,
        typer.Option(
            "--received", parser=moment_option, metavar="ISO", help="When it came, else now."
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write down a request. It is answered within a month of the day it came."""
    from privacy.requests import NewRequest, record_request, request_of

    installation = open_installation(now)
    at = installation.now()
    new = NewRequest(
        kind=kind,
        ref=ref,
        received_at=received or at,
        road=road,
        asked=asked,
        identity=identity,
    )
    number = record_request(installation.store, new, by=decider(installation, by), now=at)
    _show_request(request_of(installation.store, number), as_json=as_json)


@app.command("requests")
@refusing
def list_requests(
    answered: Annotated[
        bool, typer.Option("--answered", help="Those that were answered, the latest first.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the requests that wait for an answer, the one that is due first on top."""
    from privacy.requests import requests

    installation = open_installation(now)
    found = requests(installation.store, answered=answered)
    at = installation.now()
    if as_json:
        emit([{**each.as_data(), "late": each.is_late(at)} for each in found])
        return
    for each in found:
        show(
            "#{id:<6} {kind:<12} {ref:<12} by {due}  {stage}{late}",
            id=each.id,
            kind=term(each.kind),
            ref=each.person_ref,
            due=local_day(each.due_at),
            stage=term(each.stage),
            late=f", {term('late')}" if each.is_late(at) else "",
        )
    say("{count} in all", count=len(found))


@app.command()
@refusing
def prepare(number: Number, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Put together everything about who asked for access, for a second person to check."""
    from privacy.requests import prepare as put_together

    installation = open_installation(now)
    who = decider(installation, by)
    found = put_together(installation, number, by=who, now=installation.now())
    _show_request(found, as_json=as_json)


@app.command()
@refusing
def check(number: Number, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Say, as somebody else than who prepared it, that this may go out."""
    from privacy.requests import check as found_right

    installation = open_installation(now)
    who = decider(installation, by)
    found = found_right(installation.store, number, by=who, now=installation.now())
    _show_request(found, as_json=as_json)


@app.command()
@refusing
def export(
    number: Number,
    folder: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="Where the two files are written.")
    ],
    by: Decides,
    now: Now = None,
) -> None:
    """Write what was prepared as JSON and as PDF, to be checked and sent."""
    from privacy.access_pages import access_pages
    from privacy.requests import exported

    installation = open_installation(now)
    at = installation.now()
    document = exported(installation.store, number, by=decider(installation, by), now=at)
    language = chosen_language()
    read = access_pages(installation, document, language=language, now=at)
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"access-{number}.json"
    data.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / f"access-{number}.pdf").write_bytes(read)
    show(
        "wrote access-{number}.json and access-{number}.pdf in {folder}",
        number=number,
        folder=folder,
    )
    say("remove both when they were sent")


@app.command()
@refusing
def extend(
    number: Number,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Why it takes longer, as they are told.")
    ],
    by: Decides,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Take two months more, once and within the first month."""
    from privacy.requests import extend as give_longer

    installation = open_installation(now)
    who, at = decider(installation, by), installation.now()
    _show_request(give_longer(installation.store, number, why=why, by=who, now=at), as_json=as_json)


@app.command()
@refusing
def answer(
    number: Number,
    outcome: Annotated[RequestOutcome, typer.Option("--outcome", help="How it ended.")],
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What was answered.")],
    by: Decides,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """End a request with what was answered."""
    from privacy.requests import answer as end

    installation = open_installation(now)
    who, at = decider(installation, by), installation.now()
    found = end(installation.store, number, outcome, words=words, by=who, now=at)
    _show_request(found, as_json=as_json)


@app.command()
@refusing
def erase(number: Number, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Erase the person of a request that a second officer checked. This cannot be undone."""
    from privacy.erasing import erase as take_away

    installation = open_installation(now)
    done = take_away(installation, number, by=decider(installation, by), now=installation.now())
    if as_json:
        emit(done.as_data())
        return
    show("erased; what was counted stays under {pseudonym}", pseudonym=done.pseudonym)
    if done.kept_objections:
        show("their objection holds when a file names them again")
    for files in done.files:
        show("print files still hold them, with others: {folder}", folder=files.folder)
    if done.files:
        say("tell them so, and that those files go at the end of their own term")


@app.command()
@refusing
def restrict(number: Number, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Reach the person of a request by no channel, until the entry on the list is lifted."""
    from privacy.restriction import restrict as hold

    installation = open_installation(now)
    who, at = decider(installation, by), installation.now()
    _show_request(hold(installation, number, by=who, now=at), as_json=as_json)


@app.command("replay-erasures")
@refusing
def replay_erasures(by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Erase again, after a backup was restored, whom the list of erasures names."""
    from privacy.replaying import replay

    installation = open_installation(now)
    found = replay(installation, by=decider(installation, by), now=installation.now())
    if as_json:
        emit({"erased": found.erased, "held": found.held})
    else:
        show("{count} erased again", count=len(found.erased))
        for each in found.held:
            show("not yet: {each}", each=each)
    if found.held:
        raise typer.Exit(1)


def _show_request(found: "Request", *, as_json: bool) -> None:
    if as_json:
        emit(found.as_data())
        return
    show(
        "request {number}: {kind} of {ref}, {stage}, to be answered by {due}",
        number=found.id,
        kind=term(found.kind),
        ref=found.person_ref,
        stage=term(found.stage),
        due=local_day(found.due_at),
    )
