"""The `kaartje migrate` command, which brings a database to the schema of this program."""

from typing import Annotated

import typer

from console.cli.options import close_later, refusing, say, show

app = typer.Typer()
BEHIND = 1
"""The exit code of `--check` where the database is behind."""


@app.command()
@refusing
def migrate(
    check: Annotated[
        bool,
        typer.Option("--check", help="Only say whether it is needed. Exit code 1 if it is."),
    ] = False,
) -> None:
    """Bring the database to the schema that this program needs, in one transaction or not at all."""
    from installation.settings import Settings
    from store.engine import open_store
    from store.migrating import migrate as bring
    from store.migrating import revision
    from store.migrations import HEAD

    settings = Settings()
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    close_later(store)
    before = revision(store)
    if before == HEAD:
        show("the database is at {revision}, as this program needs it", revision=HEAD)
        return
    if check:
        show(
            "the database is at {revision}, and this program needs {needed}",
            revision=before or "-",
            needed=HEAD,
        )
        raise typer.Exit(BEHIND)
    bring(store)
    show("the database went from {revision} to {needed}", revision=before or "-", needed=HEAD)
    say("start the workers and the web server of this version now")
