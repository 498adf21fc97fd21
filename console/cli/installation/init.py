"""The `kaartje init` command, which makes the home folder of an installation."""

import typer

from console.cli.options import open_installation, refusing, say

app = typer.Typer()


@app.command()
@refusing
def init() -> None:
    """Make an installation where KAARTJE_HOME says, with its database. One that is there stays as it is."""
    home = open_installation(makes=True).settings.home.absolute()
    say("the installation in {home} is ready", home=home)
