"""Commands of `kaartje desk` about triage and team tasks."""

from typing import Annotated

import typer

from console.cli.desk.desk_terms import Number, Ref
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
from store.sentences import Sentence

app = typer.Typer()

Grounds = Annotated[
    str,
    typer.Option(
        "--grounds", metavar="LIST", help="As several_rules,eviction: desk/entries/care.toml."
    ),
]

Place = Annotated[
    str | None, typer.Option("--place", metavar="PLACE", help="Only stella, assessment, …")
]
How = Annotated[str, typer.Option("--how", metavar="TEXT", help="What came of it.")]


@app.command()
@refusing
def triage(
    grounds: Grounds,
    ref: Annotated[
        str | None, typer.Option("--person", metavar="REF", help="Whom it is about, to decide.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="WHERE", help="stella, case_owner, colleague_today, …"),
    ] = None,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="What is going on, in your own words.")
    ] = "",
    by: Annotated[
        str, typer.Option("--as", metavar="USER", help="Who decides. Recorded as not signed in.")
    ] = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Propose where a matter belongs, or decide it with --person and --to. What departs is reported."""
    from desk.cases import triage as triaging
    from store.clock import local_date

    named = [each.strip() for each in grounds.split(",") if each.strip()]
    proposal = triaging.propose(named)
    if ref is None or to is None:
        if as_json:
            emit(proposal.as_data())
        else:
            show(
                "proposed: {to}, because of {because}; a person decides",
                to=term(proposal.to),
                because=", ".join(map(term, proposal.because)) or Sentence("nothing"),
            )
        return
    installation = open_installation(now)
    closed = installation.policy.hours.closed_days
    who = decider(installation, by)
    made = triaging.decide(
        installation.store, ref, named, to, why=why, by=who, now=installation.now(), closed=closed
    )
    if as_json:
        emit(
            {
                "to": made.to,
                "proposed": made.proposed,
                "team_task": made.task_id,
                "deviation": made.deviation_id,
            }
        )
        return
    otherwise = (
        worded(
            ", otherwise than {proposed}: deviation {number}",
            proposed=term(made.proposed),
            number=made.deviation_id,
        )
        if made.deviation_id
        else ""
    )
    if made.to == "colleague_today":
        say(
            "now leave the instruction: kaartje desk handover {ref} --deadline {now} …",
            ref=ref,
            now=local_date(installation.now()),
        )
    task = worded(", team task {number}", number=made.task_id) if made.task_id else ""
    show(f"{term(made.to)}{task}{otherwise}")


@app.command("tailor-made")
@refusing
def tailor_made(
    ref: Ref,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="assessment or collection.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What a rule does not see.")],
    by: Decides,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="It cannot wait for the usual term.")
    ] = False,
    now: Now = None,
) -> None:
    """Ask assessment or collection for tailor-made treatment, once while it is open."""
    from desk.cases import team_tasks

    installation = open_installation(now)
    who, closed = decider(installation, by).name, installation.policy.hours.closed_days
    made = team_tasks.ask_tailor_made(
        installation.store,
        ref,
        to,
        why,
        by=who,
        now=installation.now(),
        urgent=urgent,
        closed=closed,
    )
    show("team task {made} to {to}", made=made, to=term(to))


@app.command("team-tasks")
@refusing
def team_tasks(place: Place = None, as_json: AsJson = False) -> None:
    """Print what other teams are asked to take up, the earliest term first."""
    from desk.cases import team_tasks

    found = team_tasks.open_team_tasks(open_installation().store, place)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "#{id:<6} by {due_on:%Y-%m-%d} {place:<12} {ref:<12} {how}{urgent}{error}",
            id=each.id,
            due_on=each.due_on,
            place=term(each.place),
            ref=each.person_ref,
            how=worded("taken up") if each.received_at else term(each.state),
            urgent=worded(", urgent") if each.urgent else "",
            error=f": {each.error}" if each.error else "",
        )
    say("{count} open", count=len(found))


@app.command("team-task-received")
@refusing
def received(number: Number, by: Decides, now: Now = None) -> None:
    """Note that the other team has taken a task up."""
    from desk.cases import team_tasks

    installation = open_installation(now)
    team_tasks.acknowledge(
        installation.store, number, by=decider(installation, by).name, now=installation.now()
    )
    show("team task {number}: taken up", number=number)


@app.command("team-task-again")
@refusing
def again(number: Number, by: Decides, now: Now = None) -> None:
    """Hand over a refused task once more, after what was wrong was corrected."""
    from desk.cases import team_tasks

    installation = open_installation(now)
    team_tasks.again(
        installation.store, number, by=decider(installation, by), now=installation.now()
    )
    show("team task {number}: goes with the next delivery", number=number)


@app.command("team-task-ended")
@refusing
def ended(number: Number, by: Decides, how: How, now: Now = None) -> None:
    """Note what came of a task."""
    from desk.cases import team_tasks

    installation = open_installation(now)
    team_tasks.end(
        installation.store, number, how, by=decider(installation, by).name, now=installation.now()
    )
    show("team task {number} has ended", number=number)


@app.command("posts", hidden=True)
def posts(place: Place = None, as_json: AsJson = False) -> None:
    """Former name of `team-tasks`."""
    _hint("posts", "team-tasks")
    team_tasks(place, as_json)


@app.command("acknowledge", hidden=True)
def acknowledge(number: Number, by: Decides, now: Now = None) -> None:
    """Former name of `team-task-received`."""
    _hint("acknowledge", "team-task-received")
    received(number, by, now)


@app.command("post-again", hidden=True)
def post_again(number: Number, by: Decides, now: Now = None) -> None:
    """Former name of `team-task-again`."""
    _hint("post-again", "team-task-again")
    again(number, by, now)


@app.command("post-ended", hidden=True)
def post_ended(number: Number, by: Decides, how: How, now: Now = None) -> None:
    """Former name of `team-task-ended`."""
    _hint("post-ended", "team-task-ended")
    ended(number, by, how, now)


def _hint(former: str, name: str) -> None:
    say(
        "hint: it is `kaartje desk {name}` now; `kaartje desk {former}` goes after this release",
        name=name,
        former=former,
    )
