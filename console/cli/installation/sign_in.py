"""The command `kaartje sign-in`, to decide on the command line of a shared database."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    Now,
    fail,
    local_time,
    open_installation,
    refusing,
    say,
    worded,
)

if TYPE_CHECKING:
    from installation.installation import Installation

app = typer.Typer()


@app.command()
@refusing
def sign_in(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Your account; not needed with a token.")
    ] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            help="Read the password from the first line of this file; - is standard input.",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            help="Sign in with a token from your account's page, read like a password.",
        ),
    ] = None,
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=168, help="After how long you are signed out.")
    ] = 10,
    commands: Annotated[
        list[str] | None,
        typer.Option(
            "--for", metavar="COMMAND", help="Only for this command, as campaign; again for more."
        ),
    ] = None,
    now: Now = None,
) -> None:
    """Sign in on this machine, to decide under your own name. Nothing is shown of the token."""
    from console.cli.sign_ins import id_of
    from installation.personal_tokens import signed_in
    from installation.sign_in_file import keep_token, sign_in_file

    installation = open_installation(now)
    if token_file is not None:
        token = _first_line(token_file)
    else:
        token = _by_password(
            installation, name, password_file, hours=hours, commands=commands or []
        )
    found = signed_in(installation, token)
    if found is None:
        fail("this token is over or was never made; make one on your account's page")
    file = sign_in_file(installation.settings)
    keep_token(file, id_of(installation), token)
    say(
        "signed in as {who} until {at}; the token is in {file}, for you alone",
        who=found.token.name,
        at=local_time(found.token.expires_at),
        file=file,
    )


def _by_password(
    installation: "Installation",
    name: str,
    file: Path | None,
    *,
    hours: int,
    commands: list[str],
) -> str:
    from installation import accounts, second_factors
    from installation.personal_tokens import make
    from store.audit_log import Decider
    from store.states import Road

    if not name:
        fail("name your account: kaartje sign-in NAME")
    password = (
        _first_line(file)
        if file is not None
        else str(typer.prompt(worded("Password"), hide_input=True, err=True))
    )
    key = installation.settings.key()
    second = second_factors.is_asked(installation, name)
    action = accounts.GAVE_PASSWORD if second else accounts.SIGNED_IN
    checked = accounts.check(
        installation.store, name, password, installation.now(), key=key, action=action
    )
    if second and isinstance(checked, accounts.SignedIn):
        code = str(typer.prompt(worded("Code of your app"), err=True))
        checked = second_factors.check(installation, checked.name, code)
        if isinstance(checked, accounts.WrongPassword):
            fail("this is not the code of now, or it was used; wait for the next one")
    if isinstance(checked, accounts.TooManyTries):
        fail(worded("too many wrong passwords; try again after {at}", at=local_time(checked.until)))
    if isinstance(checked, accounts.WrongPassword):
        fail("name and password do not belong together")
    by, lasting = Decider(checked.name, road=Road.TOKEN), timedelta(hours=hours)
    return make(installation, checked.name, by=by, lasting=lasting, commands=commands)


def _first_line(file: Path) -> str:
    text = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8")
    return next(iter(text.splitlines()), "").strip()
