"""`kaartje outcomes`: what happened since."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import AsJson, Now, emit, open_installation, progress, refusing, say, show

app = typer.Typer(no_args_is_help=True, help="What happened since: returns filed, debts arranged.")


@app.callback()
def outcomes() -> None:
    """What happened since: returns filed, debts arranged."""


@app.command("import")
@refusing
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV file: person_ref, kind, happened_on, reference.")
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import a file of outcomes."""
    from outcomes.outcome_imports import import_outcomes

    installation = open_installation(now)
    with progress() as watch:
        report = import_outcomes(
            installation, file, now=installation.now(), refused=refused, watch=watch
        )
    if as_json:
        emit(report.as_data())
        return
    taken = report.taken
    show(
        f"{taken.rows} rows: {taken.added} new, {taken.unchanged} known already, {taken.refused} refused"
    )
    if report.waiting:
        show(
            f"{report.waiting} are about people not imported yet; they are kept until those appear"
        )
    for each in taken.refusals:
        say(f"refused: {file}, line {each.line}, {each.problem}")
    if taken.refused_file:
        say(f"refused rows: {taken.refused_file}")
