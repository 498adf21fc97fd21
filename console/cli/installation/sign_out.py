"""The command `kaartje sign-out`, which ends being signed in on this machine."""

import typer

from console.cli.options import Now, open_installation, refusing, say

app = typer.Typer()


@app.command()
@refusing
def sign_out(now: Now = None) -> None:
    """Sign out on this machine. The token ends, also where it was copied."""
    from console.cli.sign_ins import id_of, who_is_signed_in
    from installation.personal_tokens import end
    from installation.sign_in_file import keep_token, sign_in_file
    from store.audit_log import Decider
    from store.states import Road

    installation = open_installation(now)
    if found := who_is_signed_in(installation):
        by = Decider(found.token.name, road=Road.TOKEN)
        end(installation, found.token.id, by=by)
    keep_token(sign_in_file(installation.settings), id_of(installation), "")
    say("signed out")
