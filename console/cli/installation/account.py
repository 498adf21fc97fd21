"""The `kaartje account` commands, for people and systems that may sign in."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    fail,
    local_day,
    local_time,
    looker,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.sentences import Sentence
from store.states import Role

if TYPE_CHECKING:
    from installation.accounts import AccountLine

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the console.")

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The name to sign in with: small letters, digits, . _ - @"),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help="Read the password from the first line of this file; - is standard input.",
    ),
]
DUTIES = {
    Role.MANAGER: Sentence("campaigns, print runs and why"),
    Role.PRINT_SHOP: Sentence("print runs only"),
    Role.AGENT: Sentence("the queue of calls, campaigns and why"),
    Role.ANALYST: Sentence("campaigns in figures, no names"),
    Role.PRIVACY_OFFICER: Sentence("why, and who looked at whom"),
}


@app.command()
@refusing
def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What this colleague comes for.")],
    password_file: PasswordFile = None,
    now: Now = None,
) -> None:
    """Open an account. The password (at least 12 characters) is asked twice, and never shown."""
    from installation import accounts
    from store.audit_log import Decider
    from store.states import Road

    installation = open_installation(now, makes=True)
    accounts.add(
        installation.store,
        name,
        role,
        password=_password(password_file),
        now=installation.now(),
        by=Decider(name, road=Road.COMMAND),
    )
    say("{name} may sign in as {role}: {duties}", name=name, role=term(role), duties=DUTIES[role])


@app.command("list")
@refusing
def list_accounts(as_json: AsJson = False) -> None:
    """List every account, open and closed."""
    from installation import accounts

    lines = accounts.listed(open_installation().store)
    if as_json:
        emit([_as_data(line) for line in lines])
        return
    if not lines:
        say("there is no account yet; open an account with `kaartje account add NAME --role ROLE`")
    for line in lines:
        last = (
            worded("signed in {at}", at=local_time(line.signed_in_at))
            if line.signed_in_at
            else worded("never signed in")
        )
        stands = term("open") if line.active else term("closed")
        show(f"{line.name:<24} {term(line.role):<12} {stands:<8} {last}")


@app.command()
@refusing
def close(name: Name, now: Now = None) -> None:
    """Close an account and end its sessions. The record of what it did stays."""
    from installation import accounts
    from store.audit_log import Decider
    from store.states import Road

    installation = open_installation(now)
    accounts.close(
        installation.store, name, installation.now(), by=Decider(name, road=Road.COMMAND)
    )
    say("{name} can no longer sign in", name=name)


@app.command()
@refusing
def unlock(name: Name, now: Now = None) -> None:
    """Let somebody sign in again at once, after wrong passwords kept them out."""
    from installation import accounts

    installation = open_installation(now)
    accounts.unlock(installation.store, name, installation.now(), by=looker())
    say("{name} may sign in again", name=name)


@app.command("without-code")
@refusing
def without_code(name: Name, by: Decides, now: Now = None) -> None:
    """Ask somebody who lost their telephone for no code after the password."""
    from installation import second_factors

    installation = open_installation(now)
    if not second_factors.turn_off(installation, name, by=decider(installation, by)):
        fail(worded("{name} gives no code; see `kaartje account list`", name=name))
    say("{name} signs in with the password alone, until they turn a code on again", name=name)


@app.command()
@refusing
def token(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Under which it acts: a system's, or a colleague's own."
        ),
    ],
    role: Annotated[Role, typer.Option("--role", help="What it may do.")],
    by: Decides,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it is open.")] = 90,
    now: Now = None,
) -> None:
    """Make an API token for another system. It is shown once."""
    from installation import api_tokens

    installation = open_installation(now)
    made = api_tokens.make(
        installation, name, role, by=decider(installation, by), lasting=timedelta(days=days)
    )
    show(made)
    say(
        "{name} may come in to the API as {role} for {days} days; keep the token, it "
        "is not shown again",
        name=name,
        role=term(role),
        days=days,
    )


@app.command("tokens")
@refusing
def list_tokens(now: Now = None, as_json: AsJson = False) -> None:
    """List the API tokens, without the tokens themselves."""
    from installation import api_tokens

    installation = open_installation(now)
    found = api_tokens.listed(installation)
    if as_json:
        emit([each.as_data(installation.now()) for each in found])
        return
    for each in found:
        show(
            "#{id:<5} {name:<24} {role:<12} {state:<8} until {day}",
            id=each.id,
            name=each.name,
            role=term(each.role),
            state=term(each.state(installation.now())),
            day=local_day(each.expires_at),
        )
    say("{count} in all", count=len(found))


@app.command()
@refusing
def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number, from `account tokens`.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Revoke an API token at once."""
    from installation import api_tokens

    installation = open_installation(now)
    show(
        "token {number} of {name} is over",
        number=number,
        name=api_tokens.revoke(installation, number, by=decider(installation, by)).name,
    )


def _as_data(line: "AccountLine") -> dict[str, object]:
    return {
        "name": line.name,
        "role": line.role,
        "active": line.active,
        "created_at": line.created_at,
        "display_name": line.display_name,
        "asks_code": line.asks_code,
        "signed_in_at": line.signed_in_at,
    }


def _password(file: Path | None) -> str:
    if file is None:
        return str(
            typer.prompt(
                worded("Password"),
                hide_input=True,
                confirmation_prompt=worded("The same again"),
                err=True,
            )
        )
    text = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8")
    return next(iter(text.splitlines()), "")
