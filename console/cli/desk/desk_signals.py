"""The `kaartje desk` commands for signals of structural problems."""

from typing import Annotated

import typer

from console.cli.desk.desk_terms import Number
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    open_installation,
    read_day,
    refusing,
    say,
    show,
    term,
    worded,
)

app = typer.Typer()


@app.command()
@refusing
def signal(
    by: Decides,
    kind: Annotated[str, typer.Option("--kind", metavar="CLASS")],
    affected: Annotated[
        str,
        typer.Option(
            "--affected", metavar="GROUP", help="citizens, entrepreneurs, intermediaries."
        ),
    ],
    what: Annotated[str, typer.Option("--what", metavar="TEXT", help="What goes wrong.")],
    cause: Annotated[str, typer.Option("--cause", metavar="TEXT", help="Why, as far as is known.")],
    owner: Annotated[str, typer.Option("--owner", metavar="WHOM", help="Who is asked to decide.")],
    impact: Annotated[
        str, typer.Option("--impact", metavar="TEXT", help="What it does to whom it touches.")
    ] = "not known yet",
    now: Now = None,
) -> None:
    """Report a structural problem."""
    from desk.cases import signals

    installation = open_installation(now)
    new = signals.NewSignal(
        kind=kind, affected=affected, what=what, cause=cause, owner=owner, impact=impact
    )
    by = decider(installation, by).name
    number = signals.report(installation.store, new, by=by, now=installation.now())
    show("signal {number} for {owner}", number=number, owner=owner)


@app.command("signals")
@refusing
def register(
    every: Annotated[bool, typer.Option("--all", help="Also what was merged or decided.")] = False,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="WHOM", help="Only what they decide.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print the register of signals, the oldest first."""
    from desk.cases import signals

    installation = open_installation(now)
    found = signals.register(
        installation.store, now=installation.now(), open_only=not every, owner=owner
    )
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        waits = (
            worded(" for {what} until {day}", what=term(each.waits_for or ""), day=each.remind_on)
            if each.status == signals.WAITS
            else ""
        )
        whose = each.escalated_to or each.owner
        show(
            "#{id:<6} {days:>4} days  {status}{waits}  {whose:<16} {kind}: {what}",
            id=each.id,
            days=each.days,
            status=term(each.status),
            waits=waits,
            whose=whose,
            kind=term(each.kind),
            what=each.what,
        )
    for each in signals.too_old(found):
        say(
            "signal {id} has waited {days} days: let somebody above {owner} decide (desk escalate)",
            id=each.id,
            days=each.days,
            owner=each.owner,
        )
    say("{count} signals", count=len(found))


@app.command()
@refusing
def merge(
    number: Number,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The one that stays.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Merge a signal into another. One decision then counts for both."""
    from desk.cases import signals

    installation = open_installation(now)
    signals.merge(
        installation.store, number, into, by=decider(installation, by), now=installation.now()
    )
    show("signal {number} is one with {into}", number=number, into=into)


@app.command()
@refusing
def wait(
    number: Number,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="law, systems or third_party.")],
    by: Decides,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DAY", help="When its owner looks again; else in four weeks."
        ),
    ] = None,
    now: Now = None,
) -> None:
    """Record that a decision waits. The signal keeps ageing."""
    from desk.cases import signals

    installation = open_installation(now)
    look = read_day(until, "--until") if until else None
    signals.wait_for(
        installation.store,
        number,
        what,
        by=decider(installation, by),
        now=installation.now(),
        remind_on=look,
    )
    show("signal {number} waits for {what}", number=number, what=term(what))


@app.command()
@refusing
def escalate(
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="Who decides now.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Let somebody above the owner decide about a signal that waited too long."""
    from desk.cases import signals

    installation = open_installation(now)
    signals.escalate(
        installation.store, number, to, by=decider(installation, by), now=installation.now()
    )
    show("signal {number}: {to} decides", number=number, to=to)


@app.command()
@refusing
def decide(
    number: Number,
    decision: Annotated[
        str, typer.Argument(metavar="DECISION", help="solve, explain, elsewhere or not_taken_up.")
    ],
    by: Decides,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Shown to everybody who reported it.")
    ],
    now: Now = None,
) -> None:
    """Decide about a signal and its duplicates."""
    from desk.cases import signals

    installation = open_installation(now)
    reporters = signals.decide(
        installation.store,
        number,
        decision,
        why=why,
        by=decider(installation, by).name,
        now=installation.now(),
    )
    show(
        "signal {number}: {decision}; tell {reporters}",
        number=number,
        decision=term(decision),
        reporters=", ".join(reporters),
    )


@app.command()
@refusing
def news(by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """List the changes of signals that you reported, since you last looked."""
    from desk.cases import signals

    installation = open_installation(now)
    found = signals.unseen_changes(
        installation.store, decider(installation, by).name, now=installation.now()
    )
    if as_json:
        emit(found)
        return
    for each in found:
        about = [term(each["status"])]
        if each["merged_into"]:
            about.append(worded("into {number}", number=each["merged_into"]))
        if each["status"] == signals.WAITS:
            about.append(worded("for {what}", what=term(each["waits_for"])))
        if each["decision"]:
            about.append(f"{term(each['decision'])}: {each['decision_why']}")
        show(
            "signal {id} ({what}): {about}", id=each["id"], what=each["what"], about=" ".join(about)
        )
    say("{count} changed", count=len(found))
