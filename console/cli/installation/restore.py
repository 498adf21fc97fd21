"""The `kaartje restore` command, which brings a backup back."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import local_time, refusing, say, show

app = typer.Typer()


@app.command()
@refusing
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `kaartje backup` wrote.")],
) -> None:
    """Bring a backup back into an empty home folder and an empty database."""
    import os

    from installation.private_files import UMASK
    from installation.settings import Settings, check_environment
    from operations.restoring import restore_backup

    check_environment(os.environ)
    os.umask(UMASK)
    made = restore_backup(file, Settings())
    show("{count} files of {at} are back", count=len(made.sums), at=local_time(made.made_at))
    say("next: kaartje privacy replay-erasures, then kaartje doctor, then kaartje audit deliveries")
