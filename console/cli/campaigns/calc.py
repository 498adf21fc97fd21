"""`kaartje calc`, figures for a plan and a trial. They need no installation."""

from typing import Annotated

import typer

from console.cli.options import AsJson, emit, naming_options, refusing, show
from methods import calculators
from methods.calculators import read_number, read_share, read_whole
from methods.sequential_boundaries import Kind

app = typer.Typer(
    no_args_is_help=True,
    help="Figures for a plan and a trial; no installation is needed.",
)

Power = Annotated[
    str, typer.Option(metavar="SHARE", help="How surely the difference shall be found.")
]


@app.command()
@refusing
def compare(
    control: Annotated[
        str, typer.Option(metavar="X/N", help="How many of how many responded in the control.")
    ],
    arm: Annotated[
        str, typer.Option(metavar="X/N", help="How many of how many responded in the arm.")
    ],
    as_json: AsJson = False,
) -> None:
    """Compare an arm with its control."""
    with naming_options():
        found = calculators.compare(control=control, arm=arm)
    if as_json:
        emit(found.as_data())
        return
    show(
        "difference: {difference:+.1f} percentage points, arm minus control",
        difference=found.difference,
    )
    show("95 % interval: {low:+.1f} to {high:+.1f} (Newcombe)", low=found.low, high=found.high)
    show("p-value: {p:.3g} (two-sided, pooled variance)", p=found.p_value)
    if found.low <= 0 <= found.high:
        show("Chance alone may explain this difference.")
    else:
        show(
            "Chance alone hardly explains this difference. Was it drawn by lot who is in which group?"
        )


@app.command("sample-size")
@refusing
def sample_size(
    control: Annotated[
        str,
        typer.Option(
            metavar="SHARE", help="The share that responds without an offer, as .3 or 30%."
        ),
    ],
    treated: Annotated[str, typer.Option(metavar="SHARE", help="The share that you hope for.")],
    power: Power = ".8",
    as_json: AsJson = False,
) -> None:
    """Say how many people each of two groups needs."""
    with naming_options():
        before, after = read_share(control, "control"), read_share(treated, "treated")
        sure = read_share(power, "power")
        found = calculators.size_of_trial(control=before, treated=after, power=sure)
    if as_json:
        emit(found.as_data())
        return
    show("{people:,} people in each group", people=found.per_arm)
    show(
        "With fewer, a difference from {control:.1%} to {treated:.1%} is missed in more than {missed:.0%} of trials.",
        control=before,
        treated=after,
        missed=1 - sure,
    )


@app.command()
@refusing
def detectable(
    control: Annotated[
        str,
        typer.Option(
            metavar="SHARE", help="The share that responds without an offer, as .3 or 30%."
        ),
    ],
    per_arm: Annotated[
        str, typer.Option("--per-arm", metavar="N", help="People in each of the two groups.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say which difference two groups of this size can find."""
    with naming_options():
        found = calculators.smallest_difference(
            control=read_share(control, "control"),
            per_arm=read_whole(per_arm, "per_arm"),
            power=0.8,
        )
    if as_json:
        emit(found.as_data())
    elif found.points is None:
        show("No difference is found for sure with so few people, not even if everybody responds.")
    else:
        show("{points:.1f} percentage points or more", points=found.points)
        show("A smaller difference is missed more often than one time in five.")


@app.command()
@refusing
def erlang(
    calls: Annotated[str, typer.Option(metavar="N", help="Calls in the period of --per.")],
    per: Annotated[str, typer.Option(metavar="TIME", help="The period, as 30m.")],
    handling: Annotated[
        str,
        typer.Option(metavar="TIME", help="How long a call takes, with what it leaves, as 180s."),
    ],
    agents: Annotated[str, typer.Option(metavar="K", help="Agents who pick up.")],
    target: Annotated[str, typer.Option(metavar="TIME", help="Answered in time within, as 20s.")],
    patience: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="After how long callers hang up on average, as 120s."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how callers wait with so many agents."""
    with naming_options():
        found = calculators.staffing(
            calls=read_number(calls, "calls"),
            per=per,
            handling=handling,
            agents=read_whole(agents, "agents"),
            target=target,
            patience=patience,
        )
    if as_json:
        emit(found.as_data())
        return
    if found.average_wait_s is None:
        show("The queue grows without end: there is more work than these agents can do.")
        return
    show("{p:.1%} of callers wait", p=found.p_wait)
    show("{share:.1%} are answered within {target}", share=found.service_level, target=target)
    show("average wait: {seconds:.1f} seconds", seconds=found.average_wait_s)
    show("agents are busy {share:.1%} of the time", share=found.occupancy)
    if patience is not None:
        show("{share:.1%} hang up before they are answered", share=found.p_abandon)


@app.command()
@refusing
def pace(
    pieces: Annotated[str, typer.Option(metavar="N", help="All cards together.")],
    waves: Annotated[str, typer.Option(metavar="K", help="Waves, of one size.")],
    every: Annotated[str, typer.Option(metavar="TIME", help="From wave to wave, as 7d.")],
    callers: Annotated[str, typer.Option(metavar="SHARE", help="The share of people who call.")],
    as_json: AsJson = False,
) -> None:
    """Say how many calls come on the busiest day after waves of cards."""
    with naming_options():
        found = calculators.pace(
            pieces=read_whole(pieces, "pieces"),
            waves=read_whole(waves, "waves"),
            every=every,
            callers=read_share(callers, "callers"),
        )
    if as_json:
        emit(found.as_data())
        return
    show(
        "at most {calls:.1f} calls a day, on day {day} after the first wave",
        calls=found.peak_calls_per_day,
        day=found.peak_day,
    )
    show("The delay is that of American direct mail: replace it by replies of your own.")


@app.command("boundaries")
@refusing
def critical_values(
    looks: Annotated[str, typer.Option(metavar="K", help="How often the trial is looked at.")],
    kind: Annotated[Kind, typer.Option(help="How the 5 % are divided over the looks.")],
    as_json: AsJson = False,
) -> None:
    """Say how far from nought a trial must be at each look."""
    with naming_options():
        found = calculators.looks_of_trial(looks=read_whole(looks, "looks"), kind=kind)
    if as_json:
        emit(found.as_data())
        return
    for look, z in enumerate(found.z, start=1):
        show("look {look} of {looks}: z {z:.4f}", look=look, looks=found.looks, z=z)
