"""The command `kaartje prefect set-up`, which gives a Prefect server its work pools and automations."""

from typing import Annotated

import typer

from console.cli.options import AsJson, emit, refusing, say, show

app = typer.Typer(no_args_is_help=True, help="The Prefect server that says when things happen.")


@app.callback()
def group() -> None:
    """Keep this a command with parts of its own."""


@app.command("set-up")
@refusing
def set_up(
    notify_by: Annotated[
        str,
        typer.Option(
            "--notify-by",
            metavar="TYPE/NAME",
            help="The notification block of Prefect that alerts are sent by.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make the work pools and automations on the server of PREFECT_API_URL. Again, it changes nothing."""
    from flows.server_set_up import set_up_server

    done = set_up_server(notification=notify_by)
    if as_json:
        emit(done.as_data())
        return
    for each in (*done.pools, *done.automations):
        if each in done.made:
            show("made       {name}", name=each)
        else:
            show("stands     {name}", name=each)
    for remark in done.remarks:
        show("attention  {remark}", remark=remark)
    if not notify_by:
        say("Nobody is sent an alert: Prefect shows them on its page Events.")
    say("Now: prefect deploy --all")
