"""The `kaartje roster` commands, for the agents of each line."""

from typing import Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
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
    help="Who picks up the phone on a line; only a name on it is printed on a card.",
)

Name = Annotated[
    str,
    typer.Argument(metavar="FIRST_NAME", help="The agent's first name, as it stands on a card."),
]
Line = Annotated[
    str, typer.Option("--line", metavar="NUMBER", help="The line's number, as 0800 1234.")
]


@app.command()
@refusing
def add(
    first_name: Name,
    line: Line,
    on_from: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day; today if left out.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Last day; none if left out.")
    ] = None,
    now: Now = None,
) -> None:
    """Put an agent on a line's roster."""
    from desk.entries import roster

    installation = open_installation(now)
    first = local_date(installation.now()) if on_from is None else read_day(on_from, "--from")
    last = None if until is None else read_day(until, "--until")
    changed = roster.add(
        installation.store, _number(line), first_name, on_from=first, on_until=last
    )
    show(
        "{first_name} is on {line} from {first}{until}{rest}",
        first_name=first_name,
        line=line,
        first=first,
        until=Sentence(" until {last}", last=last) if last else "",
        rest="" if changed else Sentence(", as before"),
    )


@app.command()
@refusing
def leave(
    first_name: Name,
    line: Line,
    after: Annotated[
        str | None, typer.Option("--after", metavar="DAY", help="The last day; today if left out.")
    ] = None,
    now: Now = None,
) -> None:
    """Take an agent off a line's roster. Cards then carry the team's name."""
    from desk.entries import roster

    installation = open_installation(now)
    last = local_date(installation.now()) if after is None else read_day(after, "--after")
    roster.leave(installation.store, _number(line), first_name, last)
    show("{first_name} is on {line} until {last}", first_name=first_name, line=line, last=last)


@app.command("list")
@refusing
def list_all(
    line: Annotated[
        str | None, typer.Option("--line", metavar="NUMBER", help="Only this line.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the roster of each line."""
    from desk.entries import roster

    found = roster.entries(open_installation().store, _number(line) if line else None)
    if as_json:
        emit([entry.as_data() for entry in found])
        return
    for entry in found:
        show(
            "{line:<15} {first_name:<20} {on_from} to {on_until}",
            line=entry.line,
            first_name=entry.first_name,
            on_from=entry.on_from,
            on_until=entry.on_until or Sentence("further notice"),
        )
    say("{count} on the roster", count=len(found))


def _number(text: str) -> str:
    from people.numbers import NotAPhoneNumber, PhoneNumber

    try:
        return PhoneNumber.parse(text).e164
    except NotAPhoneNumber as error:
        error.field = "--line"
        raise
