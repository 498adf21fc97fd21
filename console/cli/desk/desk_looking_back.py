"""The `kaartje desk` commands for reflections and for samples of notes."""

from typing import Annotated

import typer

from console.cli.desk.desk_terms import From, Until, local_time, period
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
)

app = typer.Typer()


@app.command("look-back")
@refusing
def look_back(
    call: Annotated[int, typer.Argument(metavar="CALL", help="The number of the call.")],
    by: Decides,
    went_well: Annotated[str, typer.Option("--went-well", metavar="TEXT")] = "",
    was_hard: Annotated[str, typer.Option("--was-hard", metavar="TEXT")] = "",
    next_time: Annotated[str, typer.Option("--next-time", metavar="TEXT")] = "",
    now: Now = None,
) -> None:
    """Write down how a conversation of yours went. Only you can read it."""
    from desk.cases import reflections

    installation = open_installation(now)
    wrote = reflections.NewReflection(went_well, was_hard, next_time)
    reflections.write_reflection(
        installation.store, call, wrote, by=decider(installation, by).name, now=installation.now()
    )
    show("kept for you: call {call}", call=call)


@app.command("looked-back")
@refusing
def looked_back(by: Decides, as_json: AsJson = False) -> None:
    """Print what you wrote for yourself."""
    from desk.cases import reflections

    installation = open_installation()
    found = reflections.own_reflections(installation.store, decider(installation, by).name)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        wrote = "; ".join(text for text in (each.went_well, each.was_hard, each.next_time) if text)
        show(
            "call {call_id:<6} {at}  {wrote}",
            call_id=each.call_id,
            at=local_time(each.written_at),
            wrote=wrote,
        )


@app.command("reflection-counts")
@refusing
def reflection_counts(first: From, last: Until, as_json: AsJson = False) -> None:
    """Count the reflections of each agent, without their texts."""
    from desk.cases import reflections

    since, until = period(first, last)
    found = reflections.counts_of_reflections(open_installation().store, since=since, until=until)
    if as_json:
        emit(found)
        return
    for agent, count in found.items():
        show(f"{count:>6}  {agent}")


@app.command()
@refusing
def sample(
    first: From,
    last: Until,
    seed: Annotated[
        str, typer.Option("--seed", metavar="WORD", help="The same word draws the same notes.")
    ],
    by: Decides,
    rate: Annotated[
        float, typer.Option("--rate", metavar="PART", help="Of all notes, at most.")
    ] = 0.05,
    size: Annotated[int, typer.Option("--size", metavar="N", help="Notes, at most.")] = 20,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Draw notes for a supervisor to read, and log who did. They are not marked."""
    from desk.cases import reflections

    installation = open_installation(now)
    since, until = period(first, last)
    draw = reflections.Draw(seed=seed, since=since, until=until, rate=rate, size=size)
    found = reflections.sample(
        installation.store, draw, by=decider(installation, by), now=installation.now()
    )
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "call {call_id:<6} {at}  {disposition:<14} {note}",
            call_id=each.call_id,
            at=local_time(each.wrapped_up_at),
            disposition=each.disposition,
            note=each.note,
        )
    say("{count} drawn", count=len(found))
