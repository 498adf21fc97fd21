"""The `kaartje desk` commands for handovers and referrals."""

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
    read_day,
    refusing,
    say,
    show,
)

app = typer.Typer()

Needs = Annotated[
    str, typer.Option("--needed", metavar="TEXT", help="What has to be done, in 200 characters.")
]


@app.command()
@refusing
def handover(  # noqa: PLR0913, PLR0917  each option is one thing a colleague needs to know
    ref: Ref,
    by: Decides,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="A colleague or a team.")],
    situation: Annotated[str, typer.Option("--situation", metavar="TEXT")],
    asked: Annotated[str, typer.Option("--asked", metavar="TEXT")],
    promised: Annotated[
        str, typer.Option("--promised", metavar="TEXT", help="'nothing' is an answer too.")
    ],
    needed: Needs,
    deadline: Annotated[str, typer.Option("--deadline", metavar="DAY", help="As 2023-06-08.")],
    now: Now = None,
) -> None:
    """Leave an instruction for a colleague."""
    from desk.cases import handovers

    installation = open_installation(now)
    task = handovers.Instruction(
        to_whom=to,
        situation=situation,
        asked=asked,
        promised=promised,
        needed=needed,
        deadline=read_day(deadline, "deadline"),
    )
    made = handovers.hand_over(
        installation.store, ref, task, by=decider(installation, by).name, now=installation.now()
    )
    show("handover {made} for {to}, by {deadline}", made=made, to=to, deadline=deadline)


@app.command()
@refusing
def handovers(
    to: Annotated[
        str | None, typer.Option("--to", metavar="WHOM", help="Only this colleague's or team's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the open handovers, the earliest deadline first."""
    from desk.cases.handovers import open_handovers

    found = open_handovers(open_installation().store, to)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "#{id:<6} by {deadline}  {to_whom:<20} {person_ref:<12} {needed}",
            id=each.id,
            deadline=each.deadline,
            to_whom=each.to_whom,
            person_ref=each.person_ref,
            needed=each.needed,
        )
    say("{count} to do", count=len(found))


@app.command()
@refusing
def done(
    number: Number,
    by: Decides,
    what: Annotated[str, typer.Option("--what", metavar="TEXT")],
    now: Now = None,
) -> None:
    """Record that a handover was done, and what was done."""
    from desk.cases import handovers

    installation = open_installation(now)
    handovers.done(
        installation.store,
        number,
        by=decider(installation, by).name,
        outcome=what,
        now=installation.now(),
    )
    show("handover {number} is done", number=number)


@app.command()
@refusing
def refer(
    ref: Ref,
    by: Decides,
    to: Annotated[
        str, typer.Option("--to", metavar="WHOM", help="debt_help, municipality, advocate, …")
    ],
    share: Annotated[str, typer.Option("--share", metavar="LIST", help="As name,number.")],
    consent: Annotated[
        str, typer.Option("--consent", metavar="TEXT", help="The words in which it was asked.")
    ] = "",
    now: Now = None,
) -> None:
    """Refer a person to another organisation, with the consent they just gave."""
    from desk.cases import referrals

    installation = open_installation(now)
    agreed = referrals.Consent(consent, installation.now())
    who = decider(installation, by).name
    made = referrals.refer(
        installation.store,
        ref,
        to,
        shared=share.split(","),
        consent=agreed,
        by=who,
        now=installation.now(),
    )
    show("referral {made} to {to}", made=made, to=to)


@app.command("referral-received")
@refusing
def referral_received(
    number: Number,
    by: Decides,
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="Under which they have it.")
    ] = "",
    now: Now = None,
) -> None:
    """Record that the other organisation received a referral."""
    from desk.cases import referrals

    installation = open_installation(now)
    referrals.receive(
        installation.store,
        number,
        reference,
        by=decider(installation, by),
        now=installation.now(),
    )
    show("referral {number}: received", number=number)


@app.command("referral-ended")
@refusing
def referral_ended(
    number: Number,
    by: Decides,
    how: Annotated[str, typer.Option("--how", metavar="TEXT")],
    now: Now = None,
) -> None:
    """Record how a referral ended."""
    from desk.cases import referrals

    installation = open_installation(now)
    referrals.end(
        installation.store, number, how, by=decider(installation, by), now=installation.now()
    )
    show("referral {number} has ended", number=number)
