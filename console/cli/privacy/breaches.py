"""The `kaartje privacy` commands for breaches of personal data."""

from datetime import datetime
from typing import Annotated

import typer

from console.catalogues import chosen_language
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    moment_option,
    open_installation,
    refusing,
    say,
    show,
    term,
)
from store.written_dates import written_moment

app = typer.Typer()


@app.command()
@refusing
def breach(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="What happened, without names of citizens.")
    ],
    by: Decides,
    noticed: Annotated[
        datetime | None,
        typer.Option(
            "--noticed",
            parser=moment_option,
            metavar="ISO",
            help="When somebody noticed it, else now.",
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write down what may be a breach of personal data. It is reported within 72 hours."""
    from privacy.breaches import breaches, record_breach

    installation = open_installation(now)
    at, who = installation.now(), decider(installation, by)
    number = record_breach(installation.store, what, noticed_at=noticed or at, by=who, now=at)
    found = next(each for each in breaches(installation.store) if each.id == number)
    if as_json:
        emit(found.as_data())
        return
    due = written_moment(found.due_at, language=chosen_language())
    show("breach {number}: to be reported or settled by {due}", number=number, due=due)


@app.command("breaches")
@refusing
def list_breaches(
    settled: Annotated[
        bool, typer.Option("--settled", help="Those that were settled, the latest first.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List what may be a breach and waits, the one that is due first on top."""
    from privacy.breaches import breaches

    installation = open_installation(now)
    found, at = breaches(installation.store, settled=settled), installation.now()
    if as_json:
        emit([{**each.as_data(), "late": each.is_late(at)} for each in found])
        return
    for each in found:
        show(
            "#{id:<6} by {due}  {hours} hours left{late}  {what}",
            id=each.id,
            due=written_moment(each.due_at, language=chosen_language()),
            hours=each.hours_left(at),
            late=f", {term('late')}" if each.is_late(at) else "",
            what=each.what,
        )
    say("{count} in all", count=len(found))


@app.command("settle-breach")
@refusing
def settle(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the breach.")],
    reported: Annotated[
        bool, typer.Option("--reported/--not-reported", help="Whether the authority was told.")
    ],
    words: Annotated[
        str,
        typer.Option(
            "--words", metavar="TEXT", help="The number of the report, or why there is none."
        ),
    ],
    by: Decides,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """End a breach with its report to the authority, or with why there need not be one."""
    from privacy.breaches import breaches, settle_breach

    installation = open_installation(now)
    who, at = decider(installation, by), installation.now()
    settle_breach(installation.store, number, reported=reported, words=words, by=who, now=at)
    if as_json:
        emit(
            next(e.as_data() for e in breaches(installation.store, settled=True) if e.id == number)
        )
        return
    show("breach {number} is settled", number=number)
