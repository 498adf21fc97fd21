"""The `kaartje desk helper` commands, for authorisations of helpers."""

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
    term,
)

app = typer.Typer(no_args_is_help=True, help="Authorisations of people who help somebody else.")


@app.command()
@refusing
def record(
    call: Annotated[int, typer.Argument(metavar="CALL", help="The call, in the hands of --as.")],
    about: Annotated[
        str,
        typer.Argument(metavar="ABOUT", help="The code on the person's card, or the person_ref."),
    ],
    by: Decides,
    helper: Annotated[str, typer.Option("--name", metavar="NAME", help="Who helps.")],
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="NAME", help="For whom; or: a neighbour.")
    ],
    seen: Annotated[
        str, typer.Option("--seen", metavar="WHAT", help="written, digital or on_the_line.")
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", help="The last day on which it counts.")
    ],
    now: Now = None,
) -> None:
    """Record an authorisation. From then on the call is about that person."""
    from desk.cases.authorisations import NewAuthorisation, authorise

    installation = open_installation(now)
    new = NewAuthorisation(helper, organisation, seen, read_day(until, "until"))
    made = authorise(
        installation.store,
        call,
        about,
        new,
        by=decider(installation, by).name,
        now=installation.now(),
    )
    show("authorisation {made} counts until {valid_until}", made=made, valid_until=new.valid_until)


@app.command("list")
@refusing
def listed(
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="The person_ref.")] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the authorisations, the latest first."""
    from desk.cases.authorisations import authorisations

    installation = open_installation(now)
    found = authorisations(installation.store, ref)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        stands = (
            "counts"
            if each.counts(installation.now())
            else "revoked"
            if each.revoked_at
            else "over"
        )
        show(
            "#{id:<6} {ref:<14} {stands:<8} until {until:%Y-%m-%d}  {helper}, {organisation} "
            "({seen}, seen by {recorded_by})",
            id=each.id,
            ref=each.person_ref,
            stands=term(stands),
            until=each.valid_until,
            helper=each.helper,
            organisation=each.organisation,
            seen=each.seen,
            recorded_by=each.recorded_by,
        )
    say("{count} authorisations", count=len(found))


@app.command()
@refusing
def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number.")],
    by: Decides,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Who took it back.")],
    now: Now = None,
) -> None:
    """Revoke an authorisation. A call under it is then about no known person."""
    from desk.cases import authorisations

    installation = open_installation(now)
    authorisations.revoke(
        installation.store,
        number,
        by=decider(installation, by).name,
        why=why,
        now=installation.now(),
    )
    show("authorisation {number} is revoked", number=number)
