"""The `kaartje outcomes` commands, for returns filed and debts arranged."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import AsJson, Now, refusing
from console.cli.people.import_kinds import Kind, Options
from console.cli.people.imports import run_import

app = typer.Typer(no_args_is_help=True, help="Outcomes, such as returns filed and debts arranged.")


@app.callback()
def outcomes() -> None:
    """Outcomes after a campaign, such as returns filed and debts arranged."""


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
    options = Options(file=file, refused=refused)
    run_import(Kind.OUTCOMES, options, now=now, as_json=as_json, instead="outcomes import")
