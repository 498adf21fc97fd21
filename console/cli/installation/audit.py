"""The `kaartje audit` commands, which compare our records with what others have."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
    emit,
    open_installation,
    refusing,
    show,
    worded,
)

if TYPE_CHECKING:
    from campaigns.auditing.invariants import Findings

app = typer.Typer(no_args_is_help=True, help="Compare our records with what others have.")
FOUND = 1


@app.callback()
def audit() -> None:
    """Compare our records with what others have."""


@app.command()
@refusing
def deliveries(
    days: Annotated[
        int, typer.Option("--days", min=1, max=36_500, help="Touches of so many days back.")
    ] = 90,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            "--also",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The outbox of another machine, looked through too.",
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Compare the touches with the provider's list, the print shop's answers and every file in the outbox.

    Exit code 1 says that something does not hold, or that a list could not be read; each is named with what to do.
    """
    from campaigns.auditing.audit import audit_deliveries
    from inbound.post.shop_rows import shop_rows

    installation = open_installation(now)
    at: datetime = installation.now()
    found = audit_deliveries(
        installation,
        now=at,
        since=at - timedelta(days=days),
        elsewhere=also or (),
        shop=lambda: shop_rows(installation, now=at),
    )
    if as_json:
        emit(found.as_data())
    else:
        _show(found)
    if not found.is_clean:
        raise typer.Exit(FOUND)


def _show(found: "Findings") -> None:
    from campaigns.auditing.invariants import EXPLAINED

    _show_compared(found)
    for each in found.breaches:
        explained = EXPLAINED[each.invariant]
        show(
            "breach  {subject}: {means} ({detail})",
            subject=each.subject,
            means=explained.means,
            detail=each.detail,
        )
        show("        {remedy}", remedy=explained.remedy)
    for note in found.failed:
        show("not read  {subject}: {why}", subject=note.subject, why=note.why)
    for note in found.not_compared:
        show("not compared  {subject}: {why}", subject=note.subject, why=note.why)
    for note in found.under_way:
        show("under way  {subject}: {why}", subject=note.subject, why=note.why)
    if found.is_clean:
        show("Everything that could be compared agrees.")


def _show_compared(found: "Findings") -> None:
    compared = found.compared
    lines = (
        ("texts", worded("texts at the provider")),
        ("runs", worded("print runs in outboxes")),
        ("pieces", worded("pieces in their manifests")),
        ("stored_files", worded("files in the store of files")),
        ("calls", worded("touches on lists to be called")),
        ("shop_rows", worded("rows of the print shop's answers")),
        ("runs_at_shop", worded("runs on the print shop's server")),
    )
    for name, words in lines:
        if compared.get(name):
            show("{count:>10,}  {what}", count=compared[name], what=words)
