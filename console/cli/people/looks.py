"""`kaartje looks`, who looked at whose data and why, for the privacy officer."""

from datetime import timedelta
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
def looks(
    ref: Annotated[
        str | None,
        typer.Argument(metavar="REF", help="Only at this person, with all that was done for them."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Only by this colleague.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=36_500, help="So far back.")] = 30,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print who looked at people, when and why, and who looked at many within an hour."""
    from installation import looks as log

    installation = open_installation(now)
    since = installation.now() - timedelta(days=days)
    found = log.looks(installation.store, ref=ref, name=by, since=since)
    raised = log.alarms(installation.store, since=since)
    if as_json:
        emit(
            {
                "alarms": [each.as_data() for each in raised],
                "looks": [each.as_data() for each in found],
            }
        )
        return
    for each in raised:
        if each.action == log.NIGHT:
            show(
                "at night: {name} looked at people for a reason of their own, on {at}",
                name=each.actor,
                at=local_time(each.at),
            )
            continue
        show(
            "many looks: {name} looked at {alarm} people or more within an hour, on {at}",
            name=each.actor,
            alarm=log.ALARM,
            at=local_time(each.at),
        )
    for each in found:
        why = each.reason or each.detail.get("work") or ""
        show(
            f"{local_time(each.at)}  {each.actor:<24} {each.action:<24}"
            f" {each.person_ref or '-':<12} {why}".rstrip()
        )
    say("{count} in all", count=len(found))
