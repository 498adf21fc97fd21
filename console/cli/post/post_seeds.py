"""The `kaartje post seed` commands, for pieces to ourselves that prove a run was posted."""

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
    show,
    worded,
)

app = typer.Typer(
    no_args_is_help=True, help="Pieces to ourselves, which prove that a run was posted."
)


@app.command()
@refusing
def add(
    addressee: Annotated[str, typer.Argument(help="Who gets it, as it must be printed.")],
    street: Annotated[str, typer.Argument(help="The street.")],
    house_number: Annotated[str, typer.Argument(help="With its letter or addition: 12a, 9-2.")],
    postcode: Annotated[str, typer.Argument(help="As 1234 AB.")],
    town: Annotated[str, typer.Argument(help="The town.")],
    by: Decides,
    country: Annotated[str, typer.Option(help="Its two-letter code.")] = "NL",
    now: Now = None,
) -> None:
    """Add a seed address, which gets a piece of every later run."""
    from campaigns.touches.seed_addresses import add as enter
    from people.addresses import PostalAddress

    address = PostalAddress.parse(
        street=street, house_number=house_number, postcode=postcode, town=town, country=country
    )
    installation = open_installation(now)
    show(
        "seed {number}",
        number=enter(
            installation, addressee, address, by=decider(installation, by), now=installation.now()
        ),
    )


@app.command("list")
@refusing
def list_seeds(now: Now = None, as_json: AsJson = False) -> None:
    """List the seeds with their time in the mail, and the runs of which none arrived."""
    from campaigns.post.seed_arrivals import mail_times
    from campaigns.touches.seed_addresses import seeds

    installation = open_installation(now)
    lines, mail = seeds(installation), mail_times(installation, now=installation.now())
    if as_json:
        emit(
            {
                "seeds": [each.as_data() for each in lines],
                "in_the_mail": [each.as_data() for each in mail],
            }
        )
        return
    for line in lines:
        show(
            "{id:>5}  {addressee}, {lines}{stopped}",
            id=line.id,
            addressee=line.addressee,
            lines=", ".join(line.lines),
            stopped="" if line.active else worded(" (stopped)"),
        )
    for each in mail:
        days = (
            worded(
                ", {median} days in the mail, {latest} at most",
                median=each.median_days,
                latest=each.latest_days,
            )
            if each.arrived
            else ""
        )
        show(
            "{campaign}: {arrived} of {seeds} seeds arrived{days}",
            campaign=each.campaign,
            arrived=each.arrived,
            seeds=each.seeds,
            days=days,
        )
        for run in each.silent:
            show(
                "  warning: {run} was posted some days ago and no seed of it arrived; call the "
                "print shop",
                run=run,
            )


@app.command()
@refusing
def stop(
    number: Annotated[int, typer.Argument(metavar="SEED", help="Its number, from `list`.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Stop a seed address for later runs."""
    from campaigns.touches.seed_addresses import stop as end

    installation = open_installation(now)
    end(installation, number, by=decider(installation, by), now=installation.now())
    show("seed {number} is stopped", number=number)


@app.command()
@refusing
def arrived(
    piece: Annotated[str, typer.Argument(metavar="PIECE", help="The digits on the piece.")],
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day on which it lay on the mat.")
    ],
    by: Decides,
    note: Annotated[str, typer.Option(help="What it looked like.")] = "",
    now: Now = None,
) -> None:
    """Record that a seed piece arrived."""
    from campaigns.post.seed_arrivals import arrived as take

    installation = open_installation(now)
    take(
        installation,
        piece,
        on=read_day(on, "--on"),
        note=note,
        by=decider(installation, by),
        now=installation.now(),
    )
    show("{piece} arrived on {on}", piece=piece, on=on)
