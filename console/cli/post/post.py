"""The `kaartje post` commands, for print runs and the print shop."""

import typer

from console.cli.post import post_answers, post_incidents, post_runs, post_seeds, post_shop

app = typer.Typer(
    no_args_is_help=True,
    help="Print runs: hand them over, see where they stand, take what comes back.",
)
app.registered_commands += [
    *post_runs.app.registered_commands,
    *post_answers.app.registered_commands,
]
app.add_typer(post_answers.pull, name="pull")
app.add_typer(post_seeds.app, name="seed")
app.add_typer(post_shop.app, name="shop")
app.add_typer(post_incidents.app, name="incident")


@app.callback()
def post() -> None:
    """Manage print runs."""
