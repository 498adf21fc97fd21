"""The `kaartje agent` commands, for agents, their languages and training."""

from typing import Annotated

import typer

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
)
from store.clock import local_date
from store.sentences import Sentence

app = typer.Typer(
    no_args_is_help=True,
    help="Agents of the phone line, their languages and their training.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name they sign in with.")]
Skill = Annotated[str, typer.Option("--skill", metavar="SKILL", help="What for, as early-signal.")]


@app.command()
@refusing
def add(
    name: Name,
    languages: Annotated[str, typer.Option("--languages", metavar="LIST", help="As nl,en.")] = "nl",
    now: Now = None,
) -> None:
    """Register an agent, or change the languages they speak."""
    from desk.entries import agents

    installation = open_installation(now)
    new = agents.register(
        installation.store,
        name,
        [each.strip() for each in languages.split(",")],
        now=installation.now(),
    )
    show(
        "{name} picks up, in {languages}{rest}",
        name=name,
        languages=languages,
        rest="" if new else Sentence("; known already"),
    )


@app.command()
@refusing
def leave(name: Name, now: Now = None) -> None:
    """Note that somebody is no longer an agent."""
    from desk.entries import agents

    installation = open_installation(now)
    agents.leave(installation.store, name, now=installation.now())
    show("{name} picks up no more", name=name)


@app.command()
@refusing
def train(
    name: Name,
    skill: Skill,
    by: Decides,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="The day; today if left out.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="The last day it counts.")
    ] = None,
    now: Now = None,
) -> None:
    """Record a training. Only trained agents get the calls that need it."""
    from desk.entries import agents

    installation = open_installation(now)
    day = read_day(on, "--on") if on else local_date(installation.now())
    last = read_day(until, "--until") if until else None
    who = decider(installation, by).name
    agents.train(
        installation.store, name, skill, on=day, until=last, by=who, now=installation.now()
    )
    show(
        "{name} is trained for {skill} from {day}{rest}",
        name=name,
        skill=skill,
        day=day,
        rest=Sentence(" until {last}", last=last) if last else "",
    )


@app.command("list")
@refusing
def list_all(now: Now = None, as_json: AsJson = False) -> None:
    """List the agents."""
    from desk.entries import agents

    installation = open_installation(now)
    found = agents.agents(installation.store, today=local_date(installation.now()))
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(f"{each.name:<24} {','.join(each.languages):<12} {', '.join(each.skills)}".rstrip())
    say("{count} pick up", count=len(found))


@app.command()
@refusing
def training(
    skill: Annotated[str, typer.Argument(metavar="SKILL", help="What for, as early-signal.")],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print how many agents are trained for a skill."""
    from desk.entries import agents

    installation = open_installation(now)
    progress = agents.progress(installation.store, skill, today=local_date(installation.now()))
    if as_json:
        emit(progress.as_data())
        return
    show(
        "{trained:,} of {agents:,} are trained for {skill}: {share:.1%}",
        trained=progress.trained,
        agents=progress.agents,
        skill=skill,
        share=progress.share,
    )


@app.command()
@refusing
def phone(
    name: Name,
    number: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER",
            help="A number, as 06 12345678; or `browser`, to be rung in the console.",
        ),
    ],
) -> None:
    """Set the number on which an agent is rung."""
    from desk.line.click_to_call import set_phone

    kept = set_phone(open_installation(), name, number)
    show(
        Sentence("{name} is rung on {kept}", name=name, kept=kept)
        if kept
        else Sentence("{name} is rung in the browser", name=name)
    )
