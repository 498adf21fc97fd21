"""`kaartje consent`, the statements of people about being reached, with their proof."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    BY_HAND,
    As,
    AsJson,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    spoken_source,
    term,
    worded,
)
from console.cli.people.import_kinds import Kind, Options
from console.cli.people.imports import run_import
from store.sentences import counted

if TYPE_CHECKING:
    from installation.installation import Installation
    from suppression.consents import Statement

app = typer.Typer(
    no_args_is_help=True, help="What people said about being reached: import, give, withdraw, list."
)

Ref = Annotated[str, typer.Argument(metavar="REF", help="The person_ref.")]
Channel = Annotated[str | None, typer.Option(help="Only this channel; otherwise every one.")]
Purpose = Annotated[
    str | None, typer.Option(help="Only duty, rights or invitation; otherwise all.")
]


@app.command("import")
@refusing
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV file: person_ref, kind, said_at, and what was shown.")
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
    as_json: AsJson = False,
) -> None:
    """Import consents and withdrawals, as `kaartje import` does."""
    options = Options(file=file, refused=refused, by=by)
    run_import(Kind.CONSENTS, options, now=now, as_json=as_json, instead="consent import")


@app.command()
@refusing
def give(
    ref: Ref,
    source: Annotated[
        str, typer.Option("--source", help="Where it was given: the form, the call, the counter.")
    ],
    text: Annotated[
        str, typer.Option("--text", help="What the person was shown or read out when they agreed.")
    ],
    channel: Channel = None,
    purpose: Purpose = None,
    until: Annotated[
        str | None, typer.Option(help="The last day on which it holds (2023-12-31).")
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Record that somebody agreed to be reached, with the proof."""
    said = _record(
        open_installation(now),
        ref,
        "given",
        limits=(channel, purpose),
        proof=(source, text),
        until=until,
        by=by,
    )
    show("{ref} agreed to be reached: {said}", ref=ref, said=said)


@app.command()
@refusing
def withdraw(
    ref: Ref,
    source: Annotated[str, typer.Option("--source", help="Where it was said.")] = "by hand",
    text: Annotated[
        str, typer.Option("--text", help="What was shown or said, where that matters.")
    ] = "",
    channel: Channel = None,
    purpose: Purpose = None,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Record that somebody withdrew their consent. What they said before stays in the history."""
    said = _record(
        open_installation(now),
        ref,
        "withdrawn",
        limits=(channel, purpose),
        proof=(source, text),
        until=None,
        by=by,
    )
    show("{ref} withdrew: {said}", ref=ref, said=said)


def _record(
    installation: "Installation",
    ref: str,
    kind: str,
    *,
    limits: tuple[str | None, str | None],
    proof: tuple[str, str],
    until: str | None,
    by: str,
) -> str:
    from store.states import ConsentKind
    from suppression.consents import NewStatement, record_statement
    from suppression.list_rows import day_or_moment
    from suppression.lists import checked_channel, checked_purpose

    channel, purpose = checked_channel(limits[0], installation.channels), checked_purpose(limits[1])
    ends_at = day_or_moment(until or "", "until")
    source, text = (part.strip() for part in proof)
    statement = NewStatement(
        person_ref=ref.strip(),
        kind=ConsentKind(kind),
        channel=channel,
        purpose=purpose,
        said_at=installation.now(),
        ends_at=ends_at,
        source=source,
        text_shown=text,
    )
    who = decider(installation, by).name
    record_statement(installation.store, statement, by=who, now=installation.now())
    return limits_of(channel, purpose)


@app.command("list")
@refusing
def list_words(ref: Ref, now: Now = None, as_json: AsJson = False) -> None:
    """Print every statement of one person, and what holds now."""
    from suppression.consents import consent_states, statements_of, still_holds
    from suppression.lists import PURPOSES

    installation = open_installation(now)
    at = installation.now()
    with installation.store.reading() as connection:
        statements = statements_of(connection, ref)
    stands = consent_states(statements, installation.channels, PURPOSES, at)
    if as_json:
        emit(_data(ref, statements, {pair: str(found) for pair, found in stands.items()}, at))
        return
    for each in statements:
        show(statement_line(each, in_force=still_holds(each, statements, at)))
    for (channel, purpose), found in stands.items() if statements else ():
        show(f"  {term(channel):<8} {term(purpose):<12} {term(found)}")
    say(counted(len(statements), "{count} statement", "{count} statements"))


def _data(
    ref: str, statements: "list[Statement]", stands: dict[tuple[str, str], str], at: datetime
) -> dict[str, object]:
    from dataclasses import asdict

    from suppression.consents import still_holds

    return {
        "person_ref": ref,
        "words": [
            {**asdict(each), "in_force": still_holds(each, statements, at)} for each in statements
        ],
        "now": [
            {"channel": each[0], "purpose": each[1], "state": found}
            for each, found in stands.items()
        ],
    }


def limits_of(channel: str | None, purpose: str | None) -> str:
    """Return what a statement is about, in words."""
    match [term(part) for part in (channel, purpose) if part]:
        case [first, second]:
            return worded("{first} and {second}", first=first, second=second)
        case [only]:
            return only
        case _:
            return worded("every channel and purpose")


def statement_line(statement: "Statement", *, in_force: bool) -> str:
    """Return a consent or withdrawal as one line of text."""
    ends = statement.ends_at
    return worded(
        "{at}  {kind}, {limits}{until} ({source}){shown}{over}",
        at=local_time(statement.said_at),
        kind=term(statement.kind),
        limits=limits_of(statement.channel, statement.purpose),
        until=worded(" until {at}", at=local_time(ends)) if ends else "",
        source=spoken_source(statement.source),
        shown=f": “{' '.join(statement.text_shown.split())}”" if statement.text_shown else "",
        over="" if in_force else worded("; not in force"),
    )
