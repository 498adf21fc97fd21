"""The `kaartje desk` commands, for cases and what follows from a conversation."""

from typing import Annotated

import typer

from console.cli.desk import (
    desk_follow,
    desk_helpers,
    desk_looking_back,
    desk_signals,
    desk_slots,
    desk_talks,
    desk_team_tasks,
)
from console.cli.desk.desk_export import export_interactions
from console.cli.desk.desk_terms import Number, Ref, local_time
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.sentences import as_sentence

app = typer.Typer(
    no_args_is_help=True,
    help="Cases, appointments, handovers, referrals, signals, and what is late.",
)
app.add_typer(desk_helpers.app, name="helper")

LATE = 1
"""The exit code of `ageing` if anything is overdue, for monitoring."""


@app.command()
@refusing
def case(ref: Ref, as_json: AsJson = False) -> None:
    """Print the case of a person."""
    from desk.cases.cases import case_of

    found = case_of(open_installation().store, ref)
    if as_json:
        emit(found.as_data() if found else None)
    elif found:
        ended = worded(", closed {at}", at=local_time(found.closed_at)) if found.closed_at else ""
        spoken = worded(
            "{count} conversations, last {at}",
            count=found.conversations,
            at=local_time(found.last_at),
        )
        show(
            "case {id} of {ref}: {owner}, {spoken}{ended}",
            id=found.id,
            ref=ref,
            owner=found.owner,
            spoken=spoken,
            ended=ended,
        )
    else:
        show("{ref} has no case", ref=ref)


@app.command()
@refusing
def give(
    number: Number,
    owner: Annotated[str, typer.Argument(metavar="WHOM", help="Who sees to it from now on.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Give a case another owner."""
    from desk.cases import cases

    installation = open_installation(now)
    whose = cases.give(
        installation.store, number, owner, by=decider(installation, by), now=installation.now()
    )
    show("case {number} is {owner}'s", number=number, owner=whose)


@app.command()
@refusing
def close(
    number: Number,
    by: Decides,
    why: Annotated[str, typer.Option("--why", metavar="TEXT")],
    now: Now = None,
) -> None:
    """Close a case with nothing open in it."""
    from desk.cases import cases

    installation = open_installation(now)
    cases.close(
        installation.store,
        number,
        by=decider(installation, by).name,
        why=why,
        now=installation.now(),
    )
    show("case {number} is closed", number=number)


@app.command()
@refusing
def overdue(now: Now = None, as_json: AsJson = False) -> None:
    """List everything that is overdue, what was promised first, then the oldest."""
    from desk.cases.overdue import overdue as late

    installation = open_installation(now)
    closed = installation.policy.hours.closed_days
    found = late(installation.store, now=installation.now(), closed=closed)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "{kind:<12} #{id:<6} since {since}  {whose:<20} {ref:<12} {what}",
            kind=term(each.kind),
            id=each.id,
            since=local_time(each.since),
            whose=each.whose,
            ref=each.person_ref or "-",
            what=as_sentence(each.what),
        )
    say("{count} late", count=len(found))


@app.command()
@refusing
def ageing(now: Now = None, as_json: AsJson = False) -> None:
    """List the age of open cases by owner. Exit code 1 if anything is overdue."""
    from desk.cases.case_ages import ages

    installation = open_installation(now)
    found = ages(installation.store, now=installation.now())
    if as_json:
        emit(found.as_data())
    else:
        for each in found.owners:
            show(
                "{owner:<24} {cases:>5} open, oldest {oldest_days} days, {late} late",
                owner=each.owner,
                cases=each.cases,
                oldest_days=each.oldest_days,
                late=each.late,
            )
        counts = ", ".join(f"{term(kind)} {count}" for kind, count in found.late_by_kind.items())
        say(
            "{count} late{which}; see kaartje desk overdue",
            count=len(found.late),
            which=f": {counts}" if counts else "",
        )
    if found.late:
        raise typer.Exit(LATE)


app.command("export-interactions")(export_interactions)


for part in (desk_slots, desk_follow, desk_talks, desk_looking_back, desk_team_tasks, desk_signals):
    app.registered_commands += part.app.registered_commands
