"""The `kaartje post incident` commands, for when the wrong card went out."""

import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    worded,
)
from store.sentences import counted

app = typer.Typer(
    no_args_is_help=True, help="The wrong card went out: freeze, list, recall, brief, apologise."
)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="From `list`.")]


@app.command("open")
@refusing
def open_one(
    about: Annotated[
        str, typer.Argument(metavar="CAMPAIGN|KEY", help="A campaign, or one print run.")
    ],
    what: Annotated[str, typer.Option("--what", help="What went wrong.")],
    by: Decides,
    brief: Annotated[
        str, typer.Option("--brief", help="What agents say to people who call about it.")
    ] = "",
    now: Now = None,
) -> None:
    """Freeze a campaign at once and recall every piece that is not posted yet."""
    from campaigns.post.incidents import open_incident
    from campaigns.post.pull_lists import make_lists

    installation = open_installation(now)
    number = open_incident(
        installation,
        about,
        what=what,
        brief=brief,
        by=decider(installation, by),
        now=installation.now(),
    )
    show("incident {number}: nothing of {about} leaves any more", number=number, about=about)
    for name in make_lists(installation, now=installation.now()):
        show("  pull list: {name}", name=name)


@app.command("list")
@refusing
def list_incidents(
    everything: Annotated[bool, typer.Option("--all", help="Also those that were closed.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open incidents."""
    from campaigns.post.incidents import incidents

    found = incidents(open_installation(), everything=everything)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        ended = (
            worded("; closed by {who}: {why}", who=each.closed_by, why=each.closed_why)
            if each.closed_at
            else ""
        )
        at = local_time(each.opened_at)
        show(
            "{id:>5}  {run}, {at} by {opened_by}: {what}{ended}",
            id=each.id,
            run=each.run or each.campaign,
            at=at,
            opened_by=each.opened_by,
            what=each.what,
            ended=ended,
        )
    say(counted(len(found), "{count} incident", "{count} incidents"))


@app.command()
@refusing
def who(
    number: Number,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write it here instead of printing it.")
    ] = None,
) -> None:
    """Write the people who have or will get the card as CSV.

    Its columns are person_ref, piece_id, run, state and pull.
    """
    from campaigns.post.incidents import Holder, holders
    from people.refused_rows import Draft

    found, names = holders(open_installation(), number), [field.name for field in fields(Holder)]
    if output is None:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([value or "" for value in asdict(each).values()] for each in found)
        return
    with Draft(file=output, header=names) as draft:
        for each in found:
            draft.write([value or "" for value in asdict(each).values()])
        draft.finish()
    say("{rows} people in {output}", rows=draft.rows, output=output)


@app.command()
@refusing
def apology(
    number: Number, folder: Annotated[Path, typer.Argument(help="A new folder for the template.")]
) -> None:
    """Draft an apology as a template, to be edited and sent as its own campaign."""
    from campaigns.post.apology_letters import draft_apology

    show(
        "{folder}: edit its words, and send it as a campaign of its own",
        folder=draft_apology(open_installation(), number, folder),
    )


@app.command("close")
@refusing
def close_one(
    number: Number,
    why: Annotated[str, typer.Option("--why", help="How it ended; it is kept.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Close an incident. The campaign resumes where it was."""
    from campaigns.post.incidents import close

    installation = open_installation(now)
    close(installation, number, why=why, by=decider(installation, by), now=installation.now())
    show("incident {number} is closed", number=number)
