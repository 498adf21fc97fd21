"""The `kaartje backup` command, which copies an installation to one file."""

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
)

app = typer.Typer()


@app.command()
@refusing
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write it; it must not be there yet.")
    ],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Copy the database and the files to one file, while everything goes on."""
    from operations.backups import make_backup

    made = make_backup(open_installation(now), file)
    if as_json:
        emit({"file": file, **made.as_data()})
        return
    show(
        "{count} files at {at} in {file}",
        count=len(made.sums),
        at=local_time(made.made_at),
        file=file,
    )
    say("the secret key and people's data are in it: keep it where only operators come")
